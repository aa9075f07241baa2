//go:build unix

package app

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"shopwatch/commands"
	"shopwatch/internal/access"
)

// BenchmarkAnswers asks an example of every question that has numbers, over 90
// days of a shop with 2,000 items and 2,000 orders a day: "warm", when it has been
// asked since the last pull, and "first", after ten minutes with all their pulls
// and looks of the rules. The CPU is that of the process; SHOPWATCH_STORE names a
// folder that keeps the store for the next run.
func BenchmarkAnswers(b *testing.B) {
	dir := os.Getenv("SHOPWATCH_STORE")
	if dir == "" {
		dir = b.TempDir()
	}
	d := answering(b, dir)
	for _, q := range commands.Examples() {
		verb, _, _ := strings.Cut(q, " ")
		env, as := d.App.envs[0], func() commands.Ask {
			return commands.Ask{User: "U0LIN", Lang: "zh-CN", Now: d.Clock.Now(), Text: q, Allows: func(access.Right) bool { return true }}
		}
		if _, err := env.Numbers(b.Context(), as()); slices.Contains(commands.OnAlerts(), verb) || err != nil {
			continue // an act, or nothing that this shop knows
		}
		ask := func() error {
			_, err := env.Answer(b.Context(), as())
			return err
		}
		b.Run(verb+"/warm", func(b *testing.B) { timed(b, ask, func() error { return nil }) })
		b.Run(verb+"/first", func(b *testing.B) {
			timed(b, ask, func() error {
				return d.App.Step(b.Context(), d.Clock.Now().Add(10*time.Minute), nobody)
			})
		})
	}
}

// timed asks after getting ready, and tells the median, the worst and the CPU.
func timed(b *testing.B, ask, ready func() error) {
	var took []time.Duration
	var cpu time.Duration
	for b.Loop() {
		b.StopTimer()
		if err := ready(); err != nil {
			b.Fatal(err)
		}
		began, used := time.Now(), processCPU(b)
		b.StartTimer()
		if err := ask(); err != nil {
			b.Fatal(err)
		}
		took, cpu = append(took, time.Since(began)), cpu+processCPU(b)-used
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1e3, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1e3, "p99-ms")
	b.ReportMetric(float64(cpu.Microseconds())/1e3/float64(len(took)), "cpu-ms")
}

func processCPU(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// answering is a demo that has read its history and been looked at.
func answering(b *testing.B, dir string) *Demo {
	b.Helper()
	kept, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		b.Fatal(err)
	}
	d, err := OpenDemo(b.Context(), DemoOptions{Dir: dir, Seed: 1, SKUs: 2000, Orders: 2000, Days: 90, Lang: "zh-CN", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := d.Close(); err != nil {
			b.Error(err)
		}
	})
	if len(kept) == 0 {
		err = d.Backfill(b.Context())
	}
	if err != nil {
		b.Fatal(err)
	}
	if at, err := lastPull(b.Context(), d.db, d.shop.ID); err == nil {
		d.Clock.Set(at)
	}
	hangUp, err := d.Listen(context.WithoutCancel(b.Context()))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := hangUp(); err != nil {
			b.Error(err)
		}
	})
	return d
}
