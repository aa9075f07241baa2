package source

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Bounds of one document. A page of 1,000 orders has 60,000 values 6 deep.
const (
	maxDepth  = 64
	maxValues = 500_000
	maxDigits = 64
)

// decodeJSON reads a document as encoding/json does with UseNumber, with these
// differences: doubled keys, deep nesting, very many values and text that is
// not UTF-8 are errors, and raw tabs and line ends inside strings, which some
// gateways send, are taken as they are. Texts share the memory of s.
func decodeJSON(s string) (any, error) {
	s = strings.TrimPrefix(s, "\ufeff")
	if !utf8.ValidString(s) {
		return nil, errors.New("the answer is not UTF-8")
	}
	d := decoder{s: s}
	v, err := d.value(0)
	if err == nil {
		d.space()
		if d.i < len(s) {
			err = d.fail("something follows the document")
		}
	}
	if err != nil {
		return nil, err
	}
	return v, nil
}

type decoder struct {
	s      string
	i      int
	values int
	pairs  []pair // a stack of the members of the open objects
}

type pair struct {
	key string
	val any
}

func (d *decoder) fail(what string) error {
	return fmt.Errorf("not JSON at byte %d: %s", d.i, what)
}

func (d *decoder) space() {
	for d.i < len(d.s) {
		switch d.s[d.i] {
		case ' ', '\t', '\r', '\n':
			d.i++
		default:
			return
		}
	}
}

func (d *decoder) value(depth int) (any, error) {
	d.space()
	d.values++
	if d.values > maxValues || depth > maxDepth {
		return nil, d.fail(fmt.Sprintf("more than %d values or deeper than %d", maxValues, maxDepth))
	}
	if d.i >= len(d.s) {
		return nil, d.fail("it ends too soon")
	}
	switch c := d.s[d.i]; c {
	case '{':
		return d.object(depth)
	case '[':
		return d.array(depth)
	case '"':
		return d.text()
	case 't':
		return true, d.word("true")
	case 'f':
		return false, d.word("false")
	case 'n':
		return nil, d.word("null")
	}
	return d.number()
}

func (d *decoder) word(w string) error {
	if !strings.HasPrefix(d.s[d.i:], w) {
		return d.fail("unknown word")
	}
	d.i += len(w)
	return nil
}

func (d *decoder) object(depth int) (any, error) {
	d.i++
	from := len(d.pairs)
	for first := true; ; first = false {
		done, err := d.next('}', first)
		if err != nil {
			return nil, err
		}
		if done {
			break
		}
		d.space()
		if d.i >= len(d.s) || d.s[d.i] != '"' {
			return nil, d.fail("a key is expected")
		}
		key, err := d.text()
		if err != nil {
			return nil, err
		}
		d.space()
		if d.i >= len(d.s) || d.s[d.i] != ':' {
			return nil, d.fail("a colon is expected")
		}
		d.i++
		v, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		d.pairs = append(d.pairs, pair{key, v})
	}
	m := make(map[string]any, len(d.pairs)-from)
	for _, p := range d.pairs[from:] {
		m[p.key] = p.val
	}
	if len(m) != len(d.pairs)-from {
		return nil, d.fail("an object has a key twice")
	}
	d.pairs = d.pairs[:from]
	return m, nil
}

// next steps over the comma before a member, or the end of the list.
func (d *decoder) next(end byte, first bool) (bool, error) {
	d.space()
	if d.i >= len(d.s) {
		return false, d.fail("it ends too soon")
	}
	switch c := d.s[d.i]; {
	case c == end:
		d.i++
		return true, nil
	case first:
		return false, nil
	case c == ',':
		d.i++
		d.space()
		if d.i < len(d.s) && d.s[d.i] == end {
			return false, d.fail("a comma before the end")
		}
		return false, nil
	}
	return false, d.fail("a comma is expected")
}

func (d *decoder) array(depth int) (any, error) {
	d.i++
	list := []any{}
	for first := true; ; first = false {
		done, err := d.next(']', first)
		if err != nil {
			return nil, err
		}
		if done {
			return list, nil
		}
		v, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
}

func (d *decoder) number() (any, error) {
	from := d.i
	digits := func() bool {
		at := d.i
		for d.i < len(d.s) && d.s[d.i] >= '0' && d.s[d.i] <= '9' {
			d.i++
		}
		return d.i > at
	}
	skip := func(set string) bool {
		if d.i < len(d.s) && strings.IndexByte(set, d.s[d.i]) >= 0 {
			d.i++
			return true
		}
		return false
	}
	skip("-")
	if !skip("0") && !digits() {
		return nil, d.fail("a value is expected")
	}
	if skip(".") && !digits() {
		return nil, d.fail("digits are expected")
	}
	if skip("eE") {
		skip("+-")
		if !digits() {
			return nil, d.fail("digits are expected")
		}
	}
	if d.i-from > maxDigits {
		return nil, d.fail("a number is too long")
	}
	return json.Number(d.s[from:d.i]), nil
}

func (d *decoder) text() (string, error) {
	d.i++
	from := d.i
	for ; d.i < len(d.s); d.i++ {
		switch d.s[d.i] {
		case '"':
			d.i++
			return d.s[from : d.i-1], nil
		case '\\':
			return d.escaped(from)
		case 0:
			return "", d.fail("a zero byte in a text")
		}
	}
	return "", d.fail("a text has no end")
}

// escaped reads a text that has an escape at d.i.
func (d *decoder) escaped(from int) (string, error) {
	out := append(make([]byte, 0, 64), d.s[from:d.i]...)
	for d.i < len(d.s) {
		c := d.s[d.i]
		d.i++
		switch c {
		case '"':
			return string(out), nil
		case 0:
			return "", d.fail("a zero byte in a text")
		case '\\':
			r, err := d.escape()
			if err != nil {
				return "", err
			}
			out = utf8.AppendRune(out, r)
		default:
			out = append(out, c)
		}
	}
	return "", d.fail("a text has no end")
}

var escapes = map[byte]rune{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads what follows a backslash. Half a surrogate pair is U+FFFD.
func (d *decoder) escape() (rune, error) {
	if d.i >= len(d.s) {
		return 0, d.fail("a text has no end")
	}
	c := d.s[d.i]
	d.i++
	if c != 'u' {
		r, ok := escapes[c]
		if !ok {
			return 0, d.fail("an unknown escape")
		}
		return r, nil
	}
	r, ok := d.hex(d.i)
	if !ok {
		return 0, d.fail("four hex digits are expected")
	}
	d.i += 4
	if !utf16.IsSurrogate(r) {
		return r, nil
	}
	if strings.HasPrefix(d.s[d.i:], `\u`) {
		if low, ok := d.hex(d.i + 2); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				d.i += 6
				return pair, nil
			}
		}
	}
	return utf8.RuneError, nil
}

func (d *decoder) hex(at int) (rune, bool) {
	if at+4 > len(d.s) {
		return 0, false
	}
	n, err := strconv.ParseUint(d.s[at:at+4], 16, 32)
	return rune(n), err == nil
}
