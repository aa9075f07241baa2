package card

import (
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
)

// Morning is the daily report. late says why it comes after its time, empty
// when it does not. Its parts always stand in the same order.
func (p Pen) Morning(d report.Digest, late string) chat.Message {
	change, base := p.against(d.GMV)
	todo := len(d.Actions) + d.More
	act := p.t("nothing_to_do")
	if todo > 0 {
		act = p.n("to_do", todo)
	}
	sections := []chat.Section{{Body: p.morningTop(d, change, base, late)}}
	sections = append(sections, p.actions(d, act)...)
	if c := p.gmvChart(d.GMV, change, base); c != nil {
		sections = append(sections, chat.Section{Chart: c})
	}
	sections = append(sections, chat.Section{
		Buttons: []chat.Button{
			p.run("button_gmv", "gmv "+d.Day.String()+" by unit"), p.run("button_stock", "stock"), p.run("button_alerts", "alerts"),
		},
		Note: p.morningNote(d),
	})
	return chat.Message{
		Text:     headline(p.shop(), p.day(d.Day), "GMV", p.short(d.GMV.Sums.Paid), change, base+p.t("comma")+act),
		Sections: sections,
	}
}

func (p Pen) morningTop(d report.Digest, change, base, late string) []chat.Rich {
	title := p.t("morning_title", "shop", p.shop(), "day", p.day(d.Day))
	state := p.t("data_at", "time", p.moment(d.Data.AsOf))
	if d.Complete {
		state = p.t("data_complete", "time", p.moment(d.Data.AsOf))
	}
	lines := []chat.Rich{{{Text: title, Bold: true}, {Text: state}}}
	total := chat.Rich{{Text: "GMV "}, {Text: p.short(d.GMV.Sums.Paid), Bold: true}}
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
	if d.GMV.Campaign != nil {
		lines = append(lines, line(p.campaign(*d.GMV.Campaign)))
	}
	if len(d.Why) > 0 {
		lines = append(lines, line(p.why(d.Why)))
	}
	for _, g := range d.Data.Gaps {
		lines = append(lines, line(p.Gap(g)))
	}
	if late != "" {
		lines = append(lines, line(late))
	}
	return lines
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
		if a.State != alert.Firing {
			if h := a.Holder(); h != "" {
				l = append(l, chat.Span{Text: " → "}, chat.Span{Mention: &chat.Mention{User: h}})
			}
			b = chat.Button{Label: p.t("button_details"), Verb: VerbDetails, Value: a.ID}
		}
		out = append(out, chat.Section{Body: []chat.Rich{l}, Accessory: &b})
	}
	if d.More > 0 {
		out = append(out, chat.Section{Body: []chat.Rich{line(p.n("more_alerts", d.More))}})
	}
	return out
}

// morningNote keeps yesterday's promises and the night's events in sight.
func (p Pen) morningNote(d report.Digest) []chat.Rich {
	var lines []chat.Rich
	if n := len(d.Acked); n > 0 {
		lines = append(lines, line(p.t("promises", "acked", p.L.Count(int64(n)), "done", p.L.Count(int64(d.AckedDone)),
			"open", p.L.Count(int64(n-d.AckedDone)))))
	}
	opened, ended := 0, 0
	for _, a := range d.Overnight {
		if a.State.Open() {
			opened++
		} else {
			ended++
		}
	}
	if opened+ended > 0 {
		lines = append(lines, line(p.t("overnight", "opened", p.L.Count(int64(opened)), "ended", p.L.Count(int64(ended)))))
	}
	return append(lines, line(p.t("gmv_basis")))
}

// MorningThread is what stands in the digest's thread: units in a race, then
// channels. A part without rows is left out.
func (p Pen) MorningThread(d report.Digest) []chat.Message {
	var out []chat.Message
	for _, part := range []struct {
		key  string
		rows []report.Part
	}{{"race_title", d.GMV.Parts}, {"channels_title", d.Channels}} {
		if len(part.rows) == 0 {
			continue
		}
		g := d.GMV
		g.Parts, g.Rest = part.rows, nil
		title := p.t(part.key) + " · " + p.day(d.Day)
		out = append(out, chat.Message{Text: headline(p.shop(), title), Sections: []chat.Section{
			{Body: []chat.Rich{bold(title)}, Table: p.race(g)},
		}})
	}
	return out
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
