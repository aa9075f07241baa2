package app

import (
	"shopwatch/internal/analysis"
	"shopwatch/internal/config"
	"shopwatch/internal/report"
)

// rules are the limits of a configuration; what it does not name stays at its
// default.
func rules(c *config.Config) report.Rules {
	r := analysis.Defaults()
	r.GMV.Drop = c.Rules.GMVDrop.MinDrop
	r.Price.Cut = c.Rules.RivalMove.MinCut
	r.Stock.Cover, r.Stock.Hits = c.Rules.StockOut.CoverDays, c.Rules.StockOut.Top
	// A problem is over only when there is clearly more than the limit.
	r.Stock.Clear = max(r.Stock.Clear, 2*r.Stock.Cover)
	r.Money.Floor = c.Rules.Material
	r.Complaints.Min = int64(c.Rules.ComplaintSpike.MinCount)
	return report.Rules{Rules: r, Cache: report.NewCache()}
}
