package app

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/source"
	"shopwatch/internal/web"
	"shopwatch/jobs"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

const pushYAML = `
sources:
- id: refunds
  shop: tmall
  fact: refund
  driver: push
  secret: ["${OLD}", "${NEW}"]
  records: .list | rows
  fields:
    refund_id: {jq: .id, type: id}
    amount: {jq: .fee, type: money, unit: major, currency: CNY}
    status: {jq: .state, map: {DONE: success, OPEN: open}}
    created: {jq: .at, type: time, format: unix}
    modified: {jq: .at, type: time, format: unix}
`

var pushKeys = map[string]string{"OLD": "canary-old-key-0123", "NEW": "canary-new-key-4567"}

// pushWorld is a bot's web pages over a store, at a moment.
type pushWorld struct {
	t     *testing.T
	db    *storage.DB
	url   string
	now   time.Time
	clock *Clock
}

func newPushWorld(t *testing.T, db *storage.DB) *pushWorld {
	t.Helper()
	w := &pushWorld{t: t, db: db, now: time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)}
	specs, err := source.ParseSpecs("p.yaml", []byte(pushYAML), func(n string) (string, bool) { v, ok := pushKeys[n]; return v, ok })
	if err != nil {
		t.Fatal(err)
	}
	shop := &market.Shop{ID: "tmall", Currency: "CNY", Zone: time.FixedZone("", 8*3600)}
	feeds, err := buildFeeds(specs, shop, source.Deps{})
	if err != nil {
		t.Fatal(err)
	}
	w.clock = SteppedClock(w.now)
	a := &App{set: Settings{DB: db, Shops: []Shop{{Shop: shop, Feeds: feeds}}, Clock: w.clock, Logger: slog.New(slog.DiscardHandler)}}
	a.collector = &jobs.Collector{DB: db, Logger: a.set.Logger, Now: w.clock.Now}
	pages, err := a.Pages("en", "page-password")
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(pages)
	t.Cleanup(srv.Close)
	w.url = srv.URL
	return w
}

// send pushes body to a source; changes alter the request after it was signed.
func (w *pushWorld) send(key, id, body string, at time.Time, changes ...func(*http.Request)) (int, string) {
	w.t.Helper()
	stamp := fmt.Sprint(at.Unix())
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(stamp + ":" + body))
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.url+"/push/refunds", strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set(web.HeaderDelivery, id)
	req.Header.Set(web.HeaderTimestamp, stamp)
	req.Header.Set(web.HeaderSignature, hex.EncodeToString(h.Sum(nil)))
	for _, change := range changes {
		change(req)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

// rows counts what the store holds.
func (w *pushWorld) rows() int {
	w.t.Helper()
	n := 0
	err := w.db.View(w.t.Context(), func(tx *storage.Tx) error {
		shop := &market.Shop{ID: "tmall", Currency: "CNY", Zone: time.FixedZone("", 8*3600)}
		all, err := tx.Events(storage.EventQuery{Shop: shop, Table: market.Refunds, Window: market.Window{Start: w.now.Add(-48 * time.Hour), End: w.now.Add(time.Hour)}})
		for _, b := range all {
			n += b.Len()
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func openPushStore(t *testing.T) *storage.DB {
	t.Helper()
	db, err := openStore(t.Context(), filepath.Join(t.TempDir(), storeFile), bolt.Options{InitialMmapSize: 1 << 20}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func refundBody(id string, at time.Time) string {
	return fmt.Sprintf(`{"list":[{"id":%q,"fee":"12.50","state":"DONE","at":%d}]}`, id, at.Unix())
}

// A delivery is taken once, whichever of the two keys signed it, whatever time
// or id it comes back with, and also after a restart.
func TestPushOnce(t *testing.T) {
	db := openPushStore(t)
	w := newPushWorld(t, db)
	body := refundBody("3456789012345678901", w.now.Add(-time.Hour))
	if code, text := w.send(pushKeys["OLD"], "d1", body, w.now); code != http.StatusOK || text != `{"state":"complete","rows":1,"rejected":0}`+"\n" {
		t.Fatal(code, text)
	}
	w = newPushWorld(t, db) // another process over the same store
	for name, id := range map[string]string{"same id, later": "d1", "another id, same moment": "d9"} {
		at := w.now
		if id == "d1" {
			at = at.Add(time.Minute)
		}
		if code, text := w.send(pushKeys["NEW"], id, body, at); code != http.StatusOK || !strings.Contains(text, `"again":true`) {
			t.Errorf("%s: %d %s", name, code, text)
		}
	}
	if code, text := w.send(pushKeys["NEW"], "d2", refundBody("2", w.now), w.now); code != http.StatusOK || !strings.Contains(text, `"rows":1`) {
		t.Error(code, text)
	}
	if n := w.rows(); n != 2 {
		t.Errorf("%d rows", n)
	}
	err := db.View(t.Context(), func(tx *storage.Tx) error {
		feeds, err := tx.Feeds("tmall")
		if err != nil || len(feeds) != 1 || !feeds[0].Complete.Watermark.Equal(w.now) {
			t.Errorf("%+v", feeds)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// Nobody without the key gets a row in, nor learns which sources there are.
func TestPushForged(t *testing.T) {
	w := newPushWorld(t, openPushStore(t))
	body := refundBody("1", w.now)
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	good := fmt.Sprint(w.now.Unix())
	for name, c := range map[string]struct {
		key     string
		at      time.Time
		changes []func(*http.Request)
	}{
		"wrong key":             {"canary-another-key-1", w.now, nil},
		"too old":               {pushKeys["NEW"], w.now.Add(-6 * time.Minute), nil},
		"from the future":       {pushKeys["NEW"], w.now.Add(6 * time.Minute), nil},
		"timestamp changed":     {pushKeys["NEW"], w.now.Add(-time.Second), []func(*http.Request){header(web.HeaderTimestamp, good)}},
		"timestamp with a plus": {pushKeys["NEW"], w.now, []func(*http.Request){header(web.HeaderTimestamp, "+"+good)}},
		"timestamp with zeros":  {pushKeys["NEW"], w.now, []func(*http.Request){header(web.HeaderTimestamp, "0"+good)}},
		"no id":                 {pushKeys["NEW"], w.now, []func(*http.Request){header(web.HeaderDelivery, "")}},
		"a strange id":          {pushKeys["NEW"], w.now, []func(*http.Request){header(web.HeaderDelivery, "a b")}},
		"no signature":          {pushKeys["NEW"], w.now, []func(*http.Request){header(web.HeaderSignature, "")}},
		"half a signature":      {pushKeys["NEW"], w.now, []func(*http.Request){func(r *http.Request) { header(web.HeaderSignature, r.Header.Get(web.HeaderSignature)[:32])(r) }}},
		"six signatures": {pushKeys["NEW"], w.now, []func(*http.Request){func(r *http.Request) {
			header(web.HeaderSignature, strings.Repeat(r.Header.Get(web.HeaderSignature)+" ", 6))(r)
		}}},
		"another body":        {pushKeys["NEW"], w.now, []func(*http.Request){func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(refundBody("2", w.now))) }}},
		"unknown source":      {pushKeys["NEW"], w.now, []func(*http.Request){func(r *http.Request) { r.URL.Path = "/push/orders" }}},
		"the page's password": {"page-password", w.now, []func(*http.Request){header("Authorization", "Bearer page-password")}},
	} {
		if code, text := w.send(c.key, "d", body, c.at, c.changes...); code != http.StatusUnauthorized || text != web.ErrForged.Error()+"\n" {
			t.Errorf("%s: %d %q", name, code, text)
		}
	}
	if n := w.rows(); n != 0 {
		t.Errorf("%d rows got in", n)
	}
	if code, _ := w.send(pushKeys["NEW"], "d", body, w.now, func(r *http.Request) {
		r.Header.Set(web.HeaderSignature, strings.Repeat("0", 64)+" sha256="+r.Header.Get(web.HeaderSignature))
	}); code != http.StatusOK {
		t.Errorf("one good signature of two: %d", code)
	}
}

// What cannot be read is refused whole, is said to the sender, and may be sent
// again under the same name once it is right.
func TestPushUnusable(t *testing.T) {
	w := newPushWorld(t, openPushStore(t))
	key := pushKeys["NEW"]
	for name, c := range map[string]struct{ body, says string }{
		"not JSON":        {`{"list":[`, "not JSON"},
		"unknown status":  {`{"list":[{"id":"1","fee":"1","state":"MAYBE","at":1795305600}]}`, "MAYBE"},
		"half of it":      {`{"list":[{"id":"1","fee":"1","state":"OPEN","at":1795305600},{"id":"2","fee":"x","state":"OPEN","at":1795305600}]}`, "1 of 2 rows were refused"},
		"a list of depth": {strings.Repeat("[", 100), "not JSON"},
	} {
		if code, text := w.send(key, "d", c.body, w.now); code != http.StatusUnprocessableEntity || !strings.Contains(text, c.says) {
			t.Errorf("%s: %d %q", name, code, text)
		}
	}
	if n := w.rows(); n != 0 {
		t.Errorf("%d rows of refused deliveries", n)
	}
	if code, text := w.send(key, "d", refundBody("1", w.now), w.now); code != http.StatusOK || strings.Contains(text, "again") {
		t.Error(code, text)
	}
	if code, _ := w.send(key, "big", strings.Repeat(" ", 5<<20+1), w.now); code != http.StatusRequestEntityTooLarge {
		t.Error(code)
	}
}

// refundsOf is a delivery of n refunds of so many yuan.
func refundsOf(name string, n, yuan int, at time.Time) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(`{"id":"%s-%d","fee":"%d","state":"DONE","at":%d}`, name, i, yuan, at.Unix()))
	}
	return `{"list":[` + strings.Join(list, ",") + `]}`
}

// A delivery whose amounts are a hundred times what is usual is held aside and
// asked for again; the sender that insists for a day is believed, but not for
// sending the same delivery twice.
func TestPushDoubted(t *testing.T) {
	w := newPushWorld(t, openPushStore(t))
	begun := w.now.Add(-time.Hour)
	send := func(name string, yuan int, later time.Duration) (int, string) {
		w.now = w.now.Add(later)
		w.clock.Set(w.now)
		return w.send(pushKeys["NEW"], name, refundsOf(name, 30, yuan, begun), w.now)
	}
	if code, text := send("a", 12, 0); code != http.StatusOK {
		t.Fatal(code, text)
	}
	for _, later := range []time.Duration{time.Hour, 25 * time.Hour} {
		code, text := send("b", 1200, later)
		if code != http.StatusServiceUnavailable || !strings.Contains(text, "amount moved by a factor of about 100") {
			t.Errorf("%d %s", code, text)
		}
	}
	if n := w.rows(); n != 30 {
		t.Errorf("%d rows, want those of the first delivery", n)
	}
	if code, text := send("c", 1200, time.Hour); code != http.StatusOK || !strings.Contains(text, `"state":"complete"`) {
		t.Errorf("another delivery after a day: %d %s", code, text)
	}
	if code, text := send("b", 1200, time.Minute); code != http.StatusOK || strings.Contains(text, "again") {
		t.Errorf("the first one once more: %d %s", code, text)
	}
	if n := w.rows(); n != 90 {
		t.Errorf("%d rows", n)
	}
}
