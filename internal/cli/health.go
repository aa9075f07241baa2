package cli

import (
	"github.com/spf13/cobra"

	"shopwatch/internal/app"
)

func healthVerb(t *terminal) *cobra.Command {
	var url string
	c := &cobra.Command{
		Use:     "healthcheck",
		Short:   "Ask a running bot whether it is ready; exit code 1 when it is not",
		Example: "  shopwatch healthcheck",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return app.Healthcheck(c.Context(), url) },
	}
	c.Flags().StringVar(&url, "url", "http://127.0.0.1:8788/readyz", "address of the bot's readiness page")
	return c
}
