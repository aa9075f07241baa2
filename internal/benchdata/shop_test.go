package benchdata

import (
	"math"
	"testing"
)

// TestSkew pins the statistics of a day, which decide what compresses: shares of
// rows per hour that changed (gauges) or are not 0 (flows).
func TestSkew(t *testing.T) {
	const n = 100_000
	s := New(Options{SKUs: n, Seed: 1})
	cur, prev := NewHour(n), NewHour(n)
	s.Next(prev)
	var changed [3]int
	var busy [10]int
	const hours = 48
	for range hours {
		s.Next(cur)
		for i := range n {
			a, b := prev.Row(i), cur.Row(i)
			for c := range 3 {
				if a[c] != b[c] {
					changed[c]++
				}
			}
			for c := 3; c < 10; c++ {
				if b[c] != 0 {
					busy[c]++
				}
			}
		}
		cur, prev = prev, cur
	}
	rows := float64(n * hours)
	for _, w := range []struct {
		what string
		got  int
		want float64
	}{
		{"price changes", changed[0], 0.0037},
		{"rival price changes", changed[1], 0.0091},
		{"stock changes", changed[2], 0.075},
		{"units", busy[3], 0.05},
		{"gmv", busy[5], 0.05},
		{"visits", busy[6], 0.39},
		{"carts", busy[7], 0.13},
		{"complaints", busy[8], 0.0003},
	} {
		share := float64(w.got) / rows
		t.Logf("%-20s %.5f", w.what, share)
		if math.Abs(share/w.want-1) > 0.05 {
			t.Errorf("%s: %.5f of the rows of an hour, want %.5f within 5 %%", w.what, share, w.want)
		}
	}
}

func BenchmarkNext(b *testing.B) {
	const n = 100_000
	s, h := New(Options{SKUs: n, Seed: 1}), NewHour(n)
	for b.Loop() {
		s.Next(h)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
}

// TestHour24 pins the data themselves: figures of two versions of the program
// can be compared only while this sum stays.
func TestHour24(t *testing.T) {
	for _, w := range []struct {
		name string
		opt  Options
		want uint64
	}{
		{"ordinary", Options{SKUs: 10_000, Seed: 1}, 0x2b295bbb4587d0fb},
		{"hot", Options{SKUs: 10_000, Seed: 1, Hot: 20}, 0x9ff3257552ad2561},
	} {
		s, h := New(w.opt), NewHour(w.opt.SKUs)
		for range 25 { // hour 0 is the first
			s.Next(h)
		}
		if got := h.Sum(); got != w.want {
			t.Errorf("%s: hour 24 has the sum %#x, want %#x", w.name, got, w.want)
		}
	}
}
