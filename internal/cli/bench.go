package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"shopwatch/internal/bench"
)

type benchFlags struct {
	bench.Options
	json, markdown string
}

func benchVerb(t *terminal) *cobra.Command {
	var f benchFlags
	c := &cobra.Command{
		Use:   "bench",
		Short: "Measure the store and the ways into and out of it, as ratios to what this machine can do",
		Long: `Makes a catalogue, the same on every machine, and measures what the bot does with
it: reading pages, storing slots, folding them, answering while a collection
runs, surviving kill -9 and damaged files. Prints tables in Markdown. Ends with
exit code 1 when an aim is missed; on a busy machine (load average above 1.5)
nothing is judged. docs/benchmarks.md says what the workloads are.`,
		Example: "  shopwatch bench --quick\n  shopwatch bench --json bench.json --markdown docs/benchmarks.md",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return t.bench(c, f) },
	}
	fl := c.Flags()
	fl.BoolVar(&f.Quick, "quick", false, "a small catalogue, in less than a minute")
	fl.BoolVar(&f.Full, "full", false, "92 days, 200 times kill -9, 4,000,000 series: most of an hour")
	fl.IntVar(&f.SKUs, "skus", 0, "series, an item on a channel (default 1000000, with --quick 50000)")
	fl.IntVar(&f.Days, "days", 0, "days that are stored (default 14, with --quick 10, with --full 92)")
	fl.DurationVar(&f.Step, "step", 0, "time between two slots: 1h or 15m (default 1h)")
	fl.Uint64Var(&f.Seed, "seed", 1, "seed of the catalogue")
	fl.Float64Var(&f.Hot, "hot", 1, "multiplies the visits: 20 makes nearly everything move")
	fl.StringVar(&f.Dir, "dir", "", "folder in which the store is made and removed (default the system's for temporary files)")
	fl.StringSliceVar(&f.Only, "only", nil, "workloads to run: C0 W1 W3 W4 W5 W6 W7 W8 G11 (default all)")
	fl.StringVar(&f.json, "json", "", "write the figures to this file")
	fl.StringVar(&f.markdown, "markdown", "", "write the tables to this file, between its marks when it has them")
	c.AddCommand(benchChildVerb(t))
	return c
}

// benchChildVerb is a second process of a run; nobody calls it by hand.
func benchChildVerb(t *terminal) *cobra.Command {
	return &cobra.Command{
		Use: "child WHAT ARGUMENT", Short: "One process of a run", Hidden: true, Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error { return bench.Child(c.Context(), args, os.Stdin, t.out) },
	}
}

// errMissed ends a run that missed an aim.
var errMissed = errors.New("an aim was missed")

func (t *terminal) bench(c *cobra.Command, f benchFlags) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	thrifty()
	f.Child, f.Version = []string{self, "bench", "child"}, programVersion()
	f.Progress = func(text string) { fmt.Fprintln(t.err, "bench:", text) }
	r, err := bench.Run(c.Context(), f.Options)
	if r == nil {
		return usage(err)
	}
	if err := errors.Join(err, r.Markdown(t.out)); err != nil {
		return err
	}
	if f.markdown != "" {
		if err := r.WriteMarkdown(f.markdown); err != nil {
			return fmt.Errorf("bench: %w", err)
		}
	}
	if f.json != "" {
		b, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			return fmt.Errorf("bench: %w", err)
		}
		if err := os.WriteFile(f.json, append(b, '\n'), 0o644); err != nil { //nolint:gosec // figures for everyone to read
			return fmt.Errorf("bench: %w", err)
		}
	}
	if r.Missed() {
		return errMissed
	}
	return nil
}

// programVersion is the version of the module, with the commit where it is known.
func programVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return info.Main.Version
}
