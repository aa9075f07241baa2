package cli

import (
	"log/slog"

	"github.com/spf13/cobra"

	"shopwatch/internal/app"
)

func checkVerb(t *terminal) *cobra.Command {
	var file string
	var chat bool
	c := &cobra.Command{
		Use:   "check [FILE]",
		Short: "Show every problem of a configuration and the next runs of each job",
		Long: `Reads a configuration without touching the store or the network. With --chat it
also asks Slack whether the channels, persons and groups that the file names are
there.`,
		Example: "  shopwatch check config.yaml\n  shopwatch check config.yaml --chat",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 {
				file = args[0]
			}
			conf, err := t.load(file)
			if err != nil {
				return err
			}
			if err := app.Check(t.out, conf, t.env); err != nil || !chat {
				return err
			}
			return app.CheckNamed(c.Context(), t.out, conf, slog.New(slog.DiscardHandler))
		},
	}
	c.Flags().BoolVar(&chat, "chat", false, "ask Slack for the channels, persons and groups that the file names")
	c.Flags().StringVarP(&file, "config", "c", "config.yaml", "configuration file")
	return c
}
