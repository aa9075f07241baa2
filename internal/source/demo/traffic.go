package demo

import "math"

// trafficRow is an hour of visits to a channel's pages of a unit that came
// through one entry.
type trafficRow struct {
	hour                  second
	channel, unit, entry  uint8
	visitors, views       int32
	dwell                 int64 // milliseconds, of all visitors together
	cart, ordered, paying int32
}

// Shares of visitors who order, by channel and entry.
var (
	channelConversion = [channelCount]float64{.034, .050, .027}
	entryConversion   = [4]float64{1.15, .80, .75, 1.35}
)

// trafficCells is the number of rows an hour has.
const trafficCells = channelCount * unitCount * 4

// trafficDay works out a day's traffic; the paying users are the orders of the
// ledger, so that both tell the same story.
func (m *Mall) trafficDay(day int) []trafficRow {
	m.ensure(day)
	m.memo.mu.Lock()
	rows, ok := m.memo.traffic[day]
	m.memo.mu.Unlock()
	if ok {
		return rows
	}
	ordered, paying := m.footfall(day)
	rows = make([]trafficRow, 0, 24*trafficCells)
	r := stream(m.opt.Seed, streamTraffic, uint64(day), 0)
	for h := range 24 {
		for ch := range channelCount {
			for u := range unitCount {
				for e := range 4 {
					cell := ((h*channelCount+ch)*unitCount+u)*4 + e
					row := trafficRow{hour: clock(day, h, 0), channel: uint8(ch), unit: uint8(u), entry: uint8(e)}
					row.fill(m.visitors(day, h, ch, u, e)*r.lognorm(1, .035), ordered[cell], paying[cell], &r)
					rows = append(rows, row)
				}
			}
		}
	}
	m.memo.mu.Lock()
	defer m.memo.mu.Unlock()
	if m.memo.traffic == nil || len(m.memo.traffic) > 200 {
		m.memo.traffic = map[int][]trafficRow{}
	}
	m.memo.traffic[day] = rows
	return rows
}

func (t *trafficRow) fill(visitors float64, ordered, paying int32, r *rng) {
	t.ordered, t.paying = max(ordered, paying), paying
	t.visitors = max(int32(math.Round(visitors)), t.ordered)
	t.views = int32(float64(t.visitors) * r.between(3.1, 3.8))
	t.dwell = int64(float64(t.visitors) * 135_000 * r.lognorm(1, .05))
	t.cart = min(max(int32(float64(t.visitors)*.12*r.lognorm(1, .06)), t.ordered), t.visitors)
}

// visitors is the expected number of visitors of a cell.
func (m *Mall) visitors(day, h, ch, unit, entry int) float64 {
	d, p := &m.demand, &m.pace.days[day]
	factor := p.direct[unit] + p.presale
	warm := math.Pow(max(factor, .2), .35) // in a campaign visitors mean business
	orders := d.orders * d.unitShare[unit] * d.share[unit][ch] * p.shape[h]
	base := factor * entryWeight[ch][entry]
	lo, hi := clock(day, h, 0), clock(day, h+1, 0)
	extra := 0.0
	for i := range m.plan.demand {
		f := &m.plan.demand[i]
		from, to := max(lo, f.from), min(hi, f.to)
		if f.stage != stageVisit || f.rank >= 0 || from >= to || !any1(f.unit, unit) || !any1(f.channel, ch) {
			continue
		}
		part := float64(to-from) / 3600
		switch {
		case f.factor < 1:
			base *= 1 - part*(1-f.factor)
		case f.entry < 0:
			extra += part * (f.factor - 1) * p.direct[unit] * entryWeight[ch][entry]
		case f.entry == entry:
			extra += part * (f.factor - 1) * p.direct[unit]
		}
	}
	return orders * (base + extra) / (channelConversion[ch] * entryConversion[entry] * warm)
}

// footfall counts orders placed and paid on a day by hour, channel, unit, entry.
func (m *Mall) footfall(day int) (ordered, paying []int32) {
	ordered, paying = make([]int32, 24*trafficCells), make([]int32, 24*trafficCells)
	cell := func(at second, b *dayBook, o *order) int {
		unit := int(m.cat.seller(b.lines[o.line].rank).unit)
		return ((at.hour()*channelCount+int(o.channel))*unitCount+unit)*4 + int(o.entry)
	}
	b := &m.book.days[day]
	for i := range b.orders {
		ordered[cell(b.orders[i].created, b, &b.orders[i])]++
	}
	for _, c := range m.book.changes[day] {
		b := &m.book.days[c.day]
		if o := &b.orders[c.index]; o.paid == c.at {
			paying[cell(c.at, b, o)]++
		}
	}
	return ordered, paying
}
