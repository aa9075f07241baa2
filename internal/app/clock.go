package app

import (
	"context"
	"sync"
	"time"
)

// Clock is the time that the business sees: the real one, or that of a demo,
// which runs faster or is stepped. Time-outs of network calls never use it.
type Clock struct {
	mu     sync.Mutex
	base   time.Time // shown at the real moment since
	since  time.Time
	speed  float64
	frozen bool
	real   bool // shows the time of this computer
}

// RealClock shows the time.
func RealClock() *Clock {
	now := time.Now()
	return &Clock{base: now, since: now, speed: 1, real: true}
}

// SteppedClock stands at start until it is moved.
func SteppedClock(start time.Time) *Clock { return &Clock{base: start, frozen: true} }

// Now is the moment that the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time {
	if c.frozen {
		return c.base
	}
	if c.real {
		return time.Now()
	}
	return c.base.Add(time.Duration(float64(time.Since(c.since)) * c.speed))
}

// Set moves a stepped clock to t; it never goes back.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.frozen && t.After(c.base) {
		c.base = t
	}
}

// Start lets a stepped clock run, speed seconds a second.
func (c *Clock) Start(speed float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.base, c.since, c.speed, c.frozen = c.now(), time.Now(), speed, false
}

// Sleep waits until the clock shows t, at most limit of real time, or until ctx
// ends or wake is signalled.
func (c *Clock) Sleep(ctx context.Context, t time.Time, limit time.Duration, wake <-chan struct{}) {
	c.mu.Lock()
	wait := limit
	if !t.IsZero() {
		wait = min(limit, time.Duration(float64(t.Sub(c.now()))/max(c.speed, 1)))
	}
	c.mu.Unlock()
	timer := time.NewTimer(max(wait, time.Millisecond))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-wake:
	}
}
