package report

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// CatalogueLook is a look at two listings of a shop's panel.
type CatalogueLook struct {
	Listed

	Panels *series.Store
	Shop   market.ShopID
	Rules  analysis.Rules
	At     time.Time
	Open   []alert.Alert // what the look answers for, in any state before it
}

// Listed says which listings a look compares, so that it can be repeated.
type Listed struct {
	Now     Listing                `json:"now"`
	Before  Listing                `json:"before"`
	History market.Revision        `json:"history"` // as of which the sales before are read
	Step    time.Duration          `json:"step"`
	Rule    analysis.CatalogueRule `json:"rule"`
}

// Listing is a version of a slot of a panel.
type Listing struct {
	Slot     time.Time       `json:"slot"`
	Revision market.Revision `json:"revision"`
}

// ShelfOf are the readings among columns.
func ShelfOf(c *series.Columns) analysis.Shelf {
	return analysis.Shelf{
		Price: c.Int32s(series.Price), Rival: c.Int32s(series.RivalPrice), Stock: c.Int32s(series.Stock),
		NoPrice: *c.Null(series.Price), NoRival: *c.Null(series.RivalPrice), NoStock: *c.Null(series.Stock),
	}
}

// Find turns the moves between two shelves, and the problems that are open, into
// findings. panel names the rows.
func (l *CatalogueLook) Find(tx *storage.Tx, panel *series.Panel, cur, prev analysis.Shelf, m analysis.Moves) ([]analysis.Finding, error) {
	w := &weighing{CatalogueLook: l, tx: tx, panel: panel, cur: cur, prev: prev, lines: map[uint32]*analysis.CatalogueLine{}}
	return w.weigh(m)
}

// Again looks once more at listings that are in the panel. Listings that are no
// longer kept give storage.ErrForgotten.
func (l *CatalogueLook) Again(ctx context.Context, db *storage.DB) (w Watched, err error) {
	w = Watched{Shop: l.Shop, At: l.At, Revision: l.Now.Revision, Open: l.Open}
	err = db.View(ctx, func(tx *storage.Tx) error {
		panel := l.Panels.Panel(l.Shop)
		if panel == nil {
			return fmt.Errorf("%w: the shop has no panel", storage.ErrForgotten)
		}
		cur, err := l.shelf(tx, l.Now)
		if err != nil {
			return err
		}
		prev, err := l.shelf(tx, l.Before)
		if err != nil {
			return err
		}
		w.Findings, err = l.Find(tx, panel, cur, prev, analysis.CatalogueMoves(l.Rule, cur, prev))
		w.Data = l.Data(tx)
		return err
	})
	if err != nil {
		return Watched{}, fmt.Errorf("look at the listings of %s: %w", l.Shop, err)
	}
	return w, nil
}

// Data says what the look has read in tx.
func (l *CatalogueLook) Data(tx *storage.Tx) Coverage {
	tx.ReadsHours(l.Before.Slot)
	return Coverage{Revision: l.Now.Revision, Since: tx.Reads(), Hours: tx.Hours()}
}

func (l *CatalogueLook) shelf(tx *storage.Tx, at Listing) (analysis.Shelf, error) {
	c, slot, err := l.Panels.Read(tx, l.Shop, at.Slot, at.Revision, series.Price, series.RivalPrice, series.Stock)
	switch {
	case errors.Is(err, series.ErrNoSlot), errors.Is(err, series.ErrFolded):
		return analysis.Shelf{}, fmt.Errorf("%w: %w", storage.ErrForgotten, err)
	case err != nil:
		return analysis.Shelf{}, err
	case slot.Revision != at.Revision:
		return analysis.Shelf{}, fmt.Errorf("%w: the listing of %s is of another revision", storage.ErrForgotten, at.Slot.UTC().Format(time.RFC3339))
	}
	return ShelfOf(c), nil
}

// maxSuspects is how many new problems of a kind are weighed; more are told by
// nobody, so the ones that sold most are taken.
const maxSuspects = 200

// weighing turns changed rows, and rows with open alerts, into findings.
type weighing struct {
	*CatalogueLook
	tx        *storage.Tx
	panel     *series.Panel
	cur, prev analysis.Shelf
	lines     map[uint32]*analysis.CatalogueLine
	day       []int64 // GMV of the last day, by series
	ranked    []int64 // those that sold, best first
	daily     market.Fen
}

func (w *weighing) weigh(m analysis.Moves) ([]analysis.Finding, error) {
	if len(w.Open) == 0 && len(m.StockOuts) == 0 && len(m.Undercuts) == 0 {
		return nil, nil
	}
	if err := w.sumDay(); err != nil {
		return nil, err
	}
	kept := w.standing()
	for _, id := range w.best(m.StockOuts) {
		l := w.line(id)
		l.Out, l.OutAt = true, w.At
	}
	for _, id := range w.best(m.Undercuts) {
		w.line(id).Under = true
	}
	in := analysis.CatalogueInput{At: w.At, Daily: w.daily}
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
func (w *weighing) standing() (kept []analysis.Finding) {
	for _, a := range w.Open {
		id, ok := w.panel.Find(a.Latest.Subject.SKU, a.Latest.Subject.Channel)
		holds, known := false, false
		if ok && a.Rule == analysis.RuleStockOut {
			holds, known = w.cur.Out(int(id))
		} else if ok {
			holds, known = w.cur.Undercut(w.Rule, int(id))
		}
		switch {
		case !known:
			kept = append(kept, a.Latest)
		case holds && a.Rule == analysis.RuleStockOut:
			l := w.line(id)
			l.Out, l.OutOpen, l.OutAt = true, a.State.Open(), w.At
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

// sumDay adds up the GMV of the day before the listing's own step, by series and
// altogether.
func (w *weighing) sumDay() error {
	slots, err := w.Panels.Slots(w.tx, w.Shop, market.Window{Start: w.At.Add(-25 * time.Hour), End: w.Now.Slot}, w.History)
	if err != nil {
		return err
	}
	for _, s := range slots {
		c, _, err := w.Panels.Read(w.tx, w.Shop, s.Start, w.History, series.GMV)
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

// fill reads a week of one series before the listing's own step and works out
// what is at risk.
func (w *weighing) fill(id uint32) error {
	l := w.lines[id]
	l.Price, l.Rival = amount(w.cur.Price, w.cur.NoPrice, id), amount(w.cur.Rival, w.cur.NoRival, id)
	if l.Before == 0 && int(id) < len(w.prev.Rival) {
		l.Before, l.Since = amount(w.prev.Rival, w.prev.NoRival, id), w.At.Add(-w.Step)
	}
	if own := w.gmv(id); own > 0 {
		above, _ := slices.BinarySearchFunc(w.ranked, own, func(v, own int64) int { return cmp.Compare(own, v) })
		l.Rank = above + 1
	}
	line, err := w.Panels.Line(w.tx, w.Shop, id, market.Window{Start: w.At.Add(-7 * 24 * time.Hour), End: w.Now.Slot}, w.History, series.Stock, series.Units, series.GMV)
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
		l.PerDay = float64(l.Units7d) / (float64(selling) * w.Step.Hours() / 24)
	}
	return nil
}

// amount is a price of a row, 0 when it is not known.
func amount(prices []int32, unknown market.Bits, id uint32) market.Fen {
	if unknown.Get(int(id)) {
		return 0
	}
	return market.Fen(prices[id])
}
