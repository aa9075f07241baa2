package source

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"shopwatch/internal/market"
)

// replay serves the sales and cancellations of the UCI files as a shop of the
// Taobao open platform would: signed, paged, newest first.
type replay struct {
	t               *testing.T
	trades, refunds []replayRow // oldest first
	calls           int
}

type replayRow struct {
	at   string // "2006-01-02 15:04:05"
	body map[string]any
}

// pence is an amount rounded half to even, as the platform would have it.
func pence(t *testing.T, qty, price string) int64 {
	t.Helper()
	q, _, err1 := parseDecimal(qty, nil)
	p, _, err2 := parseDecimal(price, nil)
	product, err3 := q.mul(p)
	n, err4 := product.whole(2, true)
	if err1 != nil || err2 != nil || err3 != nil || err4 != nil {
		t.Fatalf("%s x %s", qty, price)
	}
	return n
}

func major(pence int64) string { return market.Fen(pence).Decimal("CNY") }

// add takes a day's file in: an invoice is a trade, a line of a cancellation a
// refund.
func (r *replay) add(text []byte) {
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		r.t.Fatal(err)
	}
	type trade struct {
		at    string
		lines []any
		total int64
	}
	trades, order := map[string]*trade{}, []string{}
	for _, row := range rows[1:] {
		inv, at := row[0], row[4]
		amount := pence(r.t, row[3], row[5])
		if strings.HasPrefix(inv, "C") {
			id := fmt.Sprint(8_000_000_000_000_000_000 + int64(len(r.refunds)))
			r.refunds = append(r.refunds, replayRow{at, map[string]any{
				"refund_id": id, "status": "SUCCESS", "refund_fee": major(-amount), "created": at, "modified": at, "num": 1, "has_good_return": true,
			}})
			continue
		}
		if trades[inv] == nil {
			trades[inv] = &trade{at: at}
			order = append(order, inv)
		}
		tr := trades[inv]
		tr.total += amount
		qty, err := strconv.ParseInt(row[3], 10, 64)
		if err != nil {
			r.t.Fatal(err)
		}
		n, err := strconv.ParseInt(inv, 10, 64)
		if err != nil {
			r.t.Fatal(err)
		}
		tr.lines = append(tr.lines, map[string]any{
			"oid": 3_000_000_000_000_000_000 + n*100_000 + int64(len(tr.lines)), "num": qty, "price": major(pence(r.t, "1", row[5])),
			"outer_sku_id": row[1], "title": row[2], "divide_order_fee": major(amount),
		})
	}
	for _, inv := range order {
		tr := trades[inv]
		n, _ := strconv.ParseInt(inv, 10, 64)
		r.trades = append(r.trades, replayRow{tr.at, map[string]any{
			"tid": 3_000_000_000_000_000_000 + n*100_000 + 99_999, "status": "TRADE_FINISHED", "type": "fixed", "created": tr.at, "pay_time": tr.at, "modified": tr.at,
			"end_time": tr.at, "payment": major(tr.total), "post_fee": "0.00", "orders": map[string]any{"order": tr.lines},
		}})
	}
}

func (r *replay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	_ = req.ParseForm()
	r.calls++
	form := map[string]string{}
	for k, v := range req.PostForm {
		form[k] = v[0]
	}
	if form["sign"] != signTOP(form, form["sign_method"], topSecrets["TOP_SECRET"]) {
		r.t.Error("a call is not signed")
	}
	all, key, list, item := r.trades, "trades_sold_increment_get_response", "trades", "trade"
	if form["method"] == "taobao.refunds.receive.get" {
		all, key, list, item = r.refunds, "refunds_receive_get_response", "refunds", "refund"
	}
	var found []any
	for _, row := range slices.Backward(all) {
		if row.at >= form["start_modified"] && row.at <= form["end_modified"] {
			found = append(found, row.body)
		}
	}
	body := map[string]any{"request_id": "x"}
	if form["use_has_next"] == "false" {
		body["total_results"] = len(found)
	} else {
		size, _ := strconv.Atoi(form["page_size"])
		page, _ := strconv.Atoi(form["page_no"])
		from := min(len(found), (page-1)*size)
		body[list] = map[string]any{item: found[from:min(len(found), from+size)]}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{key: body})
}

// The real orders of two months come through the Taobao preset and the
// platform's protocol with the totals of the files, to the penny for each day.
func TestUCIThroughTOP(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(testData(t, "uci-retail"), "*.csv"))
	if err != nil || len(names) != 52 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	r := &replay{t: t}
	days := map[string]sums{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		r.add(text)
		days[strings.TrimSuffix(filepath.Base(name), ".csv")], _ = oracle(t, text)
	}
	slices.SortStableFunc(r.trades, func(a, b replayRow) int { return strings.Compare(a.at, b.at) })
	slices.SortStableFunc(r.refunds, func(a, b replayRow) int { return strings.Compare(a.at, b.at) })
	srv := httptest.NewServer(r)
	defer srv.Close()
	shop := cnShop(t)
	w := shop.Window(market.DateOf(2011, time.September, 1), market.DateOf(2011, time.October, 31))
	pull := func(preset, column, at string) map[string]int64 {
		t.Helper()
		spec := presetSpec(t, preset, "preset: "+preset, "preset: "+preset+"\n  allow_private: true\n  window: {step: 1d}\n  request: {url: "+srv.URL+"/router/rest}")
		src, err := Build(spec, Deps{})
		if err != nil {
			t.Fatal(err)
		}
		p, err := src.Pull(t.Context(), Request{Shop: shop, Now: w.End.Add(24 * time.Hour), Window: w})
		if err != nil || p.Snapshot.State != market.Complete || len(p.Rejects) > 0 {
			t.Fatal(err, p.Snapshot, p.Rejects)
		}
		out := map[string]int64{}
		v, when := p.Rows.Column(column), p.Rows.Column(at)
		for i := range p.Rows.Len() {
			out[shop.Day(time.UnixMilli(when.Ints[i])).String()] += v.Ints[i]
		}
		return out
	}
	paid, back := pull("taobao.orders", "paid", "paid_at"), pull("taobao.refunds", "amount", "success_at")
	if len(paid) != len(days) {
		t.Errorf("%d days came, the files have %d", len(paid), len(days))
	}
	for day, want := range days {
		for what, c := range map[string]struct {
			got  int64
			want *big.Rat
		}{"paid": {paid[day], want.placed}, "refunded": {back[day], want.cancelled}} {
			if got := market.Fen(c.got).Decimal("CNY"); got != c.want.FloatString(2) {
				t.Errorf("%s %s: %s, the file has %s", day, what, got, c.want.FloatString(2))
			}
		}
	}
	if r.calls < 200 {
		t.Errorf("only %d calls", r.calls)
	}
}
