package column

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"

	"github.com/klauspost/compress/zstd"
)

// Limits of one stored column; a decoder never allocates more than a small
// multiple of them, whatever it is fed.
const (
	maxRaw   = 32 << 20 // bytes of a column before compression
	minPack  = 64       // shorter columns are not worth compressing
	packRaw  = 0        // the column follows as it is
	packZstd = 1        // its length and a zstd frame follow
)

// ErrCorrupt is what decoders return; callers say where.
var ErrCorrupt = errors.New("block does not decode")

// Codec compresses columns. It is safe for use by many goroutines.
type Codec struct {
	enc *zstd.Encoder
	dec *zstd.Decoder
}

// NewCodec makes a codec; Close it when done.
func NewCodec() (*Codec, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false), zstd.WithWindowSize(1<<20))
	if err != nil {
		return nil, fmt.Errorf("zstd: %w", err)
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxRaw))
	if err != nil {
		return nil, fmt.Errorf("zstd: %w", err)
	}
	return &Codec{enc: enc, dec: dec}, nil
}

// Close gives up its memory.
func (c *Codec) Close() {
	_ = c.enc.Close() // it writes nowhere, so there is nothing to fail
	c.dec.Close()
}

// Pack appends raw to dst, compressed when that saves an eighth.
func (c *Codec) Pack(dst, raw []byte) []byte {
	if len(raw) >= minPack {
		at := len(dst)
		dst = append(dst, packZstd)
		dst = binary.AppendUvarint(dst, uint64(len(raw)))
		dst = c.enc.EncodeAll(raw, dst)
		if len(dst)-at < len(raw)-len(raw)/8 {
			return dst
		}
		dst = dst[:at]
	}
	return append(append(dst, packRaw), raw...)
}

// Unpack reverses Pack. The result may share memory with b, or with scratch,
// which may be nil.
func (c *Codec) Unpack(b, scratch []byte) ([]byte, error) {
	if len(b) == 0 {
		return nil, ErrCorrupt
	}
	kind, b := b[0], b[1:]
	if kind == packRaw {
		return b, nil
	}
	size, n := binary.Uvarint(b)
	if kind != packZstd || n <= 0 || size > maxRaw {
		return nil, ErrCorrupt
	}
	if scratch == nil {
		scratch = make([]byte, 0, min(size, 1<<20))
	}
	raw, err := c.dec.DecodeAll(b[n:], scratch[:0])
	if err != nil || uint64(len(raw)) != size {
		return nil, ErrCorrupt
	}
	return raw, nil
}

// Reader takes varints off a byte slice. After the first fault every further
// reading yields zeros and Bad stays set.
type Reader struct {
	B   []byte // what is left
	Bad bool
}

// Uvarint reads a number.
func (r *Reader) Uvarint() uint64 {
	if len(r.B) > 0 && r.B[0] < 0x80 { // most values fit a byte
		v := r.B[0]
		r.B = r.B[1:]
		return uint64(v)
	}
	v, n := binary.Uvarint(r.B)
	if n <= 0 {
		r.Bad, r.B = true, nil
		return 0
	}
	r.B = r.B[n:]
	return v
}

// Varint reads a number with a sign.
func (r *Reader) Varint() int64 { return unzigzag(r.Uvarint()) }

// varints fills v. Eight bytes without a high bit are eight values; else values
// of up to four bytes, which nearly all are, are taken off a word without a
// branch for each byte.
func (r *Reader) varints(v []int64) {
	const highs = 0x8080808080808080
	b := r.B
	for len(v) >= 8 && len(b) >= 16 {
		w := binary.LittleEndian.Uint64(b)
		if w&highs == 0 {
			eight := v[:8]
			for i := range eight {
				eight[i] = unzigzag(w >> (8 * i) & 0xff)
			}
			v, b = v[8:], b[8:]
			continue
		}
		n, at := 0, 0
		for ; n < 8 && at <= len(b)-8; n++ {
			w := binary.LittleEndian.Uint64(b[at:])
			end := bits.TrailingZeros64(^w & highs) // the last bit of the value's last byte
			if end > 31 {
				break
			}
			w &= 2<<end - 1
			v[n] = unzigzag(w&0x7f | w>>1&0x3f80 | w>>2&0x1fc000 | w>>3&0xfe00000)
			at += end>>3 + 1
		}
		v, b = v[n:], b[at:]
		if n < 8 {
			u, size := binary.Uvarint(b)
			if size <= 0 {
				r.Bad, r.B = true, nil
				return
			}
			v[0], v, b = unzigzag(u), v[1:], b[size:]
		}
	}
	r.B = b
	for i := range v {
		v[i] = r.Varint()
	}
}

// Count reads a number that must not exceed limit.
func (r *Reader) Count(limit int) int {
	v := r.Uvarint()
	if v > uint64(limit) {
		r.Bad = true
		return 0
	}
	return int(v)
}

// Take reads n bytes, which share memory with B.
func (r *Reader) Take(n int) []byte {
	if n < 0 || n > len(r.B) {
		r.Bad, r.B = true, nil
		return nil
	}
	out := r.B[:n:n]
	r.B = r.B[n:]
	return out
}

// Byte reads one byte.
func (r *Reader) Byte() byte {
	if b := r.Take(1); b != nil {
		return b[0]
	}
	return 0
}

func zigzag(v int64) uint64   { return uint64(v)<<1 ^ uint64(v>>63) }
func unzigzag(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }
