package cli

import (
	"github.com/spf13/cobra"

	"shopwatch/internal/app"
)

func sourceVerb(t *terminal) *cobra.Command {
	var file string
	c := &cobra.Command{
		Use: "source", Short: "Look at the configured sources", Example: "  shopwatch source list -c config.yaml",
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	list := &cobra.Command{
		Use: "list", Short: "List the sources with table, driver, schedule and freshness", Example: "  shopwatch source list -c config.yaml",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			conf, err := t.load(file)
			if err != nil {
				return err
			}
			return app.ListSources(t.out, conf, t.env)
		},
	}
	c.PersistentFlags().StringVarP(&file, "config", "c", "config.yaml", "configuration file")
	c.AddCommand(list)
	return c
}
