package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"github.com/go-resty/resty/v2"
	"golang.org/x/time/rate"

	"shopwatch/internal/market"
)

// api is a source that reads a web API.
type api struct {
	spec    *Spec
	log     *slog.Logger
	now     func() time.Time // of Deps; nil takes the request's
	client  *resty.Client
	limiter *rate.Limiter
	gate    *gate
	rand    *rand.Rand
	hide    hider
	sleep   func(context.Context, time.Duration) error
	tokens  *tokens // nil without oauth2; shared by the sources of one grant
	parents Parents
}

func newAPI(s *Spec, d Deps) *api {
	h := s.http
	client := resty.NewWithClient(&http.Client{
		Transport: &allowedHosts{hosts: h.hosts, next: transport(h.private)},
		Timeout:   h.timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse // a redirect would carry the token elsewhere
		},
	})
	client.SetDisableWarn(true).SetLogger(silence{}).SetDoNotParseResponse(true)
	app := s.Limit.Name
	if app == "" {
		app = h.url.Host + "|" + h.auth.user
	}
	seed := fnv.New64a()
	_, _ = io.WriteString(seed, s.ID) // a hash never fails
	a := &api{
		spec: s, log: d.Logger, now: d.Now, client: client, limiter: d.Limits.rate(s.Limit),
		gate: d.Limits.gate(app+"|"+h.operation(), d.Memory),
		rand: rand.New(rand.NewPCG(d.Seed, seed.Sum64())), //nolint:gosec // jitter
		hide: newHider(s.secrets), sleep: sleep, parents: d.Parents,
	}
	if h.auth.kind == "oauth2" {
		a.tokens = d.Limits.token(&h.auth, d.Memory)
	}
	return a
}

// silence keeps resty, which prints addresses and headers, from logging.
type silence struct{}

func (silence) Errorf(string, ...any) {}
func (silence) Warnf(string, ...any)  {}
func (silence) Debugf(string, ...any) {}

// operation names what is called: the TOP method, or the path.
func (h *httpSpec) operation() string {
	if m := h.form["method"]; m != "" {
		return m
	}
	return h.url.Path
}

func (a *api) ID() string           { return a.spec.ID }
func (a *api) Table() *market.Table { return a.spec.mapping.table }

// pull is the state of one Pull of an api.
type pull struct {
	*api
	req     Request
	began   time.Time // real time
	mapper  *mapper   // nil in a bulk listing
	tally   tally
	reasons []string
	body    *bytes.Buffer                  // of the answer, used again for the next
	decode  func(body []byte) (any, error) // makes a document of it
	extra   []param                        // of the batch of parents that is being asked for
	target  *url.URL                       // a link that is being followed; nil asks the source's address
	step    *stepCall                      // of a report; nil asks the source's address
	places  chan struct{}                  // calls that may be under way beside each other; nil is no bound
	header  http.Header                    // of the last answer
	parent  string                         // value that is being asked for
	token   string                         // access token of the last call
	issued  bool                           // it was fetched for that call
	asOf    time.Time                      // of the oldest answer; zero when they do not say
}

// tally counts pages and items: of a whole pull, and of one slice.
type tally struct {
	pages, want int
	items       int
	total       *int
}

func (t *tally) add(o tally) {
	t.pages, t.want, t.items = t.pages+o.pages, t.want+o.want, t.items+o.items
	if o.total != nil {
		sum := *o.total
		if t.total != nil {
			sum += *t.total
		}
		t.total = &sum
	}
}

// Pull implements Source. It reads the window slice by slice and stops at the
// first slice that cannot be read; the rows of the pages before it stay.
func (a *api) Pull(ctx context.Context, r Request) (market.Pull, error) {
	snap := newSnapshot(a.spec, r)
	if p := a.spec.CheckShop(r.Shop); len(p) > 0 {
		return failed(snap, nil, p[0].Cause), &Error{Source: a.spec.ID, Class: Setup, Message: p[0].String()}
	}
	p := &pull{api: a, req: r, began: time.Now(), mapper: newMapper(a.spec.mapping), body: &bytes.Buffer{}}
	p.decode = func(body []byte) (any, error) { return decodeJSON(string(body)) }
	slices, err := p.slices(&snap)
	if err != nil {
		return failed(snap, nil, err.Error()), err
	}
	batches, err := p.batches(ctx)
	if err != nil {
		err = a.spec.failure(a.hide, err)
		return failed(snap, nil, err.Error()), err
	}
	done := time.Time{}
	for _, w := range slices {
		if err = p.each(ctx, batches, w); err != nil {
			break
		}
		done = w.End
	}
	a.log.DebugContext(ctx, "read", slog.String("source", a.spec.ID), slog.Int("slices", len(slices)), slog.Int("pages", p.tally.pages))
	if !p.asOf.IsZero() && p.asOf.Before(done) {
		done = p.asOf
	}
	return p.finish(snap, done, err)
}

// slices cuts the window into stretches that one query may ask for.
func (p *pull) slices(snap *market.Snapshot) ([]market.Window, error) {
	w := &p.spec.http.window
	if w.start != "" && wholeDates(w.format) {
		y, m, d := snap.Window.Start.In(w.zone).Date()
		snap.Window.Start = time.Date(y, m, d, 0, 0, 0, 0, w.zone)
	}
	return cutWindow(p.spec, w.start != "", p.req.Now, snap)
}

func (p *pull) finish(snap market.Snapshot, done time.Time, err error) (market.Pull, error) {
	return reading{p.spec, p.hide, p.mapper, p.tally, p.reasons}.finish(snap, done, err)
}

// slice reads one stretch and, when it has more rows than the API will page,
// its two halves.
func (p *pull) slice(ctx context.Context, w market.Window) error {
	t, err := p.read(ctx, w)
	var over *ceiling
	if !errors.As(err, &over) {
		p.tally.add(t)
		return err
	}
	half := w.Duration() / 2
	if half = half.Truncate(time.Second); !p.spec.http.page.split || half <= 0 {
		p.tally.add(t)
		return &Error{Class: Incomplete, Message: over.Error()}
	}
	mid := w.Start.Add(half)
	if err := p.slice(ctx, market.Window{Start: w.Start, End: mid}); err != nil {
		return err
	}
	return p.slice(ctx, market.Window{Start: mid, End: w.End})
}

// ceiling says that a query has more rows than its pages can bring.
type ceiling struct{ what string }

func (c *ceiling) Error() string { return fmt.Sprintf("the API ends before the rows do: %s", c.what) }
