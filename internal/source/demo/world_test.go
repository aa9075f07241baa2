package demo

import (
	"math"
	"testing"
	"time"

	"shopwatch/internal/market"
)

// mall makes a shop that stands still at a moment of Start's day or later.
func mall(t testing.TB, o Options, ahead time.Duration) *Mall {
	t.Helper()
	now := time.Date(2026, 11, 22, 7, 50, 0, 0, zone).Add(ahead)
	o.Now = func() time.Time { return now }
	m, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	m.ensure(m.now().day())
	return m
}

// paidLines calls f for every line that was paid on a day.
func (m *Mall) paidLines(day int, f func(o *order, l *line)) {
	for _, c := range m.book.changes[day] {
		b := &m.book.days[c.day]
		o := &b.orders[c.index]
		if o.paid != c.at {
			continue
		}
		for i := range int32(o.lines) {
			f(o, &b.lines[o.line+i])
		}
	}
}

func TestShapeOfSales(t *testing.T) {
	m := mall(t, Options{Seed: 7}, 0)
	var gmv []float64
	var all, hits, prime, members, others float64
	var memberOrders, otherOrders int
	byUnit := [unitCount]float64{}
	weekday, plain := map[time.Weekday][]float64{}, 0
	for day := range m.start {
		var sum float64
		var last *order
		m.paidLines(day, func(o *order, l *line) {
			v := float64(l.share)
			sum += v
			byUnit[m.cat.seller(l.rank).unit] += v
			if l.rank < topN {
				hits += v
			}
			if h := o.paid.hour(); h >= 18 && h < 22 {
				prime += v
			}
			if o != last {
				last = o
				if o.tier > 0 {
					memberOrders++
				} else {
					otherOrders++
				}
			}
			if o.tier > 0 {
				members += v
			} else {
				others += v
			}
		})
		all += sum
		gmv = append(gmv, sum)
		if m.pace.days[day].shape != peakShape && day < 40 {
			weekday[(m.day0 + market.Day(day)).Weekday()] = append(weekday[(m.day0+market.Day(day)).Weekday()], sum)
			plain++
		}
	}
	in := func(name string, got, lo, hi float64) {
		t.Helper()
		if got < lo || got > hi {
			t.Errorf("%s is %.3f, want %.2f to %.2f", name, got, lo, hi)
		}
	}
	in("TOP50 share of GMV", hits/all, .30, .40)
	in("prime-time share", prime/all, .26, .36)
	in("median day in yuan", median(gmv)/100, 400_000, 700_000)
	double11 := int(market.DateOf(2026, 11, 11) - m.day0)
	in("Double 11 over a median day", gmv[double11]/median(gmv), 6, 8)
	in("member share of orders", float64(memberOrders)/float64(memberOrders+otherOrders), .35, .5)
	in("member order value over others'", members/float64(memberOrders)/(others/float64(otherOrders)), 1.4, 2.6)
	in("Saturday over Tuesday", median(weekday[time.Saturday])/median(weekday[time.Tuesday]), 1.05, 1.35)
	for u, v := range byUnit {
		in("share of "+units[u].ID, v/all, .15, .55)
	}
	for day := m.start - 9; day < m.start; day++ {
		e := m.expectedGMV(day)
		in("GMV over expectation, "+m.dates[day], gmv[day]/(e[0]+e[1]+e[2]), .85, 1.25)
	}
}

func median(v []float64) float64 {
	s := append([]float64(nil), v...)
	for i := range s {
		for j := i; j > 0 && s[j] < s[j-1]; j-- {
			s[j], s[j-1] = s[j-1], s[j]
		}
	}
	if len(s) == 0 {
		return math.NaN()
	}
	return s[len(s)/2]
}

// TestStockAddsUp recomputes available stock from deliveries and orders alone.
func TestStockAddsUp(t *testing.T) {
	m := mall(t, Options{Seed: 3, SKUs: 400, Orders: 400}, 40*time.Hour)
	now := m.now()
	want := make([]int64, len(m.book.stock))
	for slot, v := range m.book.days[0].open {
		want[slot] = int64(v)
	}
	for day := range now.day() + 1 {
		d := &m.book.days[day]
		for _, mv := range d.moves {
			// Goods of cancelled orders are counted with the orders below.
			if mv.at <= now && (mv.arrival || m.isStocktake(mv)) {
				want[mv.slot] += int64(mv.qty)
			}
		}
		for i := range d.orders {
			o := &d.orders[i]
			if o.created > now || o.flags&flagCancelled != 0 && o.ended <= now {
				continue
			}
			for _, l := range d.lines[o.line : o.line+int32(o.lines)] {
				want[slotOf(l.rank, int(o.channel))] -= int64(l.qty)
			}
		}
	}
	s := m.shelfAt(now)
	for slot, v := range s.available {
		if v < 0 || s.inbound[slot] < 0 || s.reserved[slot] < 0 {
			t.Fatalf("slot %d: available %d, inbound %d, reserved %d", slot, v, s.inbound[slot], s.reserved[slot])
		}
		if int64(v) != want[slot] {
			t.Fatalf("slot %d: available %d, deliveries less orders %d", slot, v, want[slot])
		}
	}
}

// isStocktake tells a stocktake's move from a cancelled order's: the former
// takes away, or happens at a planned moment.
func (m *Mall) isStocktake(mv move) bool {
	if mv.qty < 0 {
		return true
	}
	for _, f := range m.plan.stock {
		if f.at == mv.at && f.rank == mv.slot/channelCount {
			return true
		}
	}
	return false
}

// TestHitsStayInStock: besides planned incidents no hit runs dry, or every
// morning would begin with noise.
func TestHitsStayInStock(t *testing.T) {
	m := mall(t, Options{Seed: 11, Days: 50}, 20*24*time.Hour)
	dry := 0
	for day := range m.now().day() {
		for rank := range int32(topN) {
			for ch := range channelCount {
				if m.cat.seller(rank).chans&(1<<ch) == 0 || m.book.days[day].open[slotOf(rank, ch)] > 0 || m.planned(rank) {
					continue
				}
				dry++
			}
		}
	}
	if dry > 3 {
		t.Errorf("hits without an incident had %d mornings with an empty shelf", dry)
	}
}

func (m *Mall) planned(rank int32) bool {
	if len(m.plan.supply[rank]) > 0 {
		return true
	}
	id := m.cat.id(int(m.cat.sellers[rank]))
	for _, in := range m.plan.incidents {
		if in.Subject.SKU == id && (in.Rule == ruleStock || in.Kind == "price_typo") {
			return true
		}
	}
	return false
}

func TestTargets(t *testing.T) {
	m, err := New(Options{Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	s := m.Shop()
	day := s.Day(m.opt.Start) - 10
	all, ok := s.TargetOn("", day, day)
	if !ok || all.Base <= 0 || all.Base >= all.Sprint || all.Sprint >= all.Challenge {
		t.Fatalf("target of %s: %+v, %v", day, all, ok)
	}
	var sum float64
	for _, u := range s.Units {
		tu, ok := s.TargetOn(market.Unit(u.ID), day, day)
		if !ok {
			t.Fatalf("no target of %s", u.ID)
		}
		sum += float64(tu.Sprint)
	}
	if math.Abs(sum/float64(all.Sprint)-1) > .01 {
		t.Errorf("units' targets sum to %.0f, the shop's is %d", sum, all.Sprint)
	}
	month := day.MonthStart()
	if _, ok := s.TargetOn("", month, month.AddMonths(1)-1); !ok {
		t.Errorf("no target for the month of %s", month)
	}
	if got := s.Calendar.Workday(market.DateOf(2026, 10, 10)); !got {
		t.Error("2026-10-10 is a make-up day and should be worked")
	}
}

// TestEdgesOfTime: shops of other years, short histories and clocks far outside
// the world answer as of its nearest end.
func TestEdgesOfTime(t *testing.T) {
	far := time.Date(2040, 1, 1, 0, 0, 0, 0, zone)
	for _, o := range []Options{
		{Seed: 1, SKUs: 100, Orders: 20, Days: 1},
		{Seed: 1, SKUs: 120, Orders: 20, Start: time.Date(2027, 6, 20, 9, 0, 0, 0, zone), Days: 40},
		{Seed: 1, SKUs: 120, Orders: 20, Days: 30, Horizon: MaxAhead, Now: func() time.Time { return far }},
		{Seed: 1, SKUs: 120, Orders: 20, Days: 30, Now: func() time.Time { return far.AddDate(-30, 0, 0) }},
	} {
		m, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		if m.Shop().Targets == nil || len(m.Incidents()) == 0 {
			t.Errorf("%+v: no targets or incidents", o)
		}
		for _, name := range apiTables {
			get(t, m.Handler(), "/api/"+name+"?size=50&"+between(m, m.now()-daySecs, m.now()))
		}
		if m.opt.Now().Before(far) {
			ask(t, m, sold(m, m.now()-3600, m.now()))
		}
	}
	for _, o := range []Options{{SKUs: 99}, {SKUs: 1_000_001}, {Orders: -1}, {Days: -3}} {
		if _, err := New(o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}
