package sourcetest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"shopwatch/internal/market"
	"shopwatch/internal/source"
)

// Case is a source with an upstream that is well.
type Case struct {
	Source  source.Source
	Request source.Request
	// Unknown names columns that the upstream leaves open in at least one row:
	// there must be a null in them, not a zero.
	Unknown []string
	// Broken is the same source with an upstream that refuses or garbles every
	// call, and repeats what it was sent; nil when there is none.
	Broken source.Source
	// Secrets must not appear in anything that a source hands out.
	Secrets []string
}

// Run checks a source against the contract of source.Source.
func Run(t *testing.T, c Case) {
	t.Helper()
	t.Run("pull", func(t *testing.T) { pull(t, c) })
	t.Run("pull again", func(t *testing.T) { again(t, c) })
	t.Run("stopped", func(t *testing.T) { stopped(t, c) })
	t.Run("another currency", func(t *testing.T) { currency(t, c) })
	if c.Broken != nil {
		t.Run("broken", func(t *testing.T) { broken(t, c) })
	}
}

func pull(t *testing.T, c Case) {
	t.Helper()
	p, err := c.Source.Pull(t.Context(), c.Request)
	if err != nil {
		t.Fatal(err)
	}
	s, m := p.Snapshot, p.Snapshot.Manifest
	if s.State != market.Complete || len(m.Reasons) > 0 {
		t.Errorf("a healthy upstream gave %s: %q %v", s.State, m.Reasons, p.Rejects)
	}
	table, known := market.FindTable(s.Table)
	if !known || table != c.Source.Table() || p.Rows == nil || p.Rows.Table != table {
		t.Fatalf("table %q is not that of the source", s.Table)
	}
	if s.Source != c.Source.ID() || s.Source == "" || s.Shop != c.Request.Shop.ID || !s.PulledAt.Equal(c.Request.Now) {
		t.Errorf("the snapshot calls itself %q of %q, pulled at %s", s.Source, s.Shop, s.PulledAt)
	}
	if s.Watermark.After(c.Request.Now) || s.Watermark.After(s.Window.End) {
		t.Errorf("complete up to %s, but the window ends at %s", s.Watermark, s.Window.End)
	}
	if s.Revision != 0 {
		t.Error("the store numbers revisions, not the source")
	}
	rows(t, p.Rows)
	if n := p.Rows.Len(); n == 0 || m.Rows != n || m.Keys != distinct(p.Rows) || m.Keys != n {
		t.Errorf("the manifest says %d rows of %d keys; there are %d of %d", m.Rows, m.Keys, n, distinct(p.Rows))
	}
	if m.Pages != m.PagesWant || m.Total != nil && *m.Total < 0 {
		t.Errorf("%d of %d pages, yet complete", m.Pages, m.PagesWant)
	}
	for _, name := range c.Unknown {
		if v := p.Rows.Column(name); !v.Null.Any() {
			t.Errorf("column %s has no null, but the upstream leaves it open", name)
		}
	}
	quiet(t, c, fmt.Sprintf("%+v", p.Snapshot), p.Rejects)
}

// rows checks every value against its column.
func rows(t *testing.T, b *market.Batch) {
	t.Helper()
	for col, c := range b.Table.Columns {
		v := b.Col(col)
		must := c.Required || slices.Contains(b.Table.Key, c.Name)
		for i := range b.Len() {
			switch {
			case !v.Known(i) && must:
				t.Errorf("row %d lacks %s", i, c.Name)
			case !v.Known(i):
				if v.Ints != nil && v.Ints[i] != 0 || v.Texts != nil && v.Texts[i] != "" {
					t.Errorf("row %d holds a value of %s and calls it unknown", i, c.Name)
				}
			case c.Kind == market.Text:
				if s := v.Texts[i]; s == "" || !utf8.ValidString(s) || c.Enum != nil && !slices.Contains(c.Enum, s) {
					t.Errorf("row %d: %s is %q", i, c.Name, s)
				}
			case c.Kind == market.Bool && v.Ints[i] != 0 && v.Ints[i] != 1:
				t.Errorf("row %d: flag %s is %d", i, c.Name, v.Ints[i])
			case c.Kind == market.Time && time.UnixMilli(v.Ints[i]).Year() < 1990:
				t.Errorf("row %d: %s is %s", i, c.Name, time.UnixMilli(v.Ints[i]))
			}
		}
	}
}

func distinct(b *market.Batch) int {
	seen := map[string]bool{}
	for i := range b.Len() {
		var key strings.Builder
		for _, name := range b.Table.Key {
			v := b.Column(name)
			if v.Texts != nil {
				fmt.Fprintf(&key, "%q", v.Texts[i])
			} else {
				fmt.Fprintf(&key, "%d,", v.Ints[i])
			}
		}
		seen[key.String()] = true
	}
	return len(seen)
}

// again checks that a pull is a value: the next one neither changes it nor
// differs from it.
func again(t *testing.T, c Case) {
	t.Helper()
	first, err := c.Source.Pull(t.Context(), c.Request)
	if err != nil {
		t.Fatal(err)
	}
	before := dump(t, first)
	second, err := c.Source.Pull(t.Context(), c.Request)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, dump(t, first)) {
		t.Error("the next pull changed this one")
	}
	if !bytes.Equal(before, dump(t, second)) {
		t.Error("two pulls of the same thing differ")
	}
	if first.Rows == second.Rows {
		t.Error("two pulls share their rows")
	}
}

func dump(t *testing.T, p market.Pull) []byte {
	t.Helper()
	var cols []*market.Vector
	for i := range p.Rows.Table.Columns {
		cols = append(cols, p.Rows.Col(i))
	}
	b, err := json.Marshal([]any{p.Snapshot, p.Rejects, cols})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func stopped(t *testing.T, c Case) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	began := time.Now()
	p, err := c.Source.Pull(ctx, c.Request)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error of a stopped pull is %v", err)
	}
	unusable(t, p)
	if d := time.Since(began); d > 2*time.Second {
		t.Errorf("it took %s to stop", d)
	}
}

// unusable checks a pull that came with an error.
func unusable(t *testing.T, p market.Pull) {
	t.Helper()
	s := p.Snapshot
	switch s.State {
	case market.Failed:
		if p.Rows != nil {
			t.Error("a failed pull has rows")
		}
	case market.Partial:
	default:
		t.Errorf("a pull with an error calls itself %q", s.State)
	}
	if s.Source == "" || s.Table == "" || s.Shop == "" || len(s.Manifest.Reasons) == 0 {
		t.Errorf("the snapshot does not say what failed and why: %+v", s)
	}
}

// currency checks that money of one currency never enters the books of another.
func currency(t *testing.T, c Case) {
	t.Helper()
	p, err := c.Source.Pull(t.Context(), c.Request)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(p.Rows.Table.Columns, func(col market.Column) bool {
		return col.Kind == market.Money && slices.Max(p.Rows.Column(col.Name).Ints) > 0
	}) {
		t.Skip("this source brings no money")
	}
	shop := *c.Request.Shop
	shop.Currency = "XTS"
	r := c.Request
	r.Shop = &shop
	p, err = c.Source.Pull(t.Context(), r)
	if err == nil || p.Rows != nil {
		t.Errorf("%d rows were read for a shop with another currency, error %v", p.Rows.Len(), err)
	}
}

func broken(t *testing.T, c Case) {
	t.Helper()
	p, err := c.Broken.Pull(t.Context(), c.Request)
	if err == nil {
		t.Fatal("a broken upstream gave no error")
	}
	unusable(t, p)
	quiet(t, c, fmt.Sprintf("%v %+v %#v %+v", err, err, err, p.Snapshot), p.Rejects)
	for e := err; e != nil; e = errors.Unwrap(e) {
		quiet(t, c, fmt.Sprintf("%v %+v", e, e), nil)
	}
}

// quiet checks that no secret is shown.
func quiet(t *testing.T, c Case, text string, rejects []market.Reject) {
	t.Helper()
	text += fmt.Sprintf("%+v %+v", rejects, c.Source)
	if b, err := json.Marshal(rejects); err == nil {
		text += string(b)
	}
	for _, s := range c.Secrets {
		if strings.Contains(text, s) {
			t.Errorf("secret %q is shown", s)
		}
	}
}
