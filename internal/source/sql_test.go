//go:build linux

package source

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwatch/internal/market"
)

// houseYAML is the house warehouse table of the documentation.
const houseYAML = `
sources:
- id: house_ads
  shop: tmall
  fact: ads_day
  driver: sql
  allow_private: true
  dsn: "${HOUSE_DB}"
  query: "select dt, plan_name, cost_fen, clicks, gmv from ads where dt >= $1 and dt < $2"
  window: {field: dt, format: "2006-01-02", tz: Asia/Shanghai, step: 7d, lookback: 7d, backfill: 90d}
  fields: {day: {col: dt}, plan: {col: plan_name, type: id}, cost: {col: cost_fen, unit: minor, currency: CNY}, clicks: {col: clicks}, attributed_gmv: {col: gmv, unit: major, currency: CNY}}
`

// pushYAML reads the orders that a platform pushes into a MySQL table of ours.
const pushYAML = `
sources:
- id: pushed_orders
  shop: tmall
  fact: order_line
  driver: sql
  allow_private: true
  dsn: "${HOUSE_DB}"
  query: "select tid, jdp_response, jdp_modified from jdp_tb_trade where jdp_modified >= $1 and jdp_modified < $2 order by jdp_modified, tid"
  json: [jdp_response]
  window: {field: jdp_modified, tz: Asia/Shanghai, step: 1d}
  records: '.jdp_response.trade_fullinfo_get_response.trade as $t | $t.orders | rows | . + {t: ($t | del(.orders))}'
  fields:
    order_id: {jq: .t.tid, type: id}
    line_id: {jq: .oid, type: id}
    sku: {jq: .outer_sku_id, type: id}
    modified: &m {jq: .t.modified, type: time, format: "2006-01-02 15:04:05", tz: Asia/Shanghai}
    placed_at: {<<: *m, jq: .t.created}
    paid_at: {<<: *m, jq: .t.pay_time}
    qty: {jq: .num}
    order_paid: &y {jq: .t.payment, unit: major, currency: CNY}
    post_fee: {<<: *y, jq: .t.post_fee}
    line_weight: {<<: *y, jq: .divide_order_fee}
    status: {jq: .t.status, map: {WAIT_SELLER_SEND_GOODS: paid}}
`

const pushedTrade = `{"trade_fullinfo_get_response":{"trade":{"tid":3456789012345678901,"status":"WAIT_SELLER_SEND_GOODS","created":"2026-11-22 09:00:00","modified":"2026-11-22 09:05:00","pay_time":"2026-11-22 09:05:00","payment":"105.01","post_fee":"5.00","orders":{"order":[{"oid":3456789012345678902,"outer_sku_id":"A","num":1,"divide_order_fee":"33.33"},{"oid":3456789012345678903,"outer_sku_id":"B","num":2,"divide_order_fee":"66.68"}]}}}}`

func forEachDatabase(t *testing.T, test func(t *testing.T, s server)) {
	t.Helper()
	t.Run("PostgreSQL", func(t *testing.T) { test(t, startPostgres(t)) })
	t.Run("MariaDB", func(t *testing.T) { test(t, startMariaDB(t)) })
}

func sqlRequest(tb testing.TB) Request {
	tb.Helper()
	return Request{Shop: cnShop(tb), Now: topNow, Window: market.Window{Start: topNow.Add(-10 * 24 * time.Hour), End: topNow}}
}

// One table, two servers, one declaration: exact numbers, unknown values, the
// window, errors that say what to do, and a transaction that cannot write.
func TestDatabases(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s server) {
		s.exec(t,
			"create table ads (dt date not null, plan_name varchar(40), cost_fen bigint, clicks int, gmv numeric(18,2))",
			"insert into ads values ('2026-11-11','1234567890123456789',12345,7,'90071992547409.93'),('2026-11-12','p2',null,0,null),('2026-11-22','p1',1,2,'4.35'),('2026-11-23','tomorrow',1,1,1),('2026-11-10','before',1,1,1)",
			"create table jdp_tb_trade (tid bigint, jdp_response text, jdp_modified timestamp)",
			"insert into jdp_tb_trade values (1,'"+pushedTrade+"','2026-11-22 01:05:00'),(2,'not json','2026-11-22 01:06:00'),(3,'{}','2026-10-01 00:00:00')",
		)
		t.Run("a house table", func(t *testing.T) { houseTable(t, s.open(t, houseYAML)) })
		t.Run("the table of the manual", func(t *testing.T) {
			p, err := s.open(t, manualHouse(t)).Pull(t.Context(), sqlRequest(t))
			if err != nil || p.Snapshot.State != market.Complete {
				t.Fatal(err, p.Snapshot)
			}
			if diff := cmp.Diff([]string{"2026-11-12 p2 - 0", "2026-11-22 p1 1 2"}, show(p.Rows, "day", "plan", "cost", "clicks")); diff != "" {
				t.Error(diff)
			}
		})
		t.Run("a JSON column", func(t *testing.T) {
			jsonColumn(t, s.open(t, strings.Replace(pushYAML, "  fact:", "  max_reject: 60%\n  fact:", 1)))
		})
		t.Run("stopped", func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			p, err := s.open(t, houseYAML).Pull(ctx, sqlRequest(t))
			if !errors.Is(err, context.Canceled) || p.Snapshot.State != market.Failed {
				t.Errorf("%v %+v", err, p.Snapshot)
			}
		})
		for name, c := range map[string]struct {
			change *strings.Replacer
			class  Class
			says   string
		}{
			"no such table":  {strings.NewReplacer("from ads", "from adds"), Setup, "adds"},
			"no such column": {strings.NewReplacer("col: plan_name", "col: plan"), Setup, `column "plan" is not in the answer`},
			"too many rows":  {strings.NewReplacer("  dsn:", "  max_rows: 1\n  dsn:", "step: 7d", "step: 90d"), Caller, "more than 1 rows"},
		} {
			t.Run(name, func(t *testing.T) {
				p, err := s.open(t, c.change.Replace(houseYAML)).Pull(t.Context(), sqlRequest(t))
				wantClass(t, err, c.class)
				if !strings.Contains(err.Error(), c.says) || p.Snapshot.State == market.Complete {
					t.Error(err, p.Snapshot.State)
				}
			})
		}
		t.Run("wrong password", func(t *testing.T) {
			wrong := server{dsn: strings.Replace(s.dsn, readerPassword, "canary-wrong-pw", 1)}
			p, err := wrong.open(t, houseYAML).Pull(t.Context(), sqlRequest(t))
			wantClass(t, err, Auth)
			for e := err; e != nil; e = errors.Unwrap(e) {
				if text := fmt.Sprintf("%v %+v %+v", e, p.Snapshot, p.Rejects); strings.Contains(text, "canary") {
					t.Error(text)
				}
			}
		})
		t.Run("nothing can be written", func(t *testing.T) { readOnly(t, s) })
	})
}

func houseTable(t *testing.T, d *database) {
	p, err := d.Pull(t.Context(), sqlRequest(t))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"2026-11-12 p2 - 0 -", "2026-11-22 p1 1 2 435"}
	if diff := cmp.Diff(want, show(p.Rows, "day", "plan", "cost", "clicks", "attributed_gmv")); diff != "" {
		t.Error(diff)
	}
	s := p.Snapshot
	if s.State != market.Complete || !s.Watermark.Equal(topNow) || s.Manifest.Pages != 2 || s.Manifest.SchemaHash == "" {
		t.Errorf("%+v", s)
	}
	early := sqlRequest(t)
	early.Window.Start = early.Window.Start.Add(-24 * time.Hour)
	p, err = d.Pull(t.Context(), early)
	if err != nil {
		t.Fatal(err)
	}
	if got := show(p.Rows, "plan", "attributed_gmv")[0]; got != "1234567890123456789 9007199254740993" {
		t.Errorf("digits are lost: %s", got)
	}
}

func jsonColumn(t *testing.T, d *database) {
	p, err := d.Pull(t.Context(), sqlRequest(t))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"3456789012345678901 3456789012345678902 A 3333 167 2026-11-22T01:05:00Z",
		"3456789012345678901 3456789012345678903 B 6668 333 2026-11-22T01:05:00Z",
	}
	if diff := cmp.Diff(want, show(p.Rows, "order_id", "line_id", "sku", "paid", "post_fee", "paid_at")); diff != "" {
		t.Error(diff)
	}
	if len(p.Rejects) != 1 || p.Rejects[0].Field != "jdp_response" || p.Rejects[0].Sample != "not json" {
		t.Errorf("%+v", p.Rejects)
	}
}

// readOnly asks the session itself to write, past every check of the text.
func readOnly(t *testing.T, s server) {
	grant := "grant insert on ads to reader"
	if strings.HasPrefix(s.dsn, "mysql") {
		grant = "grant insert on shop.* to reader@'127.0.0.1'"
	}
	s.exec(t, grant)
	d := s.open(t, houseYAML)
	open, err := d.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer open.close()
	err = open.run(t.Context(), "insert into ads (dt, plan_name) values ('2026-11-22', 'mine')", nil, func(sqlRow) error { return nil })
	wantClass(t, err, Setup)
}

func TestQueryText(t *testing.T) {
	for text, says := range map[string]string{
		"delete from ads where dt >= $1 and dt < $2":                     "only reads",
		"select 1; drop table ads":                                       "one statement",
		"select dt from ads":                                             "does not ask for the window",
		"select dt from ads where dt >= $1":                              "does not ask for the window",
		"select '$1 $2' from ads":                                        "does not ask for the window",
		"select dt from ads where dt >= $1 and dt < $2 and x = $3":       "does not ask for the window",
		"select ';' as x from ads where dt >= $1 and dt < $2":            "",
		"with a as (select 1) select * from a where x between $1 and $2": "",
		"-- the first line; a comment\nselect 1 where $1 < $2":           "",
	} {
		_, err := ParseSpecs("q.yaml", []byte(strings.Replace(houseYAML, "select dt, plan_name, cost_fen, clicks, gmv from ads where dt >= $1 and dt < $2", strings.ReplaceAll(text, "\n", `\n`), 1)), nil)
		if got := fmt.Sprint(err); says == "" && err != nil || !strings.Contains(got, says) {
			t.Errorf("%q: %v, want %q", text, err, says)
		}
	}
}

func TestDatabaseAddress(t *testing.T) {
	for dsn, says := range map[string]string{
		"postgres://u:canary-pw@db.example.com/x":                            "not encrypted",
		"postgres://u:canary-pw@db.example.com/x?sslmode=require":            "unproved",
		"postgres://u:canary-pw@db.example.com/x?sslmode=verify-full":        "",
		"postgres://u:canary-pw@10.0.0.1/x?sslmode=verify-full":              "private network",
		"mysql://u:canary-pw@db.example.com/x":                               "not encrypted",
		"mysql://u:canary-pw@db.example.com/x?tls=skip-verify":               "unproved",
		"mysql://u:canary-pw@db.example.com/x?tls=true":                      "",
		"mysql://u:canary-pw@db.example.com/x?tls=true&multiStatements=true": "takes tls=",
		"oracle://u:canary-pw@db.example.com/x":                              "neither postgres nor mysql",
		"postgres://u:canary-pw@[::1":                                        "not the address of a database",
	} {
		yaml := strings.Replace(houseYAML, "  allow_private: true\n", "", 1)
		if strings.HasPrefix(dsn, "mysql") {
			yaml = strings.NewReplacer("$1", "?", "$2", "?").Replace(yaml)
		}
		_, err := ParseSpecs("q.yaml", []byte(yaml), func(string) (string, bool) { return dsn, true })
		if got := fmt.Sprint(err); says == "" && err != nil || !strings.Contains(got, says) || strings.Contains(got, "canary") {
			t.Errorf("%s: %v, want %q", dsn, err, says)
		}
	}
	_, err := ParseSpecs("q.yaml", []byte(strings.Replace(houseYAML, "${HOUSE_DB}", "postgres://u:canary-pw@127.0.0.1/x", 1)), nil)
	if got := fmt.Sprint(err); !strings.Contains(got, "a password stands in the file") || strings.Contains(got, "canary") {
		t.Error(got)
	}
}
