package card

import (
	"shopwatch/internal/analysis"
	"shopwatch/internal/chat"
)

// gist is the problem in a few words with its number.
func (p Pen) gist(f analysis.Finding) string {
	switch {
	case f.GMV != nil && f.GMV.Paced != nil:
		return p.pacedGist(*f.GMV)
	case f.GMV != nil:
		return p.t("gist_gmv", "actual", p.short(f.GMV.Actual), "expected", p.short(f.GMV.Expected),
			"change", p.L.Change(int64(f.GMV.Actual), int64(f.GMV.Expected)))
	case f.Price != nil:
		return p.t("gist_price", "now", p.exact(f.Price.Now), "before", p.exact(f.Price.Before),
			"change", p.L.Change(int64(f.Price.Now), int64(f.Price.Before)), "own", p.exact(f.Price.Own))
	case f.Stock != nil && f.Stock.Available == 0:
		return p.t("gist_out", "time", p.moment(f.Stock.OutAt), "lost", p.short(f.Stock.LostPerDay))
	case f.Stock != nil:
		return p.t("gist_low", "n", p.L.Count(f.Stock.Available), "time", p.moment(f.Stock.OutAt), "pace", decimal(f.Stock.PerDay))
	case f.Complaints != nil:
		return p.t("gist_complaints", "n", p.L.Count(f.Complaints.Count), "usual", decimal(f.Complaints.Expected))
	case f.Reading != nil:
		return p.readingGist(f)
	}
	return ""
}

// evidence is the few lines that show the problem in the root message.
func (p Pen) evidence(f analysis.Finding) []chat.Rich {
	lines := []chat.Rich{line(p.gist(f))}
	switch {
	case f.GMV != nil:
		lines = append(lines, line(p.t("window", "from", p.moment(f.GMV.Window.Start), "to", p.clock(f.GMV.Window.End))))
		if fu := f.GMV.Funnel; fu != nil {
			lines = append(lines, line(p.t("funnel", "visitors", p.signed(fu.ByVisitors), "conversion", p.signed(fu.ByConversion), "aov", p.signed(fu.ByAOV))))
		}
	case f.Price != nil:
		lines = append(lines, line(p.priceStand(*f.Price)))
	case f.Stock != nil:
		if f.Stock.Inbound > 0 {
			lines = append(lines, line(p.L.N("card.inbound_line", int(f.Stock.LeadDays), "n", p.L.Count(f.Stock.Inbound))))
		} else {
			lines = append(lines, line(p.n("no_inbound", int(f.Stock.LeadDays))))
		}
		if f.Stock.Loss.Money > 0 {
			lines = append(lines, line(p.missed("evidence", f.Stock.Loss)))
		}
	case f.Complaints != nil:
		lines = append(lines, p.complaintLines(*f.Complaints)...)
	case f.Reading != nil:
		lines = append(lines, p.readingLines(f)...)
	}
	return lines
}

func (p Pen) priceStand(m analysis.RivalMove) string {
	s := p.t("rival_below", "change", p.L.Change(int64(m.Now), int64(m.Own)))
	if m.Now >= m.Own {
		s = p.t("rival_above", "change", p.L.Change(int64(m.Now), int64(m.Own)))
	}
	if m.Drip {
		s += " · " + p.t("drip")
	}
	if !m.Until.IsZero() {
		s += " · " + p.t("until", "time", p.moment(m.Until))
	}
	return s
}

func (p Pen) complaintLines(c analysis.ComplaintSpike) []chat.Rich {
	var lines []chat.Rich
	var parts []string
	for _, cause := range c.Causes {
		parts = append(parts, p.cause(cause.Cause)+" "+p.L.Count(cause.Count))
	}
	if len(parts) > 0 {
		lines = append(lines, line(p.t("by_cause")+p.t("colon")+p.L.Join(parts)))
	}
	const shown = 2
	for _, q := range c.Quotes[:min(shown, len(c.Quotes))] {
		lines = append(lines, chat.Rich{{Text: p.t("quoted", "text", clamp(q, 80)), Italic: true}})
	}
	return lines
}

// proof is the numbers that the rule used, for whoever doubts it.
func (p Pen) proof(f analysis.Finding) []chat.Rich {
	switch {
	case f.GMV != nil:
		lines := []chat.Rich{line(p.t("proof_gmv", "lower", p.short(f.GMV.Lower)))}
		if paced := f.GMV.Paced; paced != nil {
			lines = append(lines, line(p.pacedBy(*paced)))
		}
		if fu := f.GMV.Funnel; fu != nil {
			lines = append(lines,
				line(p.t("proof_visitors", "now", p.L.Count(fu.Visitors), "usual", p.L.Count(fu.VisitorsExpected))),
				line(p.t("proof_conversion", "now", p.L.Percent(fu.Conversion), "usual", p.L.Percent(fu.ConversionExpected))),
				line(p.t("proof_aov", "now", p.exact(fu.AOV), "usual", p.exact(fu.AOVExpected))))
		}
		return lines
	case f.Price != nil:
		lines := []chat.Rich{line(p.t("proof_price", "since", p.moment(f.Price.Since), "sold", p.L.Count(f.Price.Sold7d)))}
		if f.Price.FloorKnown {
			lines = append(lines, line(p.t("proof_floor", "floor", p.exact(f.Price.Floor))))
		}
		return lines
	case f.Stock != nil:
		return []chat.Rich{line(p.t("proof_stock", "pace", decimal(f.Stock.PerDay), "cover", decimal(f.Stock.CoverDays), "rank", p.L.Count(int64(f.Stock.Rank))))}
	case f.Complaints != nil:
		return []chat.Rich{line(p.t("proof_complaints", "from", p.moment(f.Complaints.Window.Start), "to", p.moment(f.Complaints.Window.End), "p", chance(f.Complaints.P)))}
	case f.Rule == analysis.RuleCounterfeit && f.Reading != nil:
		return []chat.Rich{line(p.claims(*f.Reading))}
	case f.Reading != nil:
		return []chat.Rich{line(p.readingNumbers(*f.Reading))}
	}
	return nil
}
