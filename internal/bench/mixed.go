package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"shopwatch/storage/series"
)

// mixed is W6: commands at moments that are fixed beforehand, while a collection
// writes, folds and backs up without a pause. A command's time counts from when
// it was due, so one that had to wait shows.
func (b *run) mixed(ctx context.Context) (Workload, error) {
	w := Workload{ID: "W6", Name: "commands during a collection"}
	span := time.Duration(b.o.pick(60, 5)) * time.Second
	if err := b.panels.Warm(ctx, b.shop); err != nil { // the bot does it when it starts
		return w, err
	}
	idle, err := b.commands(ctx, span/4)
	if err != nil {
		return w, err
	}
	ready := b.prepare(4)
	loud, stop := context.WithCancel(ctx)
	var wrote collected
	done := make(chan error, 1)
	go func() {
		var err error
		wrote, err = b.collect(loud, ready)
		done <- err
	}()
	during, err := b.commands(ctx, span)
	stop()
	if e := <-done; e != nil && !errors.Is(e, context.Canceled) {
		err = errors.Join(err, e)
	}
	if err != nil {
		return w, err
	}
	slowest := 0.0
	for _, name := range slices.Concat([]string{allCommands}, names()) {
		w.spread(name+", nothing else running", idle[name])
		w.spread(name+", during a collection", during[name])
		slowest = max(slowest, quantile(during[name], 0.99))
	}
	w.add("slowest command, during a collection p99", slowest, "ms")
	w.add("all commands, during a collection p99.9", quantile(during[allCommands], 0.999), "ms")
	w.add("p99 to idle", quantile(during[allCommands], 0.99)/quantile(idle[allCommands], 0.99), "x")
	w.add("slots written meanwhile", float64(wrote.slots), "")
	w.add("compaction steps meanwhile", float64(wrote.steps), "")
	w.add("backups meanwhile", float64(wrote.backups), "")
	return w, nil
}

// collected is what went on beside the commands.
type collected struct{ slots, steps, backups int }

// prepare makes columns of the next hours, so that making them is not measured.
func (b *run) prepare(n int) []*series.Columns {
	out := make([]*series.Columns, n)
	for i := range out {
		b.data.Next(b.hour)
		out[i] = columnsOf(b.hour)
	}
	return out
}

// slotEvery is how soon one slot follows another: 1,800 times the pace of a shop
// that is read hourly.
const slotEvery = 2 * time.Second

// collect writes slots, folds and backs up until ctx ends.
func (b *run) collect(ctx context.Context, ready []*series.Columns) (done collected, err error) {
	wr := b.writer()
	defer func() { b.next = wr.next }()
	for n := 0; ctx.Err() == nil; n++ {
		next := time.Now().Add(slotEvery)
		if _, err := wr.put(context.WithoutCancel(ctx), ready[n%len(ready)]); err != nil {
			return done, err
		}
		done.slots++
		for range 12 {
			more, err := b.panels.Compact(ctx, b.shop, wr.next)
			if err != nil {
				return done, err
			}
			done.steps++
			if !more {
				break
			}
		}
		if n%10 == 5 {
			if err := b.db.Backup(ctx, io.Discard); err != nil {
				return done, err
			}
			done.backups++
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Until(next)):
		}
	}
	return done, nil
}

const (
	// perSecond is how many commands come in a second.
	perSecond = 200
	// atOnce is how many are answered beside each other, as the bot bounds them;
	// those that wait have come all the same.
	atOnce = 16
)

// commands sends the mix and returns how long each took, by name.
func (b *run) commands(ctx context.Context, span time.Duration) (map[string][]time.Duration, error) {
	r := rand.New(rand.NewPCG(6, 6))
	out := map[string][]time.Duration{}
	var mu sync.Mutex
	var first error
	var wait sync.WaitGroup
	turn := make(chan struct{}, atOnce)
	start := time.Now()
	for n := range int(span.Seconds() * perSecond) {
		due := start.Add(time.Duration(n) * time.Second / perSecond)
		time.Sleep(time.Until(due))
		c, pick := pickCommand(r.IntN(100)), r.Uint64()
		wait.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			err := b.command(ctx, c, pick)
			took := time.Since(due)
			mu.Lock()
			defer mu.Unlock()
			out[c.name], out[allCommands] = append(out[c.name], took), append(out[allCommands], took)
			if first == nil && err != nil {
				first = fmt.Errorf("%s: %w", c.name, err)
			}
		})
	}
	wait.Wait()
	return out, errors.Join(first, ctx.Err())
}
