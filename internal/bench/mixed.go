package bench

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
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
	for _, kind := range []string{"all", "memory", "series", "digest"} {
		w.spread(kind+" commands, nothing else running", idle[kind])
		w.spread(kind+" commands, during a collection", during[kind])
	}
	w.add("all commands, during a collection p99.9", quantile(during["all"], 0.999), "ms")
	w.add("p99 to idle", quantile(during["all"], 0.99)/quantile(idle["all"], 0.99), "x")
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
		if _, _, err := wr.put(context.WithoutCancel(ctx), ready[n%len(ready)]); err != nil {
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

// commands sends the mix (half from memory, four of ten a series, one of ten a
// group by category) and returns how long each took, by kind.
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
		kind, id, pick := r.IntN(10), uint32(r.IntN(b.o.SKUs)), r.IntN(2)
		wait.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			name, err := b.command(ctx, kind, pick, id)
			took := time.Since(due)
			mu.Lock()
			defer mu.Unlock()
			out[name], out["all"] = append(out[name], took), append(out["all"], took)
			if first == nil {
				first = err
			}
		})
	}
	wait.Wait()
	return out, errors.Join(first, ctx.Err())
}

// command answers one question by the functions that the bot's commands call.
func (b *run) command(ctx context.Context, kind, pick int, id uint32) (string, error) {
	_, newest := b.panels.Panel(b.shop.ID).Now() // today goes on while slots are written
	last := newest.Start.Add(b.o.Step - time.Nanosecond)
	today := b.shop.Day(last)
	q := report.PanelQuery{Now: last, From: today, To: today}
	switch {
	case kind < 5 && pick == 0: // what sells best today
		t, err := report.LoadTop(ctx, b.db, b.panels, b.shop, report.TopQuery{PanelQuery: q, Metric: series.GMV, Top: 50})
		b.count(len(t.Items))
		return "memory", err
	case kind < 5: // what has changed since the slot before
		m, err := report.LoadMovers(ctx, b.db, b.panels, b.shop, report.MoversQuery{PanelQuery: q, Top: 50})
		b.count(len(m.Items))
		return "memory", err
	case kind < 9: // an item over four weeks, on all its channels
		q.From = today - market.Day(min(28, b.o.Days)) + 1
		h, err := report.LoadSKU(ctx, b.db, b.panels, b.shop, report.SKUQuery{PanelQuery: q, SKU: b.panels.Panel(b.shop.ID).SKU(id)})
		b.count(len(h.Days))
		return "series", err
	}
	q.From, q.To = today-7, today-1 // a week by category
	g, err := report.LoadGroups(ctx, b.db, b.panels, b.shop, report.GroupsQuery{PanelQuery: q, By: metric.ByCategory})
	b.count(len(g.Parts))
	return "digest", err
}

// count keeps an answer from being left out.
func (b *run) count(n int) { b.answers.Add(int64(n)) }
