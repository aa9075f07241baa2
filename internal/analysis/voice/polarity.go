package voice

import (
	"bytes"
	_ "embed" // polarity.bin
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"sync"
)

// Polarity says whether a text praises or complains.
type Polarity struct {
	// Positive is the chance that a text is positive, 0..1.
	Positive float64
}

// Negative reports whether a text rather complains.
func (p Polarity) Negative() bool { return p.Positive < 0.5 }

// Confidence is the chance of the label that Negative gives, 0.5..1.
func (p Polarity) Confidence() float64 { return max(p.Positive, 1-p.Positive) }

// Model is a trained polarity classifier. It is only read, so it may be shared.
type Model struct {
	Recipe Recipe

	scale float64 // of one step of grams
	dense [dense]float64
	grams []int8 // 1<<Recipe.Bits weights
}

// Recipe is where a model comes from and how it was trained.
type Recipe struct {
	Command string `json:"command"` // that trains it again
	Data    string `json:"data"`    // what the texts are and whose, in words
	SHA256  string `json:"sha256"`  // of the labelled file
	Samples int    `json:"samples"`
	Groups  int    `json:"groups"`
	Bits    uint   `json:"bits"` // of the hash
	Passes  int    `json:"passes"`
	Seed    uint64 `json:"seed"`
}

// Polarity judges a text.
func (m *Model) Polarity(text string) Polarity {
	f := featuresOf(text, m.Recipe.Bits)
	return m.judge(&f)
}

func (m *Model) judge(f *features) Polarity {
	sum := 0
	for _, g := range f.grams {
		sum += int(m.grams[g])
	}
	z := float64(sum) * m.scale * f.value
	for i, v := range f.dense {
		z += m.dense[i] * v
	}
	return Polarity{Positive: logistic(z)}
}

func logistic(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

//go:embed polarity.bin
var builtinModel []byte

var builtinPolarity = sync.OnceValue(func() *Model {
	m, err := DecodeModel(builtinModel)
	if err != nil {
		panic("voice: polarity.bin: " + err.Error()) // a test decodes it
	}
	return m
})

// BuiltinPolarity is the model that comes with the program.
func BuiltinPolarity() *Model { return builtinPolarity() }

// A stored model is the line modelMagic, a line of JSON (header), 1<<bits
// weights of a byte each, and the CRC-32 (IEEE, big endian) of all of that.
const (
	modelMagic = "shopwatch polarity 1\n"
	mostBits   = 22
)

type header struct {
	Recipe
	Scale float64   `json:"scale"`
	Dense []float64 `json:"dense"`
}

// Encode writes the model as DecodeModel reads it; the same model gives the
// same bytes.
func (m *Model) Encode() ([]byte, error) {
	head, err := json.Marshal(header{m.Recipe, m.scale, m.dense[:]})
	if err != nil {
		return nil, fmt.Errorf("encode model: %w", err)
	}
	out := append([]byte(modelMagic), head...)
	out = append(out, '\n')
	for _, w := range m.grams {
		out = append(out, byte(w)) //nolint:gosec // two's complement, read back the same way
	}
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out)), nil
}

// DecodeModel reads a stored model. The error says what is wrong with the file.
func DecodeModel(b []byte) (*Model, error) {
	rest, ok := bytes.CutPrefix(b, []byte(modelMagic))
	if !ok {
		return nil, errors.New("not a polarity model of this version: train it again with \"shopwatch lab train\"")
	}
	head, rest, ok := bytes.Cut(rest, []byte("\n"))
	if !ok || len(rest) < crc32.Size {
		return nil, errors.New("the model ends early")
	}
	end := len(b) - crc32.Size
	if crc32.ChecksumIEEE(b[:end]) != binary.BigEndian.Uint32(b[end:]) {
		return nil, errors.New("the model is damaged: its checksum differs")
	}
	var h header
	if err := json.Unmarshal(head, &h); err != nil {
		return nil, fmt.Errorf("header of the model: %w", err)
	}
	weights := rest[:len(rest)-crc32.Size]
	if h.Bits == 0 || h.Bits > mostBits || len(weights) != 1<<h.Bits || len(h.Dense) != dense {
		return nil, fmt.Errorf("the model has %d weights and %d dense ones, want %d of %d bits and %d", len(weights), len(h.Dense), 1<<min(h.Bits, mostBits), h.Bits, dense)
	}
	m := &Model{Recipe: h.Recipe, scale: h.Scale, grams: make([]int8, len(weights))}
	copy(m.dense[:], h.Dense)
	for i, w := range weights {
		m.grams[i] = int8(w) //nolint:gosec // two's complement
	}
	return m, nil
}
