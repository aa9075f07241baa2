package lab

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"

	"shopwatch/internal/analysis/explain"
)

func explainVerb() Verb {
	return Verb{
		Name: "explain", Short: "What accounts for the move of a measure between two periods", Inputs: []string{"BEFORE.csv", "AFTER.csv"},
		Long: `Reads two tables of the same columns: dimensions (text) and measures (numbers).
Rows of the same members are added. Say what the measures are:
  --sum sales                   a sum, such as sales; the default when there is one measure
  --ratio buyers/visitors       a ratio
  --funnel visitors,buyers,sales   a chain: visitors x (buyers / visitors) x (sales / buyers)
  --mix pieces,sales            price, volume and mix; a row is an item
The answer is a table. kind is "total"; "part": these sum to the change (members
of the first dimension, rate and mix, or the factors); "cause": the slices that
stand out, by rank; "rest": what is in none of them. Parts and causes are two
views of the same change. "noise" in note: the move is not larger than the
cells' own noise. What accounts for a change need not have caused it.
Columns of numbers that no flag names are left out; --dims names the dimensions
when they look like numbers.`,
		Example: "  shopwatch lab explain last_week.csv this_week.csv --funnel visitors,buyers,sales",
		New: func(flags *flag.FlagSet) func(*Session) error {
			var o explainOptions
			flags.StringVar(&o.sum, "sum", "", "the column of a sum")
			flags.StringVar(&o.ratio, "ratio", "", "two columns, numerator/denominator")
			flags.StringVar(&o.funnel, "funnel", "", "the columns of a chain, in its order")
			flags.StringVar(&o.mix, "mix", "", "the columns of pieces and money")
			flags.StringVar(&o.dims, "dims", "", "the columns of dimensions (default: all that hold text)")
			return func(s *Session) error { return runExplain(s, o) }
		},
	}
}

type explainOptions struct{ sum, ratio, funnel, mix, dims string }

// measures are the columns of the one flag that is set; kind is its name.
func (o explainOptions) measures() (kind string, columns []string, err error) {
	for _, f := range []struct {
		kind, text, sep string
		least, most     int
	}{{"sum", o.sum, ",", 1, 1}, {"ratio", o.ratio, "/", 2, 2}, {"funnel", o.funnel, ",", 2, 6}, {"mix", o.mix, ",", 2, 2}} {
		if f.text == "" {
			continue
		}
		if kind != "" {
			return "", nil, usagef("--%s and --%s exclude each other", kind, f.kind)
		}
		kind = f.kind
		for name := range strings.SplitSeq(f.text, f.sep) {
			columns = append(columns, strings.ToLower(strings.TrimSpace(name)))
		}
		if len(columns) < f.least || len(columns) > f.most || slices.Contains(columns, "") {
			return "", nil, usagef("--%s %q: wants %d to %d columns with %q between them", f.kind, f.text, f.least, f.most, f.sep)
		}
	}
	return kind, columns, nil
}

func runExplain(s *Session, o explainOptions) error {
	kind, measures, err := o.measures()
	if err != nil {
		return err
	}
	p, err := s.readPair(splitNames(o.dims), measures)
	if err != nil {
		return err
	}
	if kind == "" {
		if kind = "sum"; len(p.measures) != 1 {
			return usagef("the measures are %s: name one with --sum, or use --ratio, --funnel or --mix", strings.Join(p.measures, ", "))
		}
	}
	out := s.Sink("kind", "rank", "name", "before", "after", "change", "share", "note")
	k := &ledger{out: out}
	switch kind {
	case "sum":
		err = k.sum(p)
	case "ratio":
		err = k.ratio(p)
	case "funnel":
		err = k.funnel(p)
	case "mix":
		k.mix(p)
	}
	return errors.Join(err, out.Close())
}

func splitNames(text string) []string {
	var out []string
	for name := range strings.SplitSeq(text, ",") {
		if name = strings.ToLower(strings.TrimSpace(name)); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// ledger writes the rows of an explanation.
type ledger struct {
	out    *Sink
	change float64 // the whole
}

func (k *ledger) total(name string, before, after float64, note string) {
	k.change = after - before
	k.out.Row(nil, "total", nil, name, before, after, k.change, nil, note)
}

// part writes an amount of the change, with the values of a slice or without.
func (k *ledger) part(kind string, rank int, name string, values []float64, change float64, note string) {
	var before, after, share, place any
	if len(values) == 2 {
		before, after = values[0], values[1]
	}
	if k.change != 0 {
		share = change / k.change
	}
	if rank > 0 {
		place = rank
	}
	k.out.Row(nil, kind, place, name, before, after, change, share, note)
}

func (k *ledger) sum(p *pair) error {
	a, err := explain.Additive(p.table(p.measures[0], ""), nil)
	if err != nil {
		return err
	}
	k.total(p.measures[0], a.Forecast, a.Actual, noiseNote(a))
	k.members(p)
	k.causes(a)
	return nil
}

func (k *ledger) ratio(p *pair) error {
	name := p.measures[0] + "/" + p.measures[1]
	t := p.table(p.measures[0], p.measures[1])
	a, err := explain.Ratio(t, nil)
	if err != nil {
		return err
	}
	note := noiseNote(a)
	if dim, err := explain.Reversed(t); err != nil {
		return err
	} else if dim != "" {
		note = strings.TrimPrefix(note+"; ", "; ") + "moved the other way in every " + dim + ": the mix moved (Simpson's paradox)"
	}
	k.total(name, a.Forecast, a.Actual, note)
	l := explain.RateAndMix(t)
	k.part("part", 0, "rates", nil, l.Rate, "")
	k.part("part", 0, "mix", nil, l.Mix, "")
	k.causes(a)
	return nil
}

func noiseNote(a explain.Answer) string {
	switch {
	case a.Noise:
		return "noise"
	case !a.Judged:
		return "too few cells to tell noise"
	}
	return ""
}

// members writes the first dimension's members, largest move first.
func (k *ledger) members(p *pair) {
	type member struct {
		name   string
		values []float64
	}
	var list []member
	for i, m := range p.members {
		at := slices.IndexFunc(list, func(x member) bool { return x.name == m[0] })
		if at < 0 {
			at = len(list)
			list = append(list, member{m[0], make([]float64, 2)})
		}
		list[at].values[0] += p.before[i][0]
		list[at].values[1] += p.after[i][0]
	}
	slices.SortStableFunc(list, func(a, b member) int {
		return compareSize(b.values[1]-b.values[0], a.values[1]-a.values[0])
	})
	for _, x := range list {
		k.part("part", 0, p.dims[0]+"="+x.name, x.values, x.values[1]-x.values[0], "")
	}
}

// causes writes slices and what is in none of them.
func (k *ledger) causes(a explain.Answer) {
	for i, s := range a.Slices {
		k.part("cause", i+1, sliceName(s.Where), []float64{s.Forecast, s.Actual}, s.Change, "")
	}
	if len(a.Slices) > 0 {
		k.part("rest", 0, "everything else", nil, a.Rest, "")
	}
}

func sliceName(where []explain.Member) string {
	var parts []string
	for _, m := range where {
		parts = append(parts, m.Dim+"="+m.Member)
	}
	return strings.Join(parts, "&")
}

func (k *ledger) funnel(p *pair) error {
	segments := make([]explain.Segment, len(p.keys))
	for i, key := range p.keys {
		segments[i] = explain.Segment{Key: key, Before: chain(p.before[i]), After: chain(p.after[i])}
	}
	l, err := explain.Funnel(segments)
	if err != nil {
		return err
	}
	last := len(p.measures) - 1
	k.total(p.measures[last], l.Before, l.After, "")
	for i, x := range l.Factors {
		name := p.measures[0]
		if i > 0 {
			name = p.measures[i] + "/" + p.measures[i-1]
		}
		k.part("part", 0, name, nil, x, "")
	}
	k.rest(l.New, l.Gone, l.Other)
	a, err := explain.Additive(p.table(p.measures[last], ""), nil)
	if err != nil {
		return err
	}
	k.causes(a)
	return nil
}

// chain turns a chain of amounts into factors: the first, then each over the
// one before. A chain that breaks off has a factor 0.
func chain(amounts []float64) []float64 {
	out := make([]float64, len(amounts))
	for i, v := range amounts {
		switch {
		case i == 0:
			out[i] = v
		case amounts[i-1] != 0:
			out[i] = v / amounts[i-1]
		}
	}
	return out
}

func (k *ledger) rest(fresh, gone, other float64) {
	for _, r := range []struct {
		name   string
		change float64
	}{{"new", fresh}, {"gone", gone}, {"negative or incomplete", other}} {
		if r.change != 0 {
			k.part("part", 0, r.name, nil, r.change, "")
		}
	}
}

func (k *ledger) mix(p *pair) {
	items := make([]explain.Item, len(p.keys))
	for i, key := range p.keys {
		items[i] = explain.Item{Key: key, Before: p.before[i][0], Money0: p.before[i][1], After: p.after[i][0], Money1: p.after[i][1]}
	}
	l := explain.PriceVolumeMix(items)
	k.total(p.measures[1], l.Before, l.After, "")
	k.part("part", 0, "price", nil, l.Price, "")
	k.part("part", 0, "volume", nil, l.Volume, "")
	k.part("part", 0, "mix", nil, l.Mix, "")
	k.rest(l.New, l.Gone, l.Other)
	slices.SortStableFunc(l.Items, func(a, b explain.ItemPart) int { return compareSize(b.Change, a.Change) })
	for i, x := range l.Items[:min(mostItems, len(l.Items))] {
		if x.Change != 0 {
			j := slices.Index(p.keys, x.Key)
			k.part("cause", i+1, x.Key, []float64{p.before[j][1], p.after[j][1]}, x.Change, itemNote(x))
		}
	}
}

// mostItems is how many items of a mix are ranked.
const mostItems = 10

func itemNote(x explain.ItemPart) string {
	switch {
	case x.New:
		return "new"
	case x.Gone:
		return "gone"
	case x.Other:
		return "negative or incomplete"
	}
	return fmt.Sprintf("price %s, pieces %s", decimal(x.Price), decimal(x.Pieces))
}
