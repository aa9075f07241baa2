package cli

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"shopwatch/internal/lab"
)

func labVerb(t *terminal) *cobra.Command {
	c := &cobra.Command{
		Use:   "lab",
		Short: "The bot's analysis on a CSV file of your own",
		Long: `Reads CSV, writes CSV or JSON. "-" is standard input or output. Bad rows are
shown with their line and make the exit code 1; --skip-bad leaves them out.
Columns that a verb does not know are passed on. docs/lab.md has an example of
each verb.`,
		Example: "  shopwatch lab detect gmv.csv > scored.csv",
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
		Args:    cobra.NoArgs,
	}
	for _, v := range lab.Verbs() {
		c.AddCommand(t.labCommand(v))
	}
	c.AddCommand(t.labScenarios(), t.labRule())
	return c
}

func (t *terminal) labCommand(v lab.Verb) *cobra.Command {
	s := lab.Session{Err: t.err}
	flags := flag.NewFlagSet(v.Name, flag.ContinueOnError)
	run := v.New(flags)
	var out string
	c := &cobra.Command{
		Use:   v.Name + " [" + strings.Join(v.Inputs, " ") + "]",
		Short: v.Short, Long: v.Long, Example: v.Example,
		Args: cobra.MaximumNArgs(len(v.Inputs)),
		RunE: func(c *cobra.Command, args []string) error {
			s.Files, s.In, s.Out = args, c.InOrStdin(), t.out
			err := toFile(out, &s, func() error { return s.Run(run, v) })
			if _, wrong := errors.AsType[lab.UsageError](err); wrong {
				return usage(fmt.Errorf("lab %s: %w", v.Name, err))
			}
			return err
		},
	}
	c.Flags().AddGoFlagSet(flags)
	c.Flags().StringVarP(&out, "out", "o", "-", "file to write; it appears when the run has succeeded")
	c.Flags().BoolVar(&s.JSON, "json", false, "write a JSON array, one row a line")
	c.Flags().BoolVar(&s.SkipBad, "skip-bad", false, "leave bad rows out instead of failing")
	return c
}

// toFile lets run write to a file beside path and renames it at the end, so
// that path never holds half an answer. "-" keeps the session's output.
func toFile(path string, s *lab.Session, run func() error) (err error) {
	if path == "-" {
		return run()
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(f.Name())
	s.Out = f
	err = errors.Join(f.Chmod(0o644), run())
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
