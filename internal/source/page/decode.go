package page

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// ErrNoList says that the document has no array where the layout has it.
var ErrNoList = errors.New("no list of items")

// decode reads any page by encoding/json.
func (s *Scanner) decode(body []byte, rows *Rows) ([]byte, error) {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	if !json.Valid(body) {
		var any json.RawMessage
		return nil, fmt.Errorf("not JSON: %w", json.Unmarshal(body, &any))
	}
	items, envelope, err := cutOut(body, s.layout.Items, "")
	if err != nil {
		return nil, err
	}
	for i, raw := range items {
		s.decodeItem(i+1, raw, rows)
	}
	return envelope, nil
}

// cutOut returns the array that keys lead to and doc with an empty one instead.
func cutOut(doc json.RawMessage, keys []string, at string) (items []json.RawMessage, rest json.RawMessage, err error) {
	if len(keys) == 0 {
		if string(bytes.TrimSpace(doc)) == "null" {
			return nil, json.RawMessage("[]"), nil
		}
		if err := json.Unmarshal(doc, &items); err != nil {
			return nil, nil, fmt.Errorf("%w at %q: something else is there", ErrNoList, at+".")
		}
		return items, json.RawMessage("[]"), nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(doc, &members); err != nil || members == nil {
		return nil, nil, fmt.Errorf("%w: %q is not an object", ErrNoList, at+".")
	}
	inner, ok := members[keys[0]]
	at += "." + keys[0]
	if !ok {
		return nil, nil, fmt.Errorf("%w: %q is not there", ErrNoList, at)
	}
	if items, members[keys[0]], err = cutOut(inner, keys[1:], at); err != nil {
		return nil, nil, err
	}
	rest, err = json.Marshal(members)
	return items, rest, err
}

// decodeItem appends a row, or refuses the item.
func (s *Scanner) decodeItem(number int, raw json.RawMessage, rows *Rows) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil || members == nil {
		rows.refuse(number, "", "not an object")
		return
	}
	for f := range s.layout.Fields {
		field := &s.layout.Fields[f]
		if err := field.decodeInto(&rows.Cols[f], rows.n, members[field.Key]); err != nil {
			rows.cut(rows.n, len(rows.Cols))
			rows.refuse(number, field.Key, err.Error())
			return
		}
	}
	rows.n++
}

func (f *Field) decodeInto(col *Col, row int, raw json.RawMessage) error {
	text, err := plain(raw)
	if err != nil {
		return err
	}
	switch {
	case text == "" && f.Required:
		return errors.New("missing, and no row is complete without it")
	case text == "":
		col.unknown(f.Kind, row)
		return nil
	case f.Kind == Text:
		if raw[0] != '"' && strings.Trim(text, "0123456789") != "" {
			return fmt.Errorf("%s is no identifier", text)
		}
		col.text = append(col.text, text...)
		col.ends = append(col.ends, len(col.text))
		return nil
	}
	v, err := exact(text, f.Scale)
	if err != nil {
		return err
	}
	if f.Limit > 0 && (v > f.Limit || v < -f.Limit) {
		return fmt.Errorf("%s is larger than %d", text, f.Limit)
	}
	col.Ints = append(col.Ints, v)
	return nil
}

// plain is the text of a string or number without space around it; "" when the
// value is absent, null or empty.
func plain(raw json.RawMessage) (string, error) {
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return "", nil
	case raw[0] == '"':
		var s string
		err := json.Unmarshal(raw, &s)
		return strings.TrimFunc(s, func(r rune) bool { return r <= ' ' }), err
	case raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9':
		return string(raw), nil
	}
	return "", errors.New("neither a number nor a text")
}

var (
	errNoNumber = errors.New("not a number")
	errInexact  = errors.New("has more decimals than the column keeps")
	errLarge    = errors.New("too large")
)

// exact reads a number as JSON writes it, times 10^scale, or fails when that is
// not a whole number of 64 bits.
func exact(text string, scale int) (int64, error) {
	c := cursor{b: []byte(text)}
	if !c.skipNumber() || c.i != len(c.b) {
		return 0, errNoNumber
	}
	mantissa, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	shift := scale
	if exponent != "" {
		e, err := strconv.Atoi(exponent)
		if err != nil || e > 1000 || e < -1000 {
			return 0, errLarge
		}
		shift += e
	}
	digits, neg := strings.CutPrefix(mantissa, "-")
	whole, decimals, _ := strings.Cut(digits, ".")
	shift -= len(decimals)
	digits = strings.TrimLeft(whole+decimals, "0")
	for shift < 0 && strings.HasSuffix(digits, "0") {
		digits, shift = digits[:len(digits)-1], shift+1
	}
	switch {
	case digits == "":
		return 0, nil
	case shift < 0:
		return 0, errInexact
	case len(digits)+shift > 19:
		return 0, errLarge
	}
	v, err := strconv.ParseUint(digits+strings.Repeat("0", shift), 10, 64)
	if err != nil || v > math.MaxInt64 {
		return 0, errLarge
	}
	if neg {
		return -int64(v), nil
	}
	return int64(v), nil
}
