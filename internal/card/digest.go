package card

import (
	"strings"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
)

func (p Pen) dg(key string, args ...any) string { return p.L.T("digest."+key, args...) }

// Digest is a report by schedule. late says why it comes after its time, empty
// when it does not. Its parts always stand in the same order.
func (p Pen) Digest(d report.Digest, late string) chat.Message {
	change, base := p.against(d.GMV)
	todo := len(d.Actions) + d.More
	act := p.t("nothing_to_do")
	if todo > 0 {
		act = p.n("to_do", todo)
	}
	sections := []chat.Section{{Body: p.digestTop(d, change, base, late)}}
	sections = append(sections, p.actions(d, act)...)
	if c := p.gmvChart(d.GMV, change, base); c != nil {
		sections = append(sections, chat.Section{Chart: c})
	}
	sections = append(sections, chat.Section{Buttons: p.digestNext(d), Note: p.digestNote(d)})
	who := strings.TrimSpace(p.shop() + " " + p.scope(d.GMV.Filter))
	lead := []string{who, p.digestSpan(d), "GMV", p.paid(d.GMV), change, base + p.t("comma") + act}
	if base == "" {
		lead = []string{who, p.digestSpan(d), "GMV", p.paid(d.GMV) + p.t("comma") + act}
	}
	return chat.Message{Text: headline(lead...), Sections: sections}
}

// paid is the GMV, or that it is not known.
func (p Pen) paid(g report.GMV) string {
	if !g.Sums.Known.Orders {
		return p.L.Missing()
	}
	return p.short(g.Sums.Paid)
}

// digestSpan is the days that a digest is about, up to when for a day that is
// not over.
func (p Pen) digestSpan(d report.Digest) string {
	s := p.days(d.From, d.Day)
	if d.Kind == report.DigestIntraday && d.GMV.Part && !d.GMV.Covered.End.IsZero() {
		s += " " + p.t("until", "time", p.clock(d.GMV.Covered.End))
	}
	return s
}

func (p Pen) digestTitle(d report.Digest) string {
	who := strings.TrimSpace(p.shop() + " " + p.scope(d.GMV.Filter))
	switch d.Kind {
	case report.DigestIntraday, report.DigestWeekly, report.DigestMonthly:
		return p.dg("title_"+string(d.Kind), "shop", who, "days", p.digestSpan(d))
	case report.DigestCampaign:
		name := ""
		if d.Campaign != nil {
			name = d.Campaign.Name.In(p.L.Tag())
			if d.Campaign.State == report.CampaignOver {
				return p.dg("title_review", "shop", who, "campaign", name, "days", p.digestSpan(d))
			}
		}
		return p.dg("title_campaign", "shop", who, "campaign", name, "days", p.digestSpan(d))
	}
	return p.t("morning_title", "shop", who, "day", p.day(d.Day))
}

func (p Pen) digestTop(d report.Digest, change, base, late string) []chat.Rich {
	state := p.t("data_at", "time", p.moment(d.Data.AsOf))
	switch {
	case d.Data.AsOf.IsZero():
		state = p.t("in_brackets", "text", p.t("no_data_yet"))
	case d.Complete:
		state = p.t("data_complete", "time", p.moment(d.Data.AsOf))
	}
	lines := []chat.Rich{{{Text: p.digestTitle(d), Bold: true}, {Text: state}}}
	if d.Campaign != nil {
		lines = append(lines, line(p.campaignState(*d.Campaign, p.Shop.Day(d.Now))))
	}
	total := chat.Rich{{Text: "GMV "}, {Text: p.paid(d.GMV), Bold: true}}
	if change != "" {
		total = append(total, chat.Span{Text: "  " + change + " " + base})
	}
	if d.GMV.Target != nil {
		total = append(total, chat.Span{Text: " · " + p.tiers(*d.GMV.Target)})
	}
	lines = append(lines, total)
	for _, c := range d.GMV.Comparisons {
		if name := p.comparison(c); c.Known && name != base {
			lines = append(lines, line(p.L.Change(int64(d.GMV.Sums.Paid), int64(c.Sums.Paid))+" "+name))
		}
	}
	if d.GMV.Campaign != nil && d.Campaign == nil {
		lines = append(lines, line(p.campaign(*d.GMV.Campaign)))
	}
	if len(d.Why) > 0 {
		lines = append(lines, line(p.why(d.Why)))
	}
	lines = append(lines, p.outlook(d)...)
	for _, g := range d.Data.Gaps {
		lines = append(lines, line(p.Gap(g)))
	}
	if late != "" {
		lines = append(lines, line(late))
	}
	return lines
}

// outlook says in one line where the month will end and how likely its targets
// are.
func (p Pen) outlook(d report.Digest) []chat.Rich {
	m := d.Outlook
	if m == nil {
		return nil
	}
	l := chat.Rich{{Text: p.ahead("head_month", "mean", p.short(m.Mean), "range", p.between(m.Range))}}
	for _, c := range p.chances("month_target", m.Tiers) {
		l = append(l, chat.Span{Text: " · "})
		l = append(l, c...)
	}
	return []chat.Rich{l}
}

func (p Pen) digestNext(d report.Digest) []chat.Button {
	again := p.period(d.From, d.Day, d.GMV.Filter)
	out := []chat.Button{p.run("button_gmv", "gmv "+again+" by unit"), p.run("button_stock", "stock"), p.run("button_alerts", "alerts")}
	if d.Unit != "" {
		out[0].Value, out[1].Value = "gmv "+again+" by category", "stock unit="+string(d.Unit)
	}
	if d.Kind == report.DigestCampaign {
		out[1] = chat.Button{Label: p.dg("button_campaign"), Verb: VerbRun, Value: "campaign"}
	}
	return out
}

// why accounts for the change part by part; the parts sum to the change.
func (p Pen) why(parts []report.WhyPart) string {
	var out []string
	for _, w := range parts {
		name := w.Name.In(p.L.Tag())
		if w.Other {
			name = p.t("other")
		}
		s := name + " " + p.signed(w.Change)
		switch {
		case w.OutOfStock > 0:
			s += p.t("in_brackets", "text", p.n("items_out", w.OutOfStock))
		case len(w.Items) > 0 && tells(w.Items[0].Change, w.Change):
			s += p.t("in_brackets", "text", clamp(w.Items[0].Title, 16)+" "+p.signed(w.Items[0].Change))
		}
		out = append(out, s)
	}
	return p.t("why") + p.t("colon") + p.L.Join(out)
}

// tells reports whether one item's move says something about its unit's: in the
// same direction and at least a fifth of it.
func tells(item, unit market.Fen) bool {
	return 5*item*sign(unit) >= unit*sign(unit) && item*sign(unit) > 0
}

func sign(f market.Fen) market.Fen {
	if f < 0 {
		return -1
	}
	return 1
}

// actions are the open problems, each with a button at its side.
func (p Pen) actions(d report.Digest, title string) []chat.Section {
	out := []chat.Section{{Body: []chat.Rich{bold(title)}}}
	for i, a := range d.Actions {
		l := chat.Rich{
			{Text: p.L.Count(int64(i+1)) + "  "},
			{Text: p.severity(a.Latest.Severity) + " ", Bold: true},
			{Text: p.subject(a.Latest.Subject) + p.t("colon") + p.gist(a.Latest)},
		}
		b := chat.Button{Label: p.t("button_ack"), Verb: VerbAck, Value: a.ID}
		if a.Latest.AtRisk > 0 {
			l = append(l, chat.Span{Text: p.dg("at_risk", "money", p.short(a.Latest.AtRisk))})
		}
		if h := a.Holder(); h != "" {
			l = append(l, chat.Span{Text: " → "}, chat.Span{Mention: &chat.Mention{User: h}})
		} else {
			l = append(l, chat.Span{Text: " → " + p.dg("nobody")})
		}
		if a.State != alert.Firing {
			b = chat.Button{Label: p.t("button_details"), Verb: VerbDetails, Value: a.ID}
		}
		out = append(out, chat.Section{Body: []chat.Rich{l}, Accessory: &b})
	}
	if d.More > 0 {
		out = append(out, chat.Section{Body: []chat.Rich{line(p.n("more_alerts", d.More))}})
	}
	return out
}

// digestNote keeps what was promised and the night's events in sight.
func (p Pen) digestNote(d report.Digest) []chat.Rich {
	var lines []chat.Rich
	if n := len(d.Acked); n > 0 {
		args := []any{"acked", p.L.Count(int64(n)), "done", p.L.Count(int64(d.AckedDone)), "open", p.L.Count(int64(n - d.AckedDone))}
		told := p.dg("promises", args...)
		if d.Kind == report.DigestMorning {
			told = p.t("promises", args...)
		}
		lines = append(lines, line(told))
	}
	opened, ended := 0, 0
	for _, a := range d.Overnight {
		if a.State.Open() {
			opened++
		} else {
			ended++
		}
	}
	if opened+ended > 0 && d.Kind == report.DigestMorning {
		lines = append(lines, line(p.t("overnight", "opened", p.L.Count(int64(opened)), "ended", p.L.Count(int64(ended)))))
	}
	return append(lines, line(p.t("gmv_basis")))
}

// race ranks parts, with their way to the target when they have one.
func (p Pen) race(g report.GMV) *chat.Table {
	t := &chat.Table{Columns: []chat.Column{
		{Title: p.t("rank"), Right: true},
		{Title: p.t("name")},
		{Title: p.t("paid"), Right: true},
		{Title: p.t("share"), Right: true},
		{Title: p.t("change"), Right: true},
		{Title: p.t("target")},
	}}
	for _, part := range g.Parts {
		change := p.L.Missing()
		for i, c := range g.Comparisons {
			if c.Known && i < len(part.Before) {
				change = p.L.Change(int64(part.Sums.Paid), int64(part.Before[i].Paid))
				break
			}
		}
		target := p.L.Missing()
		if part.Target != nil {
			target = p.tiers(*part.Target)
		}
		t.Rows = append(t.Rows, []string{
			p.rank(part), p.partName(g, part), p.short(part.Sums.Paid), p.L.Percent(part.Share), change, target,
		})
	}
	return t
}

// rank shows a place and how it moved: 1 ↗2.
func (p Pen) rank(part report.Part) string {
	s := p.L.Count(int64(part.Rank))
	switch moved := part.RankBefore - part.Rank; {
	case part.RankBefore == 0 || moved == 0:
		return s
	case moved > 0:
		return s + " ↗" + p.L.Count(int64(moved))
	default:
		return s + " ↘" + p.L.Count(int64(-moved))
	}
}

// Late says that a digest comes after its time.
func (p Pen) Late(due, now time.Time) string {
	return p.t("late", "due", p.moment(due), "now", p.moment(now))
}
