package source

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwatch/internal/market"
)

// engineYAML is a list of stock at URL; EXTRA stands for what a test is about.
const engineYAML = `
limits:
  app: {rate: 100/s, burst: 10, header: X-Rate, left: X-Left, reset: X-Reset}
sources:
- id: stock
  shop: tmall
  fact: inventory
  driver: http
  limit: app
  allow_private: true
  request: {url: URL/stock}
  EXTRA
  records: .rows | rows
  fields:
    sku: {jq: .sku, type: id}
    channel: {const: tmall}
    available: {jq: .n}
`

// answers is a server of a test with what it was asked.
type answers struct {
	*httptest.Server
	asked []string
}

func serveAnswers(t *testing.T, answer func(n int, w http.ResponseWriter, r *http.Request)) *answers {
	t.Helper()
	s := &answers{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		s.asked = append(s.asked, r.Method+" "+r.URL.Path+" "+r.Form.Encode())
		answer(len(s.asked), w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func engine(t *testing.T, s *answers, extra string) *api {
	t.Helper()
	a, _ := serveAPI(t, s.URL, strings.ReplaceAll(engineYAML, "EXTRA", strings.ReplaceAll(extra, "URL", s.URL)))
	return a
}

func stockRequest(t *testing.T) Request { return Request{Shop: cnShop(t), Now: topNow} }

const oneStock = `{"rows":[{"sku":"a","n":1}]}`

const oauthYAML = `auth: {type: oauth2, token_url: URL/token, client_id: me, client_secret: "${TOP_SECRET}", GRANT}`

// A token is fetched once and used until it ends; one that is refused before is
// fetched again, once.
func TestOAuth2(t *testing.T) {
	valid, issued := "", 0
	s := serveAnswers(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" {
			issued++
			valid = fmt.Sprintf("canary-token-%d", issued)
			fmt.Fprintf(w, `{"access_token":%q,"expires_in":3600,"refresh_token":"canary-next-refresh"}`, valid)
			return
		}
		if r.Header.Get("X-Amz-Access-Token") != valid {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		fmt.Fprint(w, oneStock)
	})
	a := engine(t, s, strings.Replace(oauthYAML, "GRANT", `refresh_token: "${TOP_SESSION}", header: x-amz-access-token`, 1))
	pull := func(now time.Time) {
		t.Helper()
		r := stockRequest(t)
		r.Now = now
		p, err := a.Pull(t.Context(), r)
		if err != nil || p.Rows.Len() != 1 {
			t.Fatal(err, p.Snapshot)
		}
	}
	pull(topNow)
	pull(topNow.Add(time.Minute))
	if issued != 1 || !strings.Contains(s.asked[0], "client_id=me&client_secret=canary-secret-value&grant_type=refresh_token&refresh_token=canary-session-value") {
		t.Errorf("%d tokens: %v", issued, s.asked)
	}
	valid = "revoked"
	pull(topNow.Add(2 * time.Minute))
	if issued != 2 {
		t.Errorf("%d tokens after a revoked one", issued)
	}
	if last := s.asked[len(s.asked)-2]; !strings.Contains(last, "refresh_token=canary-next-refresh") {
		t.Errorf("the newer refresh token was not used: %s", last)
	}
	pull(topNow.Add(2 * time.Hour))
	if issued != 3 {
		t.Errorf("%d tokens after one ended", issued)
	}
}

func TestOAuth2Refused(t *testing.T) {
	grant := strings.Replace(oauthYAML, ", GRANT", "", 1)
	t.Run("by the token endpoint", func(t *testing.T) {
		s := serveAnswers(t, func(_ int, w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprintf(w, `{"error":"invalid_client","sent":%q}`, r.Form.Encode())
		})
		_, err := engine(t, s, grant).Pull(t.Context(), stockRequest(t))
		wantClass(t, err, Auth)
		if len(s.asked) != 1 || !strings.Contains(err.Error(), "invalid_client") || strings.Contains(err.Error(), "canary") {
			t.Error(err, s.asked)
		}
	})
	t.Run("by the API", func(t *testing.T) {
		s := serveAnswers(t, func(_ int, w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/token" {
				fmt.Fprint(w, `{"access_token":"canary-token"}`)
				return
			}
			w.WriteHeader(http.StatusForbidden)
		})
		_, err := engine(t, s, grant).Pull(t.Context(), stockRequest(t))
		wantClass(t, err, Auth)
		if len(s.asked) != 2 || !strings.Contains(s.asked[0], "grant_type=client_credentials") {
			t.Error(s.asked)
		}
	})
}

// The signatures that the platforms publish, through the signing code itself.
func TestSortedSignatures(t *testing.T) {
	for name, c := range map[string]struct {
		params map[string]string
		secret string
		want   string
	}{
		"pinduoduo": {map[string]string{
			"access_token": "asd78172s8ds9a921j9qqwda12312w1w21211", "client_id": "1", "data_type": "XML", "order_status": "1",
			"page": "1", "page_size": "10", "timestamp": "1480411125", "type": "pdd.order.number.list.get",
		}, "testSecret", "E4DE3ED21002510DED352819E7AE6775"},
		"jd": {map[string]string{
			"360buy_param_json": `{"end_date":null,"optional_fields":null,"order_state":"WAIT_SELLER_STOCK_OUT","page":"1","page_size":"200","start_date":null}`,
			"access_token":      "yourtoken", "app_key": "yourappkey", "method": "jingdong.pop.order.search", "timestamp": "2021-05-07 09:20:39.683+0800", "v": "2.0",
		}, "yourappSecret", "D70825340F4084360B9362B60DFD7930"},
	} {
		if got := signSorted(c.params, c.secret); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		c.params["sign"] = "ignored"
		if got := signSorted(c.params, c.secret); got != c.want {
			t.Errorf("%s: an old signature is signed", name)
		}
	}
}

// What a platform receives is what was signed, under the names it has.
func TestSortedParameters(t *testing.T) {
	now := time.Date(2021, 5, 7, 1, 20, 39, 683e6, time.UTC)
	a := authSpec{user: "key", secret: "s", session: "tok", platform: "jd"}
	form := map[string]string{"method": "m", "page": "1", "empty": ""}
	completeSorted(form, a, now)
	want := map[string]string{"method": "m", "360buy_param_json": `{"page":"1"}`, "app_key": "key", "access_token": "tok", "timestamp": "2021-05-07 09:20:39.683+0800", "v": "2.0"}
	got := maps.Clone(form)
	delete(got, "sign")
	if diff := cmp.Diff(want, got); diff != "" || form["sign"] != signSorted(form, "s") {
		t.Error(diff)
	}
	a.platform = "pinduoduo"
	form = map[string]string{"type": "pdd.x", "page": "1"}
	completeSorted(form, a, now)
	want = map[string]string{"type": "pdd.x", "page": "1", "client_id": "key", "access_token": "tok", "timestamp": "1620350439", "data_type": "JSON"}
	delete(form, "sign")
	if diff := cmp.Diff(want, form); diff != "" {
		t.Error(diff)
	}
}

func TestLinks(t *testing.T) {
	s := serveAnswers(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		if n < 3 {
			w.Header().Add("Link", fmt.Sprintf(`</stock?page=%d>; title="a, b"; rel="next last", </stock?page=1>; rel=prev`, n+1))
		}
		fmt.Fprintf(w, `{"rows":[{"sku":"a%d","n":1}]}`, n)
	})
	p, err := engine(t, s, "page: {type: link}").Pull(t.Context(), stockRequest(t))
	if err != nil || p.Rows.Len() != 3 {
		t.Fatal(err, p.Snapshot)
	}
	if diff := cmp.Diff([]string{"GET /stock ", "GET /stock page=2", "GET /stock page=3"}, s.asked); diff != "" {
		t.Error(diff)
	}
	for name, c := range map[string]struct {
		link  string
		class Class
	}{
		"another host":         {"http://127.0.0.2:9/x", Setup},
		"another scheme":       {"file:///etc/passwd", Setup},
		"a password in it":     {"http://u:p@127.0.0.1/x", Setup},
		"back to where it was": {"/stock?page=2", Incomplete},
	} {
		t.Run(name, func(t *testing.T) {
			s := serveAnswers(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Link", "<"+c.link+`>; rel="next"`)
				fmt.Fprint(w, oneStock)
			})
			_, err := engine(t, s, "page: {type: link}").Pull(t.Context(), stockRequest(t))
			wantClass(t, err, c.class)
			if len(s.asked) > 2 {
				t.Error(s.asked)
			}
		})
	}
	t.Run("in the answer", func(t *testing.T) {
		s := serveAnswers(t, func(n int, w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, map[int]string{1: `{"next":"?after=x","rows":[{"sku":"a","n":1}]}`, 2: `{"next":null,"rows":[{"sku":"b","n":1}]}`}[n])
		})
		p, err := engine(t, s, "page: {type: link, next: .next}").Pull(t.Context(), stockRequest(t))
		if err != nil || p.Rows.Len() != 2 {
			t.Error(err, p.Snapshot, s.asked)
		}
	})
}

// Headers change the rate, and close the gate while no calls are left. What is
// no number changes nothing.
func TestLearntLimits(t *testing.T) {
	headers := http.Header{}
	s := serveAnswers(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		maps.Copy(w.Header(), headers)
		fmt.Fprint(w, oneStock)
	})
	a := engine(t, s, "page: {type: none}")
	for _, c := range []struct {
		text string
		want float64
	}{{"0.5", 0.5}, {"soon", 0.5}, {"-1", 0.5}, {"0", 0.5}, {"0.0167", 0.0167}, {"90", 90}} {
		headers.Set("X-Rate", c.text)
		if _, err := a.Pull(t.Context(), stockRequest(t)); err != nil {
			t.Fatal(err)
		}
		if got := float64(a.limiter.Limit()); got != c.want {
			t.Errorf("%q: %g calls a second, want %g", c.text, got, c.want)
		}
	}
	headers.Set("X-Left", "0")
	headers.Set("X-Reset", "30")
	if _, err := a.Pull(t.Context(), stockRequest(t)); err != nil {
		t.Fatal(err)
	}
	p, err := a.Pull(t.Context(), stockRequest(t))
	wantClass(t, err, Banned)
	if until := failure(err).Until; until.Sub(topNow) < 29*time.Second || until.Sub(topNow) > 32*time.Second || p.Rows != nil {
		t.Errorf("closed until %s", until)
	}
}

// itemsYAML declares the source that a fan-out asks after.
const itemsYAML = `
- id: items
  shop: tmall
  fact: item
  driver: file
  fields: {sku: {col: sku}, item: {col: item}}
`

func TestFanOut(t *testing.T) {
	s := serveAnswers(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"rows":[{"sku":"s%d","n":%d}]}`, n, n)
	})
	yaml := strings.Replace(engineYAML, "EXTRA", "foreach: {source: items, field: item, param: num_iids, batch: 2}", 1) + itemsYAML
	a, _ := serveAPI(t, s.URL, yaml)
	_, err := a.Pull(t.Context(), stockRequest(t))
	wantClass(t, err, Setup) // nobody knows the items
	a.parents = func(_ context.Context, source, column string) ([]string, error) {
		if source != "items" || column != "item" {
			t.Errorf("asked for %s of %s", column, source)
		}
		return []string{"1", "2", "3"}, nil
	}
	p, err := a.Pull(t.Context(), stockRequest(t))
	if err != nil || p.Rows.Len() != 2 || p.Snapshot.State != market.Complete {
		t.Fatal(err, p.Snapshot)
	}
	if diff := cmp.Diff([]string{"GET /stock num_iids=1%2C2", "GET /stock num_iids=3"}, s.asked); diff != "" {
		t.Error(diff)
	}
	a.parents = func(context.Context, string, string) ([]string, error) { return nil, nil }
	p, err = a.Pull(t.Context(), stockRequest(t))
	wantClass(t, err, Incomplete)
	if p.Snapshot.State != market.Failed {
		t.Error("an empty list of items gave an empty picture")
	}
	for change, says := range map[string]string{
		"source: items/source: itmes":  "no source is called",
		"source: items/source: stock":  "over itself",
		"field: item/field: available": "has no column",
	} {
		old, now, _ := strings.Cut(change, "/")
		if _, err := ParseSpecs("x.yaml", []byte(strings.Replace(strings.ReplaceAll(yaml, "URL", "http://h"), old, now, 1)), topEnv); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", change, err)
		}
	}
}
