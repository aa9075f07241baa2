package jobs

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"shopwatch/internal/market"
	"shopwatch/internal/source"
	"shopwatch/storage"
)

// clicksAPI answers one row an hour; while failing it is down from a moment on.
type clicksAPI struct {
	asked   []string
	downAt  string
	refuses bool
}

func (s *clicksAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	from := r.URL.Query().Get("from")
	s.asked = append(s.asked, from)
	if s.refuses && from >= s.downAt {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	fmt.Fprintf(w, `{"rows":[{"day":%q,"plan":"p","clicks":1}]}`, from[:10])
}

func clicksFeed(t *testing.T, h http.Handler) Feed {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	specs, err := source.ParseSpecs("c.yaml", []byte(strings.ReplaceAll(`
sources:
- id: clicks
  shop: tmall
  fact: ads_day
  driver: http
  allow_private: true
  request: {url: URL/clicks}
  window: {start: from, end: to, format: "2006-01-02 15:04", tz: Asia/Shanghai, step: 1d, lookback: 1d, backfill: 2d}
  records: .rows[]
  fields: {day: {jq: .day, format: "2006-01-02"}, plan: {jq: .plan}, clicks: {jq: .clicks}}
`, "URL", srv.URL)), nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := source.Build(specs[0], source.Deps{})
	if err != nil {
		t.Fatal(err)
	}
	return Feed{Source: s, Shop: testShop(), Window: specs[0].Window}
}

// A backfill that was interrupted goes on where it stopped, reads no day twice,
// and leaves alone how far the schedule has read.
func TestBackfillGoesOn(t *testing.T) {
	c, now := collector(t)
	api := &clicksAPI{downAt: "2026-11-04", refuses: true}
	f := clicksFeed(t, api)
	if err := c.Collect(t.Context(), f); err != nil && !strings.Contains(err.Error(), "400") {
		t.Fatal(err)
	}
	api.refuses = false
	if err := c.Collect(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	cur, err := c.cursor(t.Context(), f)
	before := cur.End
	if err != nil || !before.Equal(*now) {
		t.Fatal(before, err)
	}
	api.refuses, api.asked = true, nil
	w := testShop().Window(market.DateOf(2026, 11, 1), market.DateOf(2026, 11, 6))
	var steps []string
	tell := func(p Progress) { steps = append(steps, fmt.Sprintf("%.2f %d %t", p.Share(), p.Rows, p.Resumed)) }
	if err := c.Backfill(t.Context(), f, w, false, tell); err == nil {
		t.Fatal("no error while the upstream is down")
	}
	api.refuses = false
	if err := c.Backfill(t.Context(), f, w, false, tell); err != nil {
		t.Fatal(err)
	}
	want := "0.00 0 false|0.17 1 false|0.33 2 false|0.50 3 false|0.50 0 true|0.67 1 true|0.83 2 true|1.00 3 true"
	if got := strings.Join(steps, "|"); got != want {
		t.Errorf("%s", got)
	}
	if got := fmt.Sprintf("%d, %s, %s", len(api.asked), api.asked[3], api.asked[4]); got != "7, 2026-11-04 00:00, 2026-11-04 00:00" {
		t.Error(got, api.asked)
	}
	if after, err := c.cursor(t.Context(), f); err != nil || !after.End.Equal(before) {
		t.Error(after, err)
	}
	rows := 0
	err = c.DB.View(t.Context(), func(tx *storage.Tx) error {
		all, err := tx.Events(storage.EventQuery{Shop: testShop(), Table: market.AdsDays, Window: w})
		for _, b := range all {
			rows += b.Len()
		}
		return err
	})
	if err != nil || rows != 6 {
		t.Errorf("%d days, %v", rows, err)
	}
	// Done is done: the same backfill later begins anew.
	steps = nil
	if err := c.Backfill(t.Context(), f, w, false, tell); err != nil || steps[0] != "0.00 0 false" {
		t.Error(steps, err)
	}
}

func TestBackfillRefused(t *testing.T) {
	c, _ := collector(t)
	f := clicksFeed(t, &clicksAPI{})
	release, ok := c.claim("clicks")
	if !ok {
		t.Fatal("claimed")
	}
	w := testShop().Window(market.DateOf(2026, 11, 1), market.DateOf(2026, 11, 2))
	if err := c.Backfill(t.Context(), f, w, false, func(Progress) {}); err == nil || !strings.Contains(err.Error(), "being read") {
		t.Error(err)
	}
	if err := c.Collect(t.Context(), f); !errors.Is(err, ErrLater) {
		t.Error(err)
	}
	release()
	f.Window = source.Window{}
	if err := c.Backfill(t.Context(), f, w, false, func(Progress) {}); !errors.Is(err, ErrNoBackfill) {
		t.Error(err)
	}
}

// A backfill stops at rows that the gate doubts, holds them aside, and takes
// them when a person vouches for them; what is usual now stays what it was.
func TestBackfillDoubted(t *testing.T) {
	c, _ := collector(t)
	price := 12
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		day, yuan := r.URL.Query().Get("from")[:10], price
		if day < "2026-11-03" {
			yuan *= 100
		}
		var rows []string
		for i := range 30 {
			rows = append(rows, fmt.Sprintf(`{"day":%q,"plan":"p%d","cost":%d}`, day, i, yuan))
		}
		fmt.Fprintf(w, `{"rows":[%s]}`, strings.Join(rows, ","))
	}))
	t.Cleanup(srv.Close)
	f := feedOf(t, strings.ReplaceAll(`
sources:
- id: ads
  shop: tmall
  fact: ads_day
  driver: http
  allow_private: true
  request: {url: URL/ads}
  window: {start: from, end: to, format: "2006-01-02 15:04", tz: Asia/Shanghai, step: 1d, lookback: 1d, backfill: 2d}
  records: .rows[]
  fields: {day: {jq: .day, format: "2006-01-02"}, plan: {jq: .plan}, cost: {jq: .cost, unit: major, currency: CNY}}
`, "URL", srv.URL))
	if err := c.Collect(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	w := testShop().Window(market.DateOf(2026, 11, 1), market.DateOf(2026, 11, 4))
	done := 0
	tell := func(p Progress) { done = p.Rows }
	doubted := (*Doubted)(nil)
	if err := c.Backfill(t.Context(), f, w, false, tell); !errors.As(err, &doubted) || !strings.Contains(doubted.Reason, "cost moved by a factor of about 100") || done != 0 {
		t.Fatal(err, done)
	}
	if err := c.Backfill(t.Context(), f, w, true, tell); err != nil || done != 120 {
		t.Fatal(err, done)
	}
	if cur, err := c.cursor(t.Context(), f); err != nil || cur.Medians["cost"] != 1200 || cur.Doubt != nil {
		t.Errorf("%+v, %v", cur, err)
	}
}
