package report

import (
	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
)

func (w *watch) rivalMoves() ([]analysis.Finding, error) {
	own, err := w.prices()
	if err != nil {
		return nil, err
	}
	_, offers, err := w.offers(w.now, own, w.week)
	if err != nil {
		return nil, err
	}
	in := analysis.PriceInput{At: w.now, Daily: w.daily, Offers: make([]analysis.Offer, len(offers))}
	for i := range offers {
		in.Offers[i] = offers[i].Offer
	}
	for _, a := range w.opened(analysis.RuleRivalMove) {
		if m := a.First.Price; m != nil {
			s := a.First.Subject
			x := analysis.OpenMove{SKU: s.SKU, Rival: s.Rival, Since: a.Since, Move: *m, Told: m.Now, ToldRisk: a.First.AtRisk}
			if a.Said.Price != nil {
				x.Told, x.ToldRisk = a.Said.Price.Now, a.Said.AtRisk
			}
			in.Open = append(in.Open, x)
		}
	}
	return analysis.RivalMoves(w.rules.Price, w.rules.Money, in), nil
}

func (w *watch) stockOuts() ([]analysis.Finding, error) {
	lines, err := w.stock()
	if err != nil {
		return nil, err
	}
	open := map[line]*analysis.StockOut{}
	for _, a := range w.opened(analysis.RuleStockOut) {
		if a.First.Stock != nil {
			open[line{string(a.First.Subject.SKU), string(a.First.Subject.Channel)}] = a.First.Stock
		}
	}
	for i := range lines {
		l := &lines[i]
		first := open[line{string(l.SKU), string(l.Channel)}]
		if l.Open = first != nil; l.Open && l.Available <= 0 && first.PerDay > 0 {
			// While it is out, nothing new is learnt of its pace, and after a
			// week nothing is left of it.
			l.PerDay, l.Price = first.PerDay, market.Fen(float64(first.LostPerDay)/first.PerDay+0.5)
		}
	}
	return analysis.StockOuts(w.rules.Stock, w.rules.Money, analysis.StockInput{At: w.now, Lines: lines, Daily: w.daily}), nil
}
