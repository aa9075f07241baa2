package commands

import (
	"context"
	"errors"
	"slices"

	"shopwatch/internal/access"
	"shopwatch/internal/card"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

// breakdown is a question about metrics of some days, in total and split by one
// dimension. Most questions are one of these and differ only in their data.
type breakdown struct {
	name    string
	words   []string
	example string
	by      metric.Dim // unless the question names another
	metrics []string   // the first leads
	columns []string   // of the table; nil shows all metrics
	funnel  []string   // metrics that the picture shows as steps, instead of the parts
	days    func(today market.Day) (from, to market.Day)
	compare []report.Compare // nil takes those of a GMV question
	next    []card.Step
	needs   []string // nil takes the tables of the first metric
}

func (b breakdown) command() *Command {
	load := func(ctx context.Context, env *Env, r Request) (report.Figures, error) { return b.load(ctx, env, r) }
	lead, _ := metric.Find(b.metrics[0])
	needs := b.needs
	if needs == nil {
		needs = lead.Tables
	}
	return &Command{
		Name: b.name, Needs: needs, Words: b.words, Example: b.example, Right: access.View,
		Run: func(ctx context.Context, env *Env, r Request) (chat.Message, error) {
			f, err := load(ctx, env, r)
			return answered(r, err, func() chat.Message {
				return r.against(r.Pen.Figures(b.sheet(), f, r.Question), f.Base != nil, f.To)
			})
		},
		Data: numbers(load),
	}
}

func (b breakdown) sheet() card.Sheet {
	columns := b.columns
	if columns == nil {
		columns = b.metrics
	}
	return card.Sheet{Name: b.name, Columns: columns, Funnel: b.funnel, Next: b.next}
}

func (b breakdown) load(ctx context.Context, env *Env, r Request) (report.Figures, error) {
	q := r.Query
	filter, err := env.filter(ctx, q)
	if err != nil {
		return report.Figures{}, err
	}
	by := b.by
	if q.By != metric.None {
		by = q.By
	}
	if err := splits(b.name, b.metrics[0], filter, by); err != nil {
		return report.Figures{}, err
	}
	if !q.Period.Set {
		q.Period.From, q.Period.To = b.days(env.Shop.Day(r.Now))
	}
	compare := b.compare
	if compare == nil || q.Against != "" {
		compare = bases(q)
	}
	query := report.FiguresQuery{
		AsOf: q.AsOf, Now: r.Now, From: q.Period.From, To: q.Period.To, Filter: filter, Compare: compare, By: by, Top: topOr(q, 20),
		Metrics: b.metrics, Fresh: env.Rules.Fresh,
	}
	f, err := report.LoadFigures(ctx, env.DB, env.Shop, query)
	if err == nil && !slices.ContainsFunc(f.Total, func(v report.Value) bool { return v.Known }) {
		err = errSilent
	}
	if errors.Is(err, report.ErrNoData) && q.Period.Set && q.Period.From == env.Shop.Day(r.Now) {
		err = b.notYet(ctx, env, query, err)
	}
	r.saw(f, f.Data, nil, err)
	return f, err
}

// notYet tells a day of which nothing has come in yet, as of what is reported by
// whole days, from a shop without the figures.
func (b breakdown) notYet(ctx context.Context, env *Env, q report.FiguresQuery, err error) error {
	today := q.From
	q.From, q.To, q.Compare = today-1, today-1, nil
	if _, again := report.LoadFigures(ctx, env.DB, env.Shop, q); again != nil {
		return err
	}
	return &Trouble{Key: "command.nothing_yet", Args: []any{"date", today.String()}, Fix: b.name + " " + q.From.String()}
}

// splits refuses a filter or a split that the figures behind a command do not
// have, so that nobody takes an empty answer for a zero.
func splits(command, key string, f metric.Filter, by metric.Dim) error {
	m, _ := metric.Find(key)
	switch {
	case !m.Carries(f, metric.None):
		return &Trouble{Key: "command.no_filter", Args: []any{"word", command}, Fix: command}
	case !m.Carries(f, by):
		return &Trouble{Key: "command.no_split", Args: []any{"word", command, "by", string(by)}, Fix: command}
	}
	return nil
}

// lastWeek is the seven whole days before today.
func lastWeek(today market.Day) (from, to market.Day) { return today - 7, today - 1 }
