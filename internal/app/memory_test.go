package app

import (
	"bytes"
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
	"shopwatch/jobs"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

// grudge is an upstream that gives refresh tokens which can be used once, and
// bans whoever asks when it says so.
type grudge struct {
	t             *testing.T
	refresh       string // the one that is good now
	issued, calls int
	ban           bool
}

func (g *grudge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/token" {
		if r.FormValue("refresh_token") != g.refresh {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"error":"invalid_grant"}`)
			return
		}
		g.issued++
		g.refresh = fmt.Sprintf("canary-refresh-%d", g.issued)
		fmt.Fprintf(w, `{"access_token":"canary-access-%d","expires_in":3600,"refresh_token":%q}`, g.issued, g.refresh)
		return
	}
	g.calls++
	if g.ban {
		fmt.Fprint(w, `{"error_response":{"code":7,"msg":"App Call Limited","sub_msg":"This ban will last for 31062 more seconds"}}`)
		return
	}
	fmt.Fprint(w, `{"rows":[{"sku":"a","n":1}]}`)
}

const grudgeYAML = `
sources:
- id: stock
  shop: tmall
  fact: inventory
  driver: http
  allow_private: true
  auth: {type: oauth2, token_url: URL/token, client_id: me, client_secret: "${SECRET}", refresh_token: "${REFRESH}"}
  request: {url: URL/stock}
  errors: {preset: top}
  records: .rows | rows
  fields: {sku: {jq: .sku}, channel: {const: c}, available: {jq: .n}}
- id: price
  shop: tmall
  fact: own_price
  driver: http
  allow_private: true
  auth: {type: oauth2, token_url: URL/token, client_id: me, client_secret: "${SECRET}", refresh_token: "${REFRESH}"}
  request: {url: URL/price}
  errors: {preset: top}
  records: .rows | rows
  fields: {sku: {jq: .sku}, channel: {const: c}, deal: {jq: .n, unit: minor, currency: CNY}}
`

// life is one process of a bot over the store at path.
func (g *grudge) life(path, url string, env map[string]string, now time.Time, do func(collect func(id string) error)) {
	g.t.Helper()
	db, err := openStore(g.t.Context(), path, bolt.Options{InitialMmapSize: 1 << 20}, slog.New(slog.DiscardHandler))
	if err != nil {
		g.t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			g.t.Error(err)
		}
	}()
	specs, err := source.ParseSpecs("s.yaml", []byte(strings.ReplaceAll(grudgeYAML, "URL", url)), func(n string) (string, bool) { v, ok := env[n]; return v, ok })
	if err != nil {
		g.t.Fatal(err)
	}
	clock := func() time.Time { return now }
	shop := &market.Shop{ID: "tmall", Currency: "CNY", Zone: time.FixedZone("", 8*3600)}
	feeds, err := buildFeeds(specs, shop, source.Deps{Limits: source.NewLimits(), Now: clock, Memory: sourceMemory(func() *storage.DB { return db })})
	if err != nil {
		g.t.Fatal(err)
	}
	c := &jobs.Collector{DB: db, Logger: slog.New(slog.DiscardHandler), Now: clock}
	do(func(id string) error {
		for _, f := range feeds {
			if f.Spec.ID == id {
				return c.Collect(g.t.Context(), jobs.Feed{Source: f.Source, Shop: shop})
			}
		}
		return errors.New("no such source")
	})
}

// A refresh token that can be used once survives restarts and is shared by the
// sources of one grant; what lies on the disk is of no use without the secrets
// of the configuration; a new token there replaces it.
func TestRefreshTokenSurvives(t *testing.T) {
	g := &grudge{t: t, refresh: "canary-refresh-0"}
	srv := httptest.NewServer(g)
	t.Cleanup(srv.Close)
	path, now := filepath.Join(t.TempDir(), storeFile), time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	env := map[string]string{"SECRET": "canary-client-secret", "REFRESH": "canary-refresh-0"}
	for i := range 3 {
		g.life(path, srv.URL, env, now.Add(time.Duration(i)*time.Hour), func(collect func(string) error) {
			for _, id := range []string{"stock", "price"} {
				if err := collect(id); err != nil {
					t.Errorf("life %d: %v", i, err)
				}
			}
		})
	}
	if g.issued != 3 {
		t.Errorf("%d tokens were issued in three lives, want one in each", g.issued)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(raw, []byte("canary")) {
		t.Error("a secret lies on the disk in plain text")
	}
	// The platform forgets us; a person authorises the app again.
	g.refresh = "canary-refresh-anew"
	g.life(path, srv.URL, env, now.Add(4*time.Hour), func(collect func(string) error) {
		if e := (*source.Error)(nil); !errors.As(collect("stock"), &e) || e.Class != source.Auth {
			t.Errorf("with a dead token: %v", e)
		}
	})
	env["REFRESH"] = "canary-refresh-anew"
	for i := range 2 {
		g.life(path, srv.URL, env, now.Add(time.Duration(5+i)*time.Hour), func(collect func(string) error) {
			if err := collect("stock"); err != nil {
				t.Errorf("with a new token: %v", err)
			}
		})
	}
}

// Inside a ban of hours nothing is called, also by a process that begins inside
// it; after its end all is well.
func TestBanSurvives(t *testing.T) {
	g := &grudge{t: t, refresh: "canary-refresh-0", ban: true}
	srv := httptest.NewServer(g)
	t.Cleanup(srv.Close)
	path, now := filepath.Join(t.TempDir(), storeFile), time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	env := map[string]string{"SECRET": "canary-client-secret", "REFRESH": "canary-refresh-0"}
	until := now.Add(31062 * time.Second)
	for _, at := range []time.Duration{0, time.Minute, 5 * time.Hour, 8 * time.Hour} {
		g.life(path, srv.URL, env, now.Add(at), func(collect func(string) error) {
			e := (*source.Error)(nil)
			if err := collect("stock"); !errors.As(err, &e) || e.Class != source.Banned || e.Until.Before(until) || e.Until.After(until.Add(time.Minute)) {
				t.Errorf("after %s: %v", at, err)
			}
		})
	}
	if g.calls != 1 || g.issued != 1 {
		t.Errorf("%d calls and %d tokens while banned", g.calls, g.issued)
	}
	g.ban = false
	g.life(path, srv.URL, env, until.Add(2*time.Minute), func(collect func(string) error) {
		if err := collect("stock"); err != nil {
			t.Error(err)
		}
	})
}
