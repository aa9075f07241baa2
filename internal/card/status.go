package card

import (
	"strconv"

	"shopwatch/internal/alert"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
)

// Status answers "how are the bot and its data".
func (p Pen) Status(s report.Status) chat.Message {
	head := p.t("status_well")
	if !s.Healthy {
		head = p.t("status_ill")
	}
	t := &chat.Table{Columns: []chat.Column{
		{Title: p.t("feed")}, {Title: p.t("state")}, {Title: p.t("data_to")}, {Title: p.t("age"), Right: true}, {Title: p.t("rows"), Right: true},
	}}
	for _, f := range s.Feeds {
		to, age := p.L.Missing(), p.L.Missing()
		if !f.Watermark.IsZero() {
			to, age = p.when(f.Watermark, s.Now), p.L.Duration(f.Age)
		}
		t.Rows = append(t.Rows, []string{p.table(f.Table) + " (" + f.Source + ")", p.feedState(f), to, age, p.L.Count(int64(f.Rows))})
	}
	var lines []chat.Rich
	for _, c := range s.Alerts {
		if c.Count > 0 && c.State != alert.Pending {
			lines = append(lines, line(p.t("status_alerts", "state", p.t("state_"+string(c.State)), "n", p.L.Count(int64(c.Count)))))
		}
	}
	lines = append(lines, line(p.t("status_outbox", "waiting", p.L.Count(int64(s.Outbox.Waiting)), "dead", p.L.Count(int64(s.Outbox.Dead)))))
	lines = append(lines, p.store(s.Store)...)
	sections := []chat.Section{{Heading: p.t("status_title") + " · " + p.moment(s.Now), Body: append([]chat.Rich{bold(head)}, lines...)}}
	if len(t.Rows) > 0 {
		sections = append(sections, chat.Section{Table: t, Note: p.feedNotes(s.Feeds)})
	}
	sections = append(sections, chat.Section{Buttons: []chat.Button{p.run("button_alerts", "alerts"), p.run("button_help", "help")}})
	return chat.Message{Text: headline(p.shop(), p.t("status_title")+p.t("colon"), head), Sections: sections}
}

// store says what an operator should do about the store; nothing when it is well.
func (p Pen) store(s report.StoreStatus) (lines []chat.Rich) {
	if s.Paused {
		lines = append(lines, bold(p.L.T("store.paused")))
	}
	if s.Advice != "" {
		lines = append(lines, line(p.storeAdvice(string(s.Advice), s.Bytes, s.Free)))
	}
	return lines
}

func (p Pen) storeAdvice(advice string, bytes, free int64) string {
	return p.L.T("store."+advice, "size", binarySize(bytes), "free", binarySize(free))
}

// StoreNote tells operators that the store is large (advice "large") or holds
// much free space ("compact").
func (p Pen) StoreNote(advice string, bytes, free int64) chat.Message {
	text := p.storeAdvice(advice, bytes, free)
	return chat.Message{Text: headline(text), Sections: []chat.Section{
		{Body: []chat.Rich{line(text)}, Buttons: []chat.Button{p.run("button_status", "status")}},
	}}
}

// binarySize writes bytes in the units of the configuration.
func binarySize(n int64) string {
	if n >= 10<<30 {
		return strconv.FormatInt(n>>30, 10) + " GiB"
	}
	return strconv.FormatInt(n>>20, 10) + " MiB"
}

// feedNotes say why feeds are not well, what was refused and what has no match
// in the catalogue. Only the place and the reason of a refused row are shown:
// the row itself may hold what is nobody's business in a channel.
func (p Pen) feedNotes(feeds []report.FeedStatus) []chat.Rich {
	const most, width = 6, 160
	var lines []chat.Rich
	for _, f := range feeds {
		feed := p.table(f.Table)
		if f.Gap != nil && len(f.Gap.Details) > 0 {
			lines = append(lines, line(p.t("status_why", "feed", feed, "reason", clamp(f.Gap.Details[0], width))))
		}
		told := false
		for _, r := range f.Refused {
			if r.Field == "sku" && f.Unmatched > 0 && r.Place == f.Source {
				lines = append(lines, line(p.L.N("card.status_unmatched", int(f.Unmatched), "feed", feed, "skus", clamp(r.Sample, width))))
				break
			}
			if f.Rejected > 0 && !told {
				told = true
				lines = append(lines, line(p.L.N("card.status_refused", int(f.Rejected), "feed", feed,
					"place", clamp(r.Place, width), "field", r.Field, "reason", clamp(r.Reason, width))))
			}
		}
	}
	return lines[:min(len(lines), most)]
}

func (p Pen) feedState(f report.FeedStatus) string {
	if f.Late && f.State == market.Complete {
		return p.t("feed_late")
	}
	return p.t("feed_" + string(f.State))
}
