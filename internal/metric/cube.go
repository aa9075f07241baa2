package metric

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"shopwatch/internal/market"
)

// Prime time, as wall-clock time of the calendar day.
const (
	PrimeFrom = 18 * time.Hour
	PrimeTo   = 22 * time.Hour
)

// CubeSpec says what a Cube sums.
type CubeSpec struct {
	Shop  *market.Shop
	Items *Catalogue
	// From and To are the business days of the whole stretch, both included.
	From, To market.Day
	// Cut ends what the sums hold; the steps go on to the end of To. A cut
	// before From's start leaves the sums empty.
	Cut time.Time
	// TrafficCut ends what traffic is counted, when that feed lags behind; zero
	// means Cut.
	TrafficCut time.Time
	// DayCut ends what the daily tables (members, ads, search) are counted: days
	// that are not over by then are left out; zero means Cut.
	DayCut time.Time
	// ShipCut is up to when it is known whether orders were shipped, when that is
	// later than Cut: a day's orders have two more days' time. Zero means Cut.
	ShipCut time.Time
	Filter  Filter
	By      Dim
	// Known says which feeds can be trusted for the stretch up to Cut.
	Known Known
}

// Cell is one member of a cube's dimension; Key "" has no known member.
type Cell struct {
	Key  string
	Sums Sums
}

// Cube sums facts over a stretch of days, in total and by one dimension. The
// cells' money, pieces and traffic add up to the total exactly, as every fact
// falls into exactly one cell; a feed that does not carry the dimension is known
// in the total and unknown in the cells.
type Cube struct {
	spec      CubeSpec
	span      span
	cutMs     int64
	trafficMs int64
	dayMs     int64
	shipMs    int64
	known     Known // of the total
	parts     Known // of the cells

	total Sums
	keys  []string
	cells []Sums
	index map[string]int32
	steps []market.Fen

	paid, placed, buyers tally
	members, guests      tally // buyers, when Known.Loyalty
	due, late, waiting   tally // orders, when Known.Service
	units                memo

	// refundMembers says that a refund row named its member of the dimension.
	refundMembers bool
}

// NewCube makes an empty cube.
func NewCube(spec CubeSpec) *Cube {
	c := &Cube{spec: spec, span: newSpan(spec.Shop, spec.From, spec.To), index: map[string]int32{}}
	c.cutMs = min(spec.Cut.UnixMilli(), c.span.end)
	c.trafficMs = c.cutMs
	if !spec.TrafficCut.IsZero() {
		c.trafficMs = min(c.cutMs, spec.TrafficCut.UnixMilli())
	}
	c.dayMs = c.cutMs
	if !spec.DayCut.IsZero() {
		c.dayMs = min(c.cutMs, spec.DayCut.UnixMilli())
	}
	c.shipMs = c.cutMs
	if !spec.ShipCut.IsZero() {
		c.shipMs = spec.ShipCut.UnixMilli()
	}
	c.known = narrow(spec.Known, spec.Filter, None)
	c.parts = narrow(spec.Known, spec.Filter, spec.By)
	if spec.From == spec.To {
		c.steps = make([]market.Fen, c.span.hours())
	} else {
		c.steps = make([]market.Fen, len(c.span.days))
	}
	return c
}

// Name tells everything that a cube depends on besides the facts and the
// catalogue.
func (s CubeSpec) Name() string {
	return fmt.Sprintf("%q/%v/%v/%v/%d-%d/%d/%d/%d/%d/%q/%q/%v", s.Shop.ID, s.Shop.Zone, s.Shop.DayStart, s.Shop.Bands, s.From, s.To,
		s.Cut.UnixMilli(), s.TrafficCut.UnixMilli(), s.DayCut.UnixMilli(), s.ShipCut.UnixMilli(), s.Filter, s.By, s.Known)
}

// Seal ends the adding: orders and buyers are counted, and who they were is let go,
// as is the catalogue. Several may read a sealed cube at once. It tells roughly how
// many bytes it takes.
func (c *Cube) Seal() (bytes int64) {
	for _, d := range c.distincts() {
		d.tally.seal(len(c.keys))
	}
	c.index, c.units, c.spec.Items = nil, memo{}, nil
	return int64(1024 + 640*len(c.cells) + 8*len(c.steps))
}

// Total is the sums of everything that the filter keeps.
func (c *Cube) Total() Sums {
	t := c.total
	t.Known = c.known
	for _, d := range c.distincts() {
		*d.of(&t) = d.tally.distinct()
	}
	return t
}

// CellsKnown says which feeds are known in the cells. Refunds of which not one
// says where it belongs, as when a platform leaves out the region, are not.
func (c *Cube) CellsKnown() Known {
	k := c.parts
	k.Refunds = k.Refunds && (c.refundMembers || c.total.Refunds == 0)
	return k
}

// Cells lists the members of the dimension by key.
func (c *Cube) Cells() []Cell {
	known := c.CellsKnown()
	out := make([]Cell, len(c.keys))
	for i, k := range c.keys {
		s := c.cells[i]
		s.Known = known
		out[i] = Cell{Key: k, Sums: s}
	}
	for _, d := range c.distincts() {
		for part, n := range d.tally.perPart(len(out)) {
			*d.of(&out[part].Sums) = n
		}
	}
	out = slices.DeleteFunc(out, func(c Cell) bool { return c.Key == nowhere })
	slices.SortFunc(out, func(a, b Cell) int { return strings.Compare(a.Key, b.Key) })
	return out
}

// nowhere gathers the order lines of a cube whose dimension they do not carry;
// it is no member and never listed.
const nowhere = "\x00"

// orderPart is the cell of an order line.
func (c *Cube) orderPart(p *place, d dayEdge) int32 {
	if !slices.Contains(ordersCarry, c.spec.By) && c.spec.By != None {
		return c.cell(nowhere)
	}
	return c.cell(c.key(p, d))
}

// distinct is a tally and the count of Sums that it fills.
type distinct struct {
	tally *tally
	of    func(*Sums) *int64
}

func (c *Cube) distincts() []distinct {
	return []distinct{
		{&c.paid, func(s *Sums) *int64 { return &s.Orders }},
		{&c.placed, func(s *Sums) *int64 { return &s.PlacedOrders }},
		{&c.buyers, func(s *Sums) *int64 { return &s.Buyers }},
		{&c.members, func(s *Sums) *int64 { return &s.Loyalty.MemberBuyers }},
		{&c.guests, func(s *Sums) *int64 { return &s.Loyalty.GuestBuyers }},
		{&c.due, func(s *Sums) *int64 { return &s.Shipping.Due }},
		{&c.late, func(s *Sums) *int64 { return &s.Shipping.Late }},
		{&c.waiting, func(s *Sums) *int64 { return &s.Shipping.Waiting }},
	}
}

// Steps is paid GMV per hour of a single day, else per day, over the whole
// stretch: it does not stop at the cut.
func (c *Cube) Steps() []market.Fen { return c.steps }

// cell returns the index of the member key.
func (c *Cube) cell(key string) int32 {
	i, ok := c.index[key]
	if !ok {
		i = int32(len(c.keys))
		c.index[key] = i
		c.keys = append(c.keys, key)
		c.cells = append(c.cells, Sums{})
	}
	return i
}

// span cuts time into the business days of a stretch.
type span struct {
	start, end int64 // UTC milliseconds
	days       []dayEdge
	at         int // where the last look-up ended
}

type dayEdge struct {
	day                  market.Day
	start, end           int64
	primeStart, primeEnd int64
}

func newSpan(shop *market.Shop, from, to market.Day) span {
	s := span{days: make([]dayEdge, 0, max(0, int(to-from)+1))}
	for d := from; d <= to; d++ {
		y, m, day := d.Date()
		clock := func(at time.Duration) int64 {
			return time.Date(y, m, day, int(at/time.Hour), 0, 0, 0, shop.Zone).UnixMilli()
		}
		s.days = append(s.days, dayEdge{
			day: d, start: shop.Start(d).UnixMilli(), end: shop.Start(d + 1).UnixMilli(),
			primeStart: clock(PrimeFrom), primeEnd: clock(PrimeTo),
		})
	}
	if n := len(s.days); n > 0 {
		s.start, s.end = s.days[0].start, s.days[n-1].end
	}
	return s
}

// hours is how many hours the first day has begun by its end: 24, or 23 or 25
// where the clock changes.
func (s *span) hours() int {
	d := s.days[0]
	return int((d.end - d.start + hourMs - 1) / hourMs)
}

const hourMs = int64(time.Hour / time.Millisecond)

// find returns the index of the day that holds ms, which must lie in the span.
// Rows come roughly in time order, so the last answer is tried first.
func (s *span) find(ms int64) int {
	if d := s.days[s.at]; ms >= d.start && ms < d.end {
		return s.at
	}
	lo, hi := 0, len(s.days)-1
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if s.days[mid].start <= ms {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	s.at = lo
	return lo
}

// hourKey writes two digits, so that keys sort as hours do.
func hourKey(h int64) string { return string([]byte{byte('0' + h/10), byte('0' + h%10)}) }
