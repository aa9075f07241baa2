package series_test

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// TestCheck: a panel with slots, days, weeks, late versions and cubes has no
// findings; with any one record missing or of another block it has.
func TestCheck(t *testing.T) {
	w, engine := inMemory(t, series.Options{Settle: time.Minute, Pins: func(*storage.Tx, market.ShopID) (storage.Pins, error) {
		return storage.Pins{Revisions: []market.Revision{3}}, nil
	}})
	defer w.close()
	w.register(1500)
	start := time.Date(2025, 11, 3, 0, 0, 0, 0, time.UTC)
	frames := hours(1500, 4)
	for n := range 60 {
		w.update(func(tx *storage.Tx) error {
			return w.s.Put(tx, w.shop, series.Frame{Revision: market.Revision(n + 1), Slot: start.Add(time.Duration(n%54) * 6 * time.Hour), Columns: frames[n%4]})
		})
		if n == 40 {
			w.compact(start.AddDate(0, 0, 9))
		}
	}
	w.compact(start.AddDate(0, 0, 12))
	if found, err := series.Check(t.Context(), w.db); err != nil || len(found) > 0 {
		t.Fatalf("a whole panel: %q, %v", found, err)
	}
	whole, kinds := engine.spaces, map[string]bool{}
	for space, keys := range whole {
		kind, _, _ := strings.Cut(strings.TrimPrefix(space, "series/"+url.PathEscape(string(w.shop.ID))+"/"), "/")
		if !strings.HasPrefix(space, "series") || kinds[kind] || len(keys) == 0 || slices.Contains([]string{"series_dirty", "series_fold", "series_panel"}, kind) {
			continue
		}
		kinds[kind] = true
		engine.spaces = lacking(whole, space)
		found, err := series.Check(t.Context(), w.db)
		if len(found) == 0 && err == nil && kind != "series_period" && !strings.HasPrefix(kind, "cube") {
			t.Errorf("a key of %s is missing, and nothing was found", space)
		}
		engine.spaces = swapped(whole, space)
		if found, err := series.Check(t.Context(), w.db); len(found) == 0 && err == nil {
			t.Errorf("a value of %s is another's, and nothing was found", space)
		}
	}
	engine.spaces = whole
	for _, kind := range []string{"slot", "day", "week", "rollup", "late-slot", "cube-hour", "series_names", "series_period"} {
		if !kinds[kind] {
			t.Errorf("the panel holds no %s, it has %v", kind, kinds)
		}
	}
}

// lacking is a copy of spaces without the last key of one.
func lacking(spaces map[string]map[string][]byte, space string) map[string]map[string][]byte {
	return changed(spaces, space, func(keys map[string][]byte, last string) { delete(keys, last) })
}

// swapped is a copy of spaces in which the last key of one holds the bytes of a
// value that was sealed for another place.
func swapped(spaces map[string]map[string][]byte, space string) map[string]map[string][]byte {
	return changed(spaces, space, func(keys map[string][]byte, last string) {
		keys[last] = slices.Collect(maps.Values(spaces["series_panel"]))[0]
	})
}

func changed(spaces map[string]map[string][]byte, space string, change func(keys map[string][]byte, last string)) map[string]map[string][]byte {
	out, keys, last := maps.Clone(spaces), maps.Clone(spaces[space]), ""
	for k := range keys {
		last = max(last, k)
	}
	change(keys, last)
	out[space] = keys
	return out
}
