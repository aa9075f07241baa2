package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/source"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

// collector is a Collector over a store of its own; move the clock with at.
func collector(t *testing.T) (c *Collector, at *time.Time) {
	t.Helper()
	e, err := bolt.Open(filepath.Join(t.TempDir(), "s.db"), bolt.Options{InitialMmapSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.Open(t.Context(), storage.Options{Engine: e, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	return &Collector{DB: db, Logger: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }}, &now
}

func testShop() *market.Shop {
	return &market.Shop{ID: "tmall", Currency: "CNY", Zone: time.FixedZone("", 8*3600)}
}

// A file of a drop folder is read without any window, stored once, and put away.
func TestCollectDropFolder(t *testing.T) {
	c, _ := collector(t)
	dir := t.TempDir()
	specs, err := source.ParseSpecs("c.yaml", []byte(`
sources:
- id: ads
  shop: tmall
  fact: ads_day
  driver: file
  path: "*.csv"
  file: {done: archive}
  fields: {day: {col: day, type: date, format: "2006-01-02"}, plan: {col: plan, type: id}, clicks: {col: clicks}}
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	src, err := source.Build(specs[0], source.Deps{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	path, old := filepath.Join(dir, "a.csv"), time.Now().Add(-time.Hour)
	if err := os.WriteFile(path, []byte("day,plan,clicks\n2026-11-20,p,5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	f := Feed{Source: src, Shop: testShop(), Window: specs[0].Window}
	for range 2 { // the second run finds an empty folder, which is no failure
		if err := c.Collect(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "archive", "a.csv")); err != nil {
		t.Error(err)
	}
	rows := 0
	err = c.DB.View(t.Context(), func(tx *storage.Tx) error {
		all, err := tx.Events(storage.EventQuery{Shop: testShop(), Table: market.AdsDays, Window: testShop().Window(market.DateOf(2026, 11, 20), market.DateOf(2026, 11, 20))})
		for _, b := range all {
			rows += b.Len()
		}
		return err
	})
	if err != nil || rows != 1 {
		t.Errorf("%d rows, %v", rows, err)
	}
}

// While a window is stored the next is read; the first that fails ends the run
// after what came before it is stored, nothing is asked for after it, and the next
// run goes on there.
func TestCollectReadsAhead(t *testing.T) {
	c, now := collector(t)
	api := &clicksAPI{}
	f := clicksFeed(t, api)
	if err := c.Collect(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	*now = now.AddDate(0, 0, 6)
	api.asked, api.downAt, api.refuses = nil, "2026-11-25", true
	if err := c.Collect(t.Context(), f); err == nil || !strings.Contains(err.Error(), "400") {
		t.Fatalf("a window that is refused: %v", err)
	}
	want := "2026-11-21 11:00 2026-11-22 11:00 2026-11-23 11:00 2026-11-24 11:00 2026-11-25 11:00"
	if got := strings.Join(api.asked, " "); got != want {
		t.Errorf("asked for %s, want %s", strings.Join(api.asked, ", "), want)
	}
	stored := time.Date(2026, 11, 25, 11, 0, 0, 0, testShop().Zone)
	if cur, err := c.cursor(t.Context(), f); err != nil || !cur.End.Equal(stored) {
		t.Errorf("read up to %v, %v, want %v", cur.End, err, stored)
	}
	api.asked, api.refuses = nil, false
	if err := c.Collect(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	if cur, err := c.cursor(t.Context(), f); err != nil || !cur.End.Equal(*now) || api.asked[0] != "2026-11-24 11:00" {
		t.Errorf("read up to %v, %v, from %v on", cur.End, err, api.asked)
	}
	ended, stop := context.WithCancel(t.Context())
	*now = now.AddDate(0, 0, 3)
	stop()
	if err := c.Collect(ended, f); !errors.Is(err, context.Canceled) {
		t.Errorf("with the program ending: %v", err)
	}
}

// shelf is an API with the stock of some SKUs.
type shelf struct{ rows, out int }

func (s *shelf) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	list := []map[string]any{}
	for i := range s.rows {
		left := 10
		if i < s.out {
			left = 0
		}
		list = append(list, map[string]any{"sku": fmt.Sprintf("s%d", i), "left": left})
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"rows": list})
}

func stockFeed(t *testing.T, h http.Handler) Feed {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	specs, err := source.ParseSpecs("s.yaml", []byte(strings.ReplaceAll(`
sources:
- {id: stock, shop: tmall, fact: inventory, driver: http, allow_private: true, request: {url: URL/x}, records: '.rows[]', fields: {sku: {jq: .sku}, channel: {const: c}, available: {jq: .left}, listed: {const: "true"}}}
`, "URL", srv.URL)), nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := source.Build(specs[0], source.Deps{})
	if err != nil {
		t.Fatal(err)
	}
	return Feed{Source: s, Shop: testShop()}
}

// stockNow is the newest picture: rows, how many are sold out, and the standing
// of the feed.
func stockNow(t *testing.T, c *Collector) (rows, out int, feed storage.Feed) {
	t.Helper()
	err := c.DB.View(t.Context(), func(tx *storage.Tx) error {
		_, b, _, err := tx.State("tmall", market.Inventory, c.Now(), 0)
		if err != nil {
			return err
		}
		for i := range b.Len() {
			if n, known := b.Column("available").Int(i); known && n == 0 {
				out++
			}
		}
		rows = b.Len()
		feeds, err := tx.Feeds("tmall")
		if err == nil {
			feed = feeds[len(feeds)-1]
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows, out, feed
}

// Half a catalogue never becomes the picture, nor does an empty answer; a shelf
// that is empty at once is believed when a second pull agrees.
func TestCollectThroughTheGate(t *testing.T) {
	c, now := collector(t)
	api := &shelf{rows: 400}
	f := stockFeed(t, api)
	collect := func() error {
		*now = now.Add(10 * time.Minute)
		return c.Collect(t.Context(), f)
	}
	for range 4 {
		if err := collect(); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range []int{200, 0} {
		api.rows = n
		err := collect()
		if rows, out, feed := stockNow(t, c); err == nil || errors.Is(err, ErrLater) || rows != 400 || out != 0 || feed.Last.State != market.Partial {
			t.Errorf("%d rows came: %v, the picture has %d, %d sold out, %s", n, err, rows, out, feed.Last.State)
		}
	}
	api.rows = 400
	if err := collect(); err != nil {
		t.Fatal(err)
	}
	api.out = 400
	err := collect()
	rows, out, feed := stockNow(t, c)
	if !errors.Is(err, ErrLater) || rows != 400 || out != 0 || feed.Last.State != market.Suspect {
		t.Fatalf("%v, %d rows, %d sold out, %s", err, rows, out, feed.Last.State)
	}
	*now = now.Add(5*time.Minute - 10*time.Minute) // when the scheduler tries again
	if err := collect(); err != nil {
		t.Fatal(err)
	}
	if rows, out, feed = stockNow(t, c); rows != 400 || out != 400 || feed.Last.State != market.Complete || !strings.Contains(strings.Join(feed.Last.Manifest.Reasons, ""), "agrees") {
		t.Errorf("%d rows, %d sold out, %+v", rows, out, feed.Last)
	}
}

// Rows whose SKU no catalogue has are kept, counted, and some are named.
func TestCollectUnmatched(t *testing.T) {
	c, now := collector(t)
	b := market.NewBatch(market.Items, 1)
	b.SetText(b.Append(), 0, "s1")
	err := c.DB.Update(t.Context(), func(tx *storage.Tx) error {
		_, err := tx.PutPull(testShop(), market.Pull{Rows: b, Snapshot: market.Snapshot{
			Source: "items", Table: "item", Shop: "tmall", State: market.Complete, PulledAt: *now, Window: market.Window{Start: *now, End: *now},
		}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	*now = now.Add(time.Minute)
	if err := c.Collect(t.Context(), stockFeed(t, &shelf{rows: 3})); err != nil {
		t.Fatal(err)
	}
	err = c.DB.View(t.Context(), func(tx *storage.Tx) error {
		feeds, err := tx.Feeds("tmall")
		if err != nil {
			return err
		}
		last := feeds[0].Last
		rejects, err := tx.Rejects(last.Revision)
		if last.Manifest.Unmatched != 2 || len(rejects) != 1 || rejects[0].Sample != "s0, s2" {
			t.Errorf("%+v %v", last.Manifest, rejects)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A doubted file stays where it is, and reading it again proves nothing; the
// next file that says the same does.
func TestCollectDoubtedFile(t *testing.T) {
	c, now := collector(t)
	dir := t.TempDir()
	specs, err := source.ParseSpecs("c.yaml", []byte(`
sources:
- {id: stock, shop: tmall, fact: inventory, driver: file, path: "stock_*.csv", file: {done: archive}, fields: {sku: {col: sku}, channel: {const: c}, available: {col: left}, listed: {const: "true"}}}
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	src, err := source.Build(specs[0], source.Deps{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	f := Feed{Source: src, Shop: testShop()}
	collect := func(name string, left int) error {
		t.Helper()
		*now = now.Add(10 * time.Minute)
		if name != "" {
			var b strings.Builder
			b.WriteString("sku,left\n")
			for i := range 200 {
				fmt.Fprintf(&b, "s%d,%d\n", i, left)
			}
			path, old := filepath.Join(dir, name), time.Now().Add(-time.Hour)
			if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(path, old, old); err != nil {
				t.Fatal(err)
			}
		}
		return c.Collect(t.Context(), f)
	}
	if err := collect("stock_1.csv", 5); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"stock_2.csv", "", ""} {
		err := collect(name, 0)
		if rows, out, feed := stockNow(t, c); err == nil || errors.Is(err, ErrLater) || rows != 200 || out != 0 || feed.Last.State != market.Suspect {
			t.Errorf("%v, %d rows, %d sold out, %s", err, rows, out, feed.Last.State)
		}
		if _, err := os.Stat(filepath.Join(dir, "stock_2.csv")); err != nil {
			t.Error("a file that is not believed was put away")
		}
	}
	if err := collect("stock_3.csv", -1); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "archive", "stock_3.csv")); err != nil {
		t.Error(err)
	}
}
