package card

import (
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
)

// Correction says in a digest's thread that its figure was restated: what it
// said, and what the data says now.
func (p Pen) Correction(d report.Digest, was market.Fen) chat.Message {
	is := d.GMV.Sums.Paid
	text := p.t("correction", "day", p.day(d.Day), "now", p.short(is), "was", p.short(was), "change", p.L.Change(int64(is), int64(was)))
	return chat.Message{Text: headline(p.shop(), text), Sections: []chat.Section{
		{Body: []chat.Rich{bold(text), line(p.t("correction_why", "time", p.moment(d.Data.AsOf)))}},
	}}
}
