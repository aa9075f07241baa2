package app

import (
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestMemoryOverDays plays a quarter of a small shop and holds the most that the
// bot keeps in memory in its last third against the third before: by then the
// caches are full. The marketplace and the chat live in the same process and keep
// everything; what they hold is told apart by who asked for it.
func TestMemoryOverDays(t *testing.T) {
	if os.Getenv("SHOPWATCH_SOAK") == "" {
		t.Skip("plays 90 days, in about an hour: SHOPWATCH_SOAK=1 does so, SHOPWATCH_DAYS=30 fewer")
	}
	days := 90
	if n, err := strconv.Atoi(os.Getenv("SHOPWATCH_DAYS")); err == nil && n >= 9 {
		days = n
	}
	defer func(rate int) { runtime.MemProfileRate = rate }(runtime.MemProfileRate)
	runtime.MemProfileRate = 32 << 10
	o := smallDemo(t.TempDir(), "zh-CN")
	o.SKUs, o.Orders = 200, 200
	d, err := OpenDemo(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := d.Backfill(t.Context()); err != nil {
		t.Fatal(err)
	}
	hangUp, err := d.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var third [3]int64 // the most that was held in each
	cast := newCast(d)
	for day := 0; day < days; day++ {
		if err := d.App.Step(t.Context(), d.opt.Start.Add(time.Duration(day)*24*time.Hour), cast.act); err != nil {
			t.Fatalf("day %d: %v", day, err)
		}
		bot, rig := held()
		n := 3 * day / days
		third[n] = max(third[n], bot)
		if day%5 == 0 || day == days-1 {
			t.Logf("day %2d: the bot holds %.1f MiB, marketplace and chat %.1f MiB", day, mib(bot), mib(rig))
		}
	}
	if err := hangUp(); err != nil {
		t.Error(err)
	}
	if grown := float64(third[2]) / float64(third[1]); grown > 1.1 {
		t.Errorf("the last third holds %.2f times as much as the second: %.1f and %.1f MiB", grown, mib(third[2]), mib(third[1]))
	}
}

func mib(n int64) float64 { return float64(n) / (1 << 20) }

// held is what lives on the heap after a collection, by who allocated it.
func held() (bot, rig int64) {
	runtime.GC()
	runtime.GC() // the profile is of the collection before the last
	records := make([]runtime.MemProfileRecord, 1<<12)
	n, ok := runtime.MemProfile(records, false)
	for !ok {
		records = make([]runtime.MemProfileRecord, 2*n)
		n, ok = runtime.MemProfile(records, false)
	}
	for i := range records[:n] {
		r := &records[i]
		size := scaled(r.InUseObjects(), r.InUseBytes())
		if ofRig(r.Stack()) {
			rig += size
		} else {
			bot += size
		}
	}
	return bot, rig
}

// scaled estimates the bytes behind a sample: an object of s bytes is seen with
// a chance of 1 - e^(-s/rate).
func scaled(objects, bytes int64) int64 {
	if objects == 0 {
		return 0
	}
	mean := float64(bytes) / float64(objects)
	return int64(float64(bytes) / (1 - math.Exp(-mean/float64(runtime.MemProfileRate))))
}

func ofRig(stack []uintptr) bool {
	frames := runtime.CallersFrames(stack)
	for {
		f, more := frames.Next()
		if strings.Contains(f.Function, "shopwatch/bot/sandbox") || strings.Contains(f.Function, "shopwatch/internal/source/demo") {
			return true
		}
		if !more {
			return false
		}
	}
}
