package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"shopwatch/internal/app"
	"shopwatch/internal/lab"
)

func (t *terminal) labScenarios() *cobra.Command {
	var seeds, start string
	var asJSON, trace bool
	o := app.ScenarioOptions{Tell: func(format string, args ...any) { fmt.Fprintf(t.err, format+"\n", args...) }}
	c := &cobra.Command{
		Use:   "scenarios",
		Short: "The demo's labelled incidents: precision, recall, lead time, roots per incident",
		Long: `Plays the demo shop over seeds with the whole bot in between and holds what was
told in a channel against the labels of what happened. It says nothing of your
own shop; it says whether a change of the bot made it better or worse.`,
		Example: "  shopwatch lab scenarios --seeds 1-3 --days 7 --json",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if o.Seeds, err = seedRange(seeds); err != nil {
				return usage(err)
			}
			if start != "" {
				if o.Start, err = time.Parse(time.RFC3339, start); err != nil {
					return usage(fmt.Errorf("--start %q: want a moment such as 2026-11-22T08:20:00+08:00", start))
				}
			}
			if trace {
				o.Trace = t.err
			}
			r, err := app.Scenarios(c.Context(), o)
			if err != nil {
				return err
			}
			if asJSON {
				enc := json.NewEncoder(t.out)
				enc.SetIndent("", "  ")
				return enc.Encode(r)
			}
			return writeScenarios(t.out, r)
		},
	}
	c.Flags().StringVar(&seeds, "seeds", "1-3", "seeds to play, as 1-5 or 7")
	c.Flags().IntVar(&o.Days, "days", 7, "days to watch")
	c.Flags().IntVar(&o.SKUs, "skus", 600, "size of the catalogue")
	c.Flags().IntVar(&o.Orders, "orders", 1500, "orders on an ordinary day")
	c.Flags().IntVar(&o.History, "history", 56, "days of history before")
	c.Flags().StringVar(&start, "start", "", "the first morning (default that of the demo)")
	c.Flags().BoolVar(&asJSON, "json", false, "write the figures as JSON")
	c.Flags().BoolVar(&trace, "trace", false, "tell each missed incident and each alert that no label explains")
	return c
}

// maxSeeds bounds a run: each seed takes minutes.
const maxSeeds = 1000

// seedRange reads 7 and 1-5.
func seedRange(s string) ([]uint64, error) {
	first, last, isRange := strings.Cut(s, "-")
	if !isRange {
		last = first
	}
	a, errA := strconv.ParseUint(first, 10, 32)
	b, errB := strconv.ParseUint(last, 10, 32)
	if errA != nil || errB != nil || b < a || b-a >= maxSeeds {
		return nil, fmt.Errorf("--seeds %q: want one seed or a range such as 1-5, at most %d", s, maxSeeds)
	}
	var out []uint64
	for n := a; n <= b; n++ {
		out = append(out, n)
	}
	return out, nil
}

func writeScenarios(out io.Writer, r lab.Report) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "kind\tincidents\tfound\tfalse\tprecision\trecall\tlead min\tdelay min\troots/incident\tmessages/day\t")
	row := func(name string, f lab.Figures) {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%s\t%s\t%s\t%s\t%s\t%.2f\t\n", name, f.Incidents, f.Found, f.False,
			figure(f.Precision, 2), figure(f.Recall, 2), figure(f.Lead, 0), figure(f.Delay, 0), figure(f.RootsPerIncident, 2), f.MessagesPerDay)
	}
	for _, name := range r.KindNames() {
		row(name, r.Kinds[name])
	}
	row("overall", r.Overall)
	fmt.Fprintf(w, "busiest day: %d roots in one channel\n", r.BusiestDay)
	return w.Flush()
}

func figure(v *float64, digits int) string {
	if v == nil {
		return "-"
	}
	return strconv.FormatFloat(*v, 'f', digits, 64)
}
