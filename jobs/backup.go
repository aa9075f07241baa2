package jobs

import (
	"context"
	"log/slog"
	"time"
)

// Backup makes the job that keeps a copy of the store. save makes one, verified,
// and says where it is and how large.
func Backup(save func(ctx context.Context, now time.Time) (path string, bytes int64, err error), s Schedule, now func() time.Time, log *slog.Logger) Job {
	const catchup = 24 * time.Hour
	return Job{Name: "backup", Schedule: s, Timeout: time.Hour, Catchup: catchup, Run: func(ctx context.Context, _ time.Time) error {
		began := time.Now() // real time, whatever clock drives the job
		path, bytes, err := save(ctx, now())
		if err != nil {
			return err
		}
		log.LogAttrs(ctx, slog.LevelInfo, "store backed up", slog.String("path", path), slog.Int64("bytes", bytes),
			slog.Duration("took", time.Since(began).Round(time.Millisecond)))
		return nil
	}}
}
