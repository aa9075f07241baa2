package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"shopwatch/internal/access"
	"shopwatch/internal/outbox"
	"shopwatch/storage"
)

// OutboxOptions name messages of a store's outbox for the verbs about them.
type OutboxOptions struct {
	StoreOptions
	Keys []string
	Dead bool   // every message that was given up, in place of Keys
	By   string // who does it, for the audit trail
}

// Waiting is one message that was not sent, as operators see it.
type Waiting struct {
	Key      string    `json:"key"`
	State    string    `json:"state"` // queued, inflight, doubt or dead; after an act also dropped
	Place    string    `json:"place"` // channel, or @user
	Act      string    `json:"act"`
	Text     string    `json:"text"`
	Created  time.Time `json:"created"`
	Attempts int       `json:"attempts"`
	NotUntil time.Time `json:"not_until,omitzero"`
	Reason   string    `json:"reason,omitempty"` // of the last failure
}

func waiting(e outbox.Entry) Waiting {
	return Waiting{
		Key: e.Key, State: string(e.State), Place: outbox.Route{Target: e.Target}.Name(), Act: string(e.Act), Text: e.Message.Text,
		Created: e.Created, Attempts: e.Attempts, NotUntil: e.NotUntil, Reason: e.Reason,
	}
}

// ListOutbox prints what was not sent: what waits, in the order in which it will
// leave, and then what was given up.
func ListOutbox(ctx context.Context, o OutboxOptions) error {
	return o.do(ctx, actList)
}

// RetryOutbox has messages tried again at once.
func RetryOutbox(ctx context.Context, o OutboxOptions) error { return o.do(ctx, actRetry) }

// DropOutbox drops messages: they are never sent.
func DropOutbox(ctx context.Context, o OutboxOptions) error { return o.do(ctx, actDrop) }

// outboxAct is what is done about messages, as it crosses the local socket.
type outboxAct string

const (
	actList  outboxAct = "list"
	actRetry outboxAct = "retry"
	actDrop  outboxAct = "drop"
)

// outboxAsk is a request of a verb to the running bot.
type outboxAsk struct {
	Act  outboxAct `json:"act"`
	Keys []string  `json:"keys,omitempty"`
	Dead bool      `json:"dead,omitempty"`
	By   string    `json:"by"`
}

// do asks the running bot that holds the store, else works on the store itself.
func (o OutboxOptions) do(ctx context.Context, act outboxAct) (err error) {
	ask := outboxAsk{Act: act, Keys: o.Keys, Dead: o.Dead, By: o.By}
	var list []Waiting
	asked, err := callRunning(ctx, o.path(), "outbox", ask, func(body io.Reader) error {
		return json.NewDecoder(body).Decode(&list)
	})
	if err != nil {
		return err
	}
	if !asked {
		if _, err := os.Stat(o.path()); err != nil {
			return fmt.Errorf("%w: %w", ErrRefused, err)
		}
		db, err := openStore(ctx, o.path(), storeOptions(o.Config), o.Logger)
		if err != nil {
			return err
		}
		list, err = handleOutbox(ctx, db, ask, time.Now())
		if err := errors.Join(err, db.Close()); err != nil {
			return err
		}
	}
	return o.print(list, act)
}

func (a *App) outboxHere(ctx context.Context, ask outboxAsk) ([]Waiting, error) {
	return handleOutbox(ctx, a.set.DB, ask, a.set.Clock.Now())
}

// handleOutbox does what is asked: all of it, or nothing with an error that says
// what stands in the way. It returns the messages that it is about.
func handleOutbox(ctx context.Context, db *storage.DB, ask outboxAsk, now time.Time) (out []Waiting, err error) {
	out = []Waiting{}
	if ask.Act == actList {
		err = db.View(ctx, func(tx *storage.Tx) error {
			undone, err1 := tx.Undone()
			dead, err2 := tx.DeadEntries()
			for _, e := range slices.Concat(undone, dead) {
				out = append(out, waiting(e))
			}
			return errors.Join(err1, err2)
		})
		return out, err
	}
	err = db.Update(ctx, func(tx *storage.Tx) error {
		keys := ask.Keys
		if ask.Dead {
			dead, err := tx.DeadEntries()
			if err != nil {
				return err
			}
			keys = nil
			for _, e := range dead {
				keys = append(keys, e.Key)
			}
		}
		for _, key := range keys {
			e, err := changeEntry(tx, ask, key, now)
			if err != nil {
				return err
			}
			out = append(out, waiting(e))
		}
		return nil
	})
	return out, err
}

// changeEntry tries a message again or drops it, with an audit entry.
func changeEntry(tx *storage.Tx, ask outboxAsk, key string, now time.Time) (outbox.Entry, error) {
	e, ok, err := tx.Entry(key)
	if err != nil {
		return e, err
	}
	if !ok {
		return e, fmt.Errorf("there is no message %q in the outbox; shopwatch outbox list shows the keys", key)
	}
	before := string(e.State)
	if e.Reason != "" {
		before += ": " + e.Reason
	}
	switch ask.Act {
	case actRetry:
		e, err = outbox.Retry(e, now)
	case actDrop:
		e, err = outbox.Drop(e)
	default:
		err = fmt.Errorf("unknown act %q", ask.Act)
	}
	if err != nil {
		return e, fmt.Errorf("%s: %w", key, err)
	}
	if err := tx.PutEntry(e); err != nil {
		return e, err
	}
	return e, tx.Audit(access.Entry{
		At: now, Actor: ask.By, Act: "outbox." + string(ask.Act), Subject: key, Channel: e.Target.Channel, Detail: before,
	})
}

func (o OutboxOptions) print(list []Waiting, act outboxAct) error {
	if o.JSON {
		return json.NewEncoder(o.Out).Encode(list)
	}
	if len(list) == 0 {
		_, err := fmt.Fprintln(o.Out, map[outboxAct]string{
			actList: "Nothing waits and nothing was given up.", actRetry: "Nothing was given up.", actDrop: "Nothing was given up.",
		}[act])
		return err
	}
	w := tabwriter.NewWriter(o.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "STATE\tCREATED\tTRIED\tPLACE\tKEY\tREASON")
	for _, e := range list {
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\t%s\n", e.State, e.Created.Local().Format("2006-01-02 15:04"), e.Attempts, e.Place, e.Key, e.Reason)
	}
	return w.Flush()
}
