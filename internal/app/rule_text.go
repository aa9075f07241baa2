package app

import (
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/metric"
)

// text writes an answer about rules for a terminal.
func (a ruleAnswer) text() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	switch {
	case a.Explain != nil:
		a.explain(w)
	case a.Diff != nil:
		a.Diff.write(w)
	case a.Test != nil:
		a.Test.write(w)
	default:
		fmt.Fprintln(w, "RULE\tKIND\tMETRIC\tBY\tLIMITS\tSTATE")
		for _, s := range a.Rules {
			state := "on"
			if s.Off {
				state = "off"
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", s.ID, s.Kind, dash(s.Metric), dash(string(s.By)), a.limits(s), state)
		}
	}
	_ = w.Flush() // into memory
	return b.String()
}

// limits are those of a rule, wherever they are kept.
func (a ruleAnswer) limits(s analysis.Spec) string {
	if a.Own == nil {
		return limitsText(s.Limits)
	}
	switch o := a.Own; s.ID {
	case analysis.RuleGMVDrop:
		return fmt.Sprintf("drop=%g clear=%g z=%g orders=%g", o.GMV.Drop, o.GMV.Clear, o.GMV.Z, o.GMV.MinOrders)
	case analysis.RuleRivalMove:
		return fmt.Sprintf("cut=%g drip=%g back=%g core=%d", o.Price.Cut, o.Price.Drip, o.Price.Back, o.Price.Core)
	case analysis.RuleStockOut:
		return fmt.Sprintf("cover=%g clear=%g hits=%d wider=%d", o.Stock.Cover, o.Stock.Clear, o.Stock.Hits, o.Stock.Wider)
	case analysis.RuleComplaintSpike:
		return fmt.Sprintf("min=%d p=%g many=%d", o.Complaints.Min, o.Complaints.P, o.Complaints.Many)
	}
	return limitsText(s.Limits)
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func limitsText(l analysis.Limits) string {
	var parts []string
	for _, x := range []struct {
		name string
		v    float64
	}{{"limit", l.Limit}, {"change", l.Change}, {"z", l.Z}, {"volume", l.Volume}, {"days", float64(l.Days)}, {"past", float64(l.Past)}, {"lag", float64(l.Lag)}} {
		if x.v != 0 {
			parts = append(parts, x.name+"="+plainNumber(x.v))
		}
	}
	if l.Rising {
		parts = append(parts, "rising")
	}
	return dash(strings.Join(parts, " "))
}

func plainNumber(v float64) string { return strconv.FormatFloat(v, 'g', 5, 64) }

// shownEntities is how many entities an explanation lists, told ones first.
const shownEntities = 40

func (a ruleAnswer) explain(w *tabwriter.Writer) {
	e := a.Explain
	fmt.Fprintf(w, "%s (%s) at %s: %d looked at\n", e.Rule.ID, e.Rule.Kind, e.At.Format(time.RFC3339), len(e.Entities))
	fmt.Fprintf(w, "limits: %s; a usual day: %s\n", limitsText(e.Rule.Limits), inUnit(metric.Money, float64(e.Daily)))
	if e.Muted != "" {
		fmt.Fprintf(w, "it says nothing now: %s\n", e.Muted)
	}
	var told, quiet []analysis.Judged
	for _, j := range e.Entities {
		if j.Why == "" {
			told = append(told, j)
		} else {
			quiet = append(quiet, j)
		}
	}
	for i, j := range append(told, quiet...) {
		if i == shownEntities {
			fmt.Fprintf(w, "and %d more; add labels such as sku=..., or --json\n", len(e.Entities)-i)
			break
		}
		verdict := "told"
		if j.Why != "" {
			verdict = "not told: " + j.Why
		}
		fmt.Fprintf(w, "\n%s\t%s\n", subjectText(j.Subject), verdict)
		line := func(name string, unit metric.Unit, v float64) { fmt.Fprintf(w, "  %s\t%s\n", name, inUnit(unit, v)) }
		r := j.Reading
		line("value", r.Unit, r.Value)
		line("limit", r.Unit, r.Limit)
		if r.UsualKnown {
			line("usual", r.Unit, r.Usual)
		}
		if r.Volume != 0 {
			line("volume", metric.Count, r.Volume)
		}
		for _, n := range append(r.Numbers, r.Parts...) {
			line(n.Name, n.Unit, n.Value)
		}
		if !r.Window.Start.IsZero() {
			fmt.Fprintf(w, "  window\t%s .. %s\n", r.Window.Start.Format(time.RFC3339), r.Window.End.Format(time.RFC3339))
		}
	}
}

// inUnit writes a number as the rules hold it, money in major units.
func inUnit(unit metric.Unit, v float64) string {
	switch unit {
	case metric.Money:
		return strconv.FormatFloat(v/100, 'f', 2, 64)
	case metric.Ratio:
		return plainNumber(v)
	case metric.Span:
		return (time.Duration(v) * time.Millisecond).Round(time.Second).String()
	case metric.Count, metric.Days, metric.Times:
	}
	return plainNumber(v)
}

func subjectText(s analysis.Subject) string {
	var parts []string
	for _, x := range [][2]string{{"unit", string(s.Unit)}, {"sku", string(s.SKU)}, {"channel", string(s.Channel)}, {"rival", s.Rival}} {
		if x[1] != "" {
			parts = append(parts, x[0]+"="+x[1])
		}
	}
	if s.Member != "" {
		parts = append(parts, s.Member)
	}
	if len(parts) == 0 {
		return "the whole shop"
	}
	return strings.Join(parts, " ")
}

func (s ruleSpan) String() string {
	return fmt.Sprintf("%s .. %s, a look every %s", s.From.Format("2006-01-02 15:04"), s.To.Format("2006-01-02 15:04"), s.Step)
}

func ranLine(w *tabwriter.Writer, sign string, r ran) {
	end := "still open"
	if !r.End.IsZero() {
		end = "for " + r.End.Sub(r.At).Round(time.Minute).String()
	}
	was := ""
	if !r.Was.IsZero() {
		was = "was told at " + r.Was.Format("2006-01-02 15:04")
	}
	fmt.Fprintf(w, "%s %s\t%s\t%s\t%s\t%s\t%s %s\n", sign, r.At.Format("2006-01-02 15:04"), r.Rule, r.Severity, subjectText(r.Subject), end, was, r.Verdict)
}

func (d *ruleDiff) write(w *tabwriter.Writer) {
	if len(d.Changed) == 0 {
		fmt.Fprintln(w, "the rules are the same: no alert would change")
		return
	}
	names := make([]string, len(d.Changed))
	for i, r := range d.Changed {
		names[i] = string(r)
	}
	fmt.Fprintf(w, "changed rules: %s\n%s\n", strings.Join(names, ", "), d.ruleSpan)
	fmt.Fprintf(w, "%d alerts gained, %d lost, %d moved, %d the same\n\n", len(d.Gained), len(d.Lost), len(d.Moved), d.Same)
	for _, r := range d.Gained {
		ranLine(w, "+", r)
	}
	for _, r := range d.Lost {
		ranLine(w, "-", r)
	}
	for _, r := range d.Moved {
		ranLine(w, "~", r)
	}
}

func (t *ruleTest) write(w *tabwriter.Writer) {
	fmt.Fprintf(w, "%s: %s\n", t.Rule, t.ruleSpan)
	precision := "nobody has judged any of them"
	if t.Precision != nil {
		precision = fmt.Sprintf("precision %.2f (%d of %d that people acted on or judged)", *t.Precision, t.Right, t.Judged)
	}
	fmt.Fprintf(w, "%d alerts; %s\n\n", len(t.Fired), precision)
	for _, r := range t.Fired {
		ranLine(w, " ", r)
	}
}
