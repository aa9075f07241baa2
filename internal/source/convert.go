package source

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"shopwatch/internal/market"
)

// form is what kind of JSON value stood in a record.
type form uint8

const (
	isNull     form = iota
	isText          // a string, or a field of a CSV file
	isNumber        // with the digits as they were written
	isFloat         // a float that a jq program computed: not exact
	isBool          // "true" or "false"
	isCompound      // an array or object
)

// value is a JSON value reduced to its text.
type value struct {
	form form
	s    string
}

// cell is a converted value. The zero cell is not known.
type cell struct {
	n     int64
	s     string
	known bool
}

// unknownWord is the reason of an enum that the map does not have. It makes the
// pull partial whatever the share of refused rows is.
type unknownWord struct{ word string }

func (e unknownWord) Error() string {
	return fmt.Sprintf("%q is not in the map of this field", e.word)
}

// converter turns a value into a cell of its column.
type converter struct {
	typ      string
	kind     market.Kind
	list     []string // values the column allows; nil allows any
	currency market.Currency
	exponent int
	round    bool
	times    *expr
	negate   bool
	zhUnits  bool
	formats  []string
	zone     *time.Location
	excel    bool
	whole    bool
	words    map[string]string
	other    string
	hasOther bool
}

// convert is exact or an error; text for "no value" is an unknown cell. factor
// is only used by money with times.
func (c *converter) convert(v, factor value) (cell, error) {
	if v.form == isNull {
		return cell{}, nil
	}
	if v.form == isCompound {
		return cell{}, errors.New("a list or object stands where a single value is expected")
	}
	switch c.typ {
	case "money":
		return c.money(v, factor)
	case "int":
		return c.integer(v)
	case "time", "date":
		return c.moment(v)
	case "id":
		return c.id(v)
	case "text":
		s := strings.TrimSpace(v.s)
		return cell{s: s, known: s != ""}, nil
	}
	return c.enum(v)
}

func (c *converter) money(v, factor value) (cell, error) {
	d, known, err := number(v, currencySigns[c.currency])
	if err != nil || !known {
		return cell{}, err
	}
	if c.times != nil {
		f, known, err := number(factor, nil)
		if err != nil {
			return cell{}, fmt.Errorf("times: %w", err)
		}
		if !known {
			return cell{}, nil
		}
		if d, err = d.mul(f); err != nil {
			return cell{}, err
		}
	}
	n, err := d.whole(c.exponent, c.round)
	if c.negate {
		n = -n
	}
	return cell{n: n, known: err == nil}, err
}

// number reads a decimal from text or a JSON number; floats that jq made are
// refused because their last digits are noise.
func number(v value, signs []string) (decimal, bool, error) {
	switch v.form {
	case isNull:
		return decimal{}, false, nil
	case isText, isNumber:
		return parseDecimal(v.s, signs)
	case isFloat:
		return decimal{}, false, errors.New("jq arithmetic made a float of it; leave the number alone and use unit and times")
	}
	return decimal{}, false, errors.New("not a number")
}

// zhUnits are the Chinese words for large numbers, as powers of ten.
var zhUnits = []struct {
	word  string
	power int
}{{"万亿", 12}, {"亿", 8}, {"万", 4}, {"千", 3}}

func (c *converter) integer(v value) (cell, error) {
	if v.form == isFloat {
		f, err := strconv.ParseFloat(v.s, 64)
		if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
			return cell{}, errors.New("not a whole number")
		}
		v = value{isNumber, strconv.FormatInt(int64(f), 10)}
	}
	power := 0
	if c.zhUnits {
		v.s = strings.TrimSuffix(strings.TrimSpace(v.s), "+") // "2万+" is at least 20000
		for _, u := range zhUnits {
			if cut, ok := strings.CutSuffix(v.s, u.word); ok {
				v.s, power = cut, u.power
				break
			}
		}
	}
	d, known, err := number(v, nil)
	if err != nil || !known {
		return cell{}, err
	}
	d.scale -= power
	n, err := d.whole(0, false)
	if c.negate {
		n = -n
	}
	return cell{n: n, known: err == nil}, err
}

// Instants outside these years are seconds read as milliseconds, or the zero
// dates that databases write; neither happened.
const (
	firstYear = 1990
	lastYear  = 2200
)

func (c *converter) moment(v value) (cell, error) {
	s := strings.TrimSpace(v.s)
	if isNothing(s) {
		return cell{}, nil
	}
	t, known, err := c.parseMoment(s)
	if err != nil || !known {
		return cell{}, err
	}
	if y := t.Year(); y < firstYear || y > lastYear {
		return cell{}, fmt.Errorf("the year %d cannot be right; check format and unit", y)
	}
	if c.kind == market.Date {
		y, m, d := t.Date()
		return cell{n: int64(market.DateOf(y, m, d)), known: true}, nil
	}
	return cell{n: t.UnixMilli(), known: true}, nil
}

func (c *converter) parseMoment(s string) (time.Time, bool, error) {
	for _, f := range c.formats {
		unit, epoch := unixFormats[f]
		if !epoch {
			if t, err := time.ParseInLocation(f, s, c.zone); err == nil {
				return t, true, nil
			}
			continue
		}
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || n < 0 || n > 1e14 {
			continue
		}
		if n == 0 { // programs write 0 for "not yet"
			return time.Time{}, false, nil
		}
		if unit == time.Second {
			return time.Unix(n, 0).In(c.zone), true, nil
		}
		return time.UnixMilli(n).In(c.zone), true, nil
	}
	if c.excel {
		if f, err := strconv.ParseFloat(s, 64); err == nil && f >= 1 && f < 2_958_466 {
			days, part := math.Modf(f)
			sec := int(math.Round(part * 86400))
			return time.Date(1899, 12, 30+int(days), 0, 0, sec, 0, c.zone), true, nil
		}
	}
	return time.Time{}, false, fmt.Errorf("not a time in the format %s", strings.Join(c.formats, " or "))
}

var (
	// A spreadsheet writes long numbers as 3.45679E+18 and the digits are gone.
	mangled  = regexp.MustCompile(`^[0-9](\.[0-9]+)?[eE]\+[0-9]+$`)
	fraction = regexp.MustCompile(`^[0-9]+\.[0-9]+$`)
)

func (c *converter) id(v value) (cell, error) {
	s := strings.TrimSpace(v.s)
	switch v.form {
	case isBool, isFloat:
		return cell{}, errors.New("not an id: digits may be lost")
	case isNumber, isText:
		if v.form == isText && (s == "" || s[0] < '0' || s[0] > '9' || !strings.ContainsAny(s, ".E+e")) {
			break
		}
		if c.whole {
			if cut, zeros, ok := strings.Cut(s, "."); ok && strings.Trim(zeros, "0") == "" && fraction.MatchString(s) {
				s = cut
			}
		}
		if v.form == isNumber && strings.ContainsAny(s, ".eE") || mangled.MatchString(s) || fraction.MatchString(s) {
			return cell{}, errors.New("not an id: a number with an exponent or fraction has lost digits; whole: true allows 123.0")
		}
	}
	return cell{s: s, known: s != ""}, nil
}

func (c *converter) enum(v value) (cell, error) {
	s := strings.TrimSpace(v.s)
	if s == "" {
		return cell{}, nil
	}
	word, ok := s, c.words == nil
	if !ok {
		word, ok = c.words[s]
	}
	if ok {
		if out, err := c.word(word); err == nil {
			return out, nil
		}
	}
	if !c.hasOther {
		return cell{}, unknownWord{s}
	}
	return c.word(c.other)
}

// truth are the ways to write a flag.
var truth = map[string]int64{
	"true": 1, "1": 1, "yes": 1, "y": 1, "t": 1, "是": 1, "false": 0, "0": 0, "no": 0, "n": 0, "f": 0, "否": 0,
}

// word is the cell of a value of an enum.
func (c *converter) word(s string) (cell, error) {
	switch c.kind {
	case market.Bool:
		n, ok := truth[strings.ToLower(s)]
		if !ok {
			return cell{}, fmt.Errorf("%q is neither true nor false", s)
		}
		return cell{n: n, known: true}, nil
	case market.Int:
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return cell{}, fmt.Errorf("%q is not a whole number", s)
		}
		return cell{n: n, known: true}, nil
	}
	if c.list != nil && !slices.Contains(c.list, s) {
		return cell{}, unknownWord{s}
	}
	return cell{s: s, known: s != ""}, nil
}

// fixed reads the value of const: through the same rules as read values.
func (c *converter) fixed(o *object) *cell {
	out, err := c.convert(value{isText, o.str("const", "")}, value{})
	if err == nil && !out.known {
		err = errors.New("the value is empty")
	}
	if err != nil {
		o.fail("const", err.Error(), "")
	}
	return &out
}
