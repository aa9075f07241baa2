package demo

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
	"time"
)

func TestTruthIsJSON(t *testing.T) {
	m, err := New(Options{Seed: 9, Days: 20, Horizon: 5, SKUs: 300, Orders: 400})
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := m.WriteTruth(&buf); err != nil {
		t.Fatal(err)
	}
	var truth struct {
		Seed      uint64
		Start     time.Time
		Incidents []Incident
	}
	if err := json.Unmarshal(buf.Bytes(), &truth); err != nil {
		t.Fatal(err)
	}
	if truth.Seed != 9 || !truth.Start.Equal(m.opt.Start) || len(truth.Incidents) < len(m.plan.incidents)/2 {
		t.Errorf("truth of %d incidents from %s, seed %d", len(truth.Incidents), truth.Start, truth.Seed)
	}
	if !slices.IsSortedFunc(truth.Incidents, func(a, b Incident) int { return a.Start.Compare(b.Start) }) {
		t.Error("incidents are not in order of time")
	}
	ids := map[string]bool{}
	for _, in := range truth.Incidents {
		if ids[in.ID] {
			t.Errorf("%s twice", in.ID)
		}
		ids[in.ID] = true
	}
}

// TestTruthOfClaims: every buyer who calls an item a fake is in the label of
// that item, and no label is without one.
func TestTruthOfClaims(t *testing.T) {
	m := mall(t, Options{Seed: 3, Days: 30}, 6*24*time.Hour)
	from, to := m.opt.Start.AddDate(0, 0, -10), m.opt.Start.AddDate(0, 0, 5)
	var labels []Incident
	for _, in := range m.Truth(from, to) {
		if in.Rule == ruleFake {
			labels = append(labels, in)
		}
	}
	explained := make([]bool, len(labels))
	claims := 0
	claim := func(rank int32, at second) {
		claims++
		sku, when := m.cat.id(int(m.cat.sellers[rank])), m.time(at)
		i := slices.IndexFunc(labels, func(in Incident) bool {
			return in.Subject.SKU == sku && !when.Before(in.Start) && !when.Add(24*time.Hour).After(in.End)
		})
		if i < 0 {
			t.Errorf("nothing says that %s was called a fake at %s", sku, when)
			return
		}
		explained[i] = true
	}
	for _, v := range m.reviewed(from, to, m.now()) {
		if v.cause == causeCounterfeit {
			claim(m.ratingOf(v, m.now()).l.rank, v.at)
		}
	}
	for day := m.at(from).day(); day <= m.at(to).day(); day++ {
		for _, r := range m.book.claims[day] {
			v := m.claim(r, m.now())
			if at := v.f.created; v.f.reason == causeCounterfeit && v.f.afterSale && r.at == at && at >= m.at(from) && at < m.at(to) {
				claim(v.l.rank, at)
			}
		}
	}
	kinds := map[string]int{}
	for i, in := range labels {
		kinds[in.Kind]++
		if !explained[i] && in.Start.After(from) {
			t.Errorf("nobody called %s a fake from %s to %s", in.Subject.SKU, in.Start, in.End)
		}
	}
	if claims < 10 || kinds["counterfeit_claims"] == 0 || kinds["counterfeit_claim"] < 3 {
		t.Errorf("%d claims, labels %v", claims, kinds)
	}
}

// TestTruthOfShelves holds the stretches of empty shelves against the stock that
// the shop shows.
func TestTruthOfShelves(t *testing.T) {
	n := 0
	for seed := range uint64(3) {
		m := mall(t, Options{Seed: seed, Days: 30, SKUs: 600, Orders: 1200}, 3*24*time.Hour)
		from, to := m.opt.Start.AddDate(0, 0, -20), m.opt.Start.AddDate(0, 0, 2)
		for _, in := range m.Truth(from, to) {
			if in.Kind != "ran_out" || !in.Start.After(from) || !in.End.Before(to) {
				continue
			}
			n++
			i, _ := m.cat.index(in.Subject.SKU)
			slot := slotOf(m.cat.skus[i].rank, m.channelIndex(in.Subject.Channel))
			for at, want := range map[second]bool{m.at(in.Start) - 1: false, m.at(in.Start): true, m.at(in.End) - 1: true, m.at(in.End): false} {
				if left := m.shelfAt(at).available[slot]; (left <= 0) != want {
					t.Errorf("%s: %d pieces at %s", in.ID, left, m.time(at))
				}
			}
		}
	}
	if n < 3 {
		t.Errorf("%d shelves ran empty", n)
	}
}
