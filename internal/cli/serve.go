package cli

import (
	"github.com/spf13/cobra"
)

func serveVerb(t *terminal) *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:     "serve",
		Short:   "Run the bot; SIGHUP has it read its configuration again",
		Example: "  shopwatch serve -c config.yaml",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			conf, err := t.load(file)
			if err != nil {
				return err
			}
			thrifty()
			s := &server{terminal: t, file: file, fixedLevel: c.Flags().Changed("log")}
			return s.run(c.Context(), conf)
		},
	}
	c.Flags().StringVarP(&file, "config", "c", "config.yaml", "configuration file")
	return c
}
