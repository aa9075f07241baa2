package app

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"shopwatch/internal/analysis"
	"shopwatch/internal/config"
)

// socket lets the terminal talk to the bot of the story until the bot ends.
func (w *world) socket() error {
	ctx, cancel := context.WithCancel(w.ctx)
	done := make(chan error, 1)
	go func() { done <- w.demo.App.serveLocal(ctx, w.demo.store) }()
	hangUp := w.hangUp
	w.hangUp = func() error {
		cancel()
		if err := <-done; err != nil {
			return err
		}
		return hangUp()
	}
	deadline := time.Now().Add(5 * time.Second)
	for {
		if resp, err := dialRunning(w.ctx, w.demo.store, "GET", "/sources", nil); resp != nil {
			return resp.Body.Close()
		} else if err != nil || time.Now().After(deadline) {
			return fmt.Errorf("nobody answers at the socket: %w", err)
		}
		time.Sleep(10 * time.Millisecond) // a real socket has no clock to step
	}
}

// alertsOn is alert FILE list|ack|silence [AS|-] TEXT...: the verb of the
// terminal, by the running bot if there is one.
func alertsOn(ts *testscript.TestScript, fails bool, a []string) {
	w := of(ts)
	var out bytes.Buffer
	ask := AlertAsk{Act: a[1], Text: strings.Join(a[3:], " "), As: strings.Trim(a[2], "-"), Lang: "en"}
	err := AskAlerts(w.ctx, AlertOptions{Dir: w.dir, Ask: ask, Out: &out, Logger: slog.New(slog.DiscardHandler)})
	keepOutput(ts, fails, a[0], &out, err)
}

// rulesOn is rules FILE list|explain|diff|test RULE LABELS...: likewise. A diff
// takes a file of the configuration instead of a rule.
func rulesOn(ts *testscript.TestScript, fails bool, a []string) {
	w := of(ts)
	var out bytes.Buffer
	o := RuleOptions{Dir: w.dir, Out: &out, Logger: slog.New(slog.DiscardHandler), Ask: RuleAsk{Act: RuleAct(a[1]), Days: 2}}
	switch {
	case o.Ask.Act == RuleDiff:
		c, problems := config.Parse(a[2], []byte(ts.ReadFile(a[2])), func(string) (string, bool) { return "", false }, config.Options{CheckWatch: CheckWatch})
		if len(problems) > 0 {
			ts.Fatalf("%v", problems)
		}
		o.Config = c
	case len(a) > 2:
		o.Ask.Rule, o.Ask.Labels = analysis.Rule(a[2]), strings.Join(a[3:], " ")
	}
	keepOutput(ts, fails, a[0], &out, AskRules(w.ctx, o))
}

func keepOutput(ts *testscript.TestScript, fails bool, file string, out *bytes.Buffer, err error) {
	switch {
	case fails && err != nil:
		fmt.Fprintln(out, err)
		err = nil
	case fails:
		err = fmt.Errorf("it was done: %s", out)
	}
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(file), out.Bytes(), 0o600))
}

// TestRuleDiffCompares: gained, lost, moved and the same are told apart.
func TestRuleDiffCompares(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 11, 21, hour, 0, 0, 0, time.UTC) }
	x := func(name string, from, to int, s analysis.Severity) ran {
		return ran{fingerprint: name, At: at(from), End: at(to), Severity: s}
	}
	var d ruleDiff
	d.compare(
		[]ran{x("same", 1, 2, analysis.Info), x("later", 1, 5, analysis.Info), x("worse", 3, 4, analysis.Info), x("gone", 1, 2, analysis.Info)},
		[]ran{x("same", 1, 3, analysis.Info), x("later", 2, 5, analysis.Info), x("worse", 3, 4, analysis.Critical), x("new", 1, 2, analysis.Info)},
	)
	if d.Same != 1 || len(d.Gained) != 1 || len(d.Lost) != 1 || len(d.Moved) != 2 || !d.Moved[0].Was.Equal(at(1)) {
		t.Errorf("%+v", d)
	}
}

func TestChangedRules(t *testing.T) {
	base := ruleSet{Rules: analysis.Defaults()}
	other := ruleSet{Rules: analysis.Defaults()}
	if got := changedRules(base, other); len(got) != 0 {
		t.Errorf("nothing changed, yet %v", got)
	}
	other.Rules.Specs = specs([]config.Watch{
		{ID: "sell_through", Limit: .2, Has: map[string]bool{"limit": true}},
		{ID: "mine", Kind: "ratio", Metric: "margin", By: "unit", Has: map[string]bool{}},
	})
	other.Rules.Stock.Cover = 2
	got := fmt.Sprint(changedRules(base, other))
	if got != "[stock_out sell_through mine]" {
		t.Errorf("changed %s", got)
	}
	if s, ok := analysis.SpecOf(other.Rules.All(), "mine"); !ok || s.Volume != "orders" || s.Tables == nil || !s.Hourly {
		t.Errorf("a rule of one's own is %+v", s)
	}
}

func TestCheckWatch(t *testing.T) {
	has := map[string]bool{"metric": true, "kind": true}
	for _, c := range []struct {
		w    config.Watch
		want string
	}{
		{config.Watch{ID: "mine", Kind: "ratio", Metric: "margin", By: "unit", Match: "channel=tmall", Has: has}, ""},
		{config.Watch{ID: "mine", Kind: "ratio", Metric: "marge", Has: has}, "metric"},
		{config.Watch{ID: "mine", Kind: "ratio", Metric: "cart_rate", By: "sku", Has: has}, "by"},
		{config.Watch{ID: "mine", Kind: "ratio", Metric: "cart_rate", By: "entry", Match: "sku=A", Has: has}, "match"},
		{config.Watch{ID: "mine", Kind: "ratio", Metric: "margin", Match: "colour=red", Has: has}, "match"},
		{config.Watch{ID: "mine", Kind: "spike", Metric: "gmv_paid", Has: has}, "kind"},
		{config.Watch{ID: "stock_out"}, ""},
		{config.Watch{ID: "return_rate", Match: "unit=beauty"}, ""},
	} {
		if got := CheckWatch(c.w); got != c.want {
			t.Errorf("%+v: %q, want %q", c.w, got, c.want)
		}
	}
}
