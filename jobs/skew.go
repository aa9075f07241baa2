package jobs

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"shopwatch/internal/card"
	"shopwatch/internal/i18n"
	"shopwatch/internal/market"
	"shopwatch/internal/outbox"
	"shopwatch/storage"
)

// Skew tells operators that the chat's requests are refused because the clocks
// are apart.
type Skew struct {
	DB        *storage.DB
	Operators []outbox.Route
	Shop      *market.Shop // in whose name it is told
	Logger    *slog.Logger
	Now       func() time.Time

	mu   sync.Mutex
	told string // the day of the last note
}

// Tell puts a note into the outbox, once a day (UTC) whatever happens: whoever
// has an old request can send it again and again. off is how far the chat's
// clock is ahead of ours, negative when it is behind.
func (s *Skew) Tell(ctx context.Context, off time.Duration) {
	now := s.Now()
	day := now.UTC().Format(time.DateOnly)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.told == day {
		return
	}
	s.Logger.LogAttrs(ctx, slog.LevelWarn, "requests refused: the clocks are apart", slog.Duration("off", off))
	err := s.DB.Update(context.WithoutCancel(ctx), func(tx *storage.Tx) error {
		for _, r := range s.Operators {
			note := card.New(i18n.For(r.Lang), s.Shop).ClockOff(off)
			if _, err := tx.Enqueue(r.Root("note/clock/"+day, note, now)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.Logger.LogAttrs(ctx, slog.LevelError, "note about the clock not recorded", slog.Any("err", err))
		return
	}
	s.told = day
}
