package series

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"shopwatch/internal/benchdata"
	"shopwatch/internal/market"
	"shopwatch/storage/column"
)

// BenchmarkBytes tells where the bytes of merged blocks are: per sample of each
// level, and with -v by column. The catalogues of seeds 1 and 2 are those of the
// other benchmarks; the real one is four weeks of a gift shop's orders, where the
// price is that of the line sold last, and stock, visits and carts are not known.
//
//	go test -run '^$' -bench Bytes -benchtime 1x -v ./storage/series
func BenchmarkBytes(b *testing.B) {
	const hours = 28 * 24
	made := func(o benchdata.Options) func(testing.TB) *past {
		return func(testing.TB) *past { return madePast(2048, hours, o) }
	}
	real := func(tb testing.TB) *past { return realPast(tb, time.Date(2011, 9, 5, 0, 0, 0, 0, time.UTC), hours) }
	for _, data := range []struct {
		name string
		make func(testing.TB) *past
	}{
		{"seed 1", made(benchdata.Options{Seed: 1})},
		{"seed 2", made(benchdata.Options{Seed: 2})},
		{"seed 1 hot", made(benchdata.Options{Seed: 1, Hot: 20})},
		{"real", real},
	} {
		b.Run(data.name, func(b *testing.B) {
			p := data.make(b)
			for _, lev := range []struct {
				name    string
				l       *layout
				to      int
				slots   []*table
				perUnit int
			}{
				{"day", clockLayout, 1, p.slots, 24},
				{"week", clockLayout, 2, p.slots, 7 * 24},
				{"month", dayLayout, 1, p.days, 28},
			} {
				b.Run(lev.name, func(b *testing.B) {
					var sizes []int
					for b.Loop() {
						sizes = mergedSizes(b, lev.l, lev.to, lev.slots, lev.perUnit)
					}
					reportSizes(b, lev.l, sizes, len(lev.slots)*lev.slots[0].n)
				})
			}
		})
	}
}

// past is slots of the clock, and the days that they make.
type past struct{ slots, days []*table }

func (p *past) add(cols *table) {
	p.slots = append(p.slots, cols)
	if len(p.slots)%24 != 0 {
		return
	}
	d := newDays(cols.n)
	v := make([]int64, cols.n)
	for _, slot := range p.slots[len(p.slots)-24:] {
		for c := range Column(Width) {
			null := slot.part(int(c), 0, v)
			d.add(c, 0, v, null)
		}
	}
	p.days = append(p.days, &d.table)
}

func madePast(n, hours int, o benchdata.Options) *past {
	o.SKUs = n
	shop, h, p := benchdata.New(o), benchdata.NewHour(n), &past{}
	for range hours {
		shop.Next(h)
		t := newTable(clockLayout, n)
		for i := range n {
			for c, v := range h.Row(i) {
				t.set(c, i, v)
			}
		}
		p.add(t)
	}
	return p
}

// sale is a line of an invoice.
type sale struct {
	at            time.Time
	invoice, item string
	pieces, price int64
}

// readSales reads the real orders in order of time.
func readSales(tb testing.TB) []sale {
	dir := cmp.Or(os.Getenv("SHOPWATCH_TEST_DATA"), filepath.Join("..", "..", "..", "shared", "data"))
	files, _ := filepath.Glob(filepath.Join(dir, "uci-retail", "*.csv"))
	if len(files) == 0 {
		tb.Skip("the test data folder uci-retail is not here; set SHOPWATCH_TEST_DATA")
	}
	var all []sale
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			tb.Fatal(err)
		}
		lines, err := csv.NewReader(f).ReadAll()
		if err = cmp.Or(err, f.Close()); err != nil {
			tb.Fatal(err)
		}
		for _, l := range lines[1:] {
			s := sale{invoice: l[0], item: l[1]}
			var price float64
			s.at, _ = time.Parse(time.DateTime, l[4])
			s.pieces, _ = strconv.ParseInt(l[3], 10, 64)
			price, err = strconv.ParseFloat(l[5], 64)
			if s.price = int64(math.Round(price * 100)); err != nil || s.at.IsZero() {
				tb.Fatalf("%s: %q: %v", name, l, err)
			}
			all = append(all, s)
		}
	}
	slices.SortStableFunc(all, func(a, b sale) int { return a.at.Compare(b.at) })
	return all
}

// realPast is the real orders by hour and item, from start on.
func realPast(tb testing.TB, start time.Time, hours int) *past {
	all := readSales(tb)
	ids := map[string]int{}
	for i := range all {
		if _, ok := ids[all[i].item]; !ok {
			ids[all[i].item] = len(ids)
		}
	}
	p, price, k := &past{}, make([]int64, len(ids)), 0
	for h := range hours {
		t := newTable(clockLayout, len(ids))
		for _, c := range []Column{RivalPrice, Stock, Visits, Carts, Complaints} {
			t.null[c] = column.AllNull(t.n)
		}
		seen := map[string]bool{}
		for ; k < len(all) && all[k].at.Before(start.Add(time.Duration(h+1)*time.Hour)); k++ {
			s := &all[k]
			i := ids[s.item]
			if s.pieces > 0 && s.price > 0 {
				price[i] = s.price
			}
			if !s.at.Before(start) {
				t.sell(i, s, seen)
			}
		}
		t.null[Price] = make(market.Bits, (t.n+63)/64)
		for i, v := range price {
			if t.set(int(Price), i, v); v == 0 {
				t.null[Price].Set(i)
			}
		}
		p.add(t)
	}
	return p
}

// sell adds a line of an invoice to the flows of an hour.
func (t *table) sell(i int, s *sale, seen map[string]bool) {
	switch order := s.invoice + " " + s.item; {
	case s.invoice[0] == 'C':
		t.small[Refunds][i]++
	case s.pieces > 0:
		t.small[Units][i] += int32(s.pieces)
		t.wide[GMV][i] += s.pieces * s.price
		if !seen[order] {
			t.small[Orders][i]++
			seen[order] = true
		}
	}
}

// mergedSizes is the bytes of every column, and last of what stands around them,
// when the slots are merged per at a time.
func mergedSizes(b *testing.B, l *layout, to int, slots []*table, per int) []int {
	codec, err := column.NewCodec()
	if err != nil {
		b.Fatal(err)
	}
	defer codec.Close()
	enc, sizes := newEncoder(l, codec), make([]int, len(l.specs)+1)
	for some := range slices.Chunk(slots, per) {
		for at := 0; at < some[0].n; at += l.levels[to].rows {
			block := mergedBlock{rows: min(l.levels[to].rows, some[0].n-at)}
			block.w = column.NewWriter(codec, byte(to)|related, block.rows)
			before := 0
			for _, col := range l.order {
				values := make([]span, len(some))
				for i, t := range some {
					values[i] = newSpan(block.rows)
					values[i].null = t.part(col, at, values[i].v)
					if l.specs[col].flag {
						values[i].null = nil
					}
				}
				enc.merged(&block, col, values)
				n := len(block.w.Bytes())
				if before > 0 {
					sizes[col] += n - before
				} else {
					sizes[col] += n - 5
				}
				before = n
			}
			sizes[len(l.specs)] += 5 + sealed
		}
	}
	return sizes
}

// sealed is what a value has beside its block: key, length, checksum and the
// element of a page.
const sealed = 32

func reportSizes(b *testing.B, l *layout, sizes []int, rows int) {
	samples, all := float64(rows*len(l.specs)), 0
	if l == clockLayout {
		samples = float64(rows * Width)
	}
	for c, n := range sizes {
		name := "around"
		switch {
		case c == len(l.specs):
		case l == clockLayout:
			name = Column(c).String()
		default:
			name = fmt.Sprint("day column ", c)
		}
		b.Logf("%-16s %8.5f B/sample", name, float64(n)/samples)
		all += n
	}
	b.ReportMetric(float64(all)/samples, "B/sample")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows), "ns/row")
}
