package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
)

// sourceConfig is a configuration with one source of each kind that needs no
// environment; URL is an API.
const sourceConfig = `shops:
  - {id: s, currency: CNY, zone: Asia/Shanghai}
storage: {path: STORE}
sources:
- id: clicks
  shop: s
  fact: ads_day
  driver: http
  allow_private: true
  schedule: "*/10 * * * *"
  freshness: 1h
  request: {url: URL/clicks}
  window: {start: from, end: to, format: "2006-01-02", tz: Asia/Shanghai, step: 1d}
  records: .rows | rows
  fields: {day: {jq: .day, format: "2006-01-02"}, plan: {jq: .plan}, cost: {jq: .cost, unit: major, currency: CNY}, clicks: {jq: .clicks}}
- id: house
  shop: s
  fact: ads_day
  driver: sql
  allow_private: true
  dsn: "${HOUSE_DB}"
  query: "select dt, plan, doc from ads where dt >= $1 and dt < $2"
  json: [doc]
  window: {tz: Asia/Shanghai, format: "2006-01-02"}
  fields: {day: {col: dt}, plan: {col: plan}, clicks: {jq: .doc.clicks}}
`

func sourceFile(t *testing.T, url string, changes ...string) string {
	t.Helper()
	text := strings.NewReplacer("URL", url, "STORE", filepath.Join(t.TempDir(), "s.db")).Replace(sourceConfig)
	return write(t, "config.yaml", strings.NewReplacer(changes...).Replace(text))
}

func TestSourceCheck(t *testing.T) {
	path := sourceFile(t, "http://127.0.0.1:1")
	out, errs, code := run(t, "source", "check", path)
	if code != exitOK || errs != "" || !strings.Contains(out, "no problems; 2 sources") || !strings.Contains(out, "clicks: ads_day by http, columns day, plan, cost, clicks") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	path = sourceFile(t, "http://127.0.0.1:1", ".rows | rows", ".rows |", "clicks: {jq", "click: {jq", `"*/10 * * * *"`, `"61 * * * *"`)
	out, errs, code = run(t, "source", "check", "-c", path)
	if code != exitRefused || out != "" {
		t.Errorf("exit %d: %s", code, out)
	}
	for _, want := range []string{":14:", "not jq", `ads_day has no column "click"; did you mean "clicks"`, ":15:"} {
		if !strings.Contains(errs, want) {
			t.Errorf("%q is not told:\n%s", want, errs)
		}
	}
}

func TestSourceTest(t *testing.T) {
	path := sourceFile(t, "http://127.0.0.1:1")
	t.Setenv("HOUSE_DB", "postgres://u@127.0.0.1/x")
	answer := write(t, "answer.json", `{"rows":{"row":[{"day":"2026-11-20","plan":1234567890123456789,"cost":"1,234.5","clicks":"--"},{"day":"20/11","plan":"p","cost":"1"}]}}`)
	out, errs, code := run(t, "source", "test", "clicks", "-c", path, "--sample", answer)
	if code != exitRefused || errs != "" {
		t.Errorf("exit %d: %s", code, errs)
	}
	for _, want := range []string{
		"2026-11-20  1234567890123456789  1234.50  —", "refused answer.json row 2 day: not a time in the format 2006-01-02", "1 rows, 1 refused, 0 left out: partial",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not told:\n%s", want, out)
		}
	}
	rows := write(t, "rows.json", `[{"dt":"2026-11-20","plan":"p","doc":"{\"clicks\": 7}"},{"dt":"2026-11-21","plan":"p","doc":{"clicks":8}}]`)
	out, errs, code = run(t, "source", "test", "house", "-c", path, "--sample", rows, "--rows", "1")
	if code != exitOK || !strings.Contains(out, "2026-11-20  p     7") || !strings.Contains(out, "... and 1 more") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	_, errs, code = run(t, "source", "test", "hause", "-c", path, "--sample", rows)
	if code != exitRefused || !strings.Contains(errs, "there are: clicks, house") {
		t.Errorf("exit %d: %s", code, errs)
	}
	if _, _, code = run(t, "source", "test", "house"); code != exitUsage {
		t.Errorf("exit %d without a sample", code)
	}
}

// An operator reads some days back and sees where the data stands, as text and
// as JSON; the store need not be there before.
func TestBackfillAndList(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"rows":[{"day":%q,"plan":"p","cost":"1.00","clicks":3}]}`, r.URL.Query().Get("from"))
	}))
	t.Cleanup(srv.Close)
	t.Setenv("HOUSE_DB", "postgres://u@127.0.0.1/x")
	path := sourceFile(t, srv.URL)
	out, errs, code := run(t, "source", "list", "-c", path)
	if code != exitOK || !strings.Contains(out, "never read") {
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	out, errs, code = run(t, "backfill", "clicks", "-c", path, "--from", "2026-11-01", "--to", "2026-11-03")
	if code != exitOK || !strings.Contains(out, "100 % until 2026-11-04 00:00 CST, 3 rows") || strings.Count(out, "\n") != 4 {
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	out, errs, code = run(t, "source", "list", "-c", path, "--json")
	var list []struct {
		ID     string
		Status *struct {
			State string
			Rows  int
			Late  bool
		}
	}
	if err := json.Unmarshal([]byte(out), &list); err != nil || code != exitOK || len(list) != 2 || list[1].Status != nil {
		t.Fatalf("exit %d: %s%s %v", code, out, errs, err)
	}
	if s := list[0].Status; s.State != "complete" || s.Rows != 1 {
		t.Errorf("%+v", s)
	}
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"no such source": {[]string{"backfill", "clocks", "-c", path, "--from", "2026-11-01", "--to", "2026-11-03"}, exitRefused, `"clocks"`},
		"backwards":      {[]string{"backfill", "clicks", "-c", path, "--from", "2026-11-03", "--to", "2026-11-01"}, exitRefused, "ends before it begins"},
		"no day":         {[]string{"backfill", "clicks", "-c", path, "--from", "yesterday", "--to", "2026-11-01"}, exitUsage, "--from"},
		"the future":     {[]string{"backfill", "clicks", "-c", path, "--from", "2126-11-01", "--to", "2126-11-01"}, exitRefused, "nothing has happened"},
	} {
		if out, errs, code := run(t, c.args...); code != c.code || !strings.Contains(errs, c.says) {
			t.Errorf("%s: exit %d: %s%s", name, code, out, errs)
		}
	}
}
