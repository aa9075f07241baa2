package analysis

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shopwatch/internal/market"
)

// peakWeight is a campaign's day: doors open at midnight, and the evening is flat.
var peakWeight = [24]float64{
	12.5, 6.5, 2.9, 1.4, .9, .8, 1.3, 2.1, 3.1, 4.2, 4.6, 4.1, 3.8, 3.6, 3.5, 3.5, 3.4, 3.3, 3.6, 4.8, 7.9, 7.4, 6.4, 5.9,
}

// campaign is a shop's 60 ordinary days and a day of a campaign after them, which
// sells level times as much in a shape of its own; fault scales the orders of its
// bins. earlier is the day, before the last one, of an earlier campaign of the
// phase, or 0.
type campaign struct {
	sim     simulated
	earlier int
}

const lastDay = 60

func newCampaign(seed uint64, level float64, shape [24]float64, earlier int, fault func(bin int) float64) campaign {
	total, plain := 0.0, 0.0
	for h := range shape {
		total += shape[h]
		plain += hourWeight[h]
	}
	return campaign{earlier: earlier, sim: simulate(seed, lastDay+1, 1200, func(bin, _ int) float64 {
		day, h := bin/144, bin%144/6
		if day != lastDay && (earlier == 0 || day != earlier) {
			return 1
		}
		f := level * (shape[h] / total) / (hourWeight[h] / plain)
		if day == lastDay {
			f *= fault(bin % 144)
		}
		return f
	})}
}

// look runs the rule on the last day up to a bin of it. began is the bin at which
// an open drop began, or -1.
func (c campaign) look(bin, began int) []Finding {
	rules := Defaults()
	var ins []GMVInput
	for _, length := range rules.GMV.Windows {
		bins := int(length / (10 * time.Minute))
		if bin < bins {
			continue
		}
		sample := func(day, end, n int) GMVSample {
			end += day * 144
			return GMVSample{Paid: market.Fen(window(c.sim.paid[0], end, n)), Orders: window(c.sim.orders[0], end, n)}
		}
		s := GMVScope{Now: sample(lastDay, bin, bins), Open: began >= 0}
		until := bin - bins
		if began >= 0 {
			until = min(until, began)
		}
		if until >= PaceHours*6 {
			hours := func(day int) (out []GMVSample) {
				for h := range PaceHours {
					out = append(out, sample(day, until-(PaceHours-1-h)*6, 6))
				}
				return out
			}
			s.Pace = &GMVPace{Now: hours(lastDay)}
			if c.earlier > 0 {
				s.Before = append(s.Before, sample(c.earlier, bin, bins))
				s.Pace.Phase = append(s.Pace.Phase, GMVRun{Hours: hours(c.earlier), Window: sample(c.earlier, bin, bins)})
			}
			for k := 1; k <= 14; k++ {
				if d := lastDay - k; d != c.earlier {
					s.Pace.Ordinary = append(s.Pace.Ordinary, GMVRun{Hours: hours(d), Window: sample(d, bin, bins)})
				}
			}
		}
		ins = append(ins, GMVInput{Daily: 36_000_000, Scopes: []GMVScope{s}})
	}
	return GMVDrops(rules.GMV, rules.Money, ins)
}

func noFault(int) float64 { return 1 }

// A campaign's day has a level and a shape of its own, and no such day may ever
// have been seen. Whatever they are, a day without a fault is quiet.
func TestPaceKeepsQuiet(t *testing.T) {
	alarms, days := 0, 0
	for seed := range uint64(4) {
		for _, level := range []float64{.8, 1.3, 2.4, 7} {
			for _, shape := range [][24]float64{peakWeight, hourWeight} {
				for _, earlier := range []int{0, 44} {
					c := newCampaign(500+seed, level, shape, earlier, noFault)
					days++
					for bin, pending := 1, false; bin <= 144; bin++ {
						seen := len(c.look(bin, -1)) > 0
						if seen && pending {
							alarms++
							t.Logf("seed %d level %g earlier %d peak %v: told at %d:%02d", seed, level, earlier, shape == peakWeight, bin/6, bin%6*10)
							break
						}
						pending = seen
					}
				}
			}
		}
	}
	t.Logf("%d false alarms in %d days of campaigns", alarms, days)
	if alarms > days/30 {
		t.Errorf("%d false alarms in %d days, want at most one in 30", alarms, days)
	}
}

// Payments that fail for hours of a campaign's day are found, and the alert ends
// after they are mended.
func TestPaceFindsLostHours(t *testing.T) {
	found, late, stuck, runs := 0, 0, 0, 0
	for seed := range uint64(12) {
		for _, earlier := range []int{0, 44} {
			for _, hour := range []int{10, 14, 20} {
				start := hour * 6
				c := newCampaign(700+seed, 2.4, peakWeight, earlier, func(bin int) float64 {
					if bin >= start && bin < start+18 {
						return .36
					}
					return 1
				})
				runs++
				was := found
				for bin := start + 1; bin <= start+18; bin++ {
					f := c.look(bin, -1)
					if len(f) == 0 {
						continue
					}
					found++
					late += bin - start
					if f[0].GMV.Paced == nil || f[0].AtRisk <= 0 || f[0].AtRisk != f[0].GMV.Expected-f[0].GMV.Actual {
						t.Fatalf("finding %+v of %+v", f[0].GMV, f[0])
					}
					end := min(144, start+18+9) // a window of an hour after the fault, and the half hour that it keeps firing
					if len(c.look(end, start-6)) > 0 {
						stuck++
						t.Logf("seed %d earlier %d: the fault at %d:00 stays open", seed, earlier, hour)
					}
					break
				}
				if found == was {
					t.Logf("seed %d earlier %d: the fault at %d:00 is not told", seed, earlier, hour)
				}
			}
		}
	}
	t.Logf("found %d of %d faults on a campaign's day, after %d minutes on average; %d stay open afterwards", found, runs, late*10/max(1, found), stuck)
	if found < runs*9/10 || stuck > runs/10 {
		t.Errorf("found %d of %d, %d stay open", found, runs, stuck)
	}
}

// What a pace needs and has not makes it unknown; it is never a guess, and never
// a number that is none.
func TestPaceIsKnownOrNot(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		sample := rapid.Custom(func(rt *rapid.T) GMVSample {
			n := rapid.Int64Range(0, 50).Draw(rt, "orders")
			return GMVSample{Orders: n, Paid: market.Fen(n * rapid.Int64Range(0, 90_000).Draw(rt, "each"))}
		})
		hours := rapid.SliceOfN(sample, 0, PaceHours+1)
		run := rapid.Custom(func(rt *rapid.T) GMVRun {
			return GMVRun{Hours: hours.Draw(rt, "hours"), Window: sample.Draw(rt, "window")}
		})
		p := &GMVPace{Now: hours.Draw(rt, "now"), Phase: rapid.SliceOfN(run, 0, 3).Draw(rt, "phase"), Ordinary: rapid.SliceOfN(run, 0, 8).Draw(rt, "ordinary")}
		least := Defaults().GMV.MinSamples
		u := UsualGMV(Defaults().GMV, GMVScope{Now: sample.Draw(rt, "w"), Pace: p})
		if (len(p.Now) < PaceHours || len(p.Ordinary) < least) && u.Known {
			rt.Fatalf("known without enough: %+v", u)
		}
		for _, x := range []float64{u.Expected, u.Deviation, u.Lower, u.Orders} {
			if math.IsNaN(x) || math.IsInf(x, 0) || x < 0 {
				rt.Fatalf("%+v", u)
			}
		}
		if u.Known && u.Paced == nil {
			rt.Fatalf("%+v does not say how", u)
		}
	})
}
