package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/card"
	"shopwatch/internal/chat"
	"shopwatch/internal/i18n"
	"shopwatch/internal/market"
	"shopwatch/internal/outbox"
	"shopwatch/storage"
)

// Size watches how large the store is. When it is larger than Warn, or a quarter
// of it is free space that a compaction would give back, the log says so every
// time, and those who get every alert are told once a week.
type Size struct {
	DB     *storage.DB
	Shop   *market.Shop // in whose name it is told
	Root   *alert.Route // who gets every alert is told
	Warn   int64        // bytes in use; 0 never warns
	Now    func() time.Time
	Logger *slog.Logger
}

// Job makes the job.
func (z *Size) Job(s Schedule) Job {
	return Job{Name: "size", Schedule: s, Timeout: time.Minute, Run: func(ctx context.Context, _ time.Time) error { return z.Look(ctx) }}
}

// Look does one pass.
func (z *Size) Look(ctx context.Context) error {
	size, err := z.DB.Size(ctx)
	if err != nil {
		return err
	}
	advice := size.Advice(z.Warn)
	if advice == storage.SizeFine {
		return nil
	}
	z.Logger.LogAttrs(ctx, slog.LevelWarn, "store is large", slog.Int64("bytes", size.Bytes), slog.Int64("free", size.Free), slog.String("advice", string(advice)))
	now := z.Now()
	year, week := z.Shop.Local(now).ISOWeek()
	key := fmt.Sprintf("note/store/%s/%d-W%02d", advice, year, week)
	return z.DB.Update(ctx, func(tx *storage.Tx) error {
		for _, r := range Everything(z.Root) {
			note := card.New(i18n.For(r.Lang), z.Shop).StoreNote(string(advice), size.Bytes, size.Free)
			if _, err := tx.Enqueue(r.Root(key, note, now)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Everything are the places that get every alert, and with them what operators
// must know: those of routes without matchers.
func Everything(root *alert.Route) []outbox.Route {
	if root == nil || len(root.Match) > 0 {
		return nil
	}
	var out []outbox.Route
	for _, to := range root.To {
		out = append(out, outbox.Route{Target: chat.Target{Channel: to.Channel, User: to.User}, Lang: root.Lang})
	}
	for i := range root.Routes {
		out = append(out, Everything(&root.Routes[i])...)
	}
	return out
}
