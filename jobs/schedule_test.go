package jobs

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/outbox"
	"shopwatch/internal/report"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

// rig is a scheduler over a real store with a clock that the test moves.
type rig struct {
	*Scheduler
	t   *testing.T
	now time.Time
	ran []time.Time
	err error
}

func newRig(t *testing.T, line string, catchup time.Duration) *rig {
	t.Helper()
	engine, err := bolt.Open(filepath.Join(t.TempDir(), "s.db"), bolt.Options{InitialMmapSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.Open(t.Context(), storage.Options{Engine: engine, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	s, err := ParseCron(line, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, now: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)}
	r.Scheduler = &Scheduler{
		DB: db, Logger: slog.New(slog.DiscardHandler), Now: func() time.Time { return r.now }, Inline: true,
		Jobs: []Job{{Name: "digest", Schedule: s, Catchup: catchup, Run: func(_ context.Context, due time.Time) error {
			r.ran = append(r.ran, due)
			return r.err
		}}},
	}
	r.at(0, 0)
	return r
}

// at moves the clock to day d of the test, minutes after 08:00, and ticks.
func (r *rig) at(days, minutes int) time.Time {
	r.t.Helper()
	r.now = time.Date(2026, 11, 22+days, 8, minutes, 0, 0, time.UTC)
	next, err := r.Tick(r.t.Context(), r.now)
	if err != nil {
		r.t.Fatal(err)
	}
	return next
}

func (r *rig) last() storage.Run {
	r.t.Helper()
	var run storage.Run
	err := r.DB.View(r.t.Context(), func(tx *storage.Tx) (err error) {
		run, _, err = tx.LastRun("digest")
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return run
}

func TestSchedulerRunsOnceWhenDue(t *testing.T) {
	r := newRig(t, "30 8 * * *", 6*time.Hour)
	if next := r.at(0, 10); !next.Equal(r.now.Add(20 * time.Minute)) {
		t.Errorf("next is %s", next)
	}
	r.at(0, 30)
	r.at(0, 31)
	if len(r.ran) != 1 || r.last().Outcome != "ok" {
		t.Fatalf("ran %v, last %+v", r.ran, r.last())
	}
	r.at(1, 30)
	if len(r.ran) != 2 {
		t.Errorf("the next day it ran %v", r.ran)
	}
}

func TestSchedulerCatchesUpOnce(t *testing.T) {
	r := newRig(t, "30 8 * * *", 6*time.Hour)
	r.at(2, 180) // down for two days, back at 11:00
	if len(r.ran) != 1 || !r.ran[0].Equal(time.Date(2026, 11, 24, 8, 30, 0, 0, time.UTC)) {
		t.Fatalf("ran %v, want today's only", r.ran)
	}
	if run := r.last(); run.Skipped != 2 {
		t.Errorf("%d skipped, want the two days before", run.Skipped)
	}
	told := 0
	r.Jobs[0].Missed = func(_ *storage.Tx, due, _ time.Time) error {
		told++
		if !due.Equal(time.Date(2026, 11, 25, 8, 30, 0, 0, time.UTC)) {
			t.Errorf("told of %s", due)
		}
		return nil
	}
	r.at(3, 8*60) // back too late: 16:00
	r.at(3, 8*60+1)
	if told != 1 {
		t.Errorf("told %d times", told)
	}
	if len(r.ran) != 1 || r.last().Outcome != "missed" {
		t.Errorf("ran %v, last %+v, want it recorded as missed", r.ran, r.last())
	}
}

func TestSchedulerClockSteppingBackDoesNotDouble(t *testing.T) {
	r := newRig(t, "30 8 * * *", 6*time.Hour)
	r.at(0, 30)
	r.at(0, 5)
	r.at(0, 30)
	if len(r.ran) != 1 {
		t.Errorf("ran %v", r.ran)
	}
}

// A machine that slept, or whose clock was set forward, makes one run of a job
// and goes on with the regular times.
func TestSchedulerAfterSuspend(t *testing.T) {
	r := newRig(t, "* * * * *", 0)
	r.at(0, 1)
	next := r.at(0, 121) // two hours later
	if len(r.ran) != 2 || r.last().Skipped != 119 || !next.Equal(r.now.Add(time.Minute)) {
		t.Errorf("%d runs, %d skipped, next at %s", len(r.ran), r.last().Skipped, next)
	}
	r.at(0, 1) // and set back
	r.at(0, 121)
	r.at(0, 122)
	seen := map[time.Time]int{}
	for _, due := range r.ran {
		if seen[due]++; seen[due] > 1 {
			t.Errorf("%s ran twice", due)
		}
	}
	if len(r.ran) != 3 {
		t.Errorf("ran %v", r.ran)
	}
}

// A job that takes longer than its interval never runs beside itself; the times
// that pass meanwhile are counted.
func TestSchedulerOverlap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "* * * * *", 0)
		var mu sync.Mutex
		running, most := 0, 0
		r.Inline, r.Now = false, time.Now
		r.Jobs = []Job{{Name: "slow", Schedule: r.Jobs[0].Schedule, Run: func(context.Context, time.Time) error {
			mu.Lock()
			running++
			most = max(most, running)
			mu.Unlock()
			time.Sleep(150 * time.Second) // the upstream is slow
			mu.Lock()
			defer mu.Unlock()
			running--
			return nil
		}}}
		for range 10 * 60 {
			if _, err := r.Tick(t.Context(), time.Now()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		r.Wait()
		var runs []storage.Run
		err := r.DB.View(t.Context(), func(tx *storage.Tx) (err error) {
			runs, err = tx.Runs("slow", 100)
			return err
		})
		skipped := 0
		for _, run := range runs {
			skipped += run.Skipped
		}
		if err != nil || most != 1 || len(runs) != 3 || skipped != 6 {
			t.Errorf("%d at once, %d runs, %d skipped, %v", most, len(runs), skipped, err)
		}
	})
}

// A report of each kind that is too late to send is told as missed, once, with a button
// that asks for it; one that is not too late is sent and says that it is late.
func TestDigestMissed(t *testing.T) {
	for _, c := range []struct {
		kind report.DigestKind
		cron string
		ask  string
		back int // minutes after midnight, when it is too late
	}{
		{report.DigestMorning, "30 8 * * *", "digest", 17 * 60},
		{report.DigestWeekly, "0 9 * * 1", "digest weekly", 9*24*60 + 10*60},
		{report.DigestMonthly, "0 9 1 * *", "digest monthly", 13 * 24 * 60},
		{report.DigestCampaign, "0 9 * * *", "digest campaign", 22 * 60},
		{report.DigestIntraday, "5 9-21 * * *", "digest intraday", 23 * 60},
	} {
		t.Run(string(c.kind), func(t *testing.T) {
			r := newRig(t, c.cron, 6*time.Hour)
			today := market.DateOf(r.now.Date())
			shop := &market.Shop{ID: "mall", Zone: time.UTC, Calendar: market.Calendar{Campaigns: []market.Campaign{
				{ID: "sale", Peak: today, Phases: []market.Phase{{ID: "live", From: today - 1, To: today + 30}}},
			}}}
			d := &Digest{
				Kind: c.kind, DB: r.DB, Shop: shop, Now: r.Now, Logger: r.Logger,
				Routes: []outbox.Route{{Target: chat.Target{Channel: "C0SHOP"}, Lang: "en", Digests: []string{string(c.kind)}}},
			}
			r.Jobs[0] = d.Job(r.Jobs[0].Schedule)
			r.at(0, 0)
			r.at(0, c.back-8*60)
			r.at(0, c.back-8*60+1)
			waiting := queued(t, r.DB)
			if len(waiting) != 1 || !strings.Contains(waiting[0].Message.Text, "was not sent") {
				t.Fatalf("told %+v", waiting)
			}
			if b := waiting[0].Message.Sections[0].Buttons; len(b) != 1 || b[0].Value != c.ask {
				t.Errorf("asks with %+v, want %q", b, c.ask)
			}
		})
	}
}

// The board of a day whose missed hours a later one makes up for says nothing.
func TestBoardGoesOn(t *testing.T) {
	r := newRig(t, "5 9-21 * * *", time.Hour)
	today := market.DateOf(r.now.Date())
	shop := &market.Shop{ID: "mall", Zone: time.UTC, Calendar: market.Calendar{Campaigns: []market.Campaign{{ID: "sale", Peak: today, Phases: []market.Phase{{ID: "live", From: today, To: today}}}}}}
	d := &Digest{
		Kind: report.DigestIntraday, DB: r.DB, Shop: shop, Now: r.Now, Logger: r.Logger,
		Routes: []outbox.Route{{Target: chat.Target{Channel: "C0SHOP"}, Lang: "en", Digests: []string{string(report.DigestIntraday)}}},
	}
	err := r.DB.Update(t.Context(), func(tx *storage.Tx) error {
		d.Job(r.Jobs[0].Schedule)
		return d.missed(tx, r.now.Add(90*time.Minute), r.now.Add(4*time.Hour))
	})
	if all := queued(t, r.DB); err != nil || len(all) != 0 {
		t.Errorf("told %+v, %v", all, err)
	}
}

// What breaks is told to operators once a day and is no reason for others to stop.
func TestSchedulerTellsWhatBroke(t *testing.T) {
	r := newRig(t, "*/5 * * * *", 0)
	r.Shop = &market.Shop{ID: "mall", Zone: time.UTC}
	r.Operators = []outbox.Route{{Target: chat.Target{Channel: "C0OPS"}, Lang: "en"}}
	r.Jobs[0].Run = func(context.Context, time.Time) error { panic("bad day") }
	for i := range 5 {
		r.at(0, 5*i+5)
	}
	err := r.DB.View(t.Context(), func(tx *storage.Tx) error {
		waiting, err := tx.Undone()
		if len(waiting) != 1 || !strings.Contains(waiting[0].Message.Text, "digest") {
			t.Errorf("told %+v", waiting)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// A run that the end of the program cuts short is made again, and only that one.
func TestSchedulerInterrupted(t *testing.T) {
	r := newRig(t, "30 8 * * *", 6*time.Hour)
	r.now = r.now.Add(30 * time.Minute)
	ctx, stop := context.WithCancel(t.Context())
	whole := r.Jobs[0].Run
	r.Jobs[0].Run = func(ctx context.Context, _ time.Time) error { stop(); return ctx.Err() }
	if _, err := r.Tick(ctx, r.now); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if run := r.last(); run.Outcome != "" {
		t.Errorf("noted as %q", run.Outcome)
	}
	r.Jobs[0].Run = whole
	r.at(0, 31)
	r.at(0, 32)
	if len(r.ran) != 1 || r.ran[0].Minute() != 30 || r.last().Outcome != "ok" {
		t.Errorf("ran %v, last %+v", r.ran, r.last())
	}
}

func TestSchedulerTriesAgainLater(t *testing.T) {
	r := newRig(t, "30 8 * * *", 6*time.Hour)
	r.err = ErrLater
	next := r.at(0, 30)
	if r.last().Outcome != "waiting" || !next.Equal(r.now.Add(retryLater)) {
		t.Fatalf("last %+v, next %s", r.last(), next)
	}
	r.err = nil
	next = r.at(0, 35)
	if len(r.ran) != 2 || r.last().Outcome != "ok" {
		t.Fatalf("ran %v, last %+v", r.ran, r.last())
	}
	if want := time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC); !next.Equal(want) {
		t.Errorf("next is %s, want %s", next, want)
	}
}

func TestSchedulerKeepsFailuresApart(t *testing.T) {
	r := newRig(t, "30 8 * * *", 6*time.Hour)
	other := 0
	s, err := ParseCron("*/5 * * * *", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	r.Jobs = append(r.Jobs, Job{Name: "other", Schedule: s, Run: func(context.Context, time.Time) error { other++; return nil }})
	r.Jobs[0].Run = func(context.Context, time.Time) error { panic("bad day") }
	r.at(0, 29)
	r.at(0, 30)
	if run := r.last(); run.Outcome != "failed" || run.Detail != "panic: bad day" {
		t.Errorf("last %+v", run)
	}
	if other == 0 {
		t.Error("the other job did not run")
	}
	r.Jobs[0].Run = func(context.Context, time.Time) error { return errors.New("upstream is down") }
	r.at(1, 30)
	if run := r.last(); run.Outcome != "failed" || run.Detail != "upstream is down" {
		t.Errorf("last %+v", run)
	}
}

// TestPruneForgetsOldRuns: old runs go, the last run of a job stays however old
// it is.
func TestPruneForgetsOldRuns(t *testing.T) {
	r := newRig(t, "30 8 * * *", 6*time.Hour)
	r.at(0, 30)
	r.at(1, 30)
	runs := func() (list []storage.Run) {
		err := r.DB.View(t.Context(), func(tx *storage.Tx) (err error) {
			list, err = tx.Runs("digest", 10)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	before := runs()
	r.now = r.now.Add(100 * 24 * time.Hour)
	prune := &Prune{DB: r.DB, Keep: DefaultKeep(), Now: r.Now, Logger: r.Logger}
	if err := prune.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := runs(); len(before) != 2 || len(after) != 1 || !after[0].Due.Equal(r.ran[1]) {
		t.Errorf("before %v, after %v, want the last one", before, after)
	}
}
