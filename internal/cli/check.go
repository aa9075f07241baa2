package cli

import (
	"github.com/spf13/cobra"

	"shopwatch/internal/app"
)

func checkVerb(t *terminal) *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:     "check [FILE]",
		Short:   "Show every problem of a configuration and the next runs of each job",
		Example: "  shopwatch check config.yaml",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				file = args[0]
			}
			conf, err := t.load(file)
			if err != nil {
				return err
			}
			return app.Check(t.out, conf, t.env)
		},
	}
	c.Flags().StringVarP(&file, "config", "c", "config.yaml", "configuration file")
	return c
}
