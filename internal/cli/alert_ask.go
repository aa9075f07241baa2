package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"shopwatch/internal/app"
)

// attending is what verbs about the alerts of a store share.
type attending struct {
	app.AlertOptions
	file string
}

func (a *attending) flags(c *cobra.Command, acts bool) {
	c.Flags().StringVarP(&a.file, "config", "c", "", "configuration file")
	c.Flags().StringVar(&a.Dir, "data", "", "folder of the store")
	c.Flags().BoolVar(&a.JSON, "json", false, "write JSON")
	if acts {
		c.Flags().StringVar(&a.Ask.As, "as", "", "the chat user in whose name it is done, by id")
	}
}

func (a *attending) ask(c *cobra.Command, t *terminal, act string, args []string) (err error) {
	if a.file == "" && a.Dir == "" {
		return usage(fmt.Errorf("alert %s: name the store with --data DIR or a configuration with -c FILE", act))
	}
	a.Ask.Act, a.Ask.Text, a.Out = act, strings.Join(args, " "), t.out
	if a.Logger, err = t.logger(); err != nil {
		return err
	}
	otherwise := "zh-CN"
	if a.file != "" {
		if a.Config, err = t.load(a.file); err != nil {
			return err
		}
		otherwise = a.Config.Language
	}
	if a.Ask.Lang, err = t.language(otherwise); err != nil {
		return err
	}
	err = app.AskAlerts(c.Context(), a.AlertOptions)
	if errors.Is(err, app.ErrBadAsk) {
		return usage(err)
	}
	return err
}

func (t *terminal) alertList() *cobra.Command {
	var a attending
	c := &cobra.Command{
		Use: "list [MATCHER...]", Short: "The alerts that are open",
		Example: "  shopwatch alert list -c config.yaml rule=stock_out severity!=info",
		RunE:    func(c *cobra.Command, args []string) error { return a.ask(c, t, "list", args) },
	}
	a.flags(c, false)
	return c
}

func (t *terminal) alertAck() *cobra.Command {
	var a attending
	c := &cobra.Command{
		Use: "ack ID", Short: "Acknowledge an alert in somebody's name", Args: cobra.ExactArgs(1),
		Long: `Acknowledges an alert, or all of a root, as its button does: the message in the
channel is edited, its thread says so, and the audit has it. Without a running
bot it is told when one runs again. The exit code is 1 when there was nothing
to acknowledge.`,
		Example: "  shopwatch alert ack -c config.yaml --as U0123ABCD k7q2m9x4a7q2",
		RunE:    func(c *cobra.Command, args []string) error { return a.ask(c, t, "ack", args) },
	}
	a.flags(c, true)
	return c
}

func (t *terminal) alertSilence() *cobra.Command {
	var a attending
	c := &cobra.Command{
		Use: "silence MATCHERS SPAN [STRETCH] [REASON]", Short: "Silence alerts in somebody's name", Args: cobra.MinimumNArgs(1),
		Long: `Makes a silence as /shop silence does and says what it mutes. --dry-run only says
so.`,
		Example: "  shopwatch alert silence -c config.yaml --as U0123ABCD rule=stock_out unit=apparel 4h stock-take",
		RunE:    func(c *cobra.Command, args []string) error { return a.ask(c, t, "silence", args) },
	}
	a.flags(c, true)
	c.Flags().BoolVar(&a.Ask.Dry, "dry-run", false, "change nothing")
	return c
}
