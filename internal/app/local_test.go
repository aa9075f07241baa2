package app

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shopwatch/internal/chat"
	"shopwatch/internal/config"
	"shopwatch/internal/market"
	"shopwatch/internal/outbox"
	"shopwatch/jobs"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

// While a bot holds the store, a backfill and the list of sources go through it.
func TestBackfillBesideARunningBot(t *testing.T) {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"rows":[{"day":%q,"plan":"p"}]}`, r.URL.Query().Get("from"))
	}))
	t.Cleanup(api.Close)
	dir, err := os.MkdirTemp("", "sw") //nolint:usetesting // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	store := filepath.Join(dir, storeFile)
	text := strings.NewReplacer("URL", api.URL, "STORE", store).Replace(`shops:
  - {id: s, currency: CNY, zone: Asia/Shanghai}
storage: {path: STORE}
sources:
- {id: clicks, shop: s, fact: ads_day, driver: http, allow_private: true, request: {url: URL}, window: {start: from, format: "2006-01-02", tz: Asia/Shanghai, step: 1d}, records: '.rows[]', fields: {day: {jq: .day, format: "2006-01-02"}, plan: {jq: .plan}}}
`)
	conf, problems := config.Parse("c.yaml", []byte(text), os.LookupEnv, config.Options{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	log, clock := slog.New(slog.DiscardHandler), RealClock()
	var db *storage.DB
	shops, err := servedShops(conf, os.LookupEnv, clock, log, func() *storage.DB { return db })
	if err != nil {
		t.Fatal(err)
	}
	if db, err = openStore(t.Context(), store, bolt.Options{InitialMmapSize: 1 << 20}, log); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	a := &App{set: Settings{DB: db, Shops: shops, Clock: clock, Logger: log}, collector: &jobs.Collector{DB: db, Logger: log, Now: time.Now}}
	go func() { _ = a.serveLocal(t.Context(), store) }()
	for range 100 {
		if _, err := os.Stat(socketOf(store)); err == nil {
			break
		}
		<-time.After(10 * time.Millisecond)
	}
	var out bytes.Buffer
	o := BackfillOptions{Config: conf, Source: "clicks", From: market.DateOf(2026, 11, 1), To: market.DateOf(2026, 11, 3), Out: &out, Logger: log, Env: os.LookupEnv}
	if err := BackfillSource(t.Context(), o); err != nil || !strings.Contains(out.String(), "100 % until") {
		t.Errorf("%v: %s", err, out.String())
	}
	o.Source = "clocks"
	if err := BackfillSource(t.Context(), o); err == nil || !strings.Contains(err.Error(), `"clocks"`) {
		t.Error(err)
	}
	out.Reset()
	if err := ListSources(t.Context(), ListOptions{Config: conf, Out: &out, Logger: log, Env: os.LookupEnv}); err != nil || !strings.Contains(out.String(), "complete") {
		t.Errorf("%v: %s", err, out.String())
	}
}

// While a bot holds the store, the verbs about the outbox go through it.
func TestOutboxBesideARunningBot(t *testing.T) {
	dir, err := os.MkdirTemp("", "sw") //nolint:usetesting // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	log := slog.New(slog.DiscardHandler)
	db, err := openStore(t.Context(), filepath.Join(dir, storeFile), bolt.Options{InitialMmapSize: 1 << 20}, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	err = db.Update(t.Context(), func(tx *storage.Tx) error {
		_, err := tx.Enqueue(outbox.Entry{Key: "digest/1", Act: chat.Post, Target: chat.Target{Channel: "C0OPS"}, State: outbox.Dead, Reason: "is_archived"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	a := &App{set: Settings{DB: db, Clock: RealClock(), Logger: log}}
	go func() { _ = a.serveLocal(t.Context(), filepath.Join(dir, storeFile)) }()
	for range 100 {
		if _, err := os.Stat(socketOf(filepath.Join(dir, storeFile))); err == nil {
			break
		}
		<-time.After(10 * time.Millisecond)
	}
	var out bytes.Buffer
	o := OutboxOptions{StoreOptions: StoreOptions{Dir: dir, Out: &out, Logger: log}, By: "terminal:lin"}
	if err := ListOutbox(t.Context(), o); err != nil || !strings.Contains(out.String(), "is_archived") {
		t.Errorf("%v: %s", err, out.String())
	}
	o.Keys = []string{"digest/1"}
	if err := DropOutbox(t.Context(), o); err != nil || !strings.Contains(out.String(), "dropped") {
		t.Errorf("%v: %s", err, out.String())
	}
	if err := RetryOutbox(t.Context(), o); err == nil || !strings.Contains(err.Error(), "nothing is left to do") {
		t.Error(err)
	}
}
