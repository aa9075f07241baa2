package source

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwatch/internal/market"
)

// golden compares text with a file under testdata; UPDATE=1 rewrites it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") == "1" {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Error(diff)
	}
}

// Every mistake of a file is told at once, each with its place and what to do,
// and none shows a secret.
func TestMistakes(t *testing.T) {
	text, err := os.ReadFile("testdata/mistakes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	specs, err := ParseSpecs("mistakes.yaml", text, topEnv)
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatal(err)
	}
	golden(t, "mistakes.txt", problems.Error()+"\n")
	if strings.Contains(err.Error(), "plain-text-token") {
		t.Error("a secret is shown")
	}
	for _, p := range problems {
		if p.Line == 0 || p.Col == 0 || p.Path == "" || p.Cause == "" {
			t.Errorf("%+v has no place", p)
		}
	}
	if len(specs) != 0 {
		t.Errorf("%d specs are said to be right", len(specs))
	}
}

func TestNotYAML(t *testing.T) {
	for _, text := range []string{"sources: [", "sources:\n\t- id: canary-secret-value", "a: b: c: canary-secret-value", strings.Repeat("a", maxYAML+1), "- 1", "sources: {a: b}", "sources: [1]", "sources: *x"} {
		_, err := ParseSpecs("x.yaml", []byte(text), topEnv)
		var problems Problems
		if !errors.As(err, &problems) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%.40q: %v", text, err)
		}
	}
	for _, text := range []string{"", "# nothing\n", "shops: []\n", "sources: []\n"} {
		if specs, err := ParseSpecs("x.yaml", []byte(text), topEnv); err != nil || len(specs) != 0 {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzSpecs(f *testing.F) {
	bad, err := os.ReadFile("testdata/mistakes.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(bad))
	f.Add(strings.ReplaceAll(topYAML, "URL", "http://127.0.0.1:1"))
	f.Add("sources:\n- &a {id: x, <<: *a}\n")
	f.Add("a: &a [*a]\nsources: *a\n")
	f.Fuzz(func(t *testing.T, text string) {
		specs, err := ParseSpecs("x.yaml", []byte(text), topEnv)
		var problems Problems
		if err != nil && (!errors.As(err, &problems) || len(problems) == 0) {
			t.Fatalf("%v is no list of problems", err)
		}
		for _, s := range specs {
			if _, err := Build(s, Deps{}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestSpecOfTheReference(t *testing.T) {
	specs, err := ParseSpecs("x.yaml", []byte(strings.ReplaceAll(topYAML, "URL", "https://eco.taobao.com")), topEnv)
	if err != nil {
		t.Fatal(err)
	}
	s := specs[0]
	want := Window{Step: 30 * time.Minute, Lag: 3 * time.Minute, Lookback: 10 * time.Minute, Backfill: 90 * 24 * time.Hour}
	if s.ID != "tmall_trades" || s.Shop != "tmall" || s.Fact != "order_line" || s.Driver != "http" || s.Schedule != "*/10 * * * *" ||
		s.Freshness != 30*time.Minute || s.Window != want || s.MaxReject != 0.01 || s.Limit.Rate != 1000 {
		t.Errorf("%+v", s)
	}
	now := topNow
	if w := s.Window.Next(time.Time{}, now); w.Start != now.Add(-3*time.Minute-90*24*time.Hour) || w.End != now.Add(-3*time.Minute) {
		t.Errorf("first window %v", w)
	}
	if w := s.Window.Next(now.Add(-13*time.Minute), now); w.Start != now.Add(-23*time.Minute) || w.End != now.Add(-3*time.Minute) {
		t.Errorf("next window %v", w)
	}
	pounds := cnShop(t)
	pounds.Currency = "GBP"
	if p := s.CheckShop(pounds); len(p) != 5 || p[0].Line == 0 {
		t.Errorf("%d problems: %v", len(p), p)
	}
	if p := s.Problem("schedule", "never fires", ""); p.Line != 10 || p.Path != "sources.tmall_trades.schedule" {
		t.Errorf("%+v", p)
	}
	if !slices.Contains(s.secrets, topSecrets["TOP_SESSION"]) {
		t.Error("the session is not known as a secret")
	}
	// Every field of the mapping but those computed from two lists is read
	// without jq.
	for _, f := range s.mapping.fields {
		if f.fixed == nil && f.from.alts == nil {
			t.Errorf("%s needs jq: %s", f.name, f.from.prog.src)
		}
	}
	if !s.mapping.records.fast {
		t.Error("records need jq")
	}
}

func TestNearest(t *testing.T) {
	for word, want := range map[string]string{"amout": "amount", "statsu": "status", "refund": "refund_id", "xyz": ""} {
		if got := nearest(word, targetNames(market.Refunds)); got != want {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
}
