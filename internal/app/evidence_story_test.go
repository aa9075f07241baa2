package app

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"shopwatch/commands"
	"shopwatch/internal/access"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
	"shopwatch/storage"
)

var evidenceID = regexp.MustCompile("`#([23456789abcdefghjkmnpqrstuvwxyz]{6,})`")

// evidence is the id in the small print of the newest message of a channel.
func (w *world) evidence(channel string) (string, error) {
	for _, e := range slices.Backward(w.demo.Sandbox.Transcript()) {
		if m := evidenceID.FindSubmatch(e.Blocks); m != nil && e.Channel == channel {
			return string(m[1]), nil
		}
	}
	return "", fmt.Errorf("no message in %s has an evidence id", channel)
}

// replay computes something again; "!" wants it to fail and writes why.
func replay(ts *testscript.TestScript, fails bool, a []string) {
	w := of(ts)
	asJSON := a[0] == "JSON"
	if asJSON {
		a = a[1:]
	}
	var out bytes.Buffer
	err := Replay(w.ctx, ReplayOptions{Dir: w.dir, ID: a[0], JSON: asJSON, Out: &out, Logger: slog.New(slog.DiscardHandler)})
	if fails && err != nil {
		out.Reset()
		fmt.Fprintln(&out, err)
		err = nil
	} else if fails {
		err = fmt.Errorf("#%s was replayed", a[0])
	}
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(a[1]), out.Bytes(), 0o600))
}

// late stores orders of yesterday that only arrive now, as the marketplace would
// send them.
func (w *world) late(count string) error {
	n, err := strconv.Atoi(count)
	if err != nil {
		return err
	}
	shop, now := w.demo.shop.Shop, w.demo.Clock.Now()
	at := shop.Start(shop.Day(now)).Add(-90 * 60e9).UnixMilli()
	b := market.NewBatch(market.OrderLines, n)
	for k := range n {
		i := b.Append()
		for name, v := range map[string]string{
			"order_id": fmt.Sprint("late-", k), "line_id": "1", "status": market.Paid, "sku": "SKU-1", "channel": shop.Channels[0].ID, "buyer": fmt.Sprint("b", k),
		} {
			b.SetText(i, market.OrderLines.MustCol(name), v)
		}
		for name, v := range map[string]int64{
			"modified": now.UnixMilli(), "qty": 1, "list": 1000_00, "amount": 1000_00, "paid": 1000_00, "placed_at": at, "paid_at": at,
		} {
			b.SetInt(i, market.OrderLines.MustCol(name), v)
		}
	}
	return w.demo.db.Update(w.ctx, func(tx *storage.Tx) error {
		feeds, err := tx.Feeds(shop.ID)
		i := slices.IndexFunc(feeds, func(f storage.Feed) bool { return f.Table == market.OrderLines.Name })
		if err != nil || i < 0 {
			return fmt.Errorf("feed of orders %d: %w", i, err)
		}
		s := feeds[i].Complete
		s.PulledAt, s.Manifest = now, market.Manifest{Rows: n}
		_, err = tx.PutPull(shop, market.Pull{Snapshot: s, Rows: b})
		return err
	})
}

func (w *world) compact() error {
	var out bytes.Buffer
	return CompactStore(w.ctx, StoreOptions{Dir: w.dir, Out: &out, Logger: slog.New(slog.DiscardHandler)})
}

func (w *world) ask(file string, words []string) error {
	var out bytes.Buffer
	err := Ask(w.ctx, AskOptions{
		Dir: w.dir, Lang: w.demo.opt.Lang, At: w.demo.Clock.Now(), Text: strings.Join(words, " "), Out: &out, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	return os.WriteFile(file, out.Bytes(), 0o600)
}

// withoutEvidence are the questions whose answers hold no numbers of the shop:
// the standing of the bot itself, words, acts on alerts, what people receive,
// the question which of several items is meant, and the page whose buttons ask.
var withoutEvidence = []string{
	"status", "help", "noise", "calendar", "define aov", "sku 面膜", "silence rule=stock_out 4h stock-take", "silences", "ack", "snooze 4h", "assign @lilei",
	"resolve restocked", "judge expected", "release", "note supplier called",
	"home", "subscribe morning weekly", "unsubscribe weekly", "subscriptions", "quiet 22:00-08:00", "language en",
}

// TestEveryQuestionReplays asks an example of every question, lets late orders
// restate the shop, and computes each answer again.
func TestEveryQuestionReplays(t *testing.T) {
	if testing.Short() {
		t.Skip("fills a shop first")
	}
	w := &world{ctx: t.Context(), dir: t.TempDir(), heard: map[string]int{}}
	defer func() {
		if err := w.close(); err != nil {
			t.Error(err)
		}
	}()
	if err := w.open([]string{"en"}); err != nil {
		t.Fatal(err)
	}
	env, now := w.demo.App.envs[0], w.demo.Clock.Now()
	ids := map[string]string{}
	masks, err := report.FindItems(t.Context(), w.demo.db, nil, w.demo.shop.Shop, report.ItemQuery{Text: "面膜", Max: 1})
	if err != nil || len(masks) == 0 {
		t.Fatal(masks, err)
	}
	for _, q := range append(commands.Examples(), "sku "+string(masks[0].SKU), "top by category", "top moves") {
		r, err := env.Answer(t.Context(), commands.Ask{User: "U1", Lang: "en", Now: now, Text: q, Allows: func(access.Right) bool { return true }})
		if err != nil {
			t.Fatalf("%s: %v", q, err)
		}
		if (r.Keep == nil) != slices.Contains(withoutEvidence, q) {
			t.Errorf("%s: evidence %v: its command must note what it saw (Request.saw), or be listed here", q, r.Keep != nil)
		}
		if r.Keep == nil {
			continue
		}
		if err := r.Keep(t.Context()); err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		if err := r.Message.WriteText(&text); err != nil {
			t.Fatal(err)
		}
		ids[q] = text.String()
	}
	if err := w.late("300"); err != nil {
		t.Fatal(err)
	}
	for q, text := range ids {
		_, id, _ := strings.Cut(text, "evidence #")
		id, _, _ = strings.Cut(id, "\n")
		again, err := commands.Replay(t.Context(), w.demo.db, w.demo.panels, id, "")
		if err != nil {
			t.Errorf("%s: %v", q, err)
			continue
		}
		if again.Text != text || len(again.Differs) > 0 {
			t.Errorf("%s: the replay differs: %q\n%s", q, again.Differs, again.Text)
		}
	}
}
