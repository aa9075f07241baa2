package app

import (
	"fmt"

	"shopwatch/internal/analysis"
	"shopwatch/internal/analysis/voice"
	"shopwatch/internal/config"
	"shopwatch/internal/report"
)

// rules are the limits of a configuration; what it does not name stays at its
// default. A lexicon that cannot be read is ErrRefused.
func rules(c *config.Config) (report.Rules, error) {
	r := analysis.Defaults()
	r.GMV.Drop = c.Rules.GMVDrop.MinDrop
	r.Price.Cut = c.Rules.RivalMove.MinCut
	r.Stock.Cover, r.Stock.Hits = c.Rules.StockOut.CoverDays, c.Rules.StockOut.Top
	// A problem is over only when there is clearly more than the limit.
	r.Stock.Clear = max(r.Stock.Clear, 2*r.Stock.Cover)
	r.Money.Floor = c.Rules.Material
	r.Complaints.Min = int64(c.Rules.ComplaintSpike.MinCount)
	out := report.Rules{Rules: r, Cache: report.NewCache()}
	if c.Rules.Lexicon != "" {
		var err error
		if out.Lexicon, err = voice.ParseLexicon(c.Rules.Lexicon); err != nil {
			return out, fmt.Errorf("%w: %s: rules.lexicon: %w", ErrRefused, c.File, err)
		}
	}
	return out, nil
}
