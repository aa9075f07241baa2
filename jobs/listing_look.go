package jobs

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/gate"
	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// looked is what a listing shows against the one before.
type looked struct {
	moves    analysis.Moves
	verdict  gate.Verdict // what the data gate makes of it
	past     *gate.Doubt  // of the listing before; nil when there was none
	findings []analysis.Finding
}

// maxSuspects is how many new problems of a kind are weighed; more are told by
// nobody, so the ones that sold most are taken.
const maxSuspects = 200

// look judges the new columns by the newest ones in the panel, and compares them
// with the newest ones that were whole.
func (j *Listing) look(ctx context.Context, f *filling, cur *series.Columns, s market.Snapshot, now time.Time) (looked, error) {
	out := looked{verdict: gate.Verdict{State: s.State}}
	if s.State != market.Complete || f.panel == nil {
		return out, nil
	}
	prev, whole := j.before(f.panel)
	if prev == nil {
		return out, nil
	}
	now2, then := shelfOf(cur), shelfOf(prev)
	out.moves = analysis.CatalogueMoves(j.Catalogue, now2, then)
	err := j.DB.View(ctx, func(tx *storage.Tx) (err error) {
		if out.past, err = j.doubt(tx); err != nil {
			return err
		}
		out.verdict = gate.JudgeListing(j.judged(f.panel, s, now2, then, out.moves), out.past, now)
		if out.verdict.State != market.Complete || !whole {
			return nil
		}
		w := &weighing{Listing: j, tx: tx, panel: f.panel, cur: now2, prev: then, at: now, lines: map[uint32]*analysis.CatalogueLine{}}
		out.findings, err = w.weigh(out.moves)
		return err
	})
	return out, err
}

// before is what the listing is compared with, nil when there is nothing. whole
// means that it is complete: alerts are moved on by nothing less.
func (j *Listing) before(p *series.Panel) (prev *series.Columns, whole bool) {
	now, slot := p.Now()
	older, earlier := p.Before()
	switch {
	case j.trusted != nil:
		return j.trusted, true
	case now != nil && slot.State == market.Complete:
		return now, true
	case older != nil && earlier.State == market.Complete:
		return older, true
	}
	return now, false
}

// shelfOf are the readings among columns.
func shelfOf(c *series.Columns) analysis.Shelf {
	return analysis.Shelf{
		Price: c.Int32s(series.Price), Rival: c.Int32s(series.RivalPrice), Stock: c.Int32s(series.Stock),
		NoPrice: *c.Null(series.Price), NoRival: *c.Null(series.RivalPrice), NoStock: *c.Null(series.Stock),
	}
}

// own are the alerts that the listing answers for.
func (j *Listing) own(all []alert.Alert) []alert.Alert {
	return slices.DeleteFunc(slices.Clone(all), func(a alert.Alert) bool { return !slices.Contains(j.Answers, a.Rule) })
}

// weighing turns changed rows, and rows with open alerts, into findings.
type weighing struct {
	*Listing
	tx        *storage.Tx
	panel     *series.Panel
	cur, prev analysis.Shelf
	at        time.Time
	lines     map[uint32]*analysis.CatalogueLine
	day       []int64 // GMV of the last day, by series
	ranked    []int64 // those that sold, best first
	daily     market.Fen
}

func (w *weighing) weigh(m analysis.Moves) ([]analysis.Finding, error) {
	all, err := w.tx.OpenAlerts(w.Shop.ID)
	if err != nil {
		return nil, err
	}
	open := w.own(all)
	if len(open) == 0 && len(m.StockOuts) == 0 && len(m.Undercuts) == 0 {
		return nil, nil
	}
	if err := w.sumDay(); err != nil {
		return nil, err
	}
	kept := w.standing(open)
	for _, id := range w.best(m.StockOuts) {
		l := w.line(id)
		l.Out, l.OutAt = true, w.at
	}
	for _, id := range w.best(m.Undercuts) {
		w.line(id).Under = true
	}
	in := analysis.CatalogueInput{At: w.at, Daily: w.daily}
	ids := make([]uint32, 0, len(w.lines))
	for id := range w.lines {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		if err := w.fill(id); err != nil {
			return nil, err
		}
		in.Lines = append(in.Lines, *w.lines[id])
	}
	return append(analysis.CatalogueFindings(w.Rules, in), kept...), nil
}

// line is the line of a series, made when it is first asked for.
func (w *weighing) line(id uint32) *analysis.CatalogueLine {
	l := w.lines[id]
	if l == nil {
		l = &analysis.CatalogueLine{Subject: analysis.Subject{SKU: w.panel.SKU(id), Channel: w.panel.Channel(id), Unit: w.panel.Unit(id)}}
		w.lines[id] = l
	}
	return l
}

// standing looks at the problems that people know of, or soon will. Where the
// reading is not known the last finding is returned, so that nothing ends.
func (w *weighing) standing(open []alert.Alert) (kept []analysis.Finding) {
	for _, a := range open {
		id, ok := w.panel.Find(a.Latest.Subject.SKU, a.Latest.Subject.Channel)
		holds, known := false, false
		if ok && a.Rule == analysis.RuleStockOut {
			holds, known = w.cur.Out(int(id))
		} else if ok {
			holds, known = w.cur.Undercut(w.Catalogue, int(id))
		}
		switch {
		case !known:
			kept = append(kept, a.Latest)
		case holds && a.Rule == analysis.RuleStockOut:
			l := w.line(id)
			l.Out, l.OutOpen, l.OutAt = true, a.State.Open(), w.at
			if s := a.Latest.Stock; s != nil {
				l.OutAt = s.OutAt
			}
		case holds:
			l := w.line(id)
			l.Under, l.UnderOpen = true, a.State.Open()
			if p := a.Latest.Price; p != nil {
				l.Before, l.Since = p.Before, p.Since
			}
		}
	}
	return kept
}

// best keeps the rows that sold most in the last day.
func (w *weighing) best(rows []uint32) []uint32 {
	if len(rows) <= maxSuspects {
		return rows
	}
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b uint32) int { return cmp.Or(cmp.Compare(w.gmv(b), w.gmv(a)), cmp.Compare(a, b)) })
	return rows[:maxSuspects]
}

func (w *weighing) gmv(id uint32) int64 {
	if int(id) < len(w.day) {
		return w.day[id]
	}
	return 0
}

// sumDay adds up the GMV of the last day, by series and altogether.
func (w *weighing) sumDay() error {
	slots, err := w.Series.Slots(w.tx, w.Shop.ID, market.Window{Start: w.at.Add(-25 * time.Hour), End: w.at}, 0)
	if err != nil {
		return err
	}
	for _, s := range slots {
		c, _, err := w.Series.Read(w.tx, w.Shop.ID, s.Start, 0, series.GMV)
		if errors.Is(err, series.ErrNoSlot) {
			continue
		}
		if err != nil {
			return err
		}
		if len(w.day) < c.Len() {
			w.day = append(w.day, make([]int64, c.Len()-len(w.day))...)
		}
		null := *c.Null(series.GMV)
		for i, v := range c.Int64s() {
			if v != 0 && !null.Get(i) {
				w.day[i] += v
				w.daily += market.Fen(v)
			}
		}
	}
	for _, v := range w.day {
		if v > 0 {
			w.ranked = append(w.ranked, v)
		}
	}
	slices.SortFunc(w.ranked, func(a, b int64) int { return cmp.Compare(b, a) })
	return nil
}

// fill reads a week of one series and works out what is at risk.
func (w *weighing) fill(id uint32) error {
	l := w.lines[id]
	l.Price = market.Fen(w.cur.Price[id])
	l.Rival = market.Fen(w.cur.Rival[id])
	if l.Before == 0 && int(id) < len(w.prev.Rival) {
		l.Before, l.Since = market.Fen(w.prev.Rival[id]), w.at.Add(-w.Source.Step())
	}
	if own := w.gmv(id); own > 0 {
		above, _ := slices.BinarySearchFunc(w.ranked, own, func(v, own int64) int { return cmp.Compare(own, v) })
		l.Rank = above + 1
	}
	line, err := w.Series.Line(w.tx, w.Shop.ID, id, market.Window{Start: w.at.Add(-7 * 24 * time.Hour), End: w.at}, 0, series.Stock, series.Units, series.GMV)
	if err != nil {
		return err
	}
	selling := 0 // slots with stock, or of which the stock is not known
	for i := range line.Slots {
		if !line.Null[series.Units].Get(i) {
			l.Units7d += line.Values[series.Units][i]
			if line.Null[series.Stock].Get(i) || line.Values[series.Stock][i] > 0 || line.Values[series.Units][i] > 0 {
				selling++
			}
		}
		if !line.Null[series.GMV].Get(i) {
			l.GMV7d += market.Fen(line.Values[series.GMV][i])
		}
	}
	if selling > 0 {
		l.PerDay = float64(l.Units7d) / (float64(selling) * w.Source.Step().Hours() / 24)
	}
	return nil
}
