package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"shopwatch/internal/app"
)

func alertVerb(t *terminal) *cobra.Command {
	c := &cobra.Command{
		Use:     "alert",
		Short:   "Where alerts go",
		Example: "  shopwatch alert test -c config.yaml rule=stock_out severity=critical",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(t.alertList(), t.alertAck(), t.alertSilence(), t.alertTest())
	return c
}

func (t *terminal) alertTest() *cobra.Command {
	var file, at string
	var o app.TraceOptions
	c := &cobra.Command{
		Use:   "test LABEL=VALUE...",
		Short: "Show where an alert would be told, and why",
		Long: `Goes through the routing tree of a configuration with an alert that has the
given labels (shop, rule, severity, unit, sku, channel, rival) and tells nobody.
The exit code is 1 when nobody would be told.`,
		Example: "  shopwatch alert test -c config.yaml rule=stock_out severity=critical unit=beauty",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			conf, err := t.load(file)
			if err != nil {
				return err
			}
			o.Labels, o.Out, o.At = strings.Join(args, " "), t.out, time.Now()
			if at != "" {
				if o.At, err = time.Parse(time.RFC3339, at); err != nil {
					return usage(fmt.Errorf("--at %q: want a moment such as 2026-11-22T08:20:00+08:00", at))
				}
			}
			err = app.TraceAlert(conf, o)
			if errors.Is(err, app.ErrLabels) {
				return usage(err)
			}
			return err
		},
	}
	c.Flags().StringVarP(&file, "config", "c", "config.yaml", "configuration file")
	c.Flags().StringVar(&at, "at", "", "the moment at which it would fire (default: now)")
	c.Flags().BoolVar(&o.JSON, "json", false, "write JSON")
	return c
}
