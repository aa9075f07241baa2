package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"shopwatch/internal/app"
)

func dbVerb(t *terminal) *cobra.Command {
	c := &cobra.Command{
		Use:     "db",
		Short:   "Look after the store: copies, checks, figures",
		Example: "  shopwatch db check -c config.yaml\n  shopwatch db stats --data demo-data",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(
		t.store("backup", "Copy the store, also while the bot runs, and verify the copy", "  shopwatch db backup -c config.yaml", app.BackupStore),
		restoreVerb(t), checkStoreVerb(t),
		t.store("compact", "Give back the space that is free in a store that is not in use", "  shopwatch db compact -c config.yaml", app.CompactStore),
		statsVerb(t),
	)
	return c
}

// store makes a verb about a store, with the flags that name it.
func (t *terminal) store(use, short, example string, run func(context.Context, app.StoreOptions) error) *cobra.Command {
	return t.storeWith(use, short, example, cobra.NoArgs, func(ctx context.Context, o app.StoreOptions, _ []string) error { return run(ctx, o) })
}

func (t *terminal) storeWith(use, short, example string, args cobra.PositionalArgs, run func(context.Context, app.StoreOptions, []string) error) *cobra.Command {
	var o app.StoreOptions
	var file string
	c := &cobra.Command{
		Use: use, Short: short, Example: example, Args: args,
		RunE: func(c *cobra.Command, args []string) (err error) {
			o.Out = t.out
			if file == "" && o.Dir == "" {
				return usage(fmt.Errorf("%s: name the store with --data DIR or a configuration with -c FILE", strings.TrimPrefix(c.CommandPath(), "shopwatch ")))
			}
			if o.Logger, err = t.logger(); err != nil {
				return err
			}
			if file != "" {
				if o.Config, err = t.load(file); err != nil {
					return err
				}
			}
			if asJSON := c.Flags().Lookup("json"); asJSON != nil {
				o.JSON = asJSON.Value.String() == "true"
			}
			return run(c.Context(), o, args)
		},
	}
	c.Flags().StringVarP(&file, "config", "c", "", "configuration file")
	c.Flags().StringVar(&o.Dir, "data", "", "folder of the store")
	return c
}

func restoreVerb(t *terminal) *cobra.Command {
	c := t.storeWith("restore [COPY]", "Put a copy, or the newest one, in the place of a store that is not in use",
		"  shopwatch db restore -c config.yaml\n  shopwatch db restore -c config.yaml data/backup/shopwatch-20261122T034000Z.db", cobra.MaximumNArgs(1),
		func(ctx context.Context, o app.StoreOptions, args []string) error {
			o.File = one(args)
			return app.RestoreStore(ctx, o)
		})
	c.Long = "The copy is verified before anything is changed. The file that was there is kept\nbeside the store under another name."
	return c
}

func checkStoreVerb(t *terminal) *cobra.Command {
	repair := false
	c := t.storeWith("check [FILE]", "Read everything in the store, or in a copy, and list what is wrong",
		"  shopwatch db check -c config.yaml\n  shopwatch db check -c config.yaml --json data/backup/shopwatch-20261122T034000Z.db", cobra.MaximumNArgs(1),
		func(ctx context.Context, o app.StoreOptions, args []string) error {
			o.File = one(args)
			if repair && o.File != "" {
				return usage(errors.New("--repair is for the store itself, not for a copy"))
			}
			return app.CheckStore(ctx, o, repair)
		})
	c.Long = `Ends with code 0 when all is as it was written, 1 when something is not, 3 when
the file cannot be opened. --repair drops blocks of facts that cannot be read and
says which; it needs a store that is not in use and never guesses at what was in
them: questions that need them are refused.`
	c.Flags().Bool("json", false, "print the findings as JSON")
	c.Flags().BoolVar(&repair, "repair", false, "drop blocks that cannot be read")
	return c
}

func statsVerb(t *terminal) *cobra.Command {
	c := t.store("stats", "Print what the store holds, by table and level", "  shopwatch db stats --data demo-data", app.StoreStats)
	c.Flags().Bool("json", false, "print the figures as JSON")
	return c
}

func one(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}
