package cli

import (
	"encoding/json"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shopwatch/internal/app"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/outbox"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

// inStore works on a store that no one else has open.
func inStore(t *testing.T, path string, work func(*storage.Tx) error) {
	t.Helper()
	e, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.Open(t.Context(), storage.Options{Engine: e, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(t.Context(), work), db.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestOutboxVerbs: an operator sees what was not sent, has one tried again,
// drops another, is refused what cannot be done, and all of it is on record.
func TestOutboxVerbs(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "shopwatch.db")
	to := chat.Target{Channel: "C0OPS"}
	inStore(t, path, func(tx *storage.Tx) error {
		var errs []error
		for _, e := range []outbox.Entry{
			{Key: "digest/1", State: outbox.Dead, Reason: "not_in_channel", Attempts: 1},
			{Key: "digest/2", State: outbox.Dead, Reason: outbox.ReasonUnknown, Attempts: 1},
			{Key: "digest/3", State: outbox.Queued},
			{Key: "digest/4", State: outbox.Doubt},
			{Key: "digest/5", State: outbox.Sent},
		} {
			e.Act, e.Target, e.Created, e.Message = chat.Post, to, time.Now().Add(-time.Hour), chat.Message{Text: "GMV 628"}
			_, err := tx.Enqueue(e)
			errs = append(errs, err)
		}
		return errors.Join(errs...)
	})
	step := func(code int, says string, args ...string) string {
		t.Helper()
		out, errs, got := run(t, append([]string{"outbox"}, append(args, "--data", dir)...)...)
		if got != code || !strings.Contains(out+errs, says) {
			t.Fatalf("outbox %q: exit %d, want %d; said %q %q, want %q in it", args, got, code, out, errs, says)
		}
		return out
	}
	list := step(exitOK, "not_in_channel", "list")
	if strings.Contains(list, "digest/5") || strings.Count(list, "digest/") != 4 {
		t.Errorf("list %s", list)
	}
	step(exitOK, "queued", "retry", "digest/1")
	step(exitOK, "dropped", "drop", "digest/3")
	step(exitNo, "outcome is being looked up", "drop", "digest/4")
	step(exitNo, "nothing is left to do", "retry", "digest/5")
	step(exitNo, "no message", "retry", "digest/9")
	step(exitNo, "nothing is left to do", "drop", "digest/2", "digest/5") // all or nothing
	step(exitUsage, "name the keys", "drop")
	step(exitUsage, "name the keys", "retry", "digest/2", "--dead")
	var left []app.Waiting
	if err := json.Unmarshal([]byte(step(exitOK, "", "list", "--json")), &left); err != nil || len(left) != 3 || left[2].Key != "digest/2" || left[2].Text != "GMV 628" {
		t.Errorf("left %+v, %v", left, err)
	}
	step(exitOK, "queued", "retry", "--dead")
	step(exitOK, "Nothing was given up", "retry", "--dead")
	inStore(t, path, func(tx *storage.Tx) error {
		e, _, err := tx.Entry("digest/2")
		if err != nil || !e.Repeat || e.State != outbox.Queued {
			t.Errorf("tried again: %+v, %v", e, err)
		}
		trail, err := tx.AuditTrail(market.Window{Start: time.Now().Add(-time.Hour), End: time.Now().Add(time.Hour)})
		var acts []string
		for _, a := range trail {
			acts = append(acts, a.Act+" "+a.Subject+" "+a.Detail)
			if !strings.HasPrefix(a.Actor, "terminal") || a.Channel != "C0OPS" {
				t.Errorf("on record: %+v", a)
			}
		}
		want := "outbox.retry digest/1 dead: not_in_channel|outbox.drop digest/3 queued|outbox.retry digest/2 dead: " + outbox.ReasonUnknown
		if got := strings.Join(acts, "|"); got != want {
			t.Errorf("on record %q, want %q", got, want)
		}
		return err
	})
}

// TestOutboxWithoutStore: nothing is made where nothing is.
func TestOutboxWithoutStore(t *testing.T) {
	dir := t.TempDir()
	if out, errs, code := run(t, "outbox", "list", "--data", dir); code != exitRefused || !strings.Contains(errs, "no such file") {
		t.Errorf("exit %d: %q %q", code, out, errs)
	}
	if left, _ := filepath.Glob(dir + "/*"); len(left) != 0 {
		t.Errorf("files made: %q", left)
	}
}
