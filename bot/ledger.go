package bot

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"shopwatch/internal/chat"
	"shopwatch/storage"
)

// stale is from what age on nobody is told any more that a question was left
// without an answer.
const stale = time.Hour

// ledger keeps in the store who was taken in and not answered, so that a process
// that is killed owes nobody silence. What was answered is struck out with the
// next write, which costs a busy desk no write of its own.
type ledger struct {
	mu     sync.Mutex
	mine   map[string]bool // taken in by this process and still in the store
	struck []string        // of those, the answered
}

// owed reports whether a person waits for an answer to e. The home page is asked
// for again by looking at it.
func owed(e chat.Event) bool {
	return e.Kind != chat.Home && e.Kind != chat.Joined && e.User != "" && len(e.Keys) > 0
}

// accept writes e down, in the transaction that makes it seen.
func (l *ledger) accept(tx *storage.Tx, e chat.Event, now time.Time) error {
	if !owed(e) {
		return nil
	}
	l.mu.Lock()
	if l.mine == nil {
		l.mine = map[string]bool{}
	}
	l.mine[e.Keys[0]] = true
	l.mu.Unlock()
	return tx.PutAsked(storage.Asked{
		Key: e.Keys[0], At: now, User: e.User, Channel: e.Channel, Thread: e.Thread, Lang: e.Lang, Command: e.Command, Text: e.Text,
		Act: e.Kind == chat.Press || e.Kind == chat.Submit || e.Kind == chat.Shortcut,
	})
}

// lost takes back accept when its transaction came to nothing.
func (l *ledger) lost(e chat.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if owed(e) {
		delete(l.mine, e.Keys[0])
	}
}

// answered strikes e out, at the next write.
func (l *ledger) answered(e chat.Event) {
	if !owed(e) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.mine[e.Keys[0]] {
		l.struck = append(l.struck, e.Keys[0])
	}
}

// write runs fn as one transaction that also strikes out what was answered.
func (l *ledger) write(ctx context.Context, db *storage.DB, fn func(*storage.Tx) error) error {
	l.mu.Lock()
	struck := slices.Clone(l.struck)
	l.mu.Unlock()
	err := db.Update(ctx, func(tx *storage.Tx) error {
		for _, key := range struck {
			if err := tx.RemoveAsked(key); err != nil {
				return err
			}
		}
		return fn(tx)
	})
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.struck = slices.DeleteFunc(l.struck, func(key string) bool { return slices.Contains(struck, key) })
	for _, key := range struck {
		delete(l.mine, key)
	}
	return nil
}

// settle strikes out what was answered, by a write of its own.
func (d *Desk) settle(ctx context.Context) {
	d.ledger.mu.Lock()
	none := len(d.ledger.struck) == 0
	d.ledger.mu.Unlock()
	if none {
		return
	}
	if err := d.ledger.write(ctx, d.DB, func(*storage.Tx) error { return nil }); err != nil {
		d.Logger.LogAttrs(ctx, slog.LevelWarn, "answers not struck out", slog.Any("err", err))
	}
}

// apologize tells people whom an earlier process took in and never answered. They
// are struck out first: to be told twice is worse than to ask again unasked.
func (d *Desk) apologize(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerTime)
	defer cancel()
	var left []storage.Asked
	err := d.DB.Update(ctx, func(tx *storage.Tx) error {
		all, err := tx.AllAsked()
		if err != nil {
			return err
		}
		left = left[:0]
		for _, a := range all {
			if d.ledger.has(a.Key) {
				continue
			}
			left = append(left, a)
			if err := tx.RemoveAsked(a.Key); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		d.Logger.LogAttrs(ctx, slog.LevelWarn, "unanswered questions not read", slog.Any("err", err))
		return
	}
	slices.SortStableFunc(left, func(a, b storage.Asked) int { return a.At.Compare(b.At) })
	for _, a := range left {
		e := chat.Event{Kind: chat.Direct, User: a.User, Channel: a.Channel, Thread: a.Thread, Lang: a.Lang, Command: a.Command, Text: a.Text, At: a.At}
		if d.Now().Sub(a.At) > stale {
			d.Logger.LogAttrs(ctx, slog.LevelWarn, "question left without an answer", slog.String("user", a.User), slog.Time("at", a.At))
			continue
		}
		reply := d.Commands(a.Channel).Unanswered(d.ask(ctx, e), a.Act)
		if err := d.send(ctx, e, reply); err != nil {
			d.Logger.LogAttrs(ctx, slog.LevelWarn, "person not told about an unanswered question", slog.Any("err", err))
		}
	}
}

func (l *ledger) has(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.mine[key]
}
