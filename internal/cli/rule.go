package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"shopwatch/internal/app"
)

func ruleVerb(t *terminal) *cobra.Command {
	c := &cobra.Command{
		Use:     "rule",
		Short:   "What the bot watches, with every number, and what a change would do",
		Example: "  shopwatch rule explain stock_out -c config.yaml sku=SK0001",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(t.ruleList(), t.ruleExplain(), t.ruleDiff())
	return c
}

// ruling is what verbs about rules share.
type ruling struct {
	app.RuleOptions
	file, at string
}

func (r *ruling) flags(c *cobra.Command) {
	c.Flags().StringVarP(&r.file, "config", "c", "", "configuration file")
	c.Flags().StringVar(&r.Dir, "data", "", "folder of the store")
	c.Flags().BoolVar(&r.JSON, "json", false, "write JSON")
}

func (r *ruling) history(c *cobra.Command) {
	c.Flags().StringVar(&r.at, "at", "", "the last moment that is looked at (default: now, or the store's last one)")
	c.Flags().IntVar(&r.Ask.Days, "days", 28, "days of history before it")
	c.Flags().DurationVar(&r.Ask.Step, "step", time.Hour, "time between two looks; shorter is slower and nearer to what the bot does")
}

func (r *ruling) ask(c *cobra.Command, t *terminal, act app.RuleAct) (err error) {
	if r.file == "" && r.Dir == "" {
		return usage(fmt.Errorf("%s: name the store with --data DIR or a configuration with -c FILE", c.Name()))
	}
	const longest = 365
	if r.Ask.Days < 0 || r.Ask.Days > longest || r.Ask.Step < 0 || r.Ask.Step > 0 && r.Ask.Step < time.Minute {
		return usage(fmt.Errorf("--days must be 1 to %d and --step at least 1m", longest))
	}
	r.Ask.Act, r.Out = act, t.out
	if r.Logger, err = t.logger(); err != nil {
		return err
	}
	if r.file != "" {
		if r.Config, err = t.load(r.file); err != nil {
			return err
		}
	}
	if r.at != "" {
		if r.Ask.At, err = time.Parse(time.RFC3339, r.at); err != nil {
			return usage(fmt.Errorf("--at %q: want a moment such as 2026-11-22T08:20:00+08:00", r.at))
		}
	}
	err = app.AskRules(c.Context(), r.RuleOptions)
	if errors.Is(err, app.ErrNoRule) {
		return usage(err)
	}
	return err
}

func (t *terminal) ruleList() *cobra.Command {
	var r ruling
	c := &cobra.Command{
		Use: "list", Short: "Every rule with its kind, its metric and its limits", Args: cobra.NoArgs,
		Example: "  shopwatch rule list -c config.yaml",
		RunE:    func(c *cobra.Command, _ []string) error { return r.ask(c, t, app.RuleList) },
	}
	r.flags(c)
	return c
}

func (t *terminal) ruleExplain() *cobra.Command {
	var r ruling
	c := &cobra.Command{
		Use:   "explain NAME [LABEL=VALUE...]",
		Short: "Every number that a rule uses, now or at a moment",
		Long: `Lets one rule look and shows what it made of every entity: its value, the limit,
what is usual, everything else that counted, and why it is told of or not.
Labels (unit, sku, channel, rival, member) keep some.`,
		Example: "  shopwatch rule explain stock_out --data demo-data sku=SK0001345\n  shopwatch rule explain gmv_drop -c config.yaml --at 2026-11-22T11:00:00+08:00 --json",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			r.Ask.Rule, r.Ask.Labels = app.RuleName(args[0]), strings.Join(args[1:], " ")
			return r.ask(c, t, app.RuleExplain)
		},
	}
	r.flags(c)
	c.Flags().StringVar(&r.at, "at", "", "the moment of looking (default: now, or the store's last one)")
	return c
}

func (t *terminal) ruleDiff() *cobra.Command {
	var r ruling
	c := &cobra.Command{
		Use:   "diff -c NEW",
		Short: "What a change of the rules would have changed over stored history",
		Long: `Plays the rules that the bot runs and those of a changed configuration over stored
history and shows the alerts that would be gained, lost, or told at another
time. It changes nothing. History is looked at as the store holds it now; how
late a feed was then does not count.`,
		Example: "  shopwatch rule diff -c config.new.yaml --days 28",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return r.ask(c, t, app.RuleDiff) },
	}
	r.flags(c)
	r.history(c)
	return c
}

func (t *terminal) labRule() *cobra.Command {
	var r ruling
	var name string
	c := &cobra.Command{
		Use:   "rule",
		Short: "When a rule would have fired over stored history, against what people made of it",
		Long: `Plays one rule over stored history and lists what it would have told. Alerts that
people have taken, ended or judged count for its precision: false alarms and
expected ones against it.`,
		Example: "  shopwatch lab rule --rule stock_out --data demo-data --days 14",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if name == "" {
				return usage(errors.New("lab rule: name a rule with --rule; shopwatch rule list shows them"))
			}
			r.Ask.Rule = app.RuleName(name)
			return r.ask(c, t, app.RuleTest)
		},
	}
	r.flags(c)
	r.history(c)
	c.Flags().StringVar(&name, "rule", "", "the rule to play")
	return c
}
