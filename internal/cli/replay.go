package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"shopwatch/internal/app"
)

func replayVerb(t *terminal) *cobra.Command {
	var o app.ReplayOptions
	var file string
	c := &cobra.Command{
		Use:   "replay ID",
		Short: "Compute again what was said under an evidence id",
		Long: `Computes an answer, a digest or an alert's message once more from the facts as they
were known then, and prints the same bytes. When they are not the same, it says
what differs and ends with code 1. The id stands in the small print of the
message; the # before it may be left out.`,
		Example: "  shopwatch replay --data demo-data k7f3q2\n  shopwatch replay -c config.yaml --json '#k7f3q2'",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) (err error) {
			o.ID, o.Out = args[0], t.out
			if file == "" && o.Dir == "" {
				return usage(fmt.Errorf("replay: name the store with --data DIR or a configuration with -c FILE"))
			}
			if o.Logger, err = t.logger(); err != nil {
				return err
			}
			if file != "" {
				if o.Config, err = t.load(file); err != nil {
					return err
				}
			}
			if o.Lang, err = t.language(""); err != nil {
				return err
			}
			return app.Replay(c.Context(), o)
		},
	}
	c.Flags().StringVarP(&file, "config", "c", "", "configuration file")
	c.Flags().StringVar(&o.Dir, "data", "", "folder of the store")
	c.Flags().BoolVar(&o.JSON, "json", false, "print the numbers instead of the text")
	return c
}
