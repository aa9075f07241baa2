package cli

import (
	"github.com/spf13/cobra"

	"shopwatch/internal/app"
)

func serveVerb(t *terminal) *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:     "serve",
		Short:   "Run the bot",
		Example: "  shopwatch serve -c config.yaml",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			conf, err := t.load(file)
			if err != nil {
				return err
			}
			if !c.Flags().Changed("log") {
				t.logLevel = conf.Logs.Level
			}
			t.logFormat = conf.Logs.Format
			thrifty()
			log, err := t.logger()
			if err != nil {
				return err
			}
			return app.Serve(c.Context(), conf, t.env, log)
		},
	}
	c.Flags().StringVarP(&file, "config", "c", "config.yaml", "configuration file")
	return c
}
