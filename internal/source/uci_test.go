package source

import (
	"bytes"
	"context"
	"encoding/csv"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwatch/internal/market"
)

// root is the folder of go.mod.
func root(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			tb.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

// testData is a folder of public data, or skips the test.
func testData(tb testing.TB, name string) string {
	tb.Helper()
	dir := os.Getenv("SHOPWATCH_TEST_DATA")
	if dir == "" {
		dir = filepath.Join(root(tb), "..", "shared", "data")
	}
	dir = filepath.Join(dir, name)
	if _, err := os.Stat(dir); err != nil {
		tb.Skipf("public test data is absent: %s", dir)
	}
	return dir
}

func zone(tb testing.TB, name string) *time.Location {
	tb.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		tb.Fatal(err)
	}
	return z
}

func giftShop(tb testing.TB) *market.Shop {
	tb.Helper()
	return &market.Shop{ID: "uci_gifts", Currency: "GBP", Zone: zone(tb, "Europe/London")}
}

func uciSources(tb testing.TB) (sales, refunds *File) {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join(root(tb), "docs", "examples", "uci-retail.yaml"))
	if err != nil {
		tb.Fatal(err)
	}
	specs, err := ParseSpecs("uci-retail.yaml", text, nil)
	if err != nil {
		tb.Fatal(err)
	}
	var files []*File
	for _, s := range specs {
		src, err := Build(s, Deps{})
		if err != nil {
			tb.Fatal(err)
		}
		files = append(files, src.(*File))
	}
	return files[0], files[1]
}

// sums of one day or country, in the hands of the test.
type sums struct{ placed, cancelled *big.Rat }

func oracle(t *testing.T, text []byte) (day sums, country map[string]sums) {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	day, country = sums{new(big.Rat), new(big.Rat)}, map[string]sums{}
	for _, r := range rows[1:] {
		qty, ok1 := new(big.Rat).SetString(r[3])
		price, ok2 := new(big.Rat).SetString(r[5])
		if !ok1 || !ok2 {
			t.Fatalf("not a number in %q", r)
		}
		c, ok := country[r[7]]
		if !ok {
			c = sums{new(big.Rat), new(big.Rat)}
			country[r[7]] = c
		}
		value := new(big.Rat).Mul(qty, price)
		if strings.HasPrefix(r[0], "C") {
			day.cancelled.Sub(day.cancelled, value)
			c.cancelled.Sub(c.cancelled, value)
		} else {
			day.placed.Add(day.placed, value)
			c.placed.Add(c.placed, value)
		}
	}
	return day, country
}

// totals adds a column up, by region and over all ("").
func totals(b *market.Batch, column string) map[string]market.Fen {
	sums := map[string]market.Fen{}
	v, region := b.Column(column), b.Column("region")
	for i := range b.Len() {
		sums[""] += market.Fen(v.Ints[i])
		sums[region.Text(i)] += market.Fen(v.Ints[i])
	}
	return sums
}

func TestUCIToThePenny(t *testing.T) {
	dir := testData(t, "uci-retail")
	sales, refunds := uciSources(t)
	shop := giftShop(t)
	names, err := filepath.Glob(filepath.Join(dir, "*.csv"))
	if err != nil || len(names) != 52 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	keys := map[string]bool{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		pull := func(f *File) market.Pull {
			p, err := f.PullFile(context.Background(), filepath.Base(name), bytes.NewReader(text), Request{Shop: shop, Now: time.Now()})
			if err != nil || p.Snapshot.State != market.Complete || p.Snapshot.Manifest.Rejected > 0 {
				t.Fatalf("%s: %v %+v %v", name, err, p.Snapshot, p.Rejects)
			}
			return p
		}
		s, r := pull(sales), pull(refunds)
		day, country := oracle(t, text)
		check := func(what string, got market.Fen, want *big.Rat) {
			if want := want.FloatString(2); got.Decimal("GBP") != want {
				t.Errorf("%s %s: %s, want %s", filepath.Base(name), what, got.Decimal("GBP"), want)
			}
		}
		placed, back := totals(s.Rows, "amount"), totals(r.Rows, "amount")
		check("placed", placed[""], day.placed)
		check("paid", totals(s.Rows, "paid")[""], day.placed)
		check("refunded", back[""], day.cancelled)
		for _, c := range slices.Sorted(maps.Keys(country)) {
			check("placed in "+c, placed[c], country[c].placed)
			check("refunded in "+c, back[c], country[c].cancelled)
		}
		if n, all := s.Rows.Len()+s.Snapshot.Manifest.Skipped, bytes.Count(text, []byte("\n"))-1; n != all {
			t.Errorf("%s: %d rows and skipped, the file has %d", name, n, all)
		}
		d, err := market.ParseDay(strings.TrimSuffix(filepath.Base(name), ".csv"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(shop.Window(d, d), s.Snapshot.Window); diff != "" {
			t.Errorf("%s: window %s", name, diff)
		}
		ids, lines := s.Rows.Column("order_id"), s.Rows.Column("line_id")
		for i := range s.Rows.Len() {
			key := ids.Text(i) + "|" + lines.Text(i)
			if keys[key] {
				t.Errorf("key %s twice", key)
			}
			keys[key] = true
		}
	}
	if len(keys) < 108_000 {
		t.Errorf("only %d lines", len(keys))
	}
}

// The public figures of one day, as the reference states them.
func TestUCIKnownDay(t *testing.T) {
	dir := testData(t, "uci-retail")
	sales, refunds := uciSources(t)
	get := func(f *File) market.Fen {
		in, err := os.Open(filepath.Join(dir, "2011-09-15.csv"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = in.Close() }()
		p, err := f.PullFile(context.Background(), "2011-09-15.csv", in, Request{Shop: giftShop(t), Now: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		return totals(p.Rows, "amount")[""]
	}
	if placed, back := get(sales), get(refunds); placed != 7821895 || back != 1527514 || placed-back != 6294381 {
		t.Errorf("placed %d, cancelled %d", placed, back)
	}
}

func TestUCIRows(t *testing.T) {
	sales, refunds := uciSources(t)
	text := `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
1,A,LAMP ,2,2011-10-30 00:30:00,0.85,13509.0,France
1,A,LAMP ,1,2011-10-30 12:30:00,0.85,,France
2,B,check,-9,2011-10-30 12:31:00,0.0,,France
2,B,gift,1,2011-10-30 12:31:00,0.0,7.0,France
C3,A,LAMP,-2,2011-10-30 13:00:00,0.85,13509.0,France
C3,A,LAMP,-1,2011-10-30 13:00:00,0.85,13509.0,France
`
	r := Request{Shop: giftShop(t), Now: time.Now()}
	s, err := sales.PullFile(context.Background(), "x.csv", strings.NewReader(text), r)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1 A/1 finished A LAMP 13509 France 2 170 2011-10-29T23:30:00Z",
		"1 A/2 finished A LAMP - France 1 85 2011-10-30T12:30:00Z",
		"2 B/2 finished B gift 7 France 1 0 2011-10-30T12:31:00Z",
	}
	if diff := cmp.Diff(want, show(s.Rows, "order_id", "line_id", "status", "sku", "title", "buyer", "region", "qty", "amount", "placed_at")); diff != "" {
		t.Error(diff)
	}
	if s.Snapshot.Manifest.Skipped != 3 {
		t.Errorf("skipped %d", s.Snapshot.Manifest.Skipped)
	}
	b, err := refunds.PullFile(context.Background(), "x.csv", strings.NewReader(text), r)
	if err != nil {
		t.Fatal(err)
	}
	want = []string{"C3/A/1 - 2 170 success 2011-10-30T13:00:00Z", "C3/A/2 - 1 85 success 2011-10-30T13:00:00Z"}
	if diff := cmp.Diff(want, show(b.Rows, "refund_id", "order_id", "qty", "amount", "status", "success_at")); diff != "" {
		t.Error(diff)
	}
}

// show writes columns of rows as text; what is not known is "-".
func show(b *market.Batch, columns ...string) []string {
	var out []string
	for i := range b.Len() {
		var parts []string
		for _, name := range columns {
			c := b.Table.MustCol(name)
			v := b.Col(c)
			parts = append(parts, cellText(b.Table.Columns[c].Kind, v, i))
		}
		out = append(out, strings.Join(parts, " "))
	}
	return out
}

func cellText(k market.Kind, v *market.Vector, i int) string {
	switch {
	case !v.Known(i):
		return "-"
	case k == market.Time:
		return time.UnixMilli(v.Ints[i]).UTC().Format(time.RFC3339)
	case k == market.Date:
		return market.Day(v.Ints[i]).String()
	case k == market.Text:
		return v.Texts[i]
	}
	return big.NewInt(v.Ints[i]).String()
}
