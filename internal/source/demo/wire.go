package demo

import (
	"strconv"
	"unicode/utf8"
)

// Writers append JSON to a buffer: a quarter of a million orders pass through
// here during one backfill.

// appendString writes s as a JSON string. Markup characters stay as they are.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 {
				b = append(append(b, s[start:i]...), `\ufffd`...)
				start = i + 1
			}
			i += n
			continue
		case c == '"' || c == '\\':
			b = append(append(b, s[start:i]...), '\\', c)
			start = i + 1
		case c < 0x20:
			b = append(append(b, s[start:i]...), '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			start = i + 1
		}
		i++
	}
	return append(append(b, s[start:]...), '"')
}

// appendYuan writes fen as a quoted amount with two decimals: "12.30".
func appendYuan(b []byte, fen int32) []byte {
	b = append(b, '"')
	if fen < 0 {
		b, fen = append(b, '-'), -fen
	}
	b = strconv.AppendInt(b, int64(fen/100), 10)
	c := fen % 100
	return append(b, '.', byte('0'+c/10), byte('0'+c%10), '"')
}

// appendMoment writes a quoted "2006-01-02 15:04:05" in GMT+8.
func (m *Mall) appendMoment(b []byte, at second) []byte {
	b = append(b, '"')
	b = append(b, m.dates[at.day()]...)
	b = append(b, ' ')
	s := int(at) % daySecs
	b = append2(b, s/3600)
	b = append2(append(b, ':'), s/60%60)
	b = append2(append(b, ':'), s%60)
	return append(b, '"')
}

func append2(b []byte, n int) []byte { return append(b, byte('0'+n/10), byte('0'+n%10)) }

func appendInt(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) }

// tid is the platform's 19-digit id of an order: more digits than a float has.
func tid(day int32, o *order) int64 {
	suffix := int64(mix(uint64(o.buyer), uint64(o.created)) % 9000)
	return 2_600_000_000_000_000_000 + int64(day)*1_000_000_000_000_000 + int64(o.serial)*100_000 + suffix*10
}

// oid is the id of a line. A trade of one line has the same id as its line.
func oid(day int32, o *order, at int32) int64 {
	if o.lines == 1 {
		return tid(day, o)
	}
	return tid(day, o) + 1 + int64(at-o.line)
}

// refundID is the platform's id of a refund.
func refundID(day, index int32) int64 {
	return 88_000_000_000_000_000 + int64(day)*1_000_000_000_000 + int64(index)*1000 + 77
}

// openUID is the platform's opaque name of a buyer.
func appendOpenUID(b []byte, buyer uint32) []byte {
	b = append(b, "AAE"...)
	return strconv.AppendUint(b, mix(uint64(buyer), 0x51)|1<<63, 36)
}
