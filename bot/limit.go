package bot

import (
	"sync"
	"time"
)

// Limit is how often one person is answered. The zero value sets none.
type Limit struct {
	Burst int           // questions and presses at once
	Every time.Duration // after which one more is free
}

// maxKnown bounds how many people a throttle remembers.
const maxKnown = 10_000

// throttle keeps the Limit of each person, in real time: it is about load.
type throttle struct {
	Limit

	mu    sync.Mutex
	free  map[string]time.Time // when the person's allowance is, or will be, whole again
	since map[string]time.Time // when the person was told to slow down
}

// take counts one event of a person. wait is how long they have to wait for the
// next to be answered, 0 when this one is; tell is true once in each stretch of
// refusals, so that a flood gets one reply.
func (t *throttle) take(user string, now time.Time) (wait time.Duration, tell bool) {
	if t.Burst <= 0 || user == "" {
		return 0, false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.free == nil || len(t.free) >= maxKnown {
		t.free, t.since = map[string]time.Time{}, map[string]time.Time{}
	}
	whole := t.free[user]
	if whole.Before(now) {
		whole = now
	}
	if wait := whole.Add(-time.Duration(t.Burst-1) * t.Every).Sub(now); wait > 0 {
		_, told := t.since[user]
		t.since[user] = now
		return wait, !told
	}
	delete(t.since, user)
	t.free[user] = whole.Add(t.Every)
	return 0, false
}
