package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"shopwatch/internal/app"
)

func galleryVerb(t *terminal) *cobra.Command {
	o := app.DemoOptions{Seed: 1}
	var out string
	c := &cobra.Command{
		Use:   "gallery",
		Short: "Show everything the bot can say on one page, in Chinese and English side by side",
		Long: `Plays a morning of the demo shop, asks every question, sends every report, opens
every form and takes alerts through every state, in both languages; what was said
is then on one page in your browser, with an anchor for each card. No account is
needed and nothing is kept.`,
		Example: "  shopwatch gallery --lang en\n  shopwatch gallery --out cards",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return t.gallery(c.Context(), o, out) },
	}
	fl := c.Flags()
	fl.Uint64Var(&o.Seed, "seed", o.Seed, "seed of everything that is left to chance")
	fl.IntVar(&o.SKUs, "skus", 600, "size of the catalogue")
	fl.IntVar(&o.Orders, "orders", 1500, "orders on an ordinary day")
	fl.StringVar(&out, "out", "", "write a copy into this new folder instead, which opens from disk and from any file server")
	fl.StringVar(&o.Listen, "listen", "127.0.0.1:8788", "address of the page; any free port when it is taken")
	return c
}

func (t *terminal) gallery(ctx context.Context, o app.DemoOptions, out string) (err error) {
	if o.Lang, err = t.language("zh-CN"); err != nil {
		return err
	}
	if o.Logger, err = t.logger(); err != nil {
		return err
	}
	if held, err := os.ReadDir(out); out != "" && err == nil && len(held) > 0 {
		return fmt.Errorf("%w: %s is not empty; name a new folder", app.ErrRefused, out) // said before the morning is played
	}
	o.Tell = func(format string, args ...any) { fmt.Fprintf(t.err, format+"\n", args...) }
	d, err := app.OpenGallery(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if out != "" {
		if err := d.Sandbox.CopyGallery(out); err != nil {
			return err
		}
		fmt.Fprintln(t.out, filepath.Join(out, "index.html"))
		return nil
	}
	name, hint := "Gallery", "Ctrl-C ends it."
	if o.Lang == "zh-CN" {
		name, hint = "全部卡片", "按 Ctrl-C 结束。"
	}
	fmt.Fprintf(t.out, "%s  %s/gallery\n%s\n", name, d.ChatURL, hint)
	<-ctx.Done()
	return nil
}
