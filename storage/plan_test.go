package storage_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

// TestPlan follows decisions about a shop: what they make of its configuration,
// that taking one back leaves the others, and that the shop itself never changes.
func TestPlan(t *testing.T) {
	db := openStore(t)
	nov, end := market.DateOf(2026, 11, 1), market.DateOf(2026, 11, 30)
	shop := &market.Shop{
		ID: "s", Zone: time.UTC, Targets: []market.Target{{From: nov, To: end, Base: 100}, {Unit: "beauty", From: nov, To: end, Base: 40}},
		Calendar: market.Calendar{
			Holidays:  []market.Day{nov},
			Campaigns: []market.Campaign{{ID: "d11", Peak: nov + 10, Phases: []market.Phase{{ID: "live", From: nov + 9, To: nov + 10, Uplift: 3}}}},
		},
	}
	put := func(c storage.PlanChange) (n uint64) {
		c.Shop, c.At, c.By = "s", noon, "U1"
		update(t, db, func(tx *storage.Tx) (err error) {
			n, err = tx.PutPlanChange(c)
			return err
		})
		return n
	}
	planned := func() *market.Shop {
		s, err := db.Planned(t.Context(), shop)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if planned() != shop {
		t.Error("a shop that nobody has planned is a copy")
	}
	was, is := shop.Targets[0], market.Target{From: nov, To: end, Base: 120, Sprint: 150, Days: []market.DayWeight{{Day: nov + 10, Weight: 5}}}
	put(storage.PlanChange{Was: market.Plan{Targets: []market.Target{was}}, Is: market.Plan{Targets: []market.Target{is}}})
	put(storage.PlanChange{Is: market.Plan{Days: []market.DayKind{{Day: nov + 1, Kind: market.HolidayKind}, {Day: nov, Kind: market.PlainKind}}}})
	put(storage.PlanChange{Is: market.Plan{Campaigns: []market.Campaign{{ID: "d11"}, {ID: "d12", Peak: end, Phases: []market.Phase{{ID: "live", From: end, To: end, Uplift: 2, Units: []market.Unit{"beauty"}}}}}}})
	put(storage.PlanChange{Is: market.Plan{Targets: []market.Target{{Unit: "beauty", From: nov, To: end}}}})
	got := planned()
	if d := cmp.Diff([]market.Target{is}, got.Targets); d != "" {
		t.Errorf("targets (-want +got):\n%s", d)
	}
	if got.Calendar.Workday(nov+1) || len(got.Calendar.Holidays) != 1 {
		t.Errorf("holidays: %v", got.Calendar.Holidays)
	}
	if f := got.Calendar.Factor("", nov+10); f != 1 {
		t.Errorf("the campaign that was taken away still lifts by %g", f)
	}
	if b, a := got.Calendar.Factor("beauty", end), got.Calendar.Factor("apparel", end); b != 2 || a != 1 {
		t.Errorf("only beauty takes part: beauty %g, apparel %g", b, a)
	}
	n := put(storage.PlanChange{Is: market.Plan{Targets: []market.Target{was}}, Undoes: 1})
	if got = planned(); got.Targets[0].Base != 100 || len(got.Targets) != 1 {
		t.Errorf("after taking the first change back: %v", got.Targets)
	}
	if len(shop.Targets) != 2 || len(shop.Calendar.Campaigns) != 1 || len(shop.Calendar.Holidays) != 1 {
		t.Error("the configured shop has changed")
	}
	view(t, db, func(tx *storage.Tx) error {
		all, err := tx.PlanChanges("s")
		if len(all) != 5 || all[4].Number != n || all[4].Undoes != 1 || all[0].By != "U1" || !all[0].At.Equal(noon) {
			t.Errorf("history: %+v", all)
		}
		last, err2 := tx.PlanNumber("s")
		if err == nil {
			err = err2
		}
		if last != n {
			t.Errorf("last change is %d, want %d", last, n)
		}
		return err
	})
}
