package analysis

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
)

func samples(volume float64, values ...float64) []Sample {
	out := make([]Sample, len(values))
	for i, v := range values {
		out[i] = Sample{Value: v, Volume: volume, Known: true}
	}
	return out
}

func mustMetric(t interface{ Fatalf(string, ...any) }, key string) metric.Metric {
	m, ok := metric.Find(key)
	if !ok {
		t.Fatalf("no metric %s", key)
	}
	return m
}

func TestJudge(t *testing.T) {
	cart := Spec{ID: "cart", Kind: KindRatio, Metric: "cart_rate", Limits: Limits{Change: 0.2, Z: 4, Volume: 1000}}
	ship := Spec{ID: "ship", Kind: KindRatio, Metric: "ship_48h_rate", Limits: Limits{Change: 0.5, Z: 4, Volume: 50}}
	search := Spec{ID: "search", Kind: KindSeasonal, Metric: "searches", Limits: Limits{Change: 0.6, Z: 4, Rising: true}}
	margin := Spec{ID: "margin", Kind: KindThreshold, Metric: "margin", Limits: Limits{Limit: 0.2}}
	orders := Spec{ID: "orders", Kind: KindSpike, Metric: "orders"}
	usual := samples(5000, .12, .118, .123, .121, .119, .12)
	quiet := samples(0, 2, 1, 0, 3, 2, 1, 2, 1, 0, 2, 1, 3, 2, 1)
	for _, c := range []struct {
		name string
		spec Spec
		e    Entity
		why  string
	}{
		{"a quarter fewer add to the cart", cart, Entity{Now: Sample{.09, 5000, true}, Before: usual}, ""},
		{"a tenth fewer is no problem", cart, Entity{Now: Sample{.108, 5000, true}, Before: usual}, WhyChange},
		{"more is no problem", cart, Entity{Now: Sample{.2, 5000, true}, Before: usual}, WhyChange},
		{"so few visitors say nothing", cart, Entity{Now: Sample{.02, 900, true}, Before: usual}, WhyVolume},
		{"not known is not zero", cart, Entity{Now: Sample{}, Before: usual}, WhyUnknown},
		{"a new entry has no past", cart, Entity{Now: Sample{.02, 5000, true}, Before: usual[:3]}, WhyFew},
		{"chance explains it", cart, Entity{Now: Sample{.09, 1000, true}, Before: usual}, WhyChance},
		{"an open one stays at half the change", cart, Entity{Now: Sample{.105, 5000, true}, Before: usual, Open: true}, ""},
		{"twice as many are late", ship, Entity{Now: Sample{.90, 400, true}, Before: samples(400, .96, .97, .96, .95, .97, .96)}, ""},
		{"a few more are late", ship, Entity{Now: Sample{.95, 400, true}, Before: samples(400, .96, .97, .96, .95, .97, .96)}, WhyChange},
		{"searches soar", search, Entity{Now: Sample{3000, 3000, true}, Before: samples(1000, 1000, 1010, 980, 1020)}, ""},
		{"searches fall, which another rule is for", search, Entity{Now: Sample{100, 100, true}, Before: samples(1000, 1000, 1010, 980, 1020)}, WhyChange},
		{"under the limit", margin, Entity{Now: Sample{.19, 10, true}}, ""},
		{"at the limit", margin, Entity{Now: Sample{.2, 10, true}}, WhyLimit},
		{"open and hardly better", margin, Entity{Now: Sample{.21, 10, true}, Open: true}, ""},
		{"open and clearly better", margin, Entity{Now: Sample{.23, 10, true}, Open: true}, WhyLimit},
		{"many at once", orders, Entity{Now: Sample{30, 0, true}, Before: quiet}, ""},
		{"as many as ever", orders, Entity{Now: Sample{3, 0, true}, Before: quiet}, WhyChance},
	} {
		t.Run(c.name, func(t *testing.T) {
			j := Judge(c.spec, mustMetric(t, c.spec.Metric), c.e)
			if j.Why != c.why {
				t.Errorf("why = %q, want %q; %+v", j.Why, c.why, j.Reading)
			}
		})
	}
}

// TestJudgeIsQuiet: ordinary ups and downs of a ratio are told of at most once
// in a thousand looks.
func TestJudgeIsQuiet(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	s := Spec{Kind: KindRatio, Metric: "cart_rate", Limits: Limits{Change: 0.2, Z: 4, Volume: 100}}
	m := mustMetric(t, s.Metric)
	draw := func() Sample {
		n, hits := 400, 0
		for range n {
			if rng.Float64() < .12 {
				hits++
			}
		}
		return Sample{Value: float64(hits) / float64(n), Volume: float64(n), Known: true}
	}
	told := 0
	const looks = 5000
	for range looks {
		e := Entity{Now: draw()}
		for range 14 {
			e.Before = append(e.Before, draw())
		}
		if Judge(s, m, e).Why == "" {
			told++
		}
	}
	if told > looks/1000 {
		t.Errorf("%d of %d ordinary looks are told", told, looks)
	}
}

// TestJudgeNeverBreaks: whatever the numbers, they come out finite and a worse
// value is told whenever a better one is.
func TestJudgeNeverBreaks(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		kind := rapid.SampledFrom(CanAdd()).Draw(rt, "kind")
		key := rapid.SampledFrom([]string{"cart_rate", "orders", "gmv_paid", "refund_rate", "ship_48h_rate"}).Draw(rt, "metric")
		m := mustMetric(rt, key)
		s := Spec{Kind: kind, Metric: key, Limits: Limits{Limit: rapid.Float64Range(0, 100).Draw(rt, "limit"), Change: 0.3, Z: 4}}
		value := rapid.Float64Range(0, 1)
		if m.Unit != metric.Ratio {
			value = rapid.Float64Range(0, 1e6)
		}
		sample := rapid.Custom(func(t *rapid.T) Sample {
			return Sample{Value: value.Draw(t, "v"), Volume: rapid.Float64Range(0, 1e6).Draw(t, "n"), Known: rapid.Bool().Draw(t, "known")}
		})
		e := Entity{Now: sample.Draw(rt, "now"), Before: rapid.SliceOfN(sample, 0, 20).Draw(rt, "before")}
		j := Judge(s, m, e)
		for _, v := range []float64{j.Reading.Value, j.Reading.Limit, j.Reading.Usual} {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				rt.Fatalf("%+v of %+v", j, e)
			}
		}
		for _, n := range j.Reading.Numbers {
			if math.IsNaN(n.Value) || math.IsInf(n.Value, 0) {
				rt.Fatalf("%s of %+v", n.Name, e)
			}
		}
		if j.Why != "" || kind == KindSpike {
			return
		}
		worse := e
		if j.Reading.High {
			worse.Now.Value *= 1.1
		} else {
			worse.Now.Value *= 0.9
		}
		if got := Judge(s, m, worse); got.Why != "" && m.Unit != metric.Count {
			rt.Fatalf("%v is told and %v is not: %s", e.Now.Value, worse.Now.Value, got.Why)
		}
	})
}

func TestRegistry(t *testing.T) {
	seen := map[Rule]bool{}
	for _, s := range Registry() {
		if seen[s.ID] {
			t.Errorf("%s is there twice", s.ID)
		}
		seen[s.ID] = true
		if m, ok := metric.Find(s.Metric); s.Metric != "" && !ok {
			t.Errorf("%s: no metric %s", s.ID, s.Metric)
		} else if s.Limits.Past > 0 && !m.Carries(s.Match, s.By) {
			t.Errorf("%s: %s does not carry %s", s.ID, s.Metric, s.By)
		}
		if s.Limits.Volume > 0 && s.Volume == "" && s.Metric != "" {
			t.Errorf("%s asks for a volume and says not of what: it never speaks", s.ID)
		}
		if _, ok := metric.Find(s.Volume); s.Volume != "" && !ok {
			t.Errorf("%s: no metric %s", s.ID, s.Volume)
		}
	}
}

// BenchmarkRulesOverAMillionSeries judges a million series by each kind that a
// metric declares.
func BenchmarkRulesOverAMillionSeries(b *testing.B) {
	const series = 1_000_000
	rng := rand.New(rand.NewPCG(1, 1))
	before := make([][]Sample, 1000)
	for i := range before {
		for range 14 {
			before[i] = append(before[i], Sample{Value: .1 + rng.Float64()*.04, Volume: 1000, Known: true})
		}
	}
	counts := make([][]Sample, 1000)
	for i := range counts {
		for range 44 {
			counts[i] = append(counts[i], Sample{Value: float64(rng.IntN(4)), Known: true})
		}
	}
	for _, c := range []struct {
		spec Spec
		past [][]Sample
	}{
		{Spec{Kind: KindThreshold, Metric: "cart_rate", Limits: Limits{Limit: .05}}, before},
		{Spec{Kind: KindRatio, Metric: "cart_rate", Limits: Limits{Change: .2, Z: 4, Volume: 100}}, before},
		{Spec{Kind: KindSeasonal, Metric: "searches", Limits: Limits{Change: .3, Z: 4}}, before},
		{Spec{Kind: KindSpike, Metric: "orders"}, counts},
	} {
		m := mustMetric(b, c.spec.Metric)
		b.Run(string(c.spec.Kind), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for i := range series {
					e := Entity{Now: Sample{Value: .12, Volume: 1000, Known: true}, Before: c.past[i%len(c.past)]}
					if c.spec.Kind == KindSpike {
						e.Now.Value = float64(i % 1000 / 200) // most series of a long tail have none or few
						if i%1000 < 990 {
							e.Now.Value = float64(i % 3)
						}
					}
					Judge(c.spec, m, e)
				}
			}
		})
	}
	lines := make([]StockLine, series)
	for i := range lines {
		lines[i] = StockLine{SKU: market.SKU(strconv.Itoa(i)), Available: int64(i % 90), Listed: true, PerDay: float64(i%7) / 3, Price: 9900, Rank: i + 1}
	}
	b.Run("stock_out", func(b *testing.B) {
		for b.Loop() {
			StockOuts(Defaults().Stock, Defaults().Money, StockInput{At: time.Unix(0, 0), Lines: lines, Daily: 60_000_000})
		}
	})
}
