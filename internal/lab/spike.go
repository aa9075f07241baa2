package lab

import (
	"errors"
	"flag"
	"math"

	"shopwatch/internal/analysis/spike"
)

func spikeVerb() Verb {
	return Verb{
		Name: "spike", Short: "Days with more complaints than usual", Inputs: []string{"FILE"},
		Long: `Reads timestamp,count and adds expected, threshold (the smallest count that
would be a spike), p (the chance of so many if nothing had changed) and alert (0
or 1). With a column exposure, counts are taken in proportion to it, as given:
pieces delivered about then, for instance. Rows follow each other without holes:
write 0 for a day without any, leave the cell empty when it is not known.`,
		Example: "  shopwatch lab spike complaints.csv\n  shopwatch lab spike --method c1 complaints.csv",
		New: func(flags *flag.FlagSet) func(*Session) error {
			method := flags.String("method", "nb", "nb: negative binomial, the bot's own; c1 or c2: the EARS rules, for comparison")
			return func(s *Session) error {
				judge, ok := spikeMethods[*method]
				if !ok {
					return usagef("--method %q: want nb, c1 or c2", *method)
				}
				return spikes(s, judge())
			}
		},
	}
}

// spikeMethods start with no history.
var spikeMethods = map[string]func() func(spike.Day) spike.Verdict{
	"nb": func() func(spike.Day) spike.Verdict { return new(spike.Tracker).Next },
	"c1": func() func(spike.Day) spike.Verdict { return ears(0) },
	"c2": func() func(spike.Day) spike.Verdict { return ears(2) },
}

// ears is rule C1 or C2 at a chance of .001 of a normal distribution. It knows
// no exposure and no unknown days.
func ears(gap int) func(spike.Day) spike.Verdict {
	const z, minSigma = 3.0902323061678, .5
	var counts []float64
	return func(d spike.Day) spike.Verdict {
		counts = append(counts, float64(d.Count))
		counts = counts[max(0, len(counts)-10):]
		last := len(counts) - 1
		mean := spike.EARS(counts, gap, 0, minSigma)[last]
		bound := spike.EARS(counts, gap, z, minSigma)[last]
		v := spike.Verdict{Expected: mean, P: 1}
		if math.IsNaN(bound) {
			return v
		}
		v.Method, v.Threshold = spike.Daily, int64(math.Floor(bound))+1
		v.P = math.Erfc((counts[last]-mean)/(bound-mean)*z/math.Sqrt2) / 2
		v.Spike = d.Count >= v.Threshold
		return v
	}
}

func spikes(s *Session, judge func(spike.Day) spike.Verdict) error {
	t, err := s.Table(0, "timestamp", "count")
	if err != nil {
		return err
	}
	defer func() { _ = t.Close() }() // it was only read
	out, err := t.Extend("expected", "threshold", "p", "alert")
	if err != nil {
		return err
	}
	for row := range t.Rows() {
		row.Time("timestamp")
		d, ok := spikeDay(t, row)
		if !ok {
			continue
		}
		v := judge(d)
		cells := []any{v.Expected, nil, nil, digit(v.Spike)}
		if v.Method != spike.Silent {
			cells[1], cells[2] = v.Threshold, v.P
		}
		out.Row(row, cells...)
	}
	return errors.Join(out.Close(), t.Err())
}

func spikeDay(t *Table, row *Row) (d spike.Day, ok bool) {
	n, known := row.Count("count")
	d = spike.Day{Count: n, Exposure: 1, Unknown: !known}
	if t.Has("exposure") {
		e, known := row.Number("exposure")
		if known && e < 0 {
			row.Bad("exposure: %q is negative", row.Text("exposure"))
		}
		if d.Exposure = e; !known || e == 0 {
			d.Exposure, d.Unknown = 0, true
		}
	}
	return d, row.OK()
}
