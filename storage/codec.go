package storage

import (
	"encoding/binary"
	"errors"
	"fmt"

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

// errCorrupt is what decoders return; callers say where.
var errCorrupt = errors.New("block does not decode")

// codec compresses columns. It is safe for use by many goroutines.
type codec struct {
	enc *zstd.Encoder
	dec *zstd.Decoder
}

func newCodec() (*codec, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false), zstd.WithWindowSize(1<<20))
	if err != nil {
		return nil, fmt.Errorf("zstd: %w", err)
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxRaw))
	if err != nil {
		return nil, fmt.Errorf("zstd: %w", err)
	}
	return &codec{enc: enc, dec: dec}, nil
}

func (c *codec) close() {
	_ = c.enc.Close() // it writes nowhere, so there is nothing to fail
	c.dec.Close()
}

// pack appends raw to dst, compressed when that saves an eighth.
func (c *codec) pack(dst, raw []byte) []byte {
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

// unpack reverses pack. The result may share memory with b.
func (c *codec) unpack(b []byte) ([]byte, error) {
	if len(b) == 0 {
		return nil, errCorrupt
	}
	kind, b := b[0], b[1:]
	if kind == packRaw {
		return b, nil
	}
	size, n := binary.Uvarint(b)
	if kind != packZstd || n <= 0 || size > maxRaw {
		return nil, errCorrupt
	}
	raw, err := c.dec.DecodeAll(b[n:], make([]byte, 0, min(size, 1<<20)))
	if err != nil || uint64(len(raw)) != size {
		return nil, errCorrupt
	}
	return raw, nil
}

// reader takes varints off a byte slice. After the first fault every further
// reading yields zeros and bad stays set.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) uvarint() uint64 {
	if len(r.b) > 0 && r.b[0] < 0x80 { // most values fit a byte
		v := r.b[0]
		r.b = r.b[1:]
		return uint64(v)
	}
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) varint() int64 { return unzigzag(r.uvarint()) }

// count reads a number that must not exceed limit.
func (r *reader) count(limit int) int {
	v := r.uvarint()
	if v > uint64(limit) {
		r.bad = true
		return 0
	}
	return int(v)
}

func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.bad, r.b = true, nil
		return nil
	}
	out := r.b[:n:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func zigzag(v int64) uint64   { return uint64(v)<<1 ^ uint64(v>>63) }
func unzigzag(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }
