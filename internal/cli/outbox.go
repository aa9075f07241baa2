package cli

import (
	"context"
	"errors"
	"os/user"

	"github.com/spf13/cobra"

	"shopwatch/internal/app"
)

func outboxVerb(t *terminal) *cobra.Command {
	c := &cobra.Command{
		Use:     "outbox",
		Short:   "Look at messages that were not sent, and try them again or drop them",
		Example: "  shopwatch outbox list -c config.yaml\n  shopwatch outbox retry -c config.yaml --dead",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	list := t.store("list", "List what waits and what was given up, with the reason", "  shopwatch outbox list -c config.yaml\n  shopwatch outbox list -c config.yaml --json",
		func(ctx context.Context, o app.StoreOptions) error {
			return app.ListOutbox(ctx, app.OutboxOptions{StoreOptions: o})
		})
	list.Flags().Bool("json", false, "print the messages as JSON")
	c.AddCommand(
		list,
		outboxAct(t, "retry", "Try messages again at once", `Beside a running bot they leave within a second, otherwise when it starts. What was
held since nobody knows whether it arrived says that it may be a repeat.`, app.RetryOutbox),
		outboxAct(t, "drop", "Drop messages: they are never sent", "Replies to a message that is dropped are dropped with it.", app.DropOutbox),
	)
	return c
}

// outboxAct makes a verb that changes messages.
func outboxAct(t *terminal, name, short, long string, run func(context.Context, app.OutboxOptions) error) *cobra.Command {
	dead := false
	c := t.storeWith(name+" [KEY...]", short, "  shopwatch outbox "+name+" -c config.yaml digest/morning/mall/2026-11-22/C0123ABCD\n  shopwatch outbox "+name+" -c config.yaml --dead",
		cobra.ArbitraryArgs, func(ctx context.Context, o app.StoreOptions, keys []string) error {
			if dead == (len(keys) > 0) {
				return usage(errors.New("outbox " + name + ": name the keys of messages, or --dead for all that were given up"))
			}
			return run(ctx, app.OutboxOptions{StoreOptions: o, Keys: keys, Dead: dead, By: operator()})
		})
	c.Long = long + "\nKeys are those of shopwatch outbox list. Each act is noted in the audit trail."
	c.Flags().BoolVar(&dead, "dead", false, "every message that was given up")
	c.Flags().Bool("json", false, "print the messages as JSON")
	return c
}

// operator names who sits at the terminal, for the audit trail.
func operator() string {
	if u, err := user.Current(); err == nil {
		return "terminal:" + u.Username
	}
	return "terminal"
}
