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

	"shopwatch/commands"
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

// A report is shown and sent beside a running bot, and without one it is shown.
func TestDigestBesideARunningBot(t *testing.T) {
	dir, err := os.MkdirTemp("", "sw") //nolint:usetesting // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	store := filepath.Join(dir, storeFile)
	log, clock := slog.New(slog.DiscardHandler), RealClock()
	db, err := openStore(t.Context(), store, bolt.Options{InitialMmapSize: 1 << 20}, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	shop := &market.Shop{ID: "s", Name: market.Name{Zh: "店", En: "Shop"}, Zone: time.UTC, Currency: "CNY"}
	facts := market.NewBatch(market.OrderLines, 0)
	pull := market.Pull{Rows: facts, Snapshot: market.Snapshot{
		Source: "orders", Shop: "s", Table: "order_line", State: market.Complete, Window: market.Window{Start: clock.Now().Add(-time.Hour), End: clock.Now()},
		PulledAt: clock.Now(), Watermark: clock.Now(),
	}}
	if err := db.Update(t.Context(), func(tx *storage.Tx) error { _, err := tx.PutPull(shop, pull); return err }); err != nil {
		t.Fatal(err)
	}
	one := Shop{Shop: shop, Routes: []outbox.Route{{Target: chat.Target{Channel: "C1"}, Lang: "en", Digests: []string{"weekly"}}}}
	a := &App{set: Settings{DB: db, Shops: []Shop{one}, Clock: clock, Logger: log, Lang: "zh-CN"}, envs: []*commands.Env{Env(db, nil, &one)}}
	go func() { _ = a.serveLocal(t.Context(), store) }()
	for range 100 {
		if _, err := os.Stat(socketOf(store)); err == nil {
			break
		}
		<-time.After(10 * time.Millisecond)
	}
	var out bytes.Buffer
	o := DigestOptions{AskOptions: AskOptions{Dir: dir, Lang: "en", Out: &out, Logger: log}, Kind: "weekly"}
	if err := PreviewDigest(t.Context(), o); err != nil || !strings.Contains(out.String(), "weekly report") {
		t.Errorf("%v: %s", err, out.String())
	}
	sent := func(o DigestOptions, want string) {
		t.Helper()
		out.Reset()
		if err := SendDigest(t.Context(), o); err != nil || !strings.Contains(out.String(), want) {
			t.Errorf("%v: %s", err, out.String())
		}
	}
	sent(o, "sent to 1 place")
	o.Lang, o.Channel = "", "C2"
	sent(o, "sent to 1 place")
	o.Kind, o.Channel = "monthly", ""
	if err := SendDigest(t.Context(), o); err == nil || !strings.Contains(err.Error(), "nobody receives") {
		t.Errorf("%v, want to hear that nobody receives it", err)
	}
	said := map[string]string{}
	err = db.View(t.Context(), func(tx *storage.Tx) error {
		all, err := tx.Undone()
		for _, e := range all {
			if e.Act == chat.Post {
				said[e.Target.Channel] = e.Message.Text
			}
		}
		return err
	})
	if err != nil || !strings.HasPrefix(said["C1"], "Shop") || !strings.HasPrefix(said["C2"], "店") {
		t.Errorf("%v: %v", err, said)
	}
}
