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
	r.Complaints.Min = int64(c.Rules.ComplaintSpike.MinCount)
	return report.Rules{Rules: r, Cache: report.NewCache()}
}
