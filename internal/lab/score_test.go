package lab

import (
	"math"
	"testing"
	"time"
)

// Two stock-outs, one found ahead and told in one root twice, one missed; a
// price cut found late in two roots; a slip of a price that two rules tell of; a
// late feed; false alarms of most rules.
func TestScore(t *testing.T) {
	day := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	at := func(h int) time.Time { return day.Add(time.Duration(h) * time.Hour) }
	r := Score([]Run{{
		Seed: 3, Days: 2, Messages: 9, Roots: []time.Time{at(1), at(2), at(23), at(30)},
		Incidents: []Incident{
			{Kind: "out", Rule: "stock_out", Start: at(10), End: at(20), About: About{SKU: "a", Unit: "u"}},
			{Kind: "out", Rule: "stock_out", Start: at(10), End: at(20), About: About{SKU: "b", Unit: "u"}},
			{Kind: "gift", Also: []string{"complaint_spike"}, Start: at(10), End: at(20), About: About{SKU: "g"}},
			{Kind: "typo", Rule: "below_floor", Also: []string{"price_conflict"}, Start: at(10), End: at(11), About: About{SKU: "t", Unit: "u"}},
			{Kind: "late", Rule: "no_data", Start: at(10), End: at(12), About: About{Member: "source=orders"}},
			{Kind: "strike", Start: at(0), End: at(48)}, // of nobody in particular: explains nothing
			{Kind: "cut", Rule: "rival_move", Start: at(10), End: at(20), About: About{SKU: "a", Rival: "r"}},
		},
		Raised: []Raised{
			{Rule: "stock_out", At: at(8), About: About{SKU: "a", Unit: "u"}, Root: "1", Messages: 2},
			{Rule: "stock_out", At: at(12), About: About{SKU: "a", Unit: "u"}, Root: "1", Messages: 2},
			{Rule: "stock_out", At: at(12), About: About{SKU: "z", Unit: "u"}, Root: "2", Messages: 1},
			{Rule: "stock_out", At: at(12), About: About{SKU: "y", Unit: "u"}, Root: "7"},
			{Rule: "complaint_spike", At: at(12), About: About{SKU: "g"}, Root: "8", Messages: 1},
			{Rule: "rival_move", At: at(11), About: About{SKU: "a", Rival: "r"}, Root: "3", Messages: 1},
			{Rule: "rival_move", At: at(13), About: About{SKU: "a", Rival: "r"}, Root: "4", Messages: 1},
			{Rule: "rival_move", At: at(13), About: About{SKU: "a", Rival: "other"}, Root: "5", Messages: 1},
			{Rule: "rival_move", At: at(27), About: About{SKU: "a", Rival: "r"}, Root: "6", Messages: 1},
			{Rule: "below_floor", At: at(10), About: About{SKU: "t", Unit: "u"}, Root: "9", Messages: 1},
			{Rule: "price_conflict", At: at(10), About: About{SKU: "t", Unit: "u"}, Root: "10", Messages: 1},
			{Rule: "no_data", At: at(11), About: About{Member: "source=orders"}, Root: "11", Messages: 1},
			{Rule: "no_data", At: at(11), About: About{Member: "source=ads"}, Root: "12", Messages: 1},
		},
	}})
	near := func(name string, got *float64, want float64) {
		t.Helper()
		if got == nil || math.Abs(*got-want) > 1e-9 {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	out, cut := r.Kinds["out"], r.Kinds["cut"]
	near("recall of out", out.Recall, 0.5)
	near("precision of out", out.Precision, 2.0/4)
	near("lead of out", out.Lead, 12*60)
	near("delay of out", out.Delay, -2*60)
	near("roots of out", out.RootsPerIncident, 1)
	near("precision of cut", cut.Precision, 0.5)
	near("roots of cut", cut.RootsPerIncident, 2)
	near("roots of typo", r.Kinds["typo"].RootsPerIncident, 2)
	near("precision of late", r.Kinds["late"].Precision, 0.5)
	near("recall", r.Overall.Recall, 4.0/5)
	near("precision", r.Overall.Precision, 8.0/13)
	near("roots", r.Overall.RootsPerIncident, 1.5)
	if r.Overall.MessagesPerDay != 4.5 || r.BusiestDay != 3 || out.Incidents != 2 || r.Overall.False != 5 || r.Overall.Incidents != 5 || len(r.Kinds) != 4 {
		t.Errorf("overall %+v, busiest day %d", r.Overall, r.BusiestDay)
	}
	if empty := Score(nil); empty.Overall.Precision != nil || empty.Overall.Recall != nil {
		t.Error("nothing played has marks")
	}
}
