package lab

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"

	"shopwatch/internal/analysis/voice"
)

func train() Verb {
	return Verb{
		Name: "train", Short: "Learn what is praise and what is complaint from labelled texts", Inputs: []string{"FILE.csv"},
		Long: `Reads the columns label (0 or negative, 1 or positive) and text (or review), and
if there is one category, and writes a polarity model: weights only, no texts.
Both labels of a category weigh the same. The same file gives the same model.`,
		Example: "  shopwatch lab train reviews.csv --data \"own reviews 2026\" -o polarity.bin",
		New: func(flags *flag.FlagSet) func(*Session) error {
			data := flags.String("data", "", "what the texts are and whose, kept in the model")
			return func(s *Session) error { return runTrain(s, *data) }
		},
	}
}

func runTrain(s *Session, data string) (err error) {
	sum := sha256.New()
	t, err := s.table(0, sum, "label")
	if err != nil {
		return err
	}
	defer func() { _ = t.Close() }() // it was only read
	column, err := t.textColumn()
	if err != nil {
		return err
	}
	var samples []voice.Sample
	for row := range t.Rows() {
		x := voice.Sample{Text: row.Text(column), Positive: row.positive("label"), Group: row.Text("category")}
		if row.OK() {
			samples = append(samples, x)
		}
	}
	if err := t.Err(); err != nil {
		return err
	}
	m, err := voice.Train(samples)
	if err != nil {
		return err
	}
	m.Recipe.Data, m.Recipe.SHA256 = data, hex.EncodeToString(sum.Sum(nil))
	b, err := m.Encode()
	if err != nil {
		return err
	}
	if _, err := s.Out.Write(b); err != nil {
		return fmt.Errorf("write model: %w", err)
	}
	fmt.Fprintf(s.Err, "%d texts of %d categories, %d bytes\n", m.Recipe.Samples, m.Recipe.Groups, len(b))
	return nil
}

// textColumn is the name of the column that holds what people wrote.
func (t *Table) textColumn() (string, error) {
	for _, name := range []string{"text", "review"} {
		if t.Has(name) {
			return name, nil
		}
	}
	return "", fmt.Errorf("%s: no column \"text\" (or \"review\")", t.file)
}

func (r *Row) positive(column string) bool {
	switch text := r.Text(column); text {
	case "1", "positive", "pos":
		return true
	case "0", "negative", "neg":
	default:
		r.Bad("%s: %q is neither negative (0) nor positive (1)", column, text)
	}
	return false
}

// table opens an input and feeds what is read to a second reader.
func (s *Session) table(i int, also io.Writer, need ...string) (*Table, error) {
	in, name, err := s.open(i)
	if err != nil {
		return nil, err
	}
	t := &Table{s: s, file: name, close: in.Close, index: map[string]int{}}
	if err := t.header(io.TeeReader(in, also), need); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}
