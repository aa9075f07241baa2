package card

import (
	"shopwatch/internal/chat"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

// Restated is a headline figure that was posted and does not hold any more.
type Restated struct {
	Metric   string // key of the dictionary
	Was, Now report.Value
}

// Correction says in a digest's thread which of its figures were restated: what
// it said, and what the data says now. There is at least one.
func (p Pen) Correction(d report.Digest, list []Restated) chat.Message {
	text := p.L.T("correction.lead", "day", p.day(d.Day), "figure", p.restated(list[0]))
	body := []chat.Rich{bold(text)}
	for _, r := range list[1:] {
		body = append(body, line(p.restated(r)))
	}
	body = append(body, line(p.t("correction_why", "time", p.moment(d.Data.AsOf))))
	return chat.Message{Text: headline(p.shop(), text), Sections: []chat.Section{{Body: body}}}
}

// restated is one figure: its name, what it is and what it was said to be.
func (p Pen) restated(r Restated) string {
	m, _ := metric.Find(r.Metric)
	name := m.Name.In(p.L.Tag())
	if r.Metric == "gmv_paid" {
		name = p.L.T("correction.gmv")
	}
	change := p.L.Change(scaled(r.Now.V), scaled(r.Was.V))
	if m.Unit == metric.Ratio {
		change = p.L.Points(r.Now.V - r.Was.V)
	}
	return p.L.T("correction.figure", "name", name, "now", p.measure(m, r.Now), "was", p.measure(m, r.Was), "change", change)
}
