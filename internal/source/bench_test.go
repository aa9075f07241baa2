package source

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shopwatch/internal/market"
)

// topPage is a page of n trades with two lines each, as the platform sends it.
func topPage(n int) string {
	list := []any{}
	for i := range n {
		list = append(list, trade{tid: 1234567890123456000 + int64(i), modified: topNow.Add(-time.Duration(i) * time.Second), lines: 2, status: "TRADE_FINISHED", payment: "123.45"}.json())
	}
	b, _ := json.Marshal(map[string]any{"trades_sold_increment_get_response": map[string]any{"trades": map[string]any{"trade": list}, "request_id": "x"}})
	return string(b)
}

func benchSpec(b *testing.B) *Spec {
	b.Helper()
	specs, err := ParseSpecs("test.yaml", []byte(strings.ReplaceAll(topYAML, "URL", "http://127.0.0.1:1")), topEnv)
	if err != nil {
		b.Fatal(err)
	}
	return &specs[0]
}

// BenchmarkOrders decodes and maps pages of 50 trades with 2 lines and 20 fields;
// the figure that matters is orders/s, of which a backfill has 200,000.
func BenchmarkOrders(b *testing.B) {
	page := topPage(50)
	spec := benchSpec(b)
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	mp := newMapper(spec.mapping)
	n := 0
	for b.Loop() {
		if mp.rows.Len() > 400_000 {
			mp = newMapper(spec.mapping)
		}
		doc, err := decodeJSON(page)
		if err != nil {
			b.Fatal(err)
		}
		items, err := spec.mapping.records.each(context.Background(), doc, func(rec *record) error {
			return mp.add(context.Background(), rec, func() string { return "" })
		})
		if err != nil || mp.rejected > 0 {
			b.Fatal(err, mp.rejects)
		}
		mp.settle("")
		n += items
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "orders/s")
}

func BenchmarkDecode(b *testing.B) {
	page := topPage(50)
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(int64(len(page)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := decodeJSON(page); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.SetBytes(int64(len(page)))
		b.ReportAllocs()
		for b.Loop() {
			d := json.NewDecoder(strings.NewReader(page))
			d.UseNumber()
			var v any
			if err := d.Decode(&v); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkEval compares a plain path with the same path through jq.
func BenchmarkEval(b *testing.B) {
	spec := benchSpec(b)
	doc, err := decodeJSON(topPage(1))
	if err != nil {
		b.Fatal(err)
	}
	var rec *record
	_, err = spec.mapping.records.each(context.Background(), doc, func(r *record) error { rec = r; return nil })
	if err != nil {
		b.Fatal(err)
	}
	fast := spec.mapping.fields[2].from
	slow := expr{prog: fast.prog}
	for name, e := range map[string]expr{"path": fast, "jq": slow} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := e.eval(context.Background(), rec); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkFinish removes doubles among 400,000 lines.
func BenchmarkFinish(b *testing.B) {
	spec := benchSpec(b)
	mp := newMapper(spec.mapping)
	doc, err := decodeJSON(topPage(200))
	if err != nil {
		b.Fatal(err)
	}
	for range 1000 {
		if _, err := spec.mapping.records.each(context.Background(), doc, func(r *record) error {
			return mp.add(context.Background(), r, func() string { return "" })
		}); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		mp.finish()
	}
}

func BenchmarkUCI(b *testing.B) {
	dir := testData(b, "uci-retail")
	sales, _ := uciSources(b)
	text, err := os.ReadFile(filepath.Join(dir, "2011-10-31.csv"))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	rows := 0
	for b.Loop() {
		p, err := sales.PullFile(context.Background(), "x.csv", bytes.NewReader(text), Request{Shop: giftShop(b), Now: topNow})
		if err != nil || p.Snapshot.State != market.Complete {
			b.Fatal(err)
		}
		rows += p.Rows.Len()
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkMoney(b *testing.B) {
	c := converter{typ: "money", kind: market.Money, currency: "CNY", exponent: 2}
	for b.Loop() {
		if _, err := c.convert(value{isText, "1234.56"}, value{}); err != nil {
			b.Fatal(err)
		}
	}
}

func noWait(waits *[]time.Duration) func(context.Context, time.Duration) error {
	return func(ctx context.Context, d time.Duration) error {
		*waits = append(*waits, d)
		return ctx.Err()
	}
}
