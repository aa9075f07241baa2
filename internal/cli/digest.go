package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"shopwatch/internal/app"
)

func digestVerb(t *terminal) *cobra.Command {
	c := &cobra.Command{
		Use:     "digest",
		Short:   "Show or send a report: " + strings.Join(app.DigestKinds(), ", "),
		Example: "  shopwatch digest preview weekly --data demo-data",
	}
	for _, v := range []struct {
		use, short, example string
		run                 func(*cobra.Command, app.DigestOptions) error
	}{
		{
			"preview KIND", "Print a report as it would be posted, with its thread", "  shopwatch digest preview morning --data demo-data --lang en",
			func(c *cobra.Command, o app.DigestOptions) error { return app.PreviewDigest(c.Context(), o) },
		},
		{
			"send KIND", "Post a report now, to one channel or to all that receive it", "  shopwatch digest send weekly -c config.yaml --channel C0123ABCD",
			func(c *cobra.Command, o app.DigestOptions) error { return app.SendDigest(c.Context(), o) },
		},
	} {
		c.AddCommand(digestAct(t, v.use, v.short, v.example, v.run))
	}
	return c
}

func digestAct(t *terminal, use, short, example string, run func(*cobra.Command, app.DigestOptions) error) *cobra.Command {
	var a asking
	var channel string
	c := &cobra.Command{
		Use: use, Short: short, Example: example,
		RunE: func(c *cobra.Command, args []string) error {
			if !slices.Contains(app.DigestKinds(), args[0]) {
				return usage(fmt.Errorf("%q is no kind of digest: want %s", args[0], strings.Join(app.DigestKinds(), ", ")))
			}
			if err := a.ready(c, t); err != nil {
				return err
			}
			a.Out = t.out
			if t.lang == "" && channel != "" {
				a.Lang = "" // the channel's own
			}
			return run(c, app.DigestOptions{AskOptions: a.AskOptions, Kind: args[0], Channel: channel})
		},
	}
	a.flags(c)
	c.Args = cobra.ExactArgs(1)
	c.Flags().StringVar(&channel, "channel", "", "the place, in its language and about its unit (send: default all that receive it)")
	return c
}
