package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"shopwatch/internal/chat"
	"shopwatch/internal/report"
	"shopwatch/storage"
)

// Format is the form of what cards and reports say. Raise it when a card's
// words or a report's fields change in a way that old evidence cannot be told
// from a restated number: a replay then says so instead of listing differences.
const Format = 3

// Kinds of what is said.
const (
	KindAnswer = "answer"
	KindDigest = "digest"
	KindAlert  = "alert"
)

// Said is what was said and from what it was computed.
type Said struct {
	Kind       string
	Verb, Args string // the question as it can be typed again
	Channels   []string
	Now        time.Time
	Data       report.Coverage // revision and reach of what was read
	Report     any             // the numbers
	Inputs     any             // what was used besides facts; nil for nothing
	Texts      map[string][]chat.Message
}

// Record is evidence on its way into the store.
type Record struct {
	storage.Evidence
	settings, inputs []byte
}

// Record describes what was said on this basis. It has no id yet.
func (b Basis) Record(s Said) (*Record, error) {
	r := &Record{Evidence: storage.Evidence{
		Kind: s.Kind, Shop: b.Shop.ID, Verb: s.Verb, Args: s.Args, Channels: s.Channels, Now: s.Now,
		AsOf: s.Data.Revision, Since: s.Data.Since, Hours: s.Data.Hours, Catalogue: s.Data.Catalogue, Format: Format, Program: program(),
		Texts: map[string]storage.Text{},
	}}
	var err error
	if r.settings, err = b.encode(); err != nil {
		return nil, err
	}
	r.Settings = storage.Blob(r.settings)
	if s.Inputs != nil {
		if r.inputs, err = json.Marshal(s.Inputs); err != nil {
			return nil, fmt.Errorf("inputs of %s: %w", s.Verb, err)
		}
		r.Inputs = storage.Blob(r.inputs)
	}
	numbers, err := Numbers(s.Report)
	if err != nil {
		return nil, err
	}
	r.Report, r.Fields = digest(numbers), fields(s.Report)
	for lang, messages := range s.Texts {
		text, err := textOf(messages)
		if err != nil {
			return nil, err
		}
		r.Texts[lang] = digestText(text)
	}
	return r, nil
}

// Name gives the record its id. The transaction may be a View: an answer is
// named before it is sent and stored after.
func (r *Record) Name(tx *storage.Tx) (err error) {
	r.ID, err = tx.EvidenceID(r.Evidence)
	return err
}

// Put stores a record that has a name.
func (r *Record) Put(tx *storage.Tx) error { return tx.PutEvidence(r.Evidence, r.settings, r.inputs) }

// Keep stores a record in a transaction of its own.
func (r *Record) Keep(ctx context.Context, db *storage.DB) error {
	if err := db.Update(ctx, r.Put); err != nil {
		return fmt.Errorf("keep evidence %s: %w", r.ID, err)
	}
	return nil
}

// Numbers is a report as programs get it: indented JSON with a final newline.
func Numbers(v any) ([]byte, error) {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write numbers: %w", err)
	}
	return append(b, '\n'), nil
}

func textOf(messages []chat.Message) (string, error) {
	var b strings.Builder
	for _, m := range messages {
		if err := m.WriteText(&b); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// short is enough to tell where two texts differ that are known to differ.
func short(b []byte) string { return digest(b)[:8] }

func digestText(text string) storage.Text {
	t := storage.Text{Sum: digest([]byte(text))}
	for line := range strings.Lines(text) {
		t.Lines = append(t.Lines, short([]byte(line)))
	}
	return t
}

// fields digests the top-level fields of a report; nil when it has none.
func fields(v any) map[string]string {
	b, err := json.Marshal(v)
	var all map[string]json.RawMessage
	if err != nil || json.Unmarshal(b, &all) != nil {
		return nil
	}
	out := map[string]string{}
	for name, value := range all {
		out[name] = short(value)
	}
	return out
}

// program is the version of this program, as far as it is known.
func program() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value[:min(12, len(s.Value))]
		}
	}
	return info.Main.Version
}
