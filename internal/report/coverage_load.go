package report

import (
	"slices"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

// feed is a source's standing for one table.
type feed struct {
	storage.Feed
	gap *FeedGap // nil when all is well
}

// feeds loads how the feeds of the wanted tables (nil: of all) stood, as known
// at the loader's revision, at now.
func (l *loader) feeds(tables []string, now time.Time, fresh Freshness) ([]feed, error) {
	return feedsAsOf(l.tx, l.shop, l.asOf, tables, now, fresh)
}

func feedsAsOf(tx *storage.Tx, shop *market.Shop, asOf market.Revision, tables []string, now time.Time, fresh Freshness) ([]feed, error) {
	all, err := tx.FeedsAsOf(shop.ID, asOf)
	if err != nil {
		return nil, err
	}
	var out []feed
	for _, f := range all {
		if tables == nil || slices.Contains(tables, f.Table) {
			out = append(out, feed{Feed: f, gap: findGap(f, now, fresh)})
		}
	}
	return out, nil
}

// reach is up to when a complete pull has everything; the zero time when there
// is none.
func reach(s market.Snapshot) time.Time {
	if s.Revision == 0 {
		return time.Time{}
	}
	if s.Watermark.IsZero() {
		return s.Window.End
	}
	return s.Watermark
}

func findGap(f storage.Feed, now time.Time, fresh Freshness) *FeedGap {
	g := FeedGap{Source: f.Source, Table: f.Table, State: f.Last.State, Watermark: reach(f.Complete), Details: f.Last.Manifest.Reasons}
	if !g.Watermark.IsZero() {
		g.Age = max(0, now.Sub(g.Watermark))
	}
	allowed, judged := fresh[f.Source]
	switch newer := f.Last.Revision > f.Complete.Revision; {
	case g.Watermark.IsZero():
		g.Reason = GapNever
	case newer && f.Last.State == market.Partial:
		g.Reason = GapPartial
	case newer && f.Last.State == market.Suspect:
		g.Reason = GapSuspect
	case judged && g.Age > allowed:
		g.Reason = GapLate
	case newer && f.Last.State == market.Failed:
		g.Reason = GapFailed
	default:
		return nil
	}
	return &g
}

// mark is up to when the feed has everything.
func (f *feed) mark() time.Time { return reach(f.Complete) }

// known returns up to when the feeds of a table have everything: the earliest
// of their watermarks, the zero time when one of them never delivered or there
// is none.
func known(all []feed, table string) time.Time {
	var t time.Time
	for i := range all {
		if all[i].Table != table {
			continue
		}
		m := all[i].mark()
		if m.IsZero() {
			return m
		}
		if t.IsZero() || m.Before(t) {
			t = m
		}
	}
	return t
}

// coverage judges the feeds for an answer about what happened up to end.
func coverage(tx *storage.Tx, all []feed, asOf time.Time, end time.Time, rev market.Revision) Coverage {
	c := Coverage{AsOf: asOf, Revision: rev, Complete: !asOf.IsZero()}
	if rev == 0 {
		c.Revision = tx.Revision()
	}
	for _, f := range all {
		g := f.gap
		if m := f.mark(); g == nil && m.Before(end) {
			g = &FeedGap{Source: f.Source, Table: f.Table, Reason: GapLate, State: f.Last.State, Watermark: m, Age: end.Sub(m)}
		}
		if g != nil {
			c.Gaps = append(c.Gaps, *g)
			c.Complete = false
		}
	}
	return c
}

// earlier is the earlier of two instants, the zero time when one is zero.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.IsZero() {
		return time.Time{}
	}
	if b.Before(a) {
		return b
	}
	return a
}
