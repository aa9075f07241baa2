package cli

import (
	"github.com/spf13/cobra"

	"shopwatch/internal/app"
)

func importVerb(t *terminal) *cobra.Command {
	var o app.ImportOptions
	var file string
	c := &cobra.Command{
		Use:   "import [SOURCE] FILE...",
		Short: "Read files into the store",
		Long: `Reads files through a file source of the configuration, or through every file
source when the first argument is not the id of one. A file is taken whole or
not at all; rows that cannot be read are counted, shown and left out. A file that
looks wrong as a whole (everything sold out at once, amounts a hundred times too
high, half of the catalogue) is held back: a later file that agrees is believed,
and so is the same file with --believe.`,
		Example: "  shopwatch import -c docs/examples/uci-retail.yaml --data shop-data orders/*.csv",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) (err error) {
			if o.Config, err = t.load(file); err != nil {
				return err
			}
			if o.Logger, err = t.logger(); err != nil {
				return err
			}
			o.Out, o.Env, o.Files = t.out, t.env, args
			if app.HasSource(o.Config, args[0]) {
				o.Source, o.Files = args[0], args[1:]
			}
			return app.Import(c.Context(), o)
		},
	}
	c.Flags().StringVarP(&file, "config", "c", "config.yaml", "configuration file")
	c.Flags().StringVar(&o.Dir, "data", "", "folder of the store (default: the configuration's)")
	c.Flags().BoolVar(&o.Believe, "believe", false, "take files that look wrong: you vouch for them")
	return c
}
