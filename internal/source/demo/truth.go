package demo

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"
)

// Truth returns everything that happens in [from, to) by start: what was planned
// and what the shop's own days bring about, which nobody planned. It generates
// the days up to to.
func (m *Mall) Truth(from, to time.Time) []Incident {
	var out []Incident
	for _, in := range m.plan.incidents {
		if in.Start.Before(to) && in.End.After(from) && in.Rule != ruleFake { // see fakes
			out = append(out, in)
		}
	}
	lo, hi := m.window(from, to)
	if lo < hi {
		m.ensure((hi - 1).day())
		out = append(out, m.fakes(lo, hi)...)
		out = append(out, m.shelves(lo, hi)...)
	}
	slices.SortStableFunc(out, func(a, b Incident) int { return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID)) })
	return out
}

// WriteTruth writes Truth from the first day of history to the end of the
// horizon as one JSON object: seed, start (Options.Start), and incidents as in
// Incident, by start.
func (m *Mall) WriteTruth(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(struct {
		Seed      uint64     `json:"seed"`
		Start     time.Time  `json:"start"`
		Incidents []Incident `json:"incidents"`
	}{m.opt.Seed, m.opt.Start.In(zone), m.Truth(m.epoch, m.opt.Start.AddDate(0, 0, m.opt.Horizon))})
	if err != nil {
		return fmt.Errorf("write truth: %w", err)
	}
	return nil
}

// fakes are the items that buyers call a fake. A claim stands for the day after
// it, as long as people go by what was said lately; claims of one item that
// follow each other within that are one incident, that of the plan where there is
// one.
func (m *Mall) fakes(lo, hi second) []Incident {
	said := m.claims(causeCounterfeit, max(lo-daySecs, 0).day(), (hi - 1).day())
	var out []Incident
	for rank := range int32(len(m.cat.sellers)) {
		times := said[rank]
		slices.Sort(times)
		for len(times) > 0 {
			n := 1
			for n < len(times) && times[n]-times[n-1] < daySecs {
				n++
			}
			from, to := times[0], times[n-1]+daySecs
			times = times[n:]
			if from < hi && to > lo {
				out = append(out, m.fake(rank, from, to))
			}
		}
	}
	return out
}

// fake is one incident of claims about a rank.
func (m *Mall) fake(rank int32, from, to second) Incident {
	in := m.happened("counterfeit_claim", rank, from, to, Incident{
		Rule: ruleFake, Subject: Subject{Cause: causeCode[causeCounterfeit]}, Notice: complaintNotice[causeCounterfeit],
	})
	if p := m.plannedFor(ruleFake, rank, from, to); p != nil {
		in.ID, in.Kind, in.Also, in.Notice = p.ID, p.Kind, p.Also, p.Notice
	}
	return in
}

// claims are the moments at which buyers complained of a cause, by rank, in
// reviews and in requests for money back.
func (m *Mall) claims(c cause, first, last int) map[int32][]second {
	said := map[int32][]second{}
	for day := first; day <= last; day++ {
		for i := range m.book.reviews[day] {
			if v := &m.book.reviews[day][i]; v.cause == c {
				rank := m.book.days[v.day].lines[v.line].rank
				said[rank] = append(said[rank], v.at)
			}
		}
		for _, r := range m.book.claims[day] {
			b := &m.book.days[r.day]
			if f := &b.refunds[r.index]; f.reason == c && f.afterSale && f.created == r.at {
				rank := b.lines[f.line].rank
				said[rank] = append(said[rank], f.created)
			}
		}
	}
	return said
}

// material is the share of a usual day's sales below which nobody wants to hear
// of a problem.
const material = 0.002

// shelves are the shelves that run empty by themselves, because more was bought
// than somebody had ordered, of items that had sold in the week before so much
// that three days without them matter. They may be told of and need not: whether
// one is worth it depends on when the next delivery comes.
func (m *Mall) shelves(lo, hi second) []Incident {
	empty := map[int32]second{} // since when, by slot
	var out []Incident
	sold := soldDays{m: m}
	full := func(slot int32, at second) {
		from, ok := empty[slot]
		if !ok {
			return
		}
		delete(empty, slot)
		rank, ch := slot/channelCount, slot%channelCount
		if at <= lo || m.plannedFor(ruleStock, rank, from, at) != nil || sold.share(slot, from.day())*3 < material {
			return
		}
		out = append(out, m.happened("ran_out", rank, from, at, Incident{
			Also: []string{ruleStock, ruleAds}, Subject: Subject{Channel: channels[ch].ID}, Notice: name("自然售罄", "sold out by itself"),
		}))
	}
	see := func(slot int32, at second, left int32) {
		if _, ok := empty[slot]; left > 0 {
			full(slot, at)
		} else if rank, ch := slot/channelCount, slot%channelCount; !ok && m.cat.seller(rank).chans&(1<<ch) != 0 {
			empty[slot] = at
		}
	}
	first := max(lo-7*daySecs, 0).day()
	for slot, left := range m.book.days[first].open {
		see(int32(slot), clock(first, 0, 0), left)
	}
	for day := first; day <= (hi - 1).day(); day++ {
		m.shelfDay(day, see)
	}
	for slot := range int32(len(m.cat.sellers)) * channelCount {
		full(slot, hi)
	}
	slices.SortStableFunc(out, func(a, b Incident) int { return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID)) })
	return out
}

// soldDays keeps what was ordered on a day, in fen by slot; -1 is everything.
type soldDays struct {
	m    *Mall
	days map[int]map[int32]int64
}

// share is a slot's part of what was ordered in the seven days up to a day.
func (s *soldDays) share(slot int32, day int) float64 {
	var own, all int64
	for d := max(0, day-6); d <= day; d++ {
		sums := s.on(d)
		own, all = own+sums[slot], all+sums[-1]
	}
	return float64(own) / float64(max(all, 1))
}

func (s *soldDays) on(day int) map[int32]int64 {
	if sums, ok := s.days[day]; ok {
		return sums
	}
	sums, d := map[int32]int64{}, &s.m.book.days[day]
	for i := range d.orders {
		o := &d.orders[i]
		for _, l := range d.lines[o.line : o.line+int32(o.lines)] {
			sums[slotOf(l.rank, int(o.channel))] += int64(l.share)
			sums[-1] += int64(l.share)
		}
	}
	if s.days == nil {
		s.days = map[int]map[int32]int64{}
	}
	s.days[day] = sums
	return sums
}

// shelfDay tells of every change of stock on a day, in order of time for each
// slot.
func (m *Mall) shelfDay(day int, tell func(slot int32, at second, left int32)) {
	d := &m.book.days[day]
	type change struct {
		at        second
		slot, qty int32
	}
	var all []change
	for _, mv := range d.moves {
		all = append(all, change{mv.at, mv.slot, mv.qty})
	}
	for i := range d.orders {
		o := &d.orders[i]
		for _, l := range d.lines[o.line : o.line+int32(o.lines)] {
			all = append(all, change{o.created, slotOf(l.rank, int(o.channel)), -l.qty})
		}
	}
	slices.SortStableFunc(all, func(a, b change) int { return cmp.Compare(a.at, b.at) })
	left := map[int32]int32{}
	for _, c := range all {
		n, ok := left[c.slot]
		if !ok {
			n = d.open[c.slot]
		}
		left[c.slot] = n + c.qty
		tell(c.slot, c.at, n+c.qty)
	}
}

// plannedFor is the first incident of the plan that a rule is about and that
// explains what happens to a rank in a stretch; nil when there is none.
func (m *Mall) plannedFor(rule string, rank int32, from, to second) *Incident {
	sku := m.cat.id(int(m.cat.sellers[rank]))
	i := slices.IndexFunc(m.plan.incidents, func(in Incident) bool {
		return in.Subject.SKU == sku && (in.Rule == rule || slices.Contains(in.Also, rule) || in.Kind == "delisted") &&
			m.time(from).Before(in.End) && m.time(to).After(in.Start)
	})
	if i < 0 {
		return nil
	}
	return &m.plan.incidents[i]
}

// happened completes an incident that nobody planned.
func (m *Mall) happened(kind string, rank int32, from, to second, in Incident) Incident {
	i := m.cat.sellers[rank]
	in.Kind, in.Start, in.End = kind, m.time(from), m.time(to)
	in.Subject.Unit, in.Subject.SKU, in.Subject.Title = units[m.cat.skus[i].unit].ID, m.cat.id(int(i)), m.cat.titles[rank]
	in.ID = kind + "-" + in.Subject.SKU + "-" + strconv.Itoa(int(from))
	if in.Subject.Channel != "" {
		in.ID += "-" + in.Subject.Channel
	}
	return in
}
