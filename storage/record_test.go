package storage_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwatch/internal/access"
	"shopwatch/internal/alert"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/outbox"
	"shopwatch/storage"
)

var (
	errUndo = errors.New("undo")
	noon    = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
)

func ids(all []alert.Alert) []string {
	var out []string
	for _, a := range all {
		out = append(out, a.ID)
	}
	return out
}

// TestAlerts follows an alert through its life and a second episode.
func TestAlerts(t *testing.T) {
	db := openStore(t)
	a := alert.Alert{ID: "a1", Fingerprint: "stock_out/SKU-1", Episode: 1, Shop: "s", State: alert.Pending, Since: noon, Worst: 12345}
	a.First.Rule, a.First.At = "stock_out", noon
	other := alert.Alert{ID: "b1", Fingerprint: "gmv", Episode: 1, Shop: "s", State: alert.Firing, Since: noon.Add(-time.Hour)}
	foreign := alert.Alert{ID: "c1", Fingerprint: "gmv2", Episode: 1, Shop: "s2", State: alert.Firing, Since: noon}
	put := func(all ...alert.Alert) {
		update(t, db, func(tx *storage.Tx) error {
			for _, a := range all {
				if err := tx.PutAlert(a); err != nil {
					return err
				}
			}
			return nil
		})
	}
	expect := func(when string, open, since []string) {
		t.Helper()
		view(t, db, func(tx *storage.Tx) error {
			got, err := tx.OpenAlerts("s")
			if err != nil || !slices.Equal(ids(got), open) {
				t.Errorf("%s: open %q, %v; want %q", when, ids(got), err, open)
			}
			got, err = tx.Alerts("s", market.Window{Start: noon.Add(-time.Hour), End: noon.Add(time.Hour)})
			if err != nil || !slices.Equal(ids(got), since) {
				t.Errorf("%s: since %q, %v; want %q", when, ids(got), err, since)
			}
			return nil
		})
	}
	put(a, other, foreign)
	expect("raised", []string{"b1", "a1"}, []string{"b1", "a1"})
	a.State = alert.Acknowledged
	put(a)
	expect("acknowledged", []string{"b1", "a1"}, []string{"b1", "a1"})
	a.State, a.ResolvedAt = alert.Resolved, noon.Add(time.Minute)
	put(a)
	expect("resolved", []string{"b1"}, []string{"b1", "a1"})
	again := a
	again.ID, again.Episode, again.State, again.Since = "a2", 2, alert.Firing, noon.Add(2*time.Hour)
	put(again)
	put(a) // a late change of the first episode does not hide the second
	view(t, db, func(tx *storage.Tx) error {
		last, found, err := tx.LastEpisode(a.Fingerprint)
		if !found || last.ID != "a2" || err != nil {
			t.Errorf("last episode %q, %v, %v", last.ID, found, err)
		}
		got, found, err := tx.Alert("a1")
		if diff := cmp.Diff(a, got); diff != "" || !found || err != nil {
			t.Errorf("alert (-want +got): %v %v\n%s", found, err, diff)
		}
		if _, found, _ := tx.Alert("nope"); found {
			t.Error("an alert that is not there was found")
		}
		if _, found, _ := tx.LastEpisode("nope"); found {
			t.Error("an episode that is not there was found")
		}
		return nil
	})
	if err := db.Update(t.Context(), func(tx *storage.Tx) error { return tx.PutAlert(alert.Alert{}) }); err == nil {
		t.Error("an alert without an id was stored")
	}
}

func seqs(all []outbox.Entry) []string {
	var out []string
	for _, e := range all {
		out = append(out, fmt.Sprint(e.Seq, " ", e.Key, " ", e.Message.Text))
	}
	return out
}

func TestOutbox(t *testing.T) {
	db := openStore(t)
	entry := func(key string, act chat.Act, text string, rev int) outbox.Entry {
		return outbox.Entry{Key: key, Act: act, Message: chat.Message{Text: text}, Rev: rev, Created: noon}
	}
	steps := []struct {
		name string
		e    outbox.Entry
		took bool
	}{
		{"new", entry("digest", chat.Post, "one", 0), true},
		{"same key again", entry("digest", chat.Post, "two", 0), false},
		{"edit", entry("alert/u", chat.Update, "rev 1", 1), true},
		{"later edit takes over", entry("alert/u", chat.Update, "rev 2", 2), true},
		{"earlier edit does not", entry("alert/u", chat.Update, "rev 1", 1), false},
		{"another", entry("last", chat.Reply, "three", 0), true},
	}
	update(t, db, func(tx *storage.Tx) error {
		for _, s := range steps {
			took, err := tx.Enqueue(s.e)
			if err != nil || took != s.took {
				t.Errorf("%s: %v, %v", s.name, took, err)
			}
		}
		return nil
	})
	undone := func(when string, want ...string) {
		t.Helper()
		view(t, db, func(tx *storage.Tx) error {
			got, err := tx.Undone()
			if err != nil || !slices.Equal(seqs(got), want) {
				t.Errorf("%s: undone %q, %v; want %q", when, seqs(got), err, want)
			}
			return nil
		})
	}
	undone("queued", "1 digest one", "2 alert/u rev 2", "3 last three")
	change := func(key string, s outbox.State) {
		update(t, db, func(tx *storage.Tx) error {
			e, found, err := tx.Entry(key)
			if !found || err != nil {
				t.Fatalf("entry %s: %v, %v", key, found, err)
			}
			e.State, e.Seq = s, 99 // the store keeps its own numbers
			return tx.PutEntry(e)
		})
	}
	change("alert/u", outbox.Inflight)
	update(t, db, func(tx *storage.Tx) error {
		if took, err := tx.Enqueue(entry("alert/u", chat.Update, "rev 3", 3)); took || err != nil {
			t.Errorf("edit of one in flight: %v, %v", took, err)
		}
		return nil
	})
	undone("in flight", "1 digest one", "2 alert/u rev 2", "3 last three")
	change("digest", outbox.Sent)
	change("last", outbox.Dead)
	undone("one sent, one dead", "2 alert/u rev 2")
	view(t, db, func(tx *storage.Tx) error {
		dead, err := tx.DeadEntries()
		if !slices.Equal(seqs(dead), []string{"3 last three"}) || err != nil {
			t.Errorf("dead %q, %v", seqs(dead), err)
		}
		return nil
	})
	change("last", outbox.Queued) // an operator tries again
	undone("revived", "2 alert/u rev 2", "3 last three")
	err := db.Update(t.Context(), func(tx *storage.Tx) error { return tx.PutEntry(entry("nope", chat.Post, "", 0)) })
	if !errors.Is(err, storage.ErrUnknown) {
		t.Errorf("change of an entry that is not there: %v", err)
	}
}

func TestRunsAndDue(t *testing.T) {
	db := openStore(t)
	run := func(minute int, outcome string) storage.Run {
		due := noon.Add(time.Duration(minute) * time.Minute)
		return storage.Run{Job: "collect", Due: due, Started: due.Add(time.Second), Finished: due.Add(time.Minute), Outcome: outcome}
	}
	missed := storage.Run{Job: "collect", Due: noon.Add(15 * time.Minute), Outcome: "missed", Detail: "was down"}
	update(t, db, func(tx *storage.Tx) error {
		begun := run(20, "")
		begun.Finished = time.Time{}
		return errors.Join(
			tx.PutRun(begun), tx.PutRun(run(20, "ok")), // noted twice, one run
			tx.PutRun(run(10, "failed")), tx.PutRun(missed), tx.PutRun(storage.Run{Job: "collect2", Due: noon.Add(time.Hour)}),
			tx.PutDue("collect", noon.Add(time.Hour)),
		)
	})
	view(t, db, func(tx *storage.Tx) error {
		runs, err := tx.Runs("collect", 10)
		if diff := cmp.Diff([]storage.Run{run(20, "ok"), missed, run(10, "failed")}, runs); diff != "" || err != nil {
			t.Errorf("runs: %v\n%s", err, diff)
		}
		last, found, err := tx.LastRun("collect")
		if last.Outcome != "ok" || !found || err != nil {
			t.Errorf("last run %+v, %v, %v", last, found, err)
		}
		if _, found, _ := tx.LastRun("coll"); found {
			t.Error("a job whose name begins another's has runs")
		}
		due, found, err := tx.Due("collect")
		if !due.Equal(noon.Add(time.Hour)) || !found || err != nil {
			t.Errorf("due %v, %v, %v", due, found, err)
		}
		if _, found, _ := tx.Due("nope"); found {
			t.Error("a job that is not there is due")
		}
		return nil
	})
}

func TestSeenSet(t *testing.T) {
	db := openStore(t)
	seen := func(now time.Time, keys ...string) (got bool) {
		update(t, db, func(tx *storage.Tx) (err error) {
			got, err = tx.Seen(keys, now, 5*time.Minute)
			return err
		})
		return got
	}
	for _, s := range []struct {
		name   string
		minute int
		keys   []string
		want   bool
	}{
		{"first time", 0, []string{"e1", "t1"}, false},
		{"again by one of its names", 1, []string{"e9", "t1"}, true},
		{"by the name it got meanwhile", 2, []string{"e9"}, true},
		{"after it expired", 6, []string{"e1"}, false},
		{"renewed by then", 6, []string{"t1"}, false},
		{"another", 7, []string{"x"}, false},
	} {
		if got := seen(noon.Add(time.Duration(s.minute)*time.Minute), s.keys...); got != s.want {
			t.Errorf("%s: %v", s.name, got)
		}
	}
	for i := range 200 { // a long life leaves only what has not expired
		seen(noon.Add(time.Duration(i)*time.Hour), fmt.Sprint("key", i))
	}
	update(t, db, func(tx *storage.Tx) error {
		if n := storage.CountKeys(tx, "seen"); n > 3 {
			t.Errorf("%d keys are kept", n)
		}
		return nil
	})
}

func TestAuditTrail(t *testing.T) {
	db := openStore(t)
	line := func(minute int, act string) access.Entry {
		return access.Entry{At: noon.Add(time.Duration(minute) * time.Minute), Actor: "U1", Act: act, Subject: "a1", Channel: "C1", Detail: "x"}
	}
	lines := []access.Entry{line(1, "alert.ack"), line(0, "import"), line(1, "alert.silence"), line(9, "late")}
	update(t, db, func(tx *storage.Tx) error {
		for _, l := range lines {
			if err := tx.Audit(l); err != nil {
				return err
			}
		}
		return nil
	})
	view(t, db, func(tx *storage.Tx) error {
		got, err := tx.AuditTrail(market.Window{Start: noon, End: noon.Add(9 * time.Minute)})
		if diff := cmp.Diff([]access.Entry{lines[1], lines[0], lines[2]}, got); diff != "" || err != nil {
			t.Errorf("trail: %v\n%s", err, diff)
		}
		return nil
	})
}

func TestSettingsAndCursors(t *testing.T) {
	db := openStore(t)
	update(t, db, func(tx *storage.Tx) error {
		if err := tx.PutCursor("orders", json.RawMessage("{")); err == nil {
			t.Error("a cursor that is not JSON was kept")
		}
		return errors.Join(tx.PutSetting("k", []byte{}), tx.PutSetting("gone", []byte("x")), tx.PutSetting("gone", nil),
			tx.PutCursor("orders", json.RawMessage(`{"page":3}`)))
	})
	view(t, db, func(tx *storage.Tx) error {
		if v, found, err := tx.Setting("k"); v == nil || len(v) > 0 || !found || err != nil {
			t.Errorf("empty setting: %q, %v, %v", v, found, err)
		}
		if _, found, _ := tx.Setting("gone"); found {
			t.Error("a removed setting is there")
		}
		if v, found, err := tx.Cursor("orders"); string(v) != `{"page":3}` || !found || err != nil {
			t.Errorf("cursor: %s, %v, %v", v, found, err)
		}
		if err := tx.PutSetting("k", []byte("v")); !errors.Is(err, storage.ErrReadOnly) {
			t.Errorf("write in a view: %v", err)
		}
		return nil
	})
}

// TestOneTransaction: an alert, its message and its audit entry stand or fall together.
func TestOneTransaction(t *testing.T) {
	db := openStore(t)
	write := func(tx *storage.Tx) error {
		_, err := tx.Enqueue(outbox.Entry{Key: "alert/a1", Act: chat.Post})
		return errors.Join(err, tx.PutAlert(alert.Alert{ID: "a1", Fingerprint: "f", Shop: "s", State: alert.Firing}),
			tx.Audit(access.Entry{At: noon, Act: "alert.fire"}))
	}
	count := func() (n int) {
		view(t, db, func(tx *storage.Tx) error {
			open, err1 := tx.OpenAlerts("s")
			undone, err2 := tx.Undone()
			trail, err3 := tx.AuditTrail(market.Window{Start: noon, End: noon.Add(1)})
			n = len(open) + len(undone) + len(trail)
			return errors.Join(err1, err2, err3)
		})
		return n
	}
	err := db.Update(t.Context(), func(tx *storage.Tx) error { return errors.Join(write(tx), errUndo) })
	if !errors.Is(err, errUndo) || count() != 0 {
		t.Errorf("after a failure: %d records, %v", count(), err)
	}
	update(t, db, write)
	if count() != 3 {
		t.Errorf("%d records, want 3", count())
	}
}
