package demo

import (
	"encoding/json"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/source"
)

// TestResentOrdersCountOnce reads an hour in which the platform sends orders
// twice through the source engine: every order counts once, to the fen.
func TestResentOrdersCountOnce(t *testing.T) {
	m := mall(t, Options{Seed: 1, SKUs: 400}, 77*time.Hour+50*time.Minute) // 11-25 13:40
	srv := httptest.NewServer(m.Handler())
	defer srv.Close()
	specs, err := source.ParseSpecs("specs.yaml", Specs(srv.URL), nil)
	if err != nil {
		t.Fatal(err)
	}
	src, err := source.Build(specs[0], source.Deps{Now: m.opt.Now})
	if err != nil {
		t.Fatal(err)
	}
	w := market.Window{Start: m.opt.Now().Add(-time.Hour), End: m.opt.Now()}
	p, err := src.Pull(t.Context(), source.Request{Shop: m.Shop(), Window: w, Now: m.opt.Now()})
	if err != nil {
		t.Fatal(err)
	}
	var got int64
	for i, lines := 0, map[string]bool{}; i < p.Rows.Len(); i++ {
		if id := p.Rows.Column("line_id").Text(i); !lines[id] {
			lines[id] = true
			v, _ := p.Rows.Column("amount").Int(i)
			got += v
		}
	}
	var want int64
	rows, trades := 0, map[int64]bool{}
	for page := 1; page < 9; page++ {
		a := ask(t, m, sold(m, m.now()-3600, m.now(), "type", allTypes, "page_size", "100", "page_no", strconv.Itoa(page), "fields", "tid,payment,post_fee"))
		for _, raw := range a.Trades["trade"] {
			var tr struct {
				TID     int64  `json:"tid"`
				Payment string `json:"payment"`
				PostFee string `json:"post_fee"`
			}
			if err := json.Unmarshal(raw, &tr); err != nil {
				t.Fatal(err)
			}
			if rows++; !trades[tr.TID] {
				trades[tr.TID] = true
				want += fen(t, tr.Payment) - fen(t, tr.PostFee)
			}
		}
	}
	if rows <= len(trades) {
		t.Fatal("no order was sent twice; the test has lost its subject")
	}
	if got != want || p.Snapshot.State != market.Complete {
		t.Errorf("%s: amounts sum to %d, the trades to %d", p.Snapshot.State, got, want)
	}
}
