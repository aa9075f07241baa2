package source

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwatch/internal/market"
)

const stepsYAML = `
sources:
- id: report
  shop: tmall
  fact: ads_day
  driver: http
  allow_private: true
  auth: {type: bearer, token: "${TOP_SECRET}"}
  request: {url: URL/reports, json: {kind: ads}, max_body: 65536, hosts: ["STORE"]}
  window: {start: from, end: to, format: "2006-01-02", tz: Asia/Shanghai}
  steps:
  - {take: .id, url: "URL/reports/{}", until: '.status == "DONE"', fails: '.status == "FATAL"', every: 30s, within: 2m}
  - {take: .document, url: "URL/documents/{}"}
  - {take: .url, auth: none}
  records: '.rows[]'
  fields: {day: {jq: .day, format: "2006-01-02"}, plan: {jq: .plan}, clicks: {jq: .clicks}}
`

// press is an API whose reports take a while.
type press struct {
	states []string // of the polls, the last one for ever
	file   []byte
	store  *httptest.Server
	asked  []string
}

func (p *press) serve(t *testing.T) *httptest.Server {
	t.Helper()
	note := func(r *http.Request) {
		p.asked = append(p.asked, fmt.Sprintf("%s %s %t", r.Method, r.URL.EscapedPath(), r.Header.Get("Authorization") != ""))
	}
	p.store = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		note(r)
		_, _ = w.Write(p.file)
	}))
	t.Cleanup(p.store.Close)
	polls := 0
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		note(r)
		switch {
		case r.Method == http.MethodPost:
			fmt.Fprint(w, `{"id":"r/1"}`)
		case strings.HasPrefix(r.URL.Path, "/reports/"):
			fmt.Fprintf(w, `{"status":%q,"document":"d1"}`, p.states[min(polls, len(p.states)-1)])
			polls++
		default:
			fmt.Fprintf(w, `{"url":%q}`, p.store.URL+"/file?signature=own")
		}
	}))
	t.Cleanup(api.Close)
	return api
}

func packed(text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return b.Bytes()
}

// A report is ordered, waited for and fetched; the address of the file, which
// has credentials of its own, is sent none of ours.
func TestSteps(t *testing.T) {
	p := &press{states: []string{"IN_QUEUE", "IN_PROGRESS", "DONE"}, file: packed(`{"rows":[{"day":"2026-11-20","plan":"p","clicks":7}]}`)}
	srv := p.serve(t)
	a, waits := serveAPI(t, srv.URL, strings.ReplaceAll(stepsYAML, "STORE", strings.TrimPrefix(p.store.URL, "http://")))
	pull, err := a.Pull(t.Context(), Request{Shop: cnShop(t), Now: topNow, Window: market.Window{Start: topNow.AddDate(0, 0, -3), End: topNow}})
	if err != nil || pull.Snapshot.State != market.Complete {
		t.Fatal(err, pull.Snapshot)
	}
	if diff := cmp.Diff([]string{"2026-11-20 p 7"}, show(pull.Rows, "day", "plan", "clicks")); diff != "" {
		t.Error(diff)
	}
	want := []string{"POST /reports true", "GET /reports/r%2F1 true", "GET /reports/r%2F1 true", "GET /reports/r%2F1 true", "GET /documents/d1 true", "GET /file false"}
	if diff := cmp.Diff(want, p.asked); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]time.Duration{30 * time.Second, 30 * time.Second}, *waits); diff != "" {
		t.Error(diff)
	}
}

func TestStepsFail(t *testing.T) {
	good := packed(`{"rows":[]}`)
	for name, c := range map[string]struct {
		press  press
		change *strings.Replacer
		class  Class
		says   string
	}{
		"never ready":     {press{states: []string{"IN_QUEUE"}, file: good}, strings.NewReplacer(), Incomplete, "not ready within 2m0s"},
		"given up":        {press{states: []string{"IN_QUEUE", "FATAL"}, file: good}, strings.NewReplacer(), Incomplete, "given the report up"},
		"no document":     {press{states: []string{"DONE"}, file: good}, strings.NewReplacer("take: .document", "take: .documents"), Incomplete, "step 2: the answer has no .documents"},
		"another host":    {press{states: []string{"DONE"}, file: good}, strings.NewReplacer(`hosts: ["STORE"]`, "hosts: [elsewhere.example]"), Setup, "hosts"},
		"a packed bomb":   {press{states: []string{"DONE"}, file: packed(`{"rows":[` + strings.Repeat(" ", 1<<20) + `]}`)}, strings.NewReplacer(), Caller, "more than 65536 bytes are packed"},
		"a torn file":     {press{states: []string{"DONE"}, file: good[:len(good)-9]}, strings.NewReplacer(), Caller, "unpack"},
		"no address":      {press{states: []string{"DONE"}, file: good}, strings.NewReplacer("take: .url", "take: '\"file:///etc/passwd\"'"), Incomplete, "not an address that may be called"},
		"another address": {press{states: []string{"DONE"}, file: good}, strings.NewReplacer("take: .url", "take: '\"http://169.254.169.254/x\"'"), Setup, "169.254.169.254"},
	} {
		t.Run(name, func(t *testing.T) {
			srv := c.press.serve(t)
			a, _ := serveAPI(t, srv.URL, strings.ReplaceAll(c.change.Replace(stepsYAML), "STORE", strings.TrimPrefix(c.press.store.URL, "http://")))
			p, err := a.Pull(t.Context(), Request{Shop: cnShop(t), Now: topNow, Window: market.Window{Start: topNow.AddDate(0, 0, -3), End: topNow}})
			wantClass(t, err, c.class)
			if !strings.Contains(err.Error(), c.says) || p.Snapshot.State == market.Complete || strings.Contains(err.Error(), "signature=own") {
				t.Errorf("%v", err)
			}
		})
	}
}

// The preset of Amazon's traffic orders the report that it maps.
func TestAmazonTraffic(t *testing.T) {
	spec := presetSpec(t, "amazon.traffic")
	h := spec.http
	if h.json["reportType"] != "GET_SALES_AND_TRAFFIC_REPORT" || fmt.Sprint(h.json["marketplaceIds"]) != "[M1]" || len(h.steps) != 3 || !h.steps[2].bare || !slices.Contains(h.hosts, "files.example.com") {
		t.Fatalf("%v, %d steps, hosts %v", h.json, len(h.steps), h.hosts)
	}
	rows := sample(t, spec, `{"salesAndTrafficByDate":[{"date":"2026-11-20","salesByDate":{"totalOrderItems":7},"trafficByDate":{"sessions":120,"pageViews":300}}]}`).Rows
	if diff := cmp.Diff([]string{"amazon all all 120 300 7"}, show(rows, "channel", "unit", "entry", "visitors", "views", "pay_users")); diff != "" {
		t.Error(diff)
	}
}
