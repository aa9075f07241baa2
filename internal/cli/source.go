package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"shopwatch/internal/app"
)

func sourceVerb(t *terminal) *cobra.Command {
	var file string
	c := &cobra.Command{
		Use: "source", Short: "Check, try and list the configured sources", Example: "  shopwatch source list -c config.yaml",
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.PersistentFlags().StringVarP(&file, "config", "c", "config.yaml", "configuration file")
	c.AddCommand(sourceCheck(t, &file), sourceTest(t, &file), sourceList(t, &file))
	return c
}

// shown turns problems that have been printed into the exit code for them.
func shown(err error) error {
	if errors.Is(err, app.ErrProblems) {
		return errShown
	}
	return err
}

func sourceCheck(t *terminal, file *string) *cobra.Command {
	return &cobra.Command{
		Use: "check [FILE]", Short: "Check the sources of a file without asking anybody",
		Long: `Compiles every expression, compares every column with its table and reads every
schedule. Nothing is asked for, and variables need not be set. Each problem is
shown with line, column and what to do.`,
		Example: "  shopwatch source check config.yaml",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				*file = args[0]
			}
			return shown(app.CheckSources(t.out, t.err, *file))
		},
	}
}

func sourceTest(t *terminal, file *string) *cobra.Command {
	o := app.SampleOptions{}
	c := &cobra.Command{
		Use: "test ID", Short: "Show the rows that a source makes of a sample file",
		Long: `Maps a file that holds what the source would bring: one answer of an API, the
rows of a query as a JSON list of objects, or a file of the drop folder. Shows
the rows, and what is refused with place and reason.`,
		Example: "  shopwatch source test tmall_trades --sample answer.json",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			o.File, o.Source, o.Out, o.Errs, o.Env = *file, args[0], t.out, t.err, t.env
			return shown(app.TestSource(c.Context(), o))
		},
	}
	c.Flags().StringVar(&o.Sample, "sample", "", "file with what the source would bring")
	c.Flags().IntVar(&o.Rows, "rows", 20, "how many rows to show; 0 shows all")
	_ = c.MarkFlagRequired("sample") // the flag is declared above
	return c
}

func sourceList(t *terminal, file *string) *cobra.Command {
	o := app.ListOptions{}
	c := &cobra.Command{
		Use: "list", Short: "List the sources and how fresh and complete their data is", Example: "  shopwatch source list -c config.yaml",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if o.Config, err = t.load(*file); err != nil {
				return err
			}
			if o.Logger, err = t.logger(); err != nil {
				return err
			}
			o.Out, o.Env = t.out, t.env
			return app.ListSources(c.Context(), o)
		},
	}
	c.Flags().StringVar(&o.Dir, "data", "", "folder of the store (default: the configuration's)")
	c.Flags().BoolVar(&o.JSON, "json", false, "print the list as JSON")
	return c
}
