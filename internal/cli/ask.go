package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"shopwatch/internal/app"
)

func askVerb(t *terminal) *cobra.Command {
	var o app.AskOptions
	var file, at string
	c := &cobra.Command{
		Use:     "ask QUESTION",
		Short:   "Answer a question on the terminal, as the chat would",
		Example: "  shopwatch ask --data demo-data \"gmv yesterday by unit\"\n  shopwatch ask -c config.yaml --json \"stock out\"",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) (err error) {
			o.Text, o.Out = strings.Join(args, " "), t.out
			if file == "" && o.Dir == "" {
				return usage(fmt.Errorf("ask: name the store with --data DIR or a configuration with -c FILE"))
			}
			if o.Logger, err = t.logger(); err != nil {
				return err
			}
			otherwise := "zh-CN"
			if file != "" {
				if o.Config, err = t.load(file); err != nil {
					return err
				}
				otherwise = o.Config.Language
			}
			if o.Lang, err = t.language(otherwise); err != nil {
				return err
			}
			if at != "" {
				if o.At, err = time.Parse(time.RFC3339, at); err != nil {
					return usage(fmt.Errorf("--at %q: want a moment such as 2026-11-22T08:20:00+08:00", at))
				}
			}
			return app.Ask(c.Context(), o)
		},
	}
	c.Flags().StringVarP(&file, "config", "c", "", "configuration file")
	c.Flags().StringVar(&o.Dir, "data", "", "folder of the store")
	c.Flags().BoolVar(&o.JSON, "json", false, "print the numbers behind the answer")
	c.Flags().StringVar(&at, "at", "", "the moment of asking (default: now; with --data alone the store's last moment)")
	return c
}
