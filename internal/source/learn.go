package source

import (
	"context"
	"net/http"
	"time"

	"golang.org/x/time/rate"
)

// slowest and fastest bound what an answer may set a rate to, in calls a second.
const (
	slowest = 1.0 / 3600
	fastest = 10_000
)

// farEpoch tells a moment in Unix seconds from a number of seconds to wait.
const farEpoch = 1_000_000_000

// learn takes from the headers of an answer how fast one may go on. What cannot
// be read changes nothing.
func (p *pull) learn(ctx context.Context, h http.Header) {
	l := p.spec.Limit
	if l.Header != "" && p.limiter != nil {
		if calls, ok := headerMillionths(h, l.Header); ok {
			if r := float64(calls) / 1e6; r >= slowest && r <= fastest && rate.Limit(r) != p.limiter.Limit() {
				p.limiter.SetLimit(rate.Limit(r))
			}
		}
	}
	if l.Left == "" {
		return
	}
	left, known := headerMillionths(h, l.Left)
	reset, until := headerMillionths(h, l.Reset)
	if !known || !until || left > 0 || reset <= 0 {
		return
	}
	now := p.stamp()
	at := now.Add(time.Duration(reset) * time.Microsecond)
	if reset > farEpoch*1_000_000 {
		at = time.UnixMicro(reset)
	}
	const longest = 24 * time.Hour
	if at.After(now) && at.Sub(now) < longest {
		p.banned(ctx, at, "the upstream's calls are used up")
	}
}

// headerMillionths reads a decimal header times a million.
func headerMillionths(h http.Header, name string) (int64, bool) {
	d, known, err := parseDecimal(h.Get(name), nil)
	if err != nil || !known {
		return 0, false
	}
	n, err := d.whole(6, true)
	if err != nil || n < 0 {
		return 0, false
	}
	return n, true
}
