package cli

import (
	"github.com/spf13/cobra"

	"shopwatch/internal/app"
)

func manifestVerb(t *terminal) *cobra.Command {
	var host string
	c := &cobra.Command{
		Use:     "manifest",
		Short:   "Print the Slack app manifest",
		Example: "  shopwatch manifest > slack-manifest.yaml\n  shopwatch manifest --http bot.example.com",
		Args:    cobra.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return app.Manifest(t.out, host) },
	}
	c.Flags().StringVar(&host, "http", "", "host that Slack reaches the bot at; without it the manifest is for Socket Mode")
	return c
}
