package metric

import (
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
	Filter     Filter
	By         Dim
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
	known     Known // of the total
	parts     Known // of the cells

	total Sums
	keys  []string
	cells []Sums
	index map[string]int32
	steps []market.Fen

	paid, placed, buyers tally
	units                memo
}

// NewCube makes an empty cube.
func NewCube(spec CubeSpec) *Cube {
	c := &Cube{spec: spec, span: newSpan(spec.Shop, spec.From, spec.To), index: map[string]int32{}}
	c.cutMs = min(spec.Cut.UnixMilli(), c.span.end)
	c.trafficMs = c.cutMs
	if !spec.TrafficCut.IsZero() {
		c.trafficMs = min(c.cutMs, spec.TrafficCut.UnixMilli())
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

// narrow drops the feeds whose rows do not carry the dimensions of f and by.
func narrow(k Known, f Filter, by Dim) Known {
	k.Refunds = k.Refunds && f.refundsKnow(by)
	k.Traffic = k.Traffic && f.trafficKnows(by)
	return k
}

// Total is the sums of everything that the filter keeps.
func (c *Cube) Total() Sums {
	t := c.total
	t.Known = c.known
	t.Orders, t.PlacedOrders, t.Buyers = c.paid.distinct(), c.placed.distinct(), c.buyers.distinct()
	return t
}

// CellsKnown says which feeds are known in the cells.
func (c *Cube) CellsKnown() Known { return c.parts }

// Cells lists the members of the dimension by key.
func (c *Cube) Cells() []Cell {
	out := make([]Cell, len(c.keys))
	for i, k := range c.keys {
		s := c.cells[i]
		s.Known = c.parts
		out[i] = Cell{Key: k, Sums: s}
	}
	for part, n := range c.paid.perPart(len(out)) {
		out[part].Sums.Orders = n
	}
	for part, n := range c.placed.perPart(len(out)) {
		out[part].Sums.PlacedOrders = n
	}
	for part, n := range c.buyers.perPart(len(out)) {
		out[part].Sums.Buyers = n
	}
	slices.SortFunc(out, func(a, b Cell) int { return strings.Compare(a.Key, b.Key) })
	return out
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
