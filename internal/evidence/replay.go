package evidence

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"shopwatch/internal/card"
	"shopwatch/internal/i18n"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// Errors of a replay.
var (
	// ErrUnknown: no evidence has that id.
	ErrUnknown = errors.New("no such evidence")
	// ErrFormat: what was said has another form than what this program says.
	ErrFormat = errors.New("written in another answer format")
)

// Again computes once more what was said as an answer.
type Again func(ctx context.Context, db *storage.DB, b Basis, e storage.Evidence, inputs []byte) (Said, error)

// Replayed is what was said, computed again.
type Replayed struct {
	Evidence storage.Evidence
	Text     string // in the language asked for, with the id
	Numbers  []byte // JSON
	// Differs says what is not as it was, a line each; empty when every byte is
	// the same.
	Differs []string
}

// Replay computes what the evidence of an id was said about, as of its
// revision. lang picks one of the languages it was said in; "" takes the first.
// answer does it for answers, panels are those of the store; nil for none. Facts that are no longer kept give
// storage.ErrForgotten.
func Replay(ctx context.Context, db *storage.DB, panels *series.Store, id, lang string, answer Again) (*Replayed, error) {
	id = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(id)), "#")
	var e storage.Evidence
	var settings, inputs []byte
	found := false
	err := db.View(ctx, func(tx *storage.Tx) (err error) {
		e, settings, inputs, found, err = tx.Evidence(id)
		return err
	})
	switch {
	case err != nil:
		return nil, fmt.Errorf("evidence #%s: %w", id, err)
	case !found:
		return nil, fmt.Errorf("#%s: %w: it was never given out, its time is over, or the bot ended before it was written down", id, ErrUnknown)
	case e.Format != Format:
		return nil, fmt.Errorf("#%s: %w: format %d, this program writes %d; the numbers can be asked for anew", id, ErrFormat, e.Format, Format)
	}
	b, err := decodeBasis(settings)
	if err != nil {
		return nil, fmt.Errorf("evidence #%s: %w", id, err)
	}
	again, ok := map[string]Again{KindAnswer: answer, KindDigest: againDigest, KindAlert: againAlert(panels)}[e.Kind]
	if !ok {
		return nil, fmt.Errorf("#%s: %w: this program knows no %q", id, ErrFormat, e.Kind)
	}
	said, err := again(ctx, db, b, e, inputs)
	if err != nil {
		return nil, fmt.Errorf("replay #%s: %w", id, err)
	}
	r, err := b.Record(said)
	if err != nil {
		return nil, fmt.Errorf("replay #%s: %w", id, err)
	}
	out := &Replayed{Evidence: e, Differs: differences(e, r.Evidence, said)}
	if out.Numbers, err = Numbers(said.Report); err != nil {
		return nil, err
	}
	out.Text, err = shown(b, e, said, lang)
	return out, err
}

// shown is the text as it was posted, with the id.
func shown(b Basis, e storage.Evidence, said Said, lang string) (string, error) {
	if lang == "" {
		lang = languages(e)[0]
	}
	messages, ok := said.Texts[lang]
	if !ok {
		return "", fmt.Errorf("#%s was not said in %s, only in %s", e.ID, lang, strings.Join(languages(e), ", "))
	}
	messages = slices.Clone(messages)
	if len(messages) > 0 {
		messages[0] = card.New(i18n.For(lang), b.Shop).Evidence(messages[0], e.ID)
	}
	return textOf(messages)
}

// differences lists what is not as it was.
func differences(old, now storage.Evidence, said Said) (out []string) {
	if old.Report != now.Report {
		where := changedFields(old.Fields, now.Fields)
		if len(where) == 0 {
			where = []string{"the list"}
		}
		out = append(out, "numbers: "+strings.Join(where, ", "))
	}
	for _, lang := range languages(old) {
		was, is := old.Texts[lang], now.Texts[lang]
		if was.Sum == is.Sum {
			continue
		}
		text, _ := textOf(said.Texts[lang]) // it has been written before, for its digest
		lines := changedLines(lang, was.Lines, text)
		if len(lines) == 0 {
			lines = []string{fmt.Sprintf("text (%s): the lines have another order", lang)}
		}
		out = append(out, lines...)
	}
	if len(out) == 0 {
		return nil
	}
	if old.Catalogue != now.Catalogue {
		out = append(out, fmt.Sprintf("catalogue: revision %d, was %d", now.Catalogue, old.Catalogue))
	}
	if old.Program != now.Program {
		out = append(out, fmt.Sprintf("program: %s, was %s", now.Program, old.Program))
	}
	return out
}

func changedFields(old, now map[string]string) (out []string) {
	all := map[string]string{}
	maps.Copy(all, old)
	maps.Copy(all, now)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if old[name] != now[name] {
			out = append(out, name)
		}
	}
	return out
}

// changedLines shows the lines that are new; of those that are gone only the
// number is known.
func changedLines(lang string, was []string, text string) (out []string) {
	left := map[string]int{}
	for _, l := range was {
		left[l]++
	}
	n := 0
	for line := range strings.Lines(text) {
		n++
		if key := short([]byte(line)); left[key] > 0 {
			left[key]--
			continue
		}
		out = append(out, fmt.Sprintf("text (%s) line %d is now: %s", lang, n, strings.TrimSuffix(line, "\n")))
	}
	gone := 0
	for _, more := range left {
		gone += more
	}
	if gone > 0 {
		out = append(out, fmt.Sprintf("text (%s): %d lines of %d are no longer said", lang, gone, len(was)))
	}
	return out
}

func languages(e storage.Evidence) []string {
	langs := slices.Sorted(maps.Keys(e.Texts))
	if len(langs) == 0 {
		return []string{""}
	}
	return langs
}

func readInputs(raw []byte, v any) error {
	if raw == nil {
		return errors.New("what was used besides facts is missing")
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return fmt.Errorf("what was used besides facts: %w", err)
	}
	return nil
}
