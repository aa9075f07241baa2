package jobs

import (
	"testing"
	"time"

	"shopwatch/internal/evidence"
	"shopwatch/internal/market"
	"shopwatch/storage"
)

// proofs are the evidence ids of all alerts that are told, by rule and SKU.
func (h *hall) proofs() map[string]string {
	h.t.Helper()
	out := map[string]string{}
	err := h.db.View(h.t.Context(), func(tx *storage.Tx) error {
		all, err := tx.Alerts("hall", market.Window{End: h.now.Add(time.Hour)})
		for _, a := range all {
			out[string(a.Rule)+" "+string(a.Latest.Subject.SKU)] = a.Evidence
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}

// replay computes again what was said under an id.
func (h *hall) replay(id string) string {
	h.t.Helper()
	r, err := evidence.Replay(h.t.Context(), h.db, h.Series, id, "", nil)
	if err != nil {
		h.t.Fatal(err)
	}
	if len(r.Differs) > 0 {
		h.t.Errorf("#%s is not what it was: %q", id, r.Differs)
	}
	return r.Text + string(r.Numbers)
}

// What a listing had said is computed again to the byte: at once, after later
// listings that say other things, after a restart and after compaction.
func TestListingReplays(t *testing.T) {
	h := newHall(t, 60)
	for range 26 {
		h.mustCollect()
	}
	h.items[3].stock, h.items[3].units = 0, 1
	h.items[7].rival = 8000
	h.items[9].stock, h.items[9].rival = 0, 7000 // two problems of one item: the worse is told
	h.down[1] = true
	if err := h.collect(); err == nil { // a part of what follows, in its own step
		t.Fatal("a listing without its first page is whole")
	}
	delete(h.down, 1)
	if err := h.collectAfter(20 * time.Minute); err != nil { // the same step again
		t.Fatal(err)
	}
	said := map[string]string{}
	keep := func() {
		t.Helper()
		for alert, id := range h.proofs() {
			if id == "" {
				t.Fatalf("%s has no evidence", alert)
			}
			said[id] = h.replay(id)
		}
	}
	keep()
	if len(said) != 3 {
		t.Errorf("%d of 3 alerts have evidence of their own", len(said))
	}
	h.items[3].stock, h.items[7].rival, h.items[7].price = 40, 6000, 12000
	h.mustCollect()
	keep() // with what has ended, and what has become worse
	if len(said) < 4 {
		t.Errorf("%d answers", len(said))
	}
	for i := range h.items {
		h.items[i].price, h.items[i].units = 11000, 9
	}
	for range 4 {
		_ = h.collect() // the first is doubted
	}
	h.open()
	for n := 0; ; n++ {
		more, err := h.Series.Compact(t.Context(), h.Shop, h.now.Add(3*24*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			t.Logf("compacted in %d steps", n+1)
			break
		}
	}
	for id, text := range said {
		if now := h.replay(id); now != text {
			t.Errorf("#%s: %s\nwas %s", id, now, text)
		}
	}
}
