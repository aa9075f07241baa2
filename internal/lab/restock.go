package lab

import (
	"errors"
	"flag"
	"fmt"
	"math"
	"time"

	"shopwatch/internal/analysis/restock"
)

func restockVerb() Verb {
	return Verb{
		Name: "restock", Short: "When and how much to order, and what that would have done", Inputs: []string{"FILE"},
		Long: `Reads sku,day,demand, a row a day (0 on days without demand: a day without a
row, or an empty cell, is unknown). A column campaign may give the factor that
the calendar plans for a day; days to come have an empty demand.

Writes for each sku the policy, its reorder point and order-up-to level as of
the last day, and the fill rate and mean stock of a simulation: the policy learns
on the first half of the days and lives through the others, one by one. What is
not in stock is lost. At each review an order brings what is on hand and on order
up to the level, if it is at the reorder point or below.`,
		Example: "  shopwatch lab restock --service 0.98 --lead-mean 6.5 --lead-sd 1.8 demand.csv",
		New: func(flags *flag.FlagSet) func(*Session) error {
			t := restock.Terms{}
			flags.Float64Var(&t.Service, "service", .98, "wanted share of demand served from stock")
			flags.Float64Var(&t.LeadMean, "lead-mean", 7, "days from an order to its arrival, on average")
			flags.Float64Var(&t.LeadSD, "lead-sd", 2, "standard deviation of those days")
			flags.IntVar(&t.Review, "review", 7, "days from one look at the stock to the next")
			flags.Int64Var(&t.MOQ, "moq", 0, "least order in pieces")
			flags.Int64Var(&t.Pack, "pack", 0, "pieces in a pack; orders are whole packs")
			return func(s *Session) error {
				if err := t.Check(); err != nil {
					return usagef("%v", err)
				}
				return restockItems(s, t)
			}
		},
	}
}

// drawn is the seed of the replay and of the simulated lead times, the same for
// every item and run.
const drawn = 1

func restockItems(s *Session, terms restock.Terms) error {
	t, err := s.Table(0, "sku", "day", "demand")
	if err != nil {
		return err
	}
	defer func() { _ = t.Close() }() // it was only read
	var all bySeries
	for row := range t.Rows() {
		p := point{moment: row.moment("day")}
		v, known := row.Number("demand")
		plan, planned := row.Number("campaign")
		if known && v < 0 || planned && plan < 0 {
			row.Bad("neither demand nor the factor of a campaign can be below 0")
		}
		if !row.OK() {
			continue
		}
		if p.value = v; !known {
			p.value = math.NaN()
		}
		p.extra = plan
		all.add(row.Text("sku"), p)
	}
	if err := t.Err(); err != nil {
		return err
	}
	out := s.Sink("sku", "policy", "reorder_point", "order_up_to", "fill_rate", "mean_stock", "per_day", "margin_sd", "simulated_days")
	for _, sku := range all.names {
		g, err := regular(all.points[sku])
		if err == nil && (g.uneven || g.step != 0 && g.step != 24*time.Hour) {
			err = errors.New("the rows are not a day apart")
		}
		if err != nil {
			return errors.Join(fmt.Errorf("sku %q: %w", sku, err), out.Close())
		}
		if g.absent > 0 {
			s.Note("items have days without a row: unknown, not zero")
		}
		restockItem(s, out, sku, g, terms)
	}
	return out.Close()
}

func restockItem(s *Session, out *Sink, sku string, g grid, terms restock.Terms) {
	n := len(g.values)
	for n > 0 && math.IsNaN(g.values[n-1]) && g.extras[n-1] > 0 {
		n-- // the calendar of days to come
	}
	h := restock.History{Demand: g.values[:n], Plan: g.extras}
	margin := restock.Tune(h, terms, drawn)
	plan, err := restock.Make(h, terms, margin)
	policy := fmt.Sprintf("order up to the level every %d days", terms.Review)
	if err != nil {
		s.Note("items with fewer than seven known days have no plan")
		out.Row(nil, sku, policy, nil, nil, nil, nil, nil, nil, 0)
		return
	}
	from := max(28, n/2)
	counted := from + int(math.Ceil(float64(terms.Review)+terms.LeadMean))
	cells := []any{sku, policy, plan.Reorder, plan.UpTo, nil, nil, plan.PerDay, margin.K, 0}
	if n-counted >= 14 {
		o := restock.Simulate(h, terms, restock.Replayed(terms, drawn), from, counted, restock.Expected(terms, drawn))
		cells[4], cells[5], cells[8] = o.Fill(), o.Stock, o.Days
	} else {
		s.Note("items have too few later days to simulate")
	}
	out.Row(nil, cells...)
}
