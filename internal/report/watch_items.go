package report

import (
	"fmt"
	"slices"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
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
	if err := w.toldPrices(in.Offers); err != nil {
		return nil, err
	}
	found := analysis.RivalMoves(w.rules.Price, w.rules.Money, in)
	if w.noted != nil {
		for i := range in.Offers {
			o := &in.Offers[i]
			numbers := []analysis.Number{
				number("match", float64(o.Match)), number("rank", float64(o.Rank)), number("quotes", float64(len(o.History))), number("sold_7d", float64(o.Units7d)),
				money("gmv_7d", o.GMV7d),
			}
			if o.OwnKnown {
				numbers = append(numbers, money("own", o.Own))
			}
			if m, ok := analysis.Moved(w.rules.Price, o, w.now); ok {
				numbers = append(numbers, money("before", m.Before), number("days", w.now.Sub(m.Since).Hours()/24))
			}
			w.noteOld(analysis.RuleRivalMove, analysis.Subject{Unit: o.Unit, SKU: o.SKU, Title: o.Title, Rival: o.Rival}, found, analysis.Reading{
				Metric: "price_gap", Unit: metric.Money, Value: float64(o.Now), Numbers: numbers,
			})
		}
	}
	return found, nil
}

// toldPrices fills in what people were last told of offers that have crept down
// since before anybody was told.
func (w *watch) toldPrices(offers []analysis.Offer) error {
	for i := range offers {
		o := &offers[i]
		if _, crept := analysis.Moved(w.rules.Price, o, w.now); !crept || len(o.Weeks) == 0 {
			continue
		}
		a, found, err := w.lastTold(alert.Fingerprint(w.shop.ID, analysis.RuleRivalMove, analysis.Subject{Unit: o.Unit, SKU: o.SKU, Rival: o.Rival}))
		if err != nil {
			return err
		}
		if m := a.Said.Price; found && m != nil {
			o.Told = analysis.PricePoint{At: a.Said.At, Price: m.Now}
		}
	}
	return nil
}

// lastTold is the newest episode of a problem that people were told of before
// this pass; an episode that began with it, as in a look back, is not.
func (w *watch) lastTold(fingerprint string) (a alert.Alert, found bool, err error) {
	if w.past != nil {
		a, found = w.past(fingerprint)
	} else if a, found, err = w.tx.LastEpisode(fingerprint); err != nil {
		return a, false, fmt.Errorf("last episode of %s: %w", fingerprint, err)
	}
	for found && (!a.Since.Before(w.now) || a.FiredAt.IsZero()) {
		if a.Previous == "" {
			return alert.Alert{}, false, nil
		}
		if a, found, err = w.tx.Alert(a.Previous); err != nil {
			return a, false, fmt.Errorf("episode before of %s: %w", fingerprint, err)
		}
	}
	return a, found, nil
}

// noteOld tells of an entity of a rule with findings of its own kind.
func (w *watch) noteOld(rule analysis.Rule, s analysis.Subject, found []analysis.Finding, r analysis.Reading) {
	j := analysis.Judged{Subject: s, Reading: r, Why: analysis.WhyLimit}
	fp := alert.Fingerprint(w.shop.ID, rule, s)
	for i := range found {
		if f := &found[i]; alert.Fingerprint(w.shop.ID, f.Rule, f.Subject) == fp {
			j.Why, j.Finding = "", f
		}
	}
	w.note(rule, j)
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
	lines = toldOut(lines, open)
	found := analysis.StockOuts(w.rules.Stock, w.rules.Money, analysis.StockInput{At: w.now, Lines: lines, Daily: w.daily})
	if w.noted != nil {
		for i := range lines {
			l := &lines[i]
			r := analysis.Reading{Metric: "cover_days", Unit: metric.Days, Limit: w.rules.Stock.Cover, Numbers: []analysis.Number{
				number("available", float64(l.Available)), number("per_day", l.PerDay), number("inbound", float64(l.Inbound)),
				number("lead_days", float64(l.LeadDays)), number("rank", float64(l.Rank)), money("price", l.Price), money("gmv_7d", l.GMV7d),
			}}
			r.Value, _ = l.Cover()
			w.noteOld(analysis.RuleStockOut, analysis.Subject{Unit: l.Unit, SKU: l.SKU, Title: l.Title, Channel: l.Channel}, found, r)
		}
	}
	return found, nil
}

// toldOut are lines with what people have been told of those that are open. Lines
// are changed in a copy: other rules look at them too.
func toldOut(lines []analysis.StockLine, open map[line]*analysis.StockOut) []analysis.StockLine {
	if len(open) == 0 {
		return lines
	}
	lines = slices.Clone(lines)
	for i := range lines {
		l := &lines[i]
		first := open[line{string(l.SKU), string(l.Channel)}]
		if l.Open = first != nil; l.Open && l.Available <= 0 && first.PerDay > 0 {
			// While it is out, nothing new is learnt of its pace, and after a
			// week nothing is left of it.
			l.PerDay, l.Price = first.PerDay, market.Fen(float64(first.LostPerDay)/first.PerDay+0.5)
		}
	}
	return lines
}
