package source

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits is what sources of one app share: named rates, bans that an upstream
// has spoken, and circuits that are open. Rates are in real time; bans and
// circuits count on the clock that the sources are given, so that a shop whose
// clock runs faster is not cut off for longer. All of it is gone with the process.
type Limits struct {
	mu    sync.Mutex
	rates map[string]*rate.Limiter
	gates map[string]*gate
}

// NewLimits makes an empty set.
func NewLimits() *Limits {
	return &Limits{rates: map[string]*rate.Limiter{}, gates: map[string]*gate{}}
}

// Circuit: so many failures in a row close the gate for a while; the first call
// after that decides.
const (
	circuitFailures = 5
	circuitRest     = 30 * time.Second
)

// Retries: every call earns a fifth of a retry, so that a broken upstream gets
// at most 1.2 times the usual calls once the small reserve is used up.
const (
	retryEarned  = 0.2
	retryReserve = 4.0
)

// gate is the state of one app's calls of one method.
type gate struct {
	mu       sync.Mutex
	until    time.Time // closed until then
	why      string
	failures int
	retries  float64
}

// rate returns the shared limiter of l, nil when there is no limit.
func (s *Limits) rate(l Limit) *rate.Limiter {
	if l.Rate <= 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rates[l.Name] == nil {
		s.rates[l.Name] = rate.NewLimiter(rate.Limit(l.Rate), l.Burst)
	}
	return s.rates[l.Name]
}

// gate returns the shared gate of a name.
func (s *Limits) gate(name string) *gate {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gates[name] == nil {
		s.gates[name] = &gate{retries: retryReserve}
	}
	return s.gates[name]
}

// enter lets a call through, or says until when the gate is closed and why.
func (g *gate) enter(now time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Before(g.until) {
		return &Error{Class: Banned, Until: g.until, Message: g.why}
	}
	g.retries = min(g.retries+retryEarned, retryReserve)
	return nil
}

// mayRetry takes one retry out of the budget.
func (g *gate) mayRetry() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.retries < 1 {
		return false
	}
	g.retries--
	return true
}

// done notes how a call went.
func (g *gate) done(now time.Time, failed bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !failed {
		g.failures = 0
		return
	}
	g.failures++
	if g.failures >= circuitFailures {
		g.failures = circuitFailures - 1 // one more failure closes it again
		g.until, g.why = now.Add(circuitRest), fmt.Sprintf("%d calls in a row went wrong; resting", circuitFailures)
	}
}

// ban closes the gate until an instant that the upstream named.
func (g *gate) ban(until time.Time, why string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.until, g.why = until, why
}

// sleep waits in real time.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
