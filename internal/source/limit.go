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
// clock runs faster is not cut off for longer. Access tokens are shared as well:
// a refresh token that can be used once is used once, whichever source is first.
// Bans of more than a minute and refresh tokens outlive the process where there
// is a Memory; all else is gone with it.
type Limits struct {
	mu     sync.Mutex
	rates  map[string]*rate.Limiter
	gates  map[string]*gate
	tokens map[string]*tokens
}

// NewLimits makes an empty set.
func NewLimits() *Limits {
	return &Limits{rates: map[string]*rate.Limiter{}, gates: map[string]*gate{}, tokens: map[string]*tokens{}}
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
	memory Memory
	key    string // of the ban in memory

	mu       sync.Mutex
	recalled bool      // memory was looked into
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
func (s *Limits) gate(name string, m Memory) *gate {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gates[name] == nil {
		s.gates[name] = &gate{retries: retryReserve, memory: m, key: memoryKey("ban", name)}
	}
	return s.gates[name]
}

// token returns the shared tokens of one grant.
func (s *Limits) token(a *authSpec, m Memory) *tokens {
	name := fmt.Sprintf("%s\x00%s\x00%s\x00%s\x00%s\x00%s", a.tokenURL, a.grant, a.scope, a.user, a.secret, a.session)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tokens[name] == nil {
		s.tokens[name] = newTokens(a, m)
	}
	return s.tokens[name]
}

// enter lets a call through, or says until when the gate is closed and why.
func (g *gate) enter(ctx context.Context, now time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.recall(ctx, now); err != nil {
		return err
	}
	if now.Before(g.until) {
		return &Error{Class: Banned, Until: g.until, Message: g.why}
	}
	g.retries = min(g.retries+retryEarned, retryReserve)
	return nil
}

// recall looks once for a ban that an earlier process was told of. One that is
// over is forgotten.
func (g *gate) recall(ctx context.Context, now time.Time) error {
	if g.recalled {
		return nil
	}
	b, err := loadBan(ctx, g.memory, g.key)
	if err != nil {
		return err
	}
	g.recalled = true
	switch {
	case b.Until.IsZero():
		return nil
	case !now.Before(b.Until):
		return saveBan(ctx, g.memory, g.key, keptBan{})
	}
	g.until, g.why = b.Until, b.Why
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

// ban closes the gate until an instant that the upstream named. A long ban is
// kept for the next process, too; why must hold no secret.
func (g *gate) ban(ctx context.Context, now, until time.Time, why string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.until, g.why = until, why
	if until.Sub(now) <= patience {
		return nil
	}
	return saveBan(ctx, g.memory, g.key, keptBan{Until: until, Why: why})
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
