package cli

import (
	"github.com/spf13/cobra"

	"shopwatch/internal/app"
)

func doctorVerb(t *terminal) *cobra.Command {
	var file string
	var o app.DoctorOptions
	c := &cobra.Command{
		Use:     "doctor",
		Short:   "Check live what a configuration relies on: store, sources, chat, fonts, port",
		Example: "  shopwatch doctor -c config.yaml",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if o.Config, err = t.load(file); err != nil {
				return err
			}
			if o.Logger, err = t.logger(); err != nil {
				return err
			}
			o.Env, o.Out = t.env, t.out
			return app.Doctor(c.Context(), o)
		},
	}
	c.Flags().StringVarP(&file, "config", "c", "config.yaml", "configuration file")
	c.Flags().BoolVar(&o.JSON, "json", false, "print the findings as JSON")
	return c
}
