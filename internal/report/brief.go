package report

import (
	"context"
	"errors"
	"slices"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
)

// Brief is what stands in the thread of a digest, subject by subject. What has
// no data, or nothing to say, is nil or empty.
type Brief struct {
	Figures    []BriefFigures `json:"figures,omitempty"` // in a fixed order
	Moves      *Price         `json:"moves,omitempty"`   // rivals that changed their prices
	Floor      *Floor         `json:"floor,omitempty"`
	Conflicts  *Conflicts     `json:"conflicts,omitempty"`
	Stock      *Stock         `json:"stock,omitempty"` // out or low
	Slow       *Slow          `json:"slow,omitempty"`
	Restock    *Restock       `json:"restock,omitempty"`
	Hits       *Hits          `json:"hits,omitempty"`
	New        *NewItems      `json:"new,omitempty"`
	Complaints *Complaints    `json:"complaints,omitempty"`
	NPS        *NPS           `json:"nps,omitempty"`
	Live       *Live          `json:"live,omitempty"` // livestreams, when there were any
}

// BriefFigures is one subject that is nothing but metrics by one dimension.
type BriefFigures struct {
	Subject string  `json:"subject"`
	Figures Figures `json:"figures"`
}

// subject is a question about metrics that digests of some kinds answer.
type subject struct {
	name    string
	by      metric.Dim
	metrics []string
	kinds   []DigestKind
	// lag is how many days later than the others the figures are whole, and
	// least over how many days they are counted even in a report of one day.
	lag, least market.Day
}

// daily are kinds about single days, wide those that look for patterns.
var (
	everyKind = []DigestKind{DigestMorning, DigestIntraday, DigestWeekly, DigestMonthly, DigestCampaign}
	wholeDays = []DigestKind{DigestMorning, DigestWeekly, DigestMonthly, DigestCampaign}
	wide      = []DigestKind{DigestWeekly, DigestMonthly, DigestCampaign}
)

// subjects are in the order in which digests show them.
var subjects = []subject{
	{name: "traffic", by: metric.ByEntry, metrics: []string{"visitors", "conversion", "cart_rate", "dwell"}, kinds: everyKind},
	{name: "bands", by: metric.ByBand, metrics: []string{"gmv_paid", "units", "margin"}, kinds: wide},
	{name: "regions", by: metric.ByRegion, metrics: []string{"gmv_paid", "orders", "aov"}, kinds: wide},
	{name: "members", by: metric.ByTier, metrics: []string{"member_gmv", "member_multiple", "repurchase_rate", "new_members"}, kinds: wide},
	{name: "search", by: metric.ByWord, metrics: []string{"searches", "long_tail_share", "search_click_rate", "search_gmv"}, kinds: wide},
	{name: "service", by: metric.ByRegion, metrics: []string{"ship_48h_rate", "ship_due", "ship_backlog"}, kinds: wholeDays, lag: 2, least: 7},
	{name: "returns", by: metric.ByReason, metrics: []string{"refunds", "refund_rate", "refund_time"}, kinds: wholeDays},
	{name: "ads", by: metric.BySKU, metrics: []string{"ads_cost", "ads_roi", "new_customer_cost"}, kinds: wholeDays},
}

// briefRows is how many members or items a subject names.
const briefRows = 3

func (l *loader) brief(ctx context.Context, d *Digest, q DigestQuery) error {
	for _, s := range subjects {
		if !slices.Contains(s.kinds, q.Kind) {
			continue
		}
		f, err := l.briefFigures(s, q)
		if errors.Is(err, ErrNoData) {
			continue
		}
		if err != nil {
			return err
		}
		if slices.ContainsFunc(f.Total, func(v Value) bool { return v.Known }) {
			d.Brief.Figures = append(d.Brief.Figures, BriefFigures{Subject: s.name, Figures: f})
		}
	}
	for _, part := range []func(context.Context, *Brief, DigestQuery) error{
		l.briefPrices, l.briefStock, l.briefRestock, l.briefItems, l.briefVoice, l.briefLive,
	} {
		if err := part(ctx, &d.Brief, q); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) briefFigures(s subject, q DigestQuery) (Figures, error) {
	filter := metric.Filter{Unit: q.Unit}
	lead, _ := metric.Find(s.metrics[0])
	if !lead.Carries(filter, s.by) {
		return Figures{}, ErrNoData
	}
	compare := q.Kind.compare(l.shop, q.Day)
	from, to := q.From, q.Day
	if whole := l.shop.Day(q.Now) - 1 - s.lag; s.lag > 0 && to > whole {
		from, to = from-(to-whole), whole
		compare = []Compare{SameWeekday}
	}
	if to-from+1 < s.least {
		from, compare = to-s.least+1, []Compare{PrevPeriod}
	}
	return l.figures(FiguresQuery{
		Now: q.Now, From: from, To: to, Filter: filter, Compare: compare, By: s.by, Top: briefRows,
		Metrics: s.metrics, AsOf: q.AsOf, Fresh: q.Fresh,
	})
}

// seldom leaves out what has no data yet.
func seldom(err error) error {
	if errors.Is(err, ErrNoData) {
		return nil
	}
	return err
}

// briefPrices is about how prices stand now; reports of what is long over leave
// it out.
func (l *loader) briefPrices(_ context.Context, b *Brief, q DigestQuery) error {
	if !q.current(l.shop) {
		return nil
	}
	moves, err := l.price(PriceQuery{Now: q.Now, Show: PriceMoves, Unit: q.Unit, Top: briefRows, AsOf: q.AsOf, Fresh: q.Fresh})
	if seldom(err) != nil {
		return err
	}
	if moves.Matched > 0 {
		b.Moves = &moves
	}
	floor, err := l.floor(FloorQuery{Now: q.Now, Unit: q.Unit, Top: briefRows, AsOf: q.AsOf, Fresh: q.Fresh})
	if seldom(err) != nil {
		return err
	}
	if floor.Under+floor.Losing > 0 {
		b.Floor = &floor
	}
	conflicts, err := l.conflicts(ConflictsQuery{Now: q.Now, Unit: q.Unit, Top: briefRows, AsOf: q.AsOf, Fresh: q.Fresh})
	if seldom(err) != nil {
		return err
	}
	if conflicts.Present+conflicts.Ahead > 0 {
		b.Conflicts = &conflicts
	}
	return nil
}

func (l *loader) briefStock(_ context.Context, b *Brief, q DigestQuery) error {
	if !q.current(l.shop) {
		return nil
	}
	s, err := l.stock(StockQuery{Now: q.Now, Unit: q.Unit, Top: briefRows, AsOf: q.AsOf, Fresh: q.Fresh})
	if seldom(err) != nil {
		return err
	}
	if s.Listed > 0 {
		b.Stock = &s
	}
	if !slices.Contains(wide, q.Kind) {
		return nil
	}
	slow, err := l.slow(SlowQuery{Now: q.Now, Unit: q.Unit, Top: briefRows, AsOf: q.AsOf, Fresh: q.Fresh})
	if err == nil && slow.Slow > 0 {
		b.Slow = &slow
	}
	return seldom(err)
}

// briefRestock lists orders that are due. Every line's history is replayed for
// it, which is why a week's report and a morning's hold it and an hourly board
// does not.
func (l *loader) briefRestock(ctx context.Context, b *Brief, q DigestQuery) error {
	if !q.current(l.shop) || q.Kind == DigestIntraday || q.Kind == DigestCampaign {
		return nil
	}
	r, err := l.restock(ctx, RestockQuery{Now: q.Now, Unit: q.Unit, Top: briefRows, AsOf: q.AsOf, Fresh: q.Fresh})
	if err == nil && r.Due > 0 {
		b.Restock = &r
	}
	return seldom(err)
}

func (l *loader) briefItems(_ context.Context, b *Brief, q DigestQuery) error {
	if !slices.Contains(wide, q.Kind) {
		return nil
	}
	filter := metric.Filter{Unit: q.Unit}
	hits, err := l.hits(HitsQuery{Now: q.Now, From: q.From, To: q.Day, Filter: filter, N: briefHits, AsOf: q.AsOf, Fresh: q.Fresh})
	if seldom(err) != nil {
		return err
	}
	if hits.Share.Known {
		b.Hits = &hits
	}
	fresh, err := l.newItems(NewItemsQuery{Now: q.Now, From: q.From, To: q.Day, Filter: filter, Top: briefRows, AsOf: q.AsOf, Fresh: q.Fresh})
	if err == nil && fresh.Launched > 0 {
		b.New = &fresh
	}
	return seldom(err)
}

// briefHits is how many items count as hits.
const briefHits = 50

func (l *loader) briefVoice(_ context.Context, b *Brief, q DigestQuery) error {
	c, err := l.complaints(ComplaintsQuery{Now: q.Now, From: q.From, To: q.Day, Unit: q.Unit, Top: briefRows, AsOf: q.AsOf, Fresh: q.Fresh})
	if err == nil && c.Reviews+c.Total > 0 {
		b.Complaints = &c
	}
	if seldom(err) != nil || !slices.Contains(wide, q.Kind) {
		return seldom(err)
	}
	n, err := l.nps(NPSQuery{Now: q.Now, From: q.From, To: q.Day, Unit: q.Unit, By: metric.ByUnit, Top: briefRows, AsOf: q.AsOf, Fresh: q.Fresh})
	if err == nil && n.Score.Known {
		b.NPS = &n
	}
	return seldom(err)
}

func (l *loader) briefLive(_ context.Context, b *Brief, q DigestQuery) error {
	v, err := l.live(LiveQuery{Now: q.Now, From: q.From, To: q.Day, Unit: q.Unit, Top: briefRows, AsOf: q.AsOf, Fresh: q.Fresh})
	if err == nil && len(v.Sessions) > 0 {
		b.Live = &v
	}
	return seldom(err)
}

// current reports whether a digest is about days so recent that how things
// stand now belongs to it.
func (q DigestQuery) current(shop *market.Shop) bool { return q.Day >= shop.Day(q.Now)-3 }
