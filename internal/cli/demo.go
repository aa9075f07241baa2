package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"shopwatch/internal/app"
)

type demoFlags struct {
	dir, start, transcript, truth, listen string
	seed                                  uint64
	skus, orders                          int
	speed                                 float64
	until                                 time.Duration
	exit                                  bool
}

func demoVerb(t *terminal) *cobra.Command {
	var f demoFlags
	c := &cobra.Command{
		Use:   "demo",
		Short: "Run the whole bot with a marketplace and a chat of its own, without any account",
		Long: `Starts a made-up shop, a chat in your browser and the bot between them, all on
this computer. The shop's clock runs faster than yours; the morning report comes
first, then alerts as things go wrong.`,
		Example: "  shopwatch demo --lang en\n  shopwatch demo --until 48h --exit --transcript transcript.json",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return t.demo(c.Context(), f) },
	}
	fl := c.Flags()
	fl.StringVar(&f.dir, "data", "", "folder that keeps the store; without it the store goes away with the demo")
	fl.Uint64Var(&f.seed, "seed", 1, "seed of everything that is left to chance")
	fl.IntVar(&f.skus, "skus", 2000, "size of the catalogue, up to 1000000")
	fl.IntVar(&f.orders, "orders", 2000, "orders on an ordinary day")
	fl.StringVar(&f.start, "start", "", "the shop's moment at which the demo begins, as 2026-11-22T08:20 (default)")
	fl.Float64Var(&f.speed, "speed", 60, "seconds of the shop's clock per second")
	fl.StringVar(&f.listen, "listen", "127.0.0.1:8787", "address of the chat page; any free port when it is taken")
	fl.DurationVar(&f.until, "until", 0, "play this long on a stepped clock, as fast as it goes")
	fl.BoolVar(&f.exit, "exit", false, "with --until: stop then, instead of going on at --speed")
	fl.StringVar(&f.transcript, "transcript", "", "with --until: write everything that was said to this file, as JSON")
	fl.StringVar(&f.truth, "truth", "", "write the incidents that the shop plays to this file, as JSON")
	return c
}

func (t *terminal) demo(ctx context.Context, f demoFlags) (err error) {
	o, err := t.demoOptions(f)
	if err != nil {
		return err
	}
	if f.truth != "" {
		file, err := os.Create(f.truth)
		if err != nil {
			return fmt.Errorf("--truth: %w", err)
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		o.Truth = file
	}
	d, err := app.OpenDemo(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := d.Backfill(ctx); err != nil {
		return err
	}
	if f.until > 0 {
		if err := d.Until(ctx, f.until); err != nil {
			return err
		}
	}
	if f.transcript != "" {
		if err := writeFile(f.transcript, d.Sandbox.WriteTranscript); err != nil {
			return err
		}
	}
	if f.exit {
		return nil
	}
	t.announce(d, o.Lang)
	return d.Play(ctx, f.speed)
}

func (t *terminal) demoOptions(f demoFlags) (app.DemoOptions, error) {
	lang, err := t.language("zh-CN")
	if err != nil {
		return app.DemoOptions{}, err
	}
	log, err := t.logger()
	if err != nil {
		return app.DemoOptions{}, err
	}
	o := app.DemoOptions{
		Dir: f.dir, Seed: f.seed, SKUs: f.skus, Orders: f.orders, Lang: lang, Listen: f.listen, Logger: log,
		Tell: func(format string, args ...any) { fmt.Fprintf(t.err, format+"\n", args...) },
	}
	if f.until > 0 && f.exit {
		o.Listen = "" // nobody will look: leave the usual port to others
	}
	if f.exit && f.until <= 0 || f.transcript != "" && f.until <= 0 {
		return o, usage(errors.New("--exit and --transcript go with --until, as in --until 48h"))
	}
	if f.speed < 1 || f.speed > 3600 {
		return o, usage(fmt.Errorf("--speed %g: want 1 to 3600", f.speed))
	}
	if f.start != "" {
		zone := app.DemoStart().Location()
		if o.Start, err = time.ParseInLocation("2006-01-02T15:04", f.start, zone); err != nil {
			return o, usage(fmt.Errorf("--start %q: want a moment such as 2026-11-22T08:20", f.start))
		}
	}
	return o, nil
}

// announce says where to look.
func (t *terminal) announce(d *app.Demo, lang string) {
	chat, status := "Chat", "Status"
	hint := "Type /shop help in the chat. Ctrl-C ends the demo."
	if lang == "zh-CN" {
		chat, status, hint = "聊天页面", "状态页面", "在聊天里输入 /shop help。按 Ctrl-C 结束。"
	}
	fmt.Fprintf(t.out, "%s  %s\n%s  %s\n%s\n", chat, d.ChatURL, status, d.StatusURL, hint)
}

// writeFile writes a file whole or not at all.
func writeFile(path string, write func(io.Writer) error) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".shopwatch-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(tmp.Name()))
		}
	}()
	if err := errors.Join(write(tmp), tmp.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(tmp.Name(), path)
}
