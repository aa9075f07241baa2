package slack

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// openBurst is how many sockets may be opened at once before one per
// Config.OpenEvery is the rule.
const openBurst = 3

// bucket paces calls of apps.connections.open, of all links together: Slack
// allows about one a minute, and a link that is closed at once would otherwise
// be opened thousands of times.
type bucket struct {
	every time.Duration

	mu   sync.Mutex
	free time.Time // when the bucket was, or will be, full again
}

// wait returns when a call is allowed, or the error of ctx.
func (b *bucket) wait(ctx context.Context) error {
	now := time.Now()
	b.mu.Lock()
	full := b.free
	if full.Before(now) {
		full = now
	}
	b.free = full.Add(b.every)
	b.mu.Unlock()
	return sleep(ctx, full.Add(-(openBurst-1)*b.every).Sub(now))
}

// sleep waits for d, or less when ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// backoff is the wait before the n-th try in a row, n from 1: doubling from
// every/5 to 12*every, less a random fifth so that links do not march in step.
func backoff(every time.Duration, n int) time.Duration {
	if n <= 0 {
		return 0
	}
	d := min(every/5<<min(n-1, 10), 12*every)
	return d - time.Duration(rand.Int64N(int64(d)/5+1))
}
