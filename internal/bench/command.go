package bench

import (
	"context"
	"fmt"

	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// command is a question of the mix: one of those that read the panel.
type command struct {
	name  string
	share int // of a hundred
	// ask answers it by what the bot's command calls; pick chooses among items,
	// filters and metrics. It says how many lines the answer has.
	ask func(ctx context.Context, b *run, q report.PanelQuery, pick uint64) (int, error)
}

const allCommands = "all commands"

// commandMix is half of memory, 40 % series and 10 % of the kind that a digest
// is made of.
var commandMix = []command{
	{"top today", 25, askTop(0, 0)},
	{"what moved", 25, askMovers},
	{"item, 28 days", 32, askItem},
	{"trail of an alert", 8, askTrail},
	{"categories, 7 days", 4, askGroups},
	{"top yesterday", 4, askTop(1, 1)},
	{"top, 7 days", 2, askTop(6, 0)},
}

func names() []string {
	var all []string
	for _, c := range commandMix {
		all = append(all, c.name)
	}
	return all
}

// pickCommand finds a command by a number below 100.
func pickCommand(n int) *command {
	for i := range commandMix {
		if n -= commandMix[i].share; n < 0 {
			return &commandMix[i]
		}
	}
	return &commandMix[0]
}

// command asks as the bot does: as of the revision that the question begins with.
func (b *run) command(ctx context.Context, c *command, pick uint64) error {
	_, newest := b.panels.Panel(b.shop.ID).Now()
	q := report.PanelQuery{Now: newest.At.Add(-1)} // the day that slots are written of
	q.From, q.To = b.shop.Day(q.Now), b.shop.Day(q.Now)
	err := b.db.View(ctx, func(tx *storage.Tx) error {
		q.AsOf = tx.Revision()
		return nil
	})
	if err != nil {
		return err
	}
	n, err := c.ask(ctx, b, q, pick)
	b.answers.Add(int64(n))
	return err
}

// askTop ranks the days from..to before today: everything or, half of the time,
// one channel.
func askTop(from, to market.Day) func(context.Context, *run, report.PanelQuery, uint64) (int, error) {
	metrics := []series.Column{series.GMV, series.GMV, series.Units, series.Orders}
	return func(ctx context.Context, b *run, q report.PanelQuery, pick uint64) (int, error) {
		q.From, q.To = q.From-from, q.To-to
		if pick&1 == 1 {
			q.Channel = market.Channel(b.shop.Channels[pick>>1%uint64(len(b.shop.Channels))].ID)
		}
		t, err := report.LoadTop(ctx, b.db, b.panels, b.shop, report.TopQuery{PanelQuery: q, Metric: metrics[pick>>8%uint64(len(metrics))], Top: 50})
		return len(t.Items), err
	}
}

func askMovers(ctx context.Context, b *run, q report.PanelQuery, _ uint64) (int, error) {
	m, err := report.LoadMovers(ctx, b.db, b.panels, b.shop, report.MoversQuery{PanelQuery: q, Top: 50})
	return len(m.Items), err
}

// sku is a random item.
func (b *run) sku(pick uint64) market.SKU {
	return b.panels.Panel(b.shop.ID).SKU(uint32(pick % uint64(b.o.SKUs)))
}

// askItem is the story of an item on all its channels.
func askItem(ctx context.Context, b *run, q report.PanelQuery, pick uint64) (int, error) {
	q.From = q.To - market.Day(min(28, b.o.Days)) + 1
	h, err := report.LoadSKU(ctx, b.db, b.panels, b.shop, report.SKUQuery{PanelQuery: q, SKU: b.sku(pick)})
	return len(h.Days), err
}

// askTrail is the picture behind an alert: two weeks of stock and sales.
func askTrail(ctx context.Context, b *run, q report.PanelQuery, pick uint64) (int, error) {
	f := analysis.Finding{Rule: analysis.RuleStockOut, Subject: analysis.Subject{SKU: b.sku(pick)}, Stock: &analysis.StockOut{}}
	t, err := report.LoadTrail(ctx, b.db, b.panels, b.shop, report.TrailQuery{Finding: f, Now: q.Now})
	if err == nil && len(t.At) == 0 {
		err = fmt.Errorf("the trail of %s is empty", f.Subject.SKU)
	}
	return len(t.At), err
}

func askGroups(ctx context.Context, b *run, q report.PanelQuery, _ uint64) (int, error) {
	q.From, q.To = q.From-7, q.To-1
	g, err := report.LoadGroups(ctx, b.db, b.panels, b.shop, report.GroupsQuery{PanelQuery: q, By: metric.ByCategory})
	return len(g.Parts), err
}
