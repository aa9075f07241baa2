package jobs

import (
	"context"
	"log/slog"
	"time"

	"shopwatch/storage"
)

// How long records that only help to look back are kept. Messages stay long
// enough for the last edit of an alert's root to find it.
const (
	keepRuns = 90 * 24 * time.Hour
	keepSent = 180 * 24 * time.Hour
)

// Prune makes the job that forgets expired events, old runs and old messages.
func Prune(db *storage.DB, s Schedule, now func() time.Time, log *slog.Logger) Job {
	return Job{Name: "prune", Schedule: s, Timeout: 10 * time.Minute, Run: func(ctx context.Context, _ time.Time) error {
		t := now()
		n, err := db.Prune(ctx, storage.Horizon{Seen: t, Runs: t.Add(-keepRuns), Sent: t.Add(-keepSent)})
		log.LogAttrs(ctx, slog.LevelInfo, "pruned", slog.Int("records", n))
		return err
	}}
}
