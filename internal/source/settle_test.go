package source

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shopwatch/internal/market"
)

// mapPage maps the trades of one page, given as the JSON of each.
func mapPage(t *testing.T, yaml string, trades ...string) *mapper {
	t.Helper()
	specs, err := ParseSpecs("test.yaml", []byte(strings.ReplaceAll(yaml, "URL", "http://127.0.0.1:1")), topEnv)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := decodeJSON(`{"trades_sold_increment_get_response":{"trades":{"trade":[` + strings.Join(trades, ",") + `]}}}`)
	if err != nil {
		t.Fatal(err)
	}
	mp := newMapper(specs[0].mapping)
	_, err = specs[0].mapping.records.each(context.Background(), doc, func(rec *record) error {
		return mp.add(context.Background(), rec, func() string { return "page 1" })
	})
	if err != nil {
		t.Fatal(err)
	}
	mp.settle("page 1")
	return mp
}

const when = `"created":"2026-11-11 00:00:00","modified":"2026-11-11 00:10:00","pay_time":"2026-11-11 00:05:00"`

func TestOrders(t *testing.T) {
	for _, c := range []struct {
		name  string
		trade string
		want  []string // order line status amount paid post_fee paid_at
		say   string   // of the refusal
	}{
		{
			"one line: its payment holds the postage",
			`{"tid":1,"status":"TRADE_FINISHED",` + when + `,"payment":"25.00","post_fee":"5.00","orders":{"order":[{"oid":11,"num":2,"payment":"25.00"}]}}`,
			[]string{"1 11 finished 2000 2000 500 2026-11-10T16:05:00Z"},
			"",
		},
		{
			"three lines: shares of the trade's payment",
			`{"tid":1,"num":0,"status":"WAIT_SELLER_SEND_GOODS",` + when + `,"payment":"105.00","post_fee":"5.00","orders":{"order":[{"oid":11,"num":1,"divide_order_fee":"1.00"},{"oid":12,"num":1,"divide_order_fee":"1.00"},{"oid":13,"num":1,"divide_order_fee":"","payment":"1.00"}]}}`,
			[]string{"1 11 paid 3334 3334 167 2026-11-10T16:05:00Z", "1 12 paid 3333 3333 167 2026-11-10T16:05:00Z", "1 13 paid 3333 3333 166 2026-11-10T16:05:00Z"},
			"",
		},
		{
			"no weights: equal shares",
			`{"tid":1,"status":"TRADE_CLOSED",` + when + `,"payment":"0.05","post_fee":"0.00","orders":{"order":[{"oid":11,"num":1},{"oid":12,"num":1}]}}`,
			[]string{"1 11 refunded 3 3 0 2026-11-10T16:05:00Z", "1 12 refunded 2 2 0 2026-11-10T16:05:00Z"},
			"",
		},
		{
			"not paid: an amount, but nothing paid",
			`{"tid":1,"status":"WAIT_BUYER_PAY","created":"2026-11-11 00:00:00","modified":"2026-11-11 00:10:00","pay_time":"","payment":"9.90","post_fee":null,"orders":{"order":[{"oid":11,"num":1,"payment":"9.90"}]}}`,
			[]string{"1 11 placed 990 - - -"},
			"",
		},
		{
			"closed before payment",
			`{"tid":1,"status":"TRADE_CLOSED_BY_TAOBAO","created":"2026-11-11 00:00:00","modified":"2026-11-11 00:10:00","payment":"9.90","orders":{"order":[{"oid":11,"num":1,"payment":"9.90"}]}}`,
			[]string{"1 11 cancelled 990 - - -"},
			"",
		},
		{
			"a single wrapped list",
			`{"tid":1,"status":"TRADE_FINISHED",` + when + `,"payment":"1.00","orders":[{"oid":11,"num":1}]}`,
			[]string{"1 11 finished 100 100 - 2026-11-10T16:05:00Z"},
			"",
		},
		{"no lines at all", `{"tid":1,"status":"TRADE_FINISHED",` + when + `,"payment":"1.00"}`, nil, ""},
		{
			"a line that cannot be read takes its order along",
			`{"tid":1,"status":"TRADE_FINISHED",` + when + `,"payment":"2.00","orders":[{"oid":11,"num":1},{"oid":12,"num":"many"}]}`,
			nil, "another line of the order was refused",
		},
		{
			"less paid than the postage",
			`{"tid":1,"status":"TRADE_FINISHED",` + when + `,"payment":"2.00","post_fee":"3.00","orders":[{"oid":11,"num":1}]}`,
			nil, "less than its postage",
		},
		{
			"a 19-digit id as a float",
			`{"tid":1.2345678901234568e18,"status":"TRADE_FINISHED",` + when + `,"payment":"2.00","orders":[{"oid":11,"num":1}]}`,
			nil, "lost digits",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			mp := mapPage(t, topYAML, c.trade)
			rows := mp.finish()
			if diff := cmp.Diff(c.want, show(rows, "order_id", "line_id", "status", "amount", "paid", "post_fee", "paid_at")); diff != "" {
				t.Error(diff)
			}
			said := ""
			for _, r := range mp.rejects {
				said += r.Reason + "\n"
			}
			if (c.say == "") != (said == "") || !strings.Contains(said, c.say) {
				t.Errorf("refused: %q", said)
			}
		})
	}
}

// Two versions of an order in one page, as happens when it changes while pages
// are read: each is shared out by itself, and the newer one holds.
func TestTwoVersionsOfAnOrder(t *testing.T) {
	older := `{"tid":1,"status":"WAIT_BUYER_PAY","created":"2026-11-11 00:00:00","modified":"2026-11-11 00:01:00","payment":"3.00","orders":[{"oid":11,"num":1},{"oid":12,"num":1}]}`
	newer := `{"tid":1,"status":"WAIT_SELLER_SEND_GOODS",` + when + `,"payment":"2.00","orders":[{"oid":11,"num":1},{"oid":12,"num":1}]}`
	want := []string{"11 paid 100", "12 paid 100"}
	for _, page := range [][]string{{older, newer}, {newer, older}, {newer, newer, older}} {
		mp := mapPage(t, topYAML, page...)
		if diff := cmp.Diff(want, show(mp.finish(), "line_id", "status", "amount")); diff != "" || mp.rejected > 0 {
			t.Error(diff, mp.rejects)
		}
	}
}

// A presale counts as paid only once its final payment is made, whatever
// pay_time says.
func TestPresale(t *testing.T) {
	yaml := strings.NewReplacer(
		`paid_at:  {<<: *moment, jq: .t.pay_time}`, `paid_at:  {<<: *moment, jq: 'if .t.step_trade_status == "FRONT_PAID_FINAL_NOPAID" then null else .t.pay_time end'}
    deposit_paid: {jq: .t.step_paid_fee, type: money, unit: major, currency: CNY}
    presale: {jq: '.t.step_trade_status != null'}`,
		`status:   {jq: .t.status,`, `status:   {jq: 'if .t.step_trade_status == "FRONT_PAID_FINAL_NOPAID" then "WAIT_BUYER_PAY" else .t.status end',`,
	).Replace(topYAML)
	presale := func(step string) string {
		return `{"tid":1,"status":"WAIT_SELLER_SEND_GOODS",` + when + `,"step_trade_status":"` + step + `","step_paid_fee":"10.00","payment":"90.00","orders":[{"oid":11,"num":1}]}`
	}
	columns := []string{"status", "amount", "paid", "deposit_paid", "paid_at", "presale"}
	got := show(mapPage(t, yaml, presale("FRONT_PAID_FINAL_NOPAID")).finish(), columns...)
	got = append(got, show(mapPage(t, yaml, presale("FRONT_PAID_FINAL_PAID")).finish(), columns...)...)
	want := []string{"placed 9000 - 1000 - 1", "paid 9000 9000 1000 2026-11-10T16:05:00Z 1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSchemaHash(t *testing.T) {
	order := func(payment string) string {
		mp := mapPage(t, topYAML, `{"tid":1,"status":"TRADE_FINISHED",`+when+`,"payment":`+payment+`,"orders":[{"oid":11,"num":1}]}`)
		return mp.schemaHash()
	}
	if order(`"2.00"`) != order(`"3.00"`) {
		t.Error("the same shape has two hashes")
	}
	if order(`"2.00"`) == order(`2.00`) {
		t.Error("a price that became a number goes unseen")
	}
	if h := newMapper(&mapping{table: market.Items}).schemaHash(); h != "" {
		t.Error("no rows have a shape")
	}
}
