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
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/source/page"
)

// Bulk reads bulk listings: every item of a shop with its metrics, page by page,
// without making a value per row.
type Bulk struct{ api *api }

// BuildBulk makes the bulk listing that spec declares.
func BuildBulk(spec Spec, deps Deps) (*Bulk, error) {
	if spec.bulk == nil || spec.http == nil {
		return nil, fmt.Errorf("source %q is not a bulk listing, or the declaration was not parsed", spec.ID)
	}
	if deps.Logger == nil {
		deps.Logger = slog.New(slog.DiscardHandler)
	}
	if deps.Limits == nil {
		deps.Limits = NewLimits()
	}
	return &Bulk{newAPI(&spec, deps)}, nil
}

// ID is the id of the source.
func (b *Bulk) ID() string { return b.api.spec.ID }

// Step is the clock step of the panel.
func (b *Bulk) Step() time.Duration { return b.api.spec.bulk.step }

// Columns are the places in PanelColumns that the listing fills, in order.
func (b *Bulk) Columns() []int {
	var out []int
	for _, c := range b.api.spec.bulk.columns {
		if c >= 0 {
			out = append(out, c)
		}
	}
	return out
}

// Lines are the rows of one page. They are valid until take returns.
type Lines struct {
	rows  *page.Rows
	spec  *bulkSpec
	names map[string]string // of channels, so that they are made once
}

// Len is how many rows there are.
func (l *Lines) Len() int { return l.rows.Len() }

// SKU of row i.
func (l *Lines) SKU(i int) []byte { return l.rows.Cols[0].Text(i) }

// Channel of row i as the shop names it; false when the upstream's name for it
// is not mapped, which makes the row none of the shop's.
func (l *Lines) Channel(i int) (string, bool) {
	if l.spec.channel != "" {
		return l.spec.channel, true
	}
	theirs := l.rows.Cols[1].Text(i)
	if l.spec.channels != nil {
		own, ok := l.spec.channels[string(theirs)]
		return own, ok
	}
	own, ok := l.names[string(theirs)]
	if !ok {
		own = string(theirs)
		l.names[own] = own
	}
	return own, true
}

// Column is a column of the panel, nil when the listing does not bring it.
func (l *Lines) Column(column int) *page.Col {
	for f, c := range l.spec.columns {
		if c == column {
			return &l.rows.Cols[f]
		}
	}
	return nil
}

// Listing says what came of reading a listing.
type Listing struct {
	At       time.Time // when it was read
	State    market.Condition
	Manifest market.Manifest
	Rejects  []market.Reject
}

// Pull reads the listing as it stands and gives its pages to take one after the
// other, in their order and never two at once, although several may be fetched
// beside each other. take returns how many of the rows it had not seen before,
// by which the listing is judged: it is Complete when every page came and as
// many items as the upstream counts. A page that fails does not keep the others
// from being read unless it would fail for the same reason. The error says why a
// listing is not whole, without any secret; an error of take ends the reading.
func (b *Bulk) Pull(ctx context.Context, r Request, take func(*Lines) (fresh int, err error)) (Listing, error) {
	spec := b.api.spec
	l := &listing{Bulk: b, req: r, began: time.Now(), take: take, names: map[string]string{}, out: Listing{At: r.Now, State: market.Failed}}
	if p := spec.CheckShop(r.Shop); len(p) > 0 {
		l.out.Manifest.Reasons = []string{p[0].Cause}
		return l.out, &Error{Source: spec.ID, Class: Setup, Message: p[0].String()}
	}
	err := l.read(ctx)
	return l.finish(spec.failure(b.api.hide, err))
}

// listing is the state of one Pull of a Bulk.
type listing struct {
	*Bulk
	req     Request
	began   time.Time // real time
	take    func(*Lines) (int, error)
	out     Listing
	fresh   int // different items
	refused int
	missed  error // of the first page that did not come
	last    int   // pages there should be, as far as known
	names   map[string]string
}

// finish judges what came.
func (l *listing) finish(err error) (Listing, error) {
	m := &l.out.Manifest
	m.Rows, m.Keys, m.Rejected, m.PagesWant = l.fresh, l.fresh, l.refused, max(l.last, m.Pages)
	if err == nil {
		err = l.api.spec.failure(l.api.hide, l.missed)
	}
	if err != nil {
		m.Reasons = append(m.Reasons, err.Error())
	}
	if m.Total != nil && l.fresh+l.refused < *m.Total {
		m.Reasons = append(m.Reasons, fmt.Sprintf("%d of %d items came, on %d of %d pages", l.fresh+l.refused, *m.Total, m.Pages, m.PagesWant))
	}
	if share := l.api.spec.MaxReject; l.refused > 0 && float64(l.refused) > share*float64(l.fresh+l.refused) {
		m.Reasons = append(m.Reasons, fmt.Sprintf("%d of %d items were refused", l.refused, l.fresh+l.refused))
	}
	for i := range m.Reasons {
		m.Reasons[i] = l.api.hide.text(m.Reasons[i])
	}
	switch {
	case l.fresh == 0 && (err != nil || l.refused > 0 || len(m.Reasons) > 0):
		l.out.State = market.Failed
	case len(m.Reasons) > 0:
		l.out.State = market.Partial
	default:
		l.out.State = market.Complete
	}
	return l.out, err
}

// fetcher fetches pages, one at a time.
type fetcher struct {
	pull
	scan *page.Scanner
	rows page.Rows
}

func (l *listing) fetcher(n int) *fetcher {
	seed := fnv.New64a()
	_, _ = io.WriteString(seed, l.api.spec.ID) // a hash never fails
	own := *l.api
	own.rand = rand.New(rand.NewPCG(seed.Sum64(), uint64(n))) //nolint:gosec // jitter
	f := &fetcher{
		pull: pull{api: &own, req: l.req, began: l.began, body: &bytes.Buffer{}},
		scan: page.New(l.api.spec.bulk.layout),
	}
	f.decode = func(body []byte) (any, error) {
		f.rows.Reset()
		rest, err := f.scan.Scan(body, &f.rows)
		if errors.Is(err, page.ErrNoList) {
			if doc, broken := decodeJSON(string(body)); broken == nil {
				return doc, err // the rules may know what it means
			}
		}
		if err != nil {
			return nil, err
		}
		return decodeJSON(string(rest))
	}
	return f
}

// deliver hands the rows of a page on.
func (l *listing) deliver(f *fetcher, number int) error {
	l.out.Manifest.Pages++
	l.refused += f.rows.Refused
	for _, r := range f.rows.Refusals {
		l.reject(fmt.Sprintf("page %d item %d", number, r.Item), r.Field, r.Reason)
	}
	lines := Lines{rows: &f.rows, spec: l.api.spec.bulk, names: l.names}
	if lines.spec.channels != nil {
		for i := range lines.Len() {
			if _, ok := lines.Channel(i); !ok {
				l.refused++
				l.reject(fmt.Sprintf("page %d", number), "channel", fmt.Sprintf("%q is not mapped", lines.rows.Cols[1].Text(i)))
			}
		}
	}
	fresh, err := l.take(&lines)
	l.fresh += fresh
	return err
}

// reject keeps a sample of what was refused.
func (l *listing) reject(place, field, reason string) {
	if len(l.out.Rejects) < maxSamples {
		l.out.Rejects = append(l.out.Rejects, market.Reject{Place: place, Field: field, Reason: l.api.hide.text(reason)})
	}
}
