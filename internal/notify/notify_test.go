package notify_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/notify"
	"shopwatch/internal/outbox"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

var lanli = &market.Shop{ID: "lanli", Name: market.Name{Zh: "岚里", En: "Lanli"}, Currency: "CNY", Zone: time.FixedZone("CST", 8*3600)}

// desk is a shop with a store of its own.
type desk struct {
	testing.TB
	db   *storage.DB
	path string
	n    *notify.Notifier
	now  time.Time
}

func newDesk(tb testing.TB, edit func(*alert.Route)) *desk {
	tb.Helper()
	r := &alert.Route{Name: "alerts", Receiver: alert.DefaultReceiver()}
	r.To, r.Lang, r.Wait = []alert.Contact{{Channel: "C1"}}, "en", 0
	if edit != nil {
		edit(r)
	}
	d := &desk{TB: tb, path: filepath.Join(tb.TempDir(), "s.db"), n: notify.New(lanli, r), now: time.Date(2026, 11, 22, 10, 0, 0, 0, lanli.Zone)}
	d.open()
	tb.Cleanup(func() { _ = d.db.Close() })
	return d
}

func (d *desk) open() {
	d.Helper()
	engine, err := bolt.Open(d.path, bolt.Options{})
	if err != nil {
		d.Fatal(err)
	}
	if d.db, err = storage.Open(context.Background(), storage.Options{Engine: engine, Logger: slog.New(slog.DiscardHandler)}); err != nil {
		d.Fatal(err)
	}
}

// restart closes the store and opens it again: nothing that was only in memory
// is left.
func (d *desk) restart() {
	d.Helper()
	if err := d.db.Close(); err != nil {
		d.Fatal(err)
	}
	d.open()
}

func (d *desk) update(f func(*storage.Tx) error) {
	d.Helper()
	if err := d.db.Update(context.Background(), f); err != nil {
		d.Fatal(err)
	}
}

// look moves the alerts on by findings, as the watch job does.
func (d *desk) look(findings ...analysis.Finding) {
	d.Helper()
	d.update(func(tx *storage.Tx) error {
		open, err := tx.OpenAlerts(lanli.ID)
		if err != nil {
			return err
		}
		list := alert.Step(d.n.Policy, alert.Pass{
			Shop: lanli.ID, Now: d.now, Open: open, Findings: findings,
			Last: func(fp string) (alert.Alert, bool) { a, ok, _ := tx.LastEpisode(fp); return a, ok },
		})
		_, err = d.n.Apply(tx, list, "", d.now)
		return err
	})
}

func (d *desk) tick(after time.Duration) {
	d.Helper()
	d.now = d.now.Add(after)
	d.update(func(tx *storage.Tx) error { _, err := d.n.Tick(tx, d.now); return err })
}

// sent counts what waits in the outbox, and takes it as delivered.
func (d *desk) sent() map[chat.Act][]string {
	d.Helper()
	out := map[chat.Act][]string{}
	d.update(func(tx *storage.Tx) error {
		list, err := tx.Undone()
		if err != nil {
			return err
		}
		for i, e := range list {
			out[e.Act] = append(out[e.Act], e.Message.Text)
			e.State, e.Receipt.Ref = outbox.Sent, chat.Ref{Channel: "C1", TS: fmt.Sprint(e.Seq, ".", i)}
			if err := tx.PutEntry(e); err != nil {
				return err
			}
		}
		return nil
	})
	return out
}

func out(sku string, risk market.Fen) analysis.Finding {
	return analysis.Finding{
		Rule: analysis.RuleStockOut, Subject: analysis.Subject{SKU: market.SKU(sku), Title: "Item " + sku}, Severity: analysis.Critical, AtRisk: risk,
		Stock: &analysis.StockOut{OutAt: time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC)},
	}
}

// An escalation is told in the thread, and in the channel or to the person it
// leads to with a root of its own; whoever takes it there takes it everywhere,
// across restarts.
func TestEscalation(t *testing.T) {
	d := newDesk(t, func(r *alert.Route) {
		r.Ladder = []alert.Rung{{After: 30 * time.Minute, To: alert.Contact{User: "U0LEAD000"}}, {After: time.Hour, To: alert.Contact{Group: "S0OPS0000"}}}
	})
	d.look(out("a", 100))
	if got := d.sent(); len(got[chat.Post]) != 1 {
		t.Fatalf("opened: %v", got)
	}
	d.restart()
	d.tick(29 * time.Minute)
	if got := d.sent(); len(got) != 0 {
		t.Fatalf("early: %v", got)
	}
	d.tick(time.Minute)
	if got := d.sent(); len(got[chat.Post]) != 1 || len(got[chat.Reply]) != 1 || !strings.Contains(got[chat.Reply][0], "told") {
		t.Fatalf("first rung: %v", got)
	}
	d.tick(time.Hour)
	if got := d.sent(); len(got[chat.Post]) != 0 || len(got[chat.Reply]) != 2 {
		t.Fatalf("second rung: %v", got)
	}
	var id string
	d.update(func(tx *storage.Tx) error {
		groups, err := tx.Groups(lanli.ID)
		for _, g := range groups {
			if g.Place.User != "" {
				id = g.ID
			}
		}
		if err != nil {
			return err
		}
		_, err = d.n.Act(tx, id, alert.Act{Kind: alert.ActAck, By: "U0LEAD000", At: d.now}, "D1")
		return err
	})
	if got := d.sent(); len(got[chat.Update]) != 2 || len(got[chat.Reply]) != 2 {
		t.Fatalf("taken: %v", got)
	}
	d.tick(3 * time.Hour)
	if got := d.sent(); len(got[chat.Post])+len(got[chat.Reply]) != 0 {
		t.Fatalf("after it was taken: %v", got)
	}
}

// In quiet hours nothing climbs: the ladder begins with the morning's root.
func TestQuietLadder(t *testing.T) {
	night, err := alert.ParseInterval("daily 22:00-08:00")
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, func(r *alert.Route) {
		r.Quiet = []alert.Interval{night}
		r.Ladder = []alert.Rung{{After: 30 * time.Minute, To: alert.Contact{User: "U0LEAD000"}}}
	})
	d.now = time.Date(2026, 11, 22, 23, 0, 0, 0, lanli.Zone)
	d.look(out("a", 100))
	d.tick(8 * time.Hour)
	if got := d.sent(); len(got) != 0 {
		t.Fatalf("at night: %v", got)
	}
	d.tick(time.Hour)
	if got := d.sent(); len(got[chat.Post]) != 1 {
		t.Fatalf("in the morning: %v", got)
	}
	d.tick(29 * time.Minute)
	if got := d.sent(); len(got) != 0 {
		t.Fatalf("too soon: %v", got)
	}
	d.tick(time.Minute)
	if got := d.sent(); len(got[chat.Post]) != 1 || len(got[chat.Reply]) != 1 {
		t.Fatalf("half an hour later: %v", got)
	}
}

// A refused act changes nothing and is in the audit; so is one on nothing.
func TestRefusals(t *testing.T) {
	d := newDesk(t, nil)
	d.look(out("a", 100))
	d.sent()
	var id string
	d.update(func(tx *storage.Tx) error {
		open, err := tx.OpenAlerts(lanli.ID)
		id = open[0].ID
		return err
	})
	do := func(id string, act alert.Act) (err error) {
		act.At = d.now
		d.update(func(tx *storage.Tx) error { _, err = d.n.Act(tx, id, act, "C1"); return nil })
		return err
	}
	if err := do(id, alert.Act{Kind: alert.ActAck, By: "U1"}); err != nil {
		t.Fatal(err)
	}
	d.sent()
	for _, c := range []struct {
		id   string
		act  alert.Act
		want error
	}{
		{id, alert.Act{Kind: alert.ActAck, By: "U1"}, alert.ErrSame},
		{id, alert.Act{Kind: alert.ActAck, By: "U2"}, alert.ErrTaken},
		{id, alert.Act{Kind: alert.ActSnooze, By: "U2", Until: d.now}, alert.ErrPast},
		{"000000000000", alert.Act{Kind: alert.ActAck, By: "U2"}, storage.ErrUnknown},
	} {
		if err := do(c.id, c.act); !errors.Is(err, c.want) {
			t.Errorf("%s by %s: %v, want %v", c.act.Kind, c.act.By, err, c.want)
		}
	}
	if got := d.sent(); len(got) != 0 {
		t.Errorf("refused acts were told: %v", got)
	}
	d.update(func(tx *storage.Tx) error {
		trail, err := tx.AuditTrail(market.Window{Start: d.now.Add(-time.Hour), End: d.now.Add(time.Hour)})
		n := 0
		for _, e := range trail {
			if strings.HasPrefix(e.Act, "refused.") {
				n++
			}
		}
		if n != 3 {
			t.Errorf("%d refusals in the audit, want 3", n)
		}
		return err
	})
}

// A silence announces its end where it was made, and what still stands is told.
func TestSilenceEnds(t *testing.T) {
	d := newDesk(t, nil)
	m, err := alert.ParseMatchers("rule=stock_out")
	if err != nil {
		t.Fatal(err)
	}
	d.update(func(tx *storage.Tx) error {
		return tx.PutSilence(alert.Silence{ID: "s1", Shop: lanli.ID, Matchers: m, Author: "U1", Start: d.now, End: d.now.Add(4 * time.Hour), Channel: "C1", Lang: "en"})
	})
	d.look(out("a", 100))
	d.tick(3 * time.Hour)
	if got := d.sent(); len(got) != 0 {
		t.Fatalf("silenced: %v", got)
	}
	d.tick(45 * time.Minute)
	if got := d.sent(); len(got[chat.Post]) != 1 || !strings.Contains(got[chat.Post][0], "A silence ends") {
		t.Fatalf("notice: %v", got)
	}
	d.restart()
	d.tick(15 * time.Minute)
	if got := d.sent(); len(got[chat.Post]) != 1 || !strings.Contains(got[chat.Post][0], "Stock-out") {
		t.Fatalf("after the end: %v", got)
	}
}

// Thousands of items at once (ten thousand with SHOPWATCH_SOAK) are one root with the worst, the count and a file,
// and cost little memory; the next look joins and ends them without another.
func TestStorm(t *testing.T) {
	d := newDesk(t, nil)
	items := 2_000
	if os.Getenv("SHOPWATCH_SOAK") != "" {
		items = 10_000
	}
	var all []analysis.Finding
	for i := range items {
		all = append(all, out(fmt.Sprintf("SKU%06d", i), market.Fen(i)))
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	began := time.Now()
	d.look(all...)
	took := time.Since(began)
	runtime.GC()
	runtime.ReadMemStats(&after)
	grown := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) >> 20
	var file *chat.File
	d.update(func(tx *storage.Tx) error {
		list, err := tx.Undone()
		for _, e := range list {
			if e.Message.File != nil {
				file = e.Message.File
			}
		}
		return err
	})
	got := d.sent()
	if len(got[chat.Post]) != 1 || !strings.Contains(got[chat.Post][0], fmt.Sprintf("%d,", items/1000)) {
		t.Fatalf("%d roots: %v", len(got[chat.Post]), got[chat.Post])
	}
	if file == nil || bytes.Count(file.Content, []byte("\n")) != items+1 {
		t.Errorf("the file lacks rows: %v", file != nil)
	}
	if grown > 100 {
		t.Errorf("%d MiB more on the heap", grown)
	}
	t.Logf("%d items: %s, %d MiB kept", items, took.Round(time.Millisecond), grown)
	d.now = d.now.Add(10 * time.Minute)
	d.look(all[:1]...)
	if got := d.sent(); len(got[chat.Post]) != 0 || len(got[chat.Update]) != 1 || len(got[chat.Reply]) != 1 {
		t.Errorf("the end of most: %d roots, %d edits, %v", len(got[chat.Post]), len(got[chat.Update]), got[chat.Reply])
	}
}
