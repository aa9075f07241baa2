package page

import (
	"encoding/binary"
	"math/bits"
)

// cursor walks over a document. Its methods return false for what is not JSON
// and for what is better left to the other reader.
type cursor struct {
	b []byte
	i int
}

func (c *cursor) space() {
	if c.i < len(c.b) && c.b[c.i] > ' ' {
		return // most documents have none; this much is inlined
	}
	c.spaces()
}

func (c *cursor) spaces() {
	for c.i < len(c.b) {
		switch c.b[c.i] {
		case ' ', '\t', '\r', '\n':
			c.i++
		default:
			return
		}
	}
}

func (c *cursor) take(b byte) bool {
	if c.i < len(c.b) && c.b[c.i] == b {
		c.i++
		return true
	}
	return false
}

func (c *cursor) word(w string) bool {
	if len(c.b)-c.i < len(w) || string(c.b[c.i:c.i+len(w)]) != w {
		return false
	}
	c.i += len(w)
	return true
}

// next steps over a comma, or over the end of an object or array.
func (c *cursor) next(end byte, first bool) (done, ok bool) {
	c.space()
	if c.take(end) {
		return true, true
	}
	return false, first || c.take(',')
}

// key reads a key without escapes, and its colon.
func (c *cursor) key() ([]byte, bool) {
	c.space()
	if !c.take('"') {
		return nil, false
	}
	start := c.i
	c.i = stringEnd(c.b, c.i)
	if c.i >= len(c.b) || c.b[c.i] != '"' {
		return nil, false
	}
	key := c.b[start:c.i]
	c.i++
	c.space()
	return key, c.take(':')
}

// maxDepth is how deep a value may be nested that is not wanted.
const maxDepth = 32

// skip steps over a value that is not wanted, and checks it all the same.
func (c *cursor) skip(depth int) bool {
	c.space()
	if c.i >= len(c.b) || depth > maxDepth {
		return false
	}
	switch c.b[c.i] {
	case '"':
		return c.skipText()
	case '{', '[':
		return c.skipInside(depth)
	case 't':
		return c.word("true")
	case 'f':
		return c.word("false")
	case 'n':
		return c.word("null")
	}
	return c.skipNumber()
}

func (c *cursor) skipInside(depth int) bool {
	open, end := c.b[c.i], byte('}')
	if open == '[' {
		end = ']'
	}
	c.i++
	for first := true; ; first = false {
		done, ok := c.next(end, first)
		if done || !ok {
			return ok
		}
		if open == '{' {
			c.space()
			if c.i >= len(c.b) || c.b[c.i] != '"' || !c.skipText() {
				return false
			}
			c.space()
			if !c.take(':') {
				return false
			}
		}
		if !c.skip(depth + 1) {
			return false
		}
	}
}

// skipText steps over a string, whose escapes it checks.
func (c *cursor) skipText() bool {
	c.i++
	for {
		c.i = stringEnd(c.b, c.i)
		if c.i+1 >= len(c.b) {
			return c.i < len(c.b) && c.take('"')
		}
		switch c.b[c.i] {
		case '"':
			c.i++
			return true
		case '\\':
		default:
			return false // a bare control character
		}
		switch c.b[c.i+1] {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			c.i += 2
		case 'u':
			if c.i += 2; !c.hex4() {
				return false
			}
		default:
			return false
		}
	}
}

func (c *cursor) hex4() bool {
	if len(c.b)-c.i < 4 {
		return false
	}
	for range 4 {
		h := c.b[c.i] | 0x20
		if (h < '0' || h > '9' || c.b[c.i] < '0') && (h < 'a' || h > 'f') {
			return false
		}
		c.i++
	}
	return true
}

func (c *cursor) digits() int {
	start := c.i
	for c.i < len(c.b) && c.b[c.i]-'0' <= 9 {
		c.i++
	}
	return c.i - start
}

func (c *cursor) skipNumber() bool {
	c.take('-')
	start := c.i
	n := c.digits()
	if n == 0 || n > 1 && c.b[start] == '0' {
		return false
	}
	if c.take('.') && c.digits() == 0 {
		return false
	}
	if c.i < len(c.b) && c.b[c.i]|0x20 == 'e' {
		c.i++
		if !c.take('+') {
			c.take('-')
		}
		return c.digits() > 0
	}
	return true
}

// maxDigits keeps the sum of digits inside int64.
const maxDigits = 18

// number reads a plain decimal with at most scale decimals, times 10^scale.
func (c *cursor) number(scale int) (int64, bool) {
	b := c.b[c.i:]
	neg := len(b) > 0 && b[0] == '-'
	if neg {
		b = b[1:]
	}
	v, whole := leading(0, b)
	if whole == 0 || whole+scale > maxDigits || whole > 1 && b[0] == '0' {
		return 0, false
	}
	b = b[whole:]
	if len(b) > 0 && b[0] == '.' {
		decimals := 0
		v, decimals = leading(v, b[1:])
		if decimals == 0 || decimals > scale {
			return 0, false
		}
		b, scale = b[1+decimals:], scale-decimals
	}
	if len(b) > 0 && b[0]|0x20 == 'e' {
		return 0, false
	}
	for range scale {
		v *= 10
	}
	c.i = len(c.b) - len(b)
	if neg {
		return -int64(v), true
	}
	return int64(v), true
}

// leading appends the digits that b begins with to v, and counts them. More than
// int64 holds wrap around; the caller refuses them by their number.
func leading(v uint64, b []byte) (uint64, int) {
	for i, d := range b {
		if d -= '0'; d > 9 {
			return v, i
		}
		v = v*10 + uint64(d)
	}
	return v, len(b)
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// stringEnd is the place of the first quote, backslash or control character from
// i on, or the length of b. It looks at eight bytes at a time: of each of the
// three tests the lowest bit set is exact (Warren, Hacker's Delight, 6-1), so
// the lowest of all is.
func stringEnd(b []byte, i int) int {
	for i+8 <= len(b) {
		x := binary.LittleEndian.Uint64(b[i:])
		quote, slash := x^(ones*'"'), x^(ones*'\\')
		hit := ((quote-ones)&^quote | (slash-ones)&^slash | (x-ones*0x20)&^x) & highs
		if hit != 0 {
			return i + bits.TrailingZeros64(hit)/8
		}
		i += 8
	}
	for i < len(b) && b[i] != '"' && b[i] != '\\' && b[i] >= 0x20 {
		i++
	}
	return i
}
