package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"shopwatch/internal/app"
)

// asking is what verbs that answer a question share.
type asking struct {
	app.AskOptions
	file, at string
}

func (a *asking) flags(c *cobra.Command) {
	c.Args = cobra.MinimumNArgs(1)
	c.Flags().StringVarP(&a.file, "config", "c", "", "configuration file")
	c.Flags().StringVar(&a.Dir, "data", "", "folder of the store")
	c.Flags().StringVar(&a.at, "at", "", "the moment of asking (default: now; with --data alone the store's last moment)")
}

// ask answers the question of args on out.
func (a *asking) ask(c *cobra.Command, t *terminal, args []string, out io.Writer) error {
	a.Text, a.Out = strings.Join(args, " "), out
	if err := a.ready(c, t); err != nil {
		return err
	}
	return app.Ask(c.Context(), a.AskOptions)
}

// ready reads the configuration and the flags.
func (a *asking) ready(c *cobra.Command, t *terminal) (err error) {
	o := &a.AskOptions
	if a.file == "" && o.Dir == "" {
		return usage(fmt.Errorf("%s: name the store with --data DIR or a configuration with -c FILE", c.Name()))
	}
	if o.Logger, err = t.logger(); err != nil {
		return err
	}
	otherwise := "zh-CN"
	if a.file != "" {
		if o.Config, err = t.load(a.file); err != nil {
			return err
		}
		otherwise = o.Config.Language
	}
	if o.Lang, err = t.language(otherwise); err != nil {
		return err
	}
	if a.at != "" {
		if o.At, err = time.Parse(time.RFC3339, a.at); err != nil {
			return usage(fmt.Errorf("--at %q: want a moment such as 2026-11-22T08:20:00+08:00", a.at))
		}
	}
	return nil
}

func askVerb(t *terminal) *cobra.Command {
	var a asking
	var asJSON bool
	c := &cobra.Command{
		Use:     "ask QUESTION",
		Short:   "Answer a question on the terminal, as the chat would",
		Example: "  shopwatch ask --data demo-data \"gmv yesterday by unit\"\n  shopwatch ask -c config.yaml --json \"stock out\"",
		RunE: func(c *cobra.Command, args []string) error {
			if asJSON {
				a.Format = app.AsJSON
			}
			return a.ask(c, t, args, t.out)
		},
	}
	a.flags(c)
	c.Flags().BoolVar(&asJSON, "json", false, "print the numbers behind the answer")
	return c
}
