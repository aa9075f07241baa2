package lab

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"shopwatch/internal/analysis/voice"
)

func classify() Verb {
	return Verb{
		Name: "classify", Short: "What reviews complain about, and whether they praise or complain", Inputs: []string{"FILE.csv"},
		Long: `Reads the column text and adds: label (negative or positive), cause (LOG, DESC,
AUTH, MISS, SVC, REF, PRICE, PACK, INV, QUAL or OTHER; several are joined by |,
the main one first), confidence (the chance of the label) and matched (the words
that show each cause, joined by |). An unknown text stays without an answer.`,
		Example: "  shopwatch lab classify reviews.csv > causes.csv",
		New: func(flags *flag.FlagSet) func(*Session) error {
			words := flags.String("lexicon", "", "a lexicon of your own instead of the built-in one")
			model := flags.String("model", "", "a model of lab train instead of the built-in one")
			return func(s *Session) error { return runClassify(s, *words, *model) }
		},
	}
}

func runClassify(s *Session, lexiconFile, modelFile string) error {
	words, model, err := reader(lexiconFile, modelFile)
	if err != nil {
		return err
	}
	t, err := s.Table(0, "text")
	if err != nil {
		return err
	}
	defer func() { _ = t.Close() }() // it was only read
	out, err := t.Extend("label", "cause", "confidence", "matched")
	if err != nil {
		return err
	}
	for row := range t.Rows() {
		text := row.Text("text")
		if text == "" {
			out.Row(row, nil, nil, nil, nil)
			s.Note("no text")
			continue
		}
		p := model.Polarity(text)
		label := "positive"
		if p.Negative() {
			label = "negative"
		}
		causes, matched := joined(words.Find(text))
		out.Row(row, label, causes, p.Confidence(), matched)
	}
	return errors.Join(t.err, out.Close())
}

func joined(hits []voice.Hit) (causes, matched string) {
	var codes, words []string
	for _, h := range hits {
		codes = append(codes, voice.Code(h.Cause))
		if h.Matched != "" {
			words = append(words, strings.ReplaceAll(h.Matched, "|", " "))
		}
	}
	return strings.Join(codes, "|"), strings.Join(words, "|")
}

// reader is the built-in lexicon and model, or those of files.
func reader(lexiconFile, modelFile string) (*voice.Lexicon, *voice.Model, error) {
	words, model := voice.Builtin(), voice.BuiltinPolarity()
	if lexiconFile != "" {
		text, err := os.ReadFile(lexiconFile) //nolint:gosec // the reader's own file
		if err != nil {
			return nil, nil, fmt.Errorf("read lexicon: %w", err)
		}
		if words, err = voice.ParseLexicon(string(text)); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", lexiconFile, err)
		}
	}
	if modelFile != "" {
		b, err := os.ReadFile(modelFile) //nolint:gosec // the reader's own file
		if err != nil {
			return nil, nil, fmt.Errorf("read model: %w", err)
		}
		if model, err = voice.DecodeModel(b); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", modelFile, err)
		}
	}
	return words, model, nil
}
