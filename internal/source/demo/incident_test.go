package demo

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// seeds that the demo's promises are tried on.
var seeds = []uint64{0, 1, 2, 3}

func (m *Mall) fixedIncident(t *testing.T, kind string) (Incident, int32) {
	t.Helper()
	for _, in := range m.Incidents() {
		if in.Kind != kind || !in.Fixed {
			continue
		}
		if in.Subject.SKU == "" {
			return in, -1
		}
		i, ok := m.cat.index(in.Subject.SKU)
		if !ok || m.cat.skus[i].rank >= topN {
			t.Fatalf("%s is about %q, which is no hit", in.ID, in.Subject.SKU)
		}
		return in, m.cat.skus[i].rank
	}
	t.Fatalf("no fixed incident of kind %s", kind)
	return Incident{}, 0
}

func TestFixedIncidents(t *testing.T) {
	for _, seed := range seeds {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			m := mall(t, Options{Seed: seed}, 48*time.Hour)
			m.checkStockOut(t)
			m.checkRivalCut(t)
			m.checkReviewBomb(t)
			m.checkGMVDrop(t)
			m.checkYesterday(t)
		})
	}
}

func (m *Mall) checkStockOut(t *testing.T) {
	t.Helper()
	in, rank := m.fixedIncident(t, "stock_out_hit")
	out, back := m.at(in.Start), m.at(in.End)
	if got := in.Start.In(zone).Format("01-02 15:04"); got != "11-22 10:30" {
		t.Errorf("the hit sells out at %s", got)
	}
	if m.shelfAt(out - 120).available[slotOf(rank, channelTmall)] == 0 {
		t.Error("the hit was sold out before its time")
	}
	for at := out + 60; at < back; at += 1800 {
		for ch := range channelCount {
			if n := m.shelfAt(at).available[slotOf(rank, ch)]; n > 0 {
				t.Fatalf("%d pieces on %s at %s", n, channels[ch].ID, m.time(at))
			}
		}
	}
	if n := m.shelfAt(back + 60).available[slotOf(rank, channelTmall)]; n < 20 {
		t.Errorf("%d pieces after the delivery", n)
	}
}

func (m *Mall) checkRivalCut(t *testing.T) {
	t.Helper()
	in, rank := m.fixedIncident(t, "rival_cut")
	for _, o := range m.offers {
		if o.rank != rank || rivals[o.rival].name != in.Subject.Rival {
			continue
		}
		before, after := o, o
		m.priceOffer(&before, m.at(in.Start)-60)
		m.priceOffer(&after, m.at(in.Start)+60)
		if cut := 1 - float64(after.deal)/float64(before.deal); cut < .15 {
			t.Errorf("the rival goes from %d to %d", before.deal, after.deal)
		}
		if own := m.ownPrice(rank, channelTmall, m.at(in.Start)).pays(); after.deal >= own {
			t.Errorf("the rival asks %d, we ask %d", after.deal, own)
		}
		return
	}
	t.Error("the rival has no offer of the item")
}

// badReviews counts the bad reviews of a rank in [lo, hi).
func (m *Mall) badReviews(rank int32, lo, hi second) (n int) {
	for _, v := range m.reviewed(m.time(lo), m.time(hi), m.now()) {
		if v.result == resultBad && m.ratingOf(v, m.now()).l.rank == rank {
			n++
		}
	}
	return n
}

func (m *Mall) checkReviewBomb(t *testing.T) {
	t.Helper()
	in, rank := m.fixedIncident(t, "review_bomb")
	if n := m.badReviews(rank, m.at(in.Start), m.at(in.End)); n < 8 {
		t.Errorf("%d bad reviews", n)
	}
	if n := m.badReviews(rank, m.at(in.Start)-14*daySecs, m.at(in.Start)); n > 3*14 {
		t.Errorf("%d bad reviews in two ordinary weeks", n)
	}
}

func (m *Mall) checkGMVDrop(t *testing.T) {
	t.Helper()
	in, _ := m.fixedIncident(t, "gmv_drop_conversion")
	day := m.at(in.Start).day()
	between := func(day int) (gmv float64, visitors, paying int64) {
		m.paidLines(day, func(o *order, l *line) {
			if h := o.paid.hour(); h >= 10 && h < 13 {
				gmv += float64(l.share)
			}
		})
		for _, row := range m.trafficDay(day)[10*trafficCells : 13*trafficCells] {
			visitors += int64(row.visitors)
			paying += int64(row.paying)
		}
		return gmv, visitors, paying
	}
	gmv, visitors, paying := between(day)
	usual, usualVisitors, usualPaying := between(day - 7)
	if gmv > .6*usual {
		t.Errorf("GMV of the fault %.0f, a week before %.0f", gmv, usual)
	}
	if r := float64(visitors) / float64(usualVisitors); r < .85 || r > 1.2 {
		t.Errorf("visitors moved by %.2f, only payments should", r)
	}
	if r := float64(paying) / float64(usualPaying); r > .6 {
		t.Errorf("paying buyers moved by %.2f", r)
	}
}

// checkYesterday: the first morning report has good news.
func (m *Mall) checkYesterday(t *testing.T) {
	t.Helper()
	var gmv float64
	m.paidLines(m.start-1, func(_ *order, l *line) { gmv += float64(l.share) })
	s := m.Shop()
	d := s.Day(m.opt.Start) - 1
	target, ok := s.TargetOn("", d, d)
	if !ok || gmv < float64(target.Sprint) {
		t.Errorf("yesterday brought %.0f, sprint is %d", gmv, target.Sprint)
	}
}

func TestIncidentKinds(t *testing.T) {
	m, err := New(Options{Seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	kinds, rules, quiet := map[string]int{}, map[string]int{}, 0
	for _, in := range m.Incidents() {
		kinds[in.Kind]++
		rules[in.Rule]++
		if in.Quiet {
			quiet++
			if in.Rule != "" {
				t.Errorf("%s must stay quiet and names rule %s", in.ID, in.Rule)
			}
		}
		if !in.Start.Before(in.End) || in.Notice.Zh == "" || in.Notice.En == "" {
			t.Errorf("%s: %+v", in.ID, in)
		}
	}
	if len(kinds) < 30 {
		t.Errorf("%d kinds of incidents", len(kinds))
	}
	for _, r := range []string{ruleGMV, ruleRival, ruleStock, ruleVoice, ruleConflict, ruleNoData} {
		if rules[r] < 3 {
			t.Errorf("%d incidents of rule %s", rules[r], r)
		}
	}
	if quiet < 10 {
		t.Errorf("%d traps", quiet)
	}
	traps := []string{"presale_shift", "livestream_spike", "makeup_day", "restated_day", "duplicate_orders", "delisted"}
	for _, in := range m.Incidents() {
		if slices.Contains(traps, in.Kind) != in.Quiet && slices.Contains(traps, in.Kind) {
			t.Errorf("%s must be a trap", in.ID)
		}
	}
}

// TestLaterIncidents looks at the effects of incidents after the first days.
func TestLaterIncidents(t *testing.T) {
	for _, seed := range seeds[:2] {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			mall(t, Options{Seed: seed, Days: 45}, 22*24*time.Hour).checkLater(t)
		})
	}
}

func (m *Mall) checkLater(t *testing.T) {
	t.Helper()
	seen := map[string]bool{}
	for _, in := range m.Incidents() {
		if in.Start.Before(m.opt.Start) || in.Subject.SKU == "" {
			continue
		}
		i, _ := m.cat.index(in.Subject.SKU)
		rank := m.cat.skus[i].rank
		from, to := m.at(in.Start), m.at(in.End)
		ok := true
		switch in.Kind {
		case "slow_burn_stock_out", "supplier_delay":
			ok = m.shelfAt(to - 60).available[slotOf(rank, channelTmall)] == 0
		case "short_shipment":
			ok = float64(m.shelfAt(from + 3*daySecs).available[slotOf(rank, channelTmall)]) < 3*m.rate(rank, channelTmall)
		case "batch_defect", "size_label", "refund_wave":
			ok = m.badReviews(rank, from, to) >= 8
		case "price_typo", "floor_breach":
			ok = m.ownPrice(rank, m.channelIndex(in.Subject.Channel), from+60).deal < m.cat.skus[i].floor
		case "channel_conflict":
			ok = m.ownPrice(rank, m.channelIndex(in.Subject.Channel), from+60).deal < m.ownPrice(rank, channelTmall, from+60).deal
		case "future_conflict":
			p := m.ownPrice(rank, m.channelIndex(in.Subject.Channel), from+60)
			ok = p.deal == m.ownPrice(rank, channelTmall, from+60).deal && p.lowest < p.deal && p.from > from
		case "delisted":
			ok = !m.stockOf(m.shelfAt(from+60), int32(i), channelTmall).listed
		}
		if !ok {
			t.Errorf("%s has no effect", in.ID)
		}
		seen[in.Kind] = true
	}
	for _, k := range []string{"slow_burn_stock_out", "supplier_delay", "size_label", "price_typo", "floor_breach", "future_conflict", "delisted"} {
		if !seen[k] {
			t.Errorf("no %s after Start", k)
		}
	}
}

// TestDropsAreDeep compares the hours of each later GMV drop with a week before.
func TestDropsAreDeep(t *testing.T) {
	m := mall(t, Options{Seed: 5, Days: 45}, 12*24*time.Hour)
	drops := 0
	for _, in := range m.Incidents() {
		if in.Rule != ruleGMV || in.Start.Before(m.opt.Start) || in.End.After(m.time(m.now())) {
			continue
		}
		from, to := m.at(in.Start), m.at(in.End)
		sum := func(shift second) (gmv float64) {
			m.paidLines((from - shift).day(), func(o *order, l *line) {
				unit := units[m.cat.seller(l.rank).unit].ID
				if o.paid >= from-shift && o.paid < to-shift && (in.Subject.Unit == "" || in.Subject.Unit == unit) {
					gmv += float64(l.share)
				}
			})
			return gmv
		}
		if now, before := sum(0), sum(7*daySecs); now > .68*before {
			t.Errorf("%s: GMV %.0f, a week before %.0f", in.ID, now, before)
		}
		drops++
	}
	if drops < 4 {
		t.Errorf("%d drops", drops)
	}
}

func (m *Mall) channelIndex(id string) int {
	for ch := range channels {
		if channels[ch].ID == id {
			return ch
		}
	}
	return -1
}
