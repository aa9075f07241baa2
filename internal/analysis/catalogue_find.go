package analysis

import (
	"math"
	"time"

	"shopwatch/internal/market"
)

// CatalogueLine is a series that may have a problem, with what is needed to say
// how bad it is.
type CatalogueLine struct {
	Subject Subject
	Price   market.Fen // ours
	PerDay  float64    // pieces sold a day, over the days that are known
	GMV7d   market.Fen
	Units7d int64
	Rank    int // place by GMV of the last day, from 1; 0 when not known

	Out     bool // out of stock
	OutOpen bool // and people know of it
	OutAt   time.Time

	Under     bool // a rival undercuts us
	UnderOpen bool
	Before    market.Fen // the rival's price before it fell
	Rival     market.Fen
	Since     time.Time // of Before
}

// CatalogueInput is what the rules of a catalogue look at.
type CatalogueInput struct {
	At    time.Time
	Daily market.Fen // paid GMV of an ordinary day
	Lines []CatalogueLine
}

// CatalogueFindings turns lines in trouble into findings, worst first. What is
// at risk is counted as by StockOuts and RivalMoves; of new problems below the
// floor of materiality nothing is said.
func CatalogueFindings(r Rules, in CatalogueInput) []Finding {
	var out []Finding
	for i := range in.Lines {
		l := &in.Lines[i]
		if l.Out && !r.Off[RuleStockOut] {
			risk := market.Fen(math.Round(r.Stock.Days * l.PerDay * float64(l.Price)))
			if severity, material := r.Money.Severity(risk, in.Daily); material || l.OutOpen {
				out = append(out, Finding{
					Rule: RuleStockOut, Subject: l.Subject, At: in.At, Severity: severity, AtRisk: risk,
					Stock: &StockOut{PerDay: l.PerDay, OutAt: l.OutAt, LostPerDay: LostPerDay(l.PerDay, l.Price), Rank: l.Rank},
				})
			}
		}
		if l.Under && !r.Off[RuleRivalMove] {
			share := min(1, max(0, 2*(float64(l.Price-l.Rival)/float64(l.Price)+0.05)))
			risk := market.Fen(math.Round(float64(l.GMV7d) / 7 * r.Price.Days * share))
			if severity, material := r.Money.Severity(risk, in.Daily); material || l.UnderOpen {
				out = append(out, Finding{
					Rule: RuleRivalMove, Subject: l.Subject, At: in.At, Severity: severity, AtRisk: risk,
					Price: &RivalMove{Before: l.Before, Now: l.Rival, Own: l.Price, Sold7d: l.Units7d, Since: l.Since},
				})
			}
		}
	}
	return worstPer(out, func(s Subject) string { return string(s.SKU) + "|" + string(s.Channel) + "|" + s.Rival })
}
