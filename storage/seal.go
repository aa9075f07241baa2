package storage

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"time"
)

// sealSize is what a sealed value is longer than its payload.
const sealSize = 8

// seal appends to payload its length and a CRC32C over place and payload. The
// place (space and key) is part of the sum so that a whole value that turns up
// under another key is noticed as well.
func seal(space string, key, payload []byte) []byte {
	out := make([]byte, 0, len(payload)+sealSize)
	out = append(out, payload...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(payload)))
	return binary.LittleEndian.AppendUint32(out, sum(space, key, out))
}

// unseal returns the payload of a sealed value, sharing its memory.
func unseal(space string, key, value []byte) ([]byte, error) {
	n := len(value) - sealSize
	if n < 0 {
		return nil, damaged(space, key, "value is cut short")
	}
	if binary.LittleEndian.Uint32(value[n:]) != uint32(n) {
		return nil, damaged(space, key, "value has the wrong length")
	}
	if binary.LittleEndian.Uint32(value[n+4:]) != sum(space, key, value[:n+4]) {
		return nil, damaged(space, key, "checksum does not match")
	}
	return value[:n:n], nil
}

func sum(space string, key, value []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	c := crc32.Update(0, table, []byte(space))
	c = crc32.Update(c, table, []byte{0})
	c = crc32.Update(c, table, key)
	return crc32.Update(c, table, value)
}

func damaged(space string, key []byte, what string) error {
	return fmt.Errorf("%w: %s at %q: %s", ErrDamaged, space, key, what)
}

// Keys are built from parts that keep their order: texts with an escaped
// terminator, big-endian numbers, and instants with the sign bit turned.

func keyText(b []byte, s string) []byte {
	for i := range len(s) {
		b = append(b, s[i])
		if s[i] == 0 {
			b = append(b, 0xff)
		}
	}
	return append(b, 0, 1)
}

func keyUint(b []byte, v uint64) []byte { return binary.BigEndian.AppendUint64(b, v) }

func keyInt(b []byte, v int64) []byte { return keyUint(b, uint64(v)^(1<<63)) }

func keyTime(b []byte, t time.Time) []byte { return keyInt(b, nanos(t)) }

// nanos is t in nanoseconds since 1970; times outside the years 1678 to 2261,
// the zero Time among them, become the nearest end.
func nanos(t time.Time) int64 {
	switch y := t.UTC().Year(); {
	case y < 1678:
		return math.MinInt64
	case y > 2261:
		return math.MaxInt64
	}
	return t.UnixNano()
}

// instant is the reverse of nanos, in UTC.
func instant(n int64) time.Time {
	if n == math.MinInt64 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}

// after is the first key behind all keys that start with prefix.
func after(prefix []byte) []byte {
	end := append([]byte(nil), prefix...)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i] != 0xff {
			end[i]++
			return end[:i+1]
		}
	}
	return nil
}

// cutText takes a text part off a key.
func cutText(key []byte) (string, []byte, bool) {
	var out []byte
	for i := 0; i+1 < len(key); i++ {
		if key[i] != 0 {
			out = append(out, key[i])
			continue
		}
		switch i++; key[i] {
		case 1:
			return string(out), key[i+1:], true
		case 0xff:
			out = append(out, 0)
		default:
			return "", nil, false
		}
	}
	return "", nil, false
}

// cutUint takes a number part off a key.
func cutUint(key []byte) (uint64, []byte, bool) {
	if len(key) < 8 {
		return 0, nil, false
	}
	return binary.BigEndian.Uint64(key), key[8:], true
}
