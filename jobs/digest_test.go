package jobs

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"shopwatch/internal/audience"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/outbox"
	"shopwatch/internal/report"
	"shopwatch/storage"
)

// double11 is the test shop with a campaign from the 10th to the 12th.
func double11() *market.Shop {
	s := testShop()
	s.Calendar.Campaigns = []market.Campaign{{
		ID: "double11-2026", Name: market.Name{Zh: "双11", En: "Double 11"}, Peak: market.DateOf(2026, 11, 11),
		Phases: []market.Phase{{ID: "live", From: market.DateOf(2026, 11, 10), To: market.DateOf(2026, 11, 12), Uplift: 3}},
	}}
	return s
}

// A kind is due on its days and about the right ones.
func TestDigestDays(t *testing.T) {
	shop := double11()
	due := func(kind report.DigestKind, day string) string {
		at, err := time.ParseInLocation("2006-01-02 15:04", day+" 09:00", shop.Zone)
		if err != nil {
			t.Fatal(err)
		}
		from, to, ok := kind.Due(shop, at)
		if !ok {
			return "none"
		}
		return fmt.Sprint(from, "..", to)
	}
	for _, c := range []struct {
		kind report.DigestKind
		day  string
		want string
	}{
		{report.DigestMorning, "2026-11-22", "2026-11-21..2026-11-21"},
		{report.DigestIntraday, "2026-11-09", "none"},
		{report.DigestIntraday, "2026-11-10", "2026-11-10..2026-11-10"},
		{report.DigestIntraday, "2026-11-13", "none"},
		{report.DigestWeekly, "2026-11-23", "2026-11-16..2026-11-22"},
		{report.DigestWeekly, "2026-11-22", "2026-11-09..2026-11-15"},
		{report.DigestMonthly, "2026-11-01", "2026-10-01..2026-10-31"},
		{report.DigestMonthly, "2026-03-01", "2026-02-01..2026-02-28"},
		{report.DigestCampaign, "2026-11-02", "none"},
		{report.DigestCampaign, "2026-11-03", "2026-11-02..2026-11-02"}, // seven days before
		{report.DigestCampaign, "2026-11-09", "2026-11-08..2026-11-08"}, // tomorrow
		{report.DigestCampaign, "2026-11-10", "none"},                   // nothing of it is known yet
		{report.DigestCampaign, "2026-11-12", "2026-11-10..2026-11-11"},
		{report.DigestCampaign, "2026-11-13", "2026-11-10..2026-11-12"}, // the review
		{report.DigestCampaign, "2026-11-14", "none"},
	} {
		if got := due(c.kind, c.day); got != c.want {
			t.Errorf("%s on %s: %s, want %s", c.kind, c.day, got, c.want)
		}
	}
}

// Everything that can be subscribed to is written by somebody.
func TestEveryKindIsWritten(t *testing.T) {
	for _, k := range audience.Kinds() {
		if !slices.Contains(report.DigestKinds(), report.DigestKind(k)) {
			t.Errorf("nobody writes %q", k)
		}
		if catchups[report.DigestKind(k)] == 0 {
			t.Errorf("a missed %q is sent whenever it is noticed", k)
		}
	}
}

// The board of a campaign day is one message a place: later hours edit it and
// leave a line each; the same hour twice says nothing twice.
func TestBoardIsEdited(t *testing.T) {
	c, now := collector(t)
	*now = time.Date(2026, 11, 11, 2, 5, 0, 0, time.UTC) // 10:05 in the shop
	d := &Digest{
		DB: c.DB, Shop: double11(), Kind: report.DigestIntraday, Logger: slog.New(slog.DiscardHandler), Now: c.Now, Grace: time.Hour,
		Routes: []outbox.Route{
			{Target: chat.Target{Channel: "C1"}, Lang: "en", Digests: []string{"intraday"}}, {Target: chat.Target{Channel: "C2"}, Lang: "zh-CN"},
		},
	}
	s, err := ParseCron("5 9-23 * * *", d.Shop.Zone)
	if err != nil {
		t.Fatal(err)
	}
	d.Job(s)
	sell(t, c, now.Add(-time.Hour), 100_000, market.Complete)
	for range 3 {
		for range 2 {
			if err := d.Write(t.Context(), *now); err != nil {
				t.Fatal(err)
			}
		}
		*now = now.Add(time.Hour)
	}
	acts := map[chat.Act]int{}
	hours := 0
	for _, e := range queued(t, c.DB) {
		if e.Target.Channel != "C1" || !strings.HasPrefix(e.Key, "digest/intraday/") {
			t.Errorf("%s to %+v", e.Key, e.Target)
		}
		acts[e.Act]++
		if e.Act == chat.Reply && strings.Contains(e.Message.Text, "GMV") {
			hours++
		}
	}
	if acts[chat.Post] != 1 || acts[chat.Update] != 2 || hours != 2 {
		t.Errorf("%v with %d lines of hours, want one post, two edits and a line for each", acts, hours)
	}
}

// A report that missed its time says so; one whose data is late waits until
// the deadline and then names what is missing.
func TestDigestLateAndHeld(t *testing.T) {
	c, now := collector(t)
	*now = time.Date(2026, 11, 22, 0, 30, 0, 0, time.UTC) // 08:30 in the shop
	due := *now
	d := &Digest{
		DB: c.DB, Shop: testShop(), Kind: report.DigestMorning, Logger: slog.New(slog.DiscardHandler), Now: c.Now, Grace: 5 * time.Minute, Hold: 2 * time.Hour,
		Routes: []outbox.Route{{Target: chat.Target{Channel: "C1"}, Lang: "en", Digests: []string{Morning}}},
	}
	s, err := ParseCron("30 8 * * *", testShop().Zone)
	if err != nil {
		t.Fatal(err)
	}
	d.Job(s)
	*now = now.Add(-10 * time.Hour) // the orders end at 22:30 of the day before
	sell(t, c, now.Add(-time.Hour), 100_000, market.Complete)
	*now = due
	if err := d.Write(t.Context(), due); err != ErrLater { //nolint:errorlint // the sentinel itself is what the runner looks for
		t.Fatalf("%v, want to be held", err)
	}
	*now = now.Add(2*time.Hour + time.Minute)
	if err := d.Write(t.Context(), due); err != nil {
		t.Fatal(err)
	}
	all := queued(t, c.DB)
	if len(all) == 0 {
		t.Fatal("nothing was written after the deadline")
	}
	var b strings.Builder
	if err := all[0].Message.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Sent late", "data stops at"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not said in\n%s", want, b.String())
		}
	}
}

// Teams of one unit have a report of their own; each is computed once.
func TestDigestOfUnit(t *testing.T) {
	c, now := collector(t)
	*now = time.Date(2026, 11, 22, 0, 30, 0, 0, time.UTC)
	shop := testShop()
	shop.Units = []market.Label{{ID: "beauty", Name: market.Name{Zh: "美妆", En: "Beauty"}}}
	morning := []string{Morning}
	d := &Digest{
		DB: c.DB, Shop: shop, Kind: report.DigestMorning, Logger: slog.New(slog.DiscardHandler), Now: c.Now, Grace: time.Hour,
		Routes: []outbox.Route{
			{Target: chat.Target{Channel: "C1"}, Lang: "en", Digests: morning},
			{Target: chat.Target{Channel: "C2"}, Lang: "en", Digests: morning, Unit: "beauty"},
		},
	}
	s, err := ParseCron("30 8 * * *", shop.Zone)
	if err != nil {
		t.Fatal(err)
	}
	d.Job(s)
	sell(t, c, now.Add(-12*time.Hour), 100_000, market.Complete)
	if err := d.Write(t.Context(), *now); err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	for _, e := range queued(t, c.DB) {
		if e.Act == chat.Post {
			said[e.Target.Channel] = e.Message.Text
		}
	}
	if len(said) != 2 || strings.Contains(said["C1"], "Beauty") || !strings.Contains(said["C2"], "Beauty") {
		t.Errorf("%v", said)
	}
}

func queued(t *testing.T, db *storage.DB) (all []outbox.Entry) {
	t.Helper()
	err := db.View(t.Context(), func(tx *storage.Tx) (err error) {
		all, err = tx.Undone()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
