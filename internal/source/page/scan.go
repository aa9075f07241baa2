package page

import (
	"bytes"
	"unicode/utf8"
)

// Scanner reads pages of one layout. It is not safe for concurrent use; make one
// per goroutine.
type Scanner struct {
	layout   Layout
	keys     [][]byte // of the members of the page's first item, from the comma before to the colon; they lie in the page
	fields   []int    // the field of each of keys, -1 when it is not wanted
	seen     []bool   // fields met in the item that is being read
	envelope []byte
	from, to int // of the array in the page
	slow     int
}

// New makes a scanner. Keys of fields must differ.
func New(l Layout) *Scanner {
	return &Scanner{layout: l, seen: make([]bool, len(l.Fields))}
}

// Fallbacks is how many pages encoding/json had to read so far.
func (s *Scanner) Fallbacks() int { return s.slow }

// Scan appends the items of a page to rows and returns the rest of the document,
// with an empty array in their place, which is valid until the next Scan. On an
// error (the page is not JSON, or holds no such array) rows is unchanged. Items
// that cannot be rows are counted in rows, and the others are read.
func (s *Scanner) Scan(body []byte, rows *Rows) (envelope []byte, err error) {
	if len(rows.Cols) != len(s.layout.Fields) {
		rows.cut(0, len(s.layout.Fields))
	}
	before := rows.n
	if s.fast(body, rows) {
		s.envelope = append(s.envelope[:0], body[:s.from]...)
		s.envelope = append(append(s.envelope, '[', ']'), body[s.to:]...)
		return s.envelope, nil
	}
	rows.cut(before, len(rows.Cols))
	s.slow++
	return s.decode(body, rows)
}

// fast reads a page without surprises; false means that nothing is known of it.
func (s *Scanner) fast(body []byte, rows *Rows) bool {
	c := cursor{b: body}
	s.from = -1
	s.keys, s.fields = s.keys[:0], s.fields[:0]
	if !s.path(&c, s.layout.Items, rows) || s.from < 0 {
		return false
	}
	c.space()
	return c.i == len(c.b)
}

// path reads the value at the cursor, in which keys lead to the array.
func (s *Scanner) path(c *cursor, keys []string, rows *Rows) bool {
	c.space()
	if len(keys) == 0 {
		s.from = c.i
		ok := s.array(c, rows)
		s.to = c.i
		return ok
	}
	if !c.take('{') {
		return false
	}
	found := false
	for first := true; ; first = false {
		done, ok := c.next('}', first)
		if done || !ok {
			return ok && found
		}
		key, ok := c.key()
		if !ok {
			return false
		}
		if string(key) != keys[0] {
			if !c.skip(0) {
				return false
			}
			continue
		}
		if found || !s.path(c, keys[1:], rows) {
			return false
		}
		found = true
	}
}

func (s *Scanner) array(c *cursor, rows *Rows) bool {
	if !c.take('[') {
		return false
	}
	for first := true; ; first = false {
		done, ok := c.next(']', first)
		if done || !ok {
			return ok
		}
		c.space()
		if !s.item(c, rows) {
			return false
		}
	}
}

// item reads one object as a row. Most items have their members in the order of
// the first one of the page, so a key is first compared with the one that stood there.
func (s *Scanner) item(c *cursor, rows *Rows) bool {
	if !c.take('{') {
		return false
	}
	clear(s.seen)
	for at := 0; ; at++ {
		f, ok := s.expected(c, at)
		if !ok {
			done := false
			if done, ok = c.next('}', at == 0); !ok {
				return false
			}
			if done {
				break
			}
			if f, ok = s.member(c, at); !ok {
				return false
			}
		}
		if f < 0 {
			if !c.skip(0) {
				return false
			}
			continue
		}
		if s.seen[f] || !s.value(c, f, rows) {
			return false
		}
		s.seen[f] = true
	}
	return s.finish(rows)
}

// expected steps over the key that stood here in the first item, with the comma
// before it, and tells which field it is.
func (s *Scanner) expected(c *cursor, at int) (int, bool) {
	if at >= len(s.keys) || !bytes.HasPrefix(c.b[c.i:], s.keys[at]) {
		return 0, false
	}
	c.i += len(s.keys[at])
	return s.fields[at], true
}

// member reads a key with its colon and tells which field it is, -1 for none.
func (s *Scanner) member(c *cursor, at int) (int, bool) {
	c.space()
	start := c.i
	key, ok := c.key()
	if !ok {
		return 0, false
	}
	f := -1
	for i := range s.layout.Fields {
		if s.layout.Fields[i].Key == string(key) {
			f = i
		}
	}
	if at == len(s.keys) && at < 64 { // the first item of the page teaches the order
		if at > 0 {
			if c.b[start-1] != ',' {
				return f, true // with a space between them nothing is gained
			}
			start--
		}
		s.keys = append(s.keys, c.b[start:c.i]) // with the colon
		s.fields = append(s.fields, f)
	}
	return f, true
}

// value reads the value of a field into the row being made.
func (s *Scanner) value(c *cursor, f int, rows *Rows) bool {
	field, col := &s.layout.Fields[f], &rows.Cols[f]
	c.space()
	if c.i >= len(c.b) {
		return false
	}
	if c.b[c.i] == 'n' {
		if !c.word("null") || field.Required {
			return false
		}
		col.unknown(field.Kind, rows.n)
		return true
	}
	quoted := c.b[c.i] == '"'
	if field.Kind == Text {
		return c.textInto(col, quoted)
	}
	if quoted {
		c.i++
	}
	v, ok := c.number(field.Scale)
	if !ok || field.Limit > 0 && (v > field.Limit || v < -field.Limit) || quoted && !c.take('"') {
		return false
	}
	col.Ints = append(col.Ints, v)
	return true
}

// textInto appends a text; a whole number is taken as it is written.
func (c *cursor) textInto(col *Col, quoted bool) bool {
	var text []byte
	if quoted {
		c.i++
		start := c.i
		c.i = stringEnd(c.b, c.i)
		if c.i >= len(c.b) || c.b[c.i] != '"' {
			return false
		}
		text = c.b[start:c.i]
		c.i++
		if len(text) == 0 || text[0] <= ' ' || text[len(text)-1] <= ' ' || !utf8.Valid(text) {
			return false
		}
	} else {
		start := c.i
		if _, ok := c.number(0); !ok {
			return false
		}
		text = c.b[start:c.i]
		for _, d := range text {
			if d == '.' || d == '-' {
				return false
			}
		}
	}
	col.text = append(col.text, text...)
	col.ends = append(col.ends, len(col.text))
	return true
}

// unknown appends a row without a value.
func (c *Col) unknown(k Kind, row int) {
	c.Unknown.Set(row)
	if k == Text {
		c.ends = append(c.ends, len(c.text))
		return
	}
	c.Ints = append(c.Ints, 0)
}

// finish completes the row with what the item did not say.
func (s *Scanner) finish(rows *Rows) bool {
	for f, seen := range s.seen {
		if seen {
			continue
		}
		field := &s.layout.Fields[f]
		if field.Required {
			return false
		}
		rows.Cols[f].unknown(field.Kind, rows.n)
	}
	rows.n++
	return true
}
