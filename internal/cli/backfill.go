package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"shopwatch/internal/app"
	"shopwatch/internal/market"
)

func backfillVerb(t *terminal) *cobra.Command {
	var o app.BackfillOptions
	var file, from, to string
	c := &cobra.Command{
		Use:   "backfill SOURCE",
		Short: "Read business days of the past from a source into the store",
		Long: `Reads the days from --from to --to, both included, through a source that has a
window, and shows how far it has come. Every part is stored by itself: the same
command after an interruption goes on where it stopped. A running bot does it
itself; without one the store is opened. Amounts that are about a hundred times
what is usual stop it: see what the source says, and pass --believe if it is so.`,
		Example: "  shopwatch backfill tmall_trades --from 2026-09-01 --to 2026-09-30",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) (err error) {
			o.Source, o.Out, o.Env, o.Redraw = args[0], t.out, t.env, isTerminal(t.out)
			for _, d := range []struct {
				flag, text string
				into       *market.Day
			}{{"--from", from, &o.From}, {"--to", to, &o.To}} {
				if *d.into, err = market.ParseDay(d.text); err != nil {
					return usage(fmt.Errorf("%s %q: want a day such as 2026-09-01", d.flag, d.text))
				}
			}
			if o.Config, err = t.load(file); err != nil {
				return err
			}
			if o.Logger, err = t.logger(); err != nil {
				return err
			}
			return app.BackfillSource(c.Context(), o)
		},
	}
	c.Flags().StringVarP(&file, "config", "c", "config.yaml", "configuration file")
	c.Flags().StringVar(&o.Dir, "data", "", "folder of the store (default: the configuration's)")
	c.Flags().StringVar(&from, "from", "", "first business day")
	c.Flags().BoolVar(&o.Believe, "believe", false, "take what the data gate doubts: you vouch for it")
	c.Flags().StringVar(&to, "to", "", "last business day, included")
	return c
}
