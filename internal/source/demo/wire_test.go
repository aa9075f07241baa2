package demo

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"shopwatch/internal/market"
)

func FuzzString(f *testing.F) {
	for _, s := range append(hostile, "", "a\x00b\tc\r\n", "\xff\xfe", "\u2028", `\"`) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var got string
		if err := json.Unmarshal(appendString(nil, s), &got); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		var want string
		std, _ := json.Marshal(s)
		if _ = json.Unmarshal(std, &want); got != want {
			t.Fatalf("%q came back as %q", s, got)
		}
	})
}

// FuzzREST: whatever is posted, the answer is an error object with HTTP 200.
func FuzzREST(f *testing.F) {
	m, err := New(Options{Seed: 1, SKUs: 100, Orders: 20, Days: 5})
	if err != nil {
		f.Fatal(err)
	}
	h := m.Handler()
	f.Add("")
	f.Add("method=taobao.trades.sold.get&app_key=12345678&format=json&v=2.0")
	f.Add("%zz=1&method=taobao.item.skus.get")
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest(http.MethodPost, "/router/rest", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		var got map[string]struct{ Code int }
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusOK || got["error_response"].Code == 0 {
			t.Fatalf("%d %s: %v", w.Code, w.Body, err)
		}
	})
}

// FuzzParameters: signed calls with any parameter values never panic and stay
// inside their limits.
func FuzzParameters(f *testing.F) {
	m, err := New(Options{Seed: 1, SKUs: 100, Orders: 20, Days: 5})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("2026-11-21 00:00:00", "2026-11-22 00:00:00", "1", "100", "tid,orders.oid")
	f.Add("0000-00-00 00:00:00", "9999-12-31 23:59:59", "-1", "99999999999999999999", ",,orders")
	f.Fuzz(func(t *testing.T, start, end, page, size, fields string) {
		form := sold(m, 0, 1, "start_modified", start, "end_modified", end, "page_no", page, "page_size", size, "fields", fields)
		var got map[string]answer
		body := post(t, m.Handler(), m, form)
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Fatalf("%v: %s", err, body)
		}
		if n := len(got["trades_sold_increment_get_response"].Trades["trade"]); n > 100 {
			t.Fatalf("%d trades on a page", n)
		}
	})
}

func TestYuan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fen := rapid.Int32Range(-1<<30, 1<<30).Draw(t, "fen")
		var text string
		if err := json.Unmarshal(appendYuan(nil, fen), &text); err != nil {
			t.Fatal(err)
		}
		if got, err := market.ParseFen(text, "CNY"); err != nil || got != market.Fen(fen) {
			t.Fatalf("%d is written %s and read %d, %v", fen, text, got, err)
		}
	})
}

// TestPairs: the numbering of listed (SKU, channel) pairs has no gap.
func TestPairs(t *testing.T) {
	m, err := New(Options{Seed: 1, SKUs: 1000, Days: 1})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for i := range m.cat.skus {
		for ch := range channelCount {
			if m.cat.skus[i].chans&(1<<ch) == 0 {
				continue
			}
			if gi, gch := m.pairs.at(m.cat.skus, n); int(gi) != i || gch != ch {
				t.Fatalf("pair %d is (%d, %d), want (%d, %d)", n, gi, gch, i, ch)
			}
			n++
		}
		if got, ok := m.cat.index(m.cat.id(i)); !ok || got != i {
			t.Fatalf("SKU %d is called %s, which is %d, %v", i, m.cat.id(i), got, ok)
		}
	}
	if n != m.pairs.total() {
		t.Errorf("%d pairs, total %d", n, m.pairs.total())
	}
	for _, id := range []string{"", "SK", "SK1", "sk0001000", "SK0000999", "SK9999999", "SK00001000"} {
		if i, ok := m.cat.index(id); ok {
			t.Errorf("%q is SKU %d", id, i)
		}
	}
}
