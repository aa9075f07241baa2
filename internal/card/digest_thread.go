package card

import (
	"slices"
	"strings"

	"shopwatch/internal/alert"
	"shopwatch/internal/chat"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

// DigestThread is what stands in a digest's thread, always in the same order: the
// campaign, units in a race, channels, customers and traffic, livestreams, rivals
// and prices, stock, service, what buyers complain of, advertising, what was promised, and
// how the rules did. A part without anything to say is left out.
func (p Pen) DigestThread(d report.Digest) []chat.Message {
	var out []chat.Message
	if c := d.Campaign; c != nil && len(c.Days) > 0 {
		out = append(out, p.reply(p.dg("part_campaign"), chat.Section{Heading: p.dg("part_campaign") + " · " + c.Name.In(p.L.Tag()), Table: p.campaignTable(*c)}))
	}
	race := p.t("race_title")
	if d.Unit != "" {
		race = p.dg("part_categories")
	}
	for _, part := range []struct {
		title string
		rows  []report.Part
	}{{race, d.GMV.Parts}, {p.t("channels_title"), d.Channels}} {
		if len(part.rows) == 0 {
			continue
		}
		g := d.GMV
		g.Parts, g.Rest = part.rows, nil
		title := part.title + " · " + p.digestSpan(d)
		out = append(out, p.reply(title, chat.Section{Body: []chat.Rich{bold(title)}, Table: p.race(g)}))
	}
	b := d.Brief
	for _, part := range []struct {
		key      string
		sections []chat.Section
	}{
		{"part_customers", p.subjects(b, "traffic", "bands", "regions", "members", "search")},
		{"part_live", p.briefLive(b)},
		{"part_prices", p.briefPrices(b)},
		{"part_stock", p.briefStock(b)},
		{"part_service", p.subjects(b, "service", "returns")},
		{"part_voice", p.briefVoice(b)},
		{"part_ads", p.subjects(b, "ads")},
		{"part_promises", p.promises(d)},
		{"part_rules", p.ruleRecords(d)},
	} {
		if len(part.sections) > 0 {
			out = append(out, p.reply(p.dg(part.key)+" · "+p.digestSpan(d), part.sections...))
		}
	}
	return out
}

// reply is a message of the thread; its headline is its title.
func (p Pen) reply(title string, sections ...chat.Section) chat.Message {
	return chat.Message{Text: headline(p.shop(), title), Sections: sections}
}

// inside is what an answer says without its buttons, picture and small print.
func inside(m chat.Message) (out []chat.Section) {
	for _, s := range m.Sections {
		s.Buttons, s.Note, s.Chart, s.Accessory = nil, nil, nil, nil
		if s.Heading != "" || len(s.Body) > 0 || len(s.Fields) > 0 || s.Table != nil {
			out = append(out, s)
		}
	}
	return out
}

// subjects are the figures of a brief with these names: one paragraph each, the
// totals with their changes and the members that lead.
func (p Pen) subjects(b report.Brief, names ...string) []chat.Section {
	var out []chat.Section
	for _, f := range b.Figures {
		if slices.Contains(names, f.Subject) {
			out = append(out, p.subjectFigures(f))
		}
	}
	return out
}

func (p Pen) subjectFigures(b report.BriefFigures) chat.Section {
	f := b.Figures
	title := p.f("title_"+b.Subject) + " · " + p.days(f.From, f.To)
	if f.Base != nil {
		title += " " + p.comparison(*f.Base)
	}
	var totals []string
	for i := range f.Metrics {
		name, value := p.total(f, i)
		if !f.Total[i].Known {
			continue
		}
		totals = append(totals, name+" "+value+spaced(p.figureChange(f, i)))
	}
	s := chat.Section{Body: []chat.Rich{bold(title), line(strings.Join(totals, " · "))}}
	var rows []string
	for _, r := range f.Rows {
		if r.Key == "" || !r.Values[0].Known {
			continue
		}
		text := p.member(f.By, r.Key, r.Name) + " " + p.rowValue(f, r)
		rows = append(rows, text)
	}
	if len(rows) > 0 {
		s.Body = append(s.Body, line(p.dimension(f.By)+p.t("colon")+strings.Join(rows, " · ")))
	}
	return s
}

// rowValue is the first metric of a row with its change.
func (p Pen) rowValue(f report.Figures, r report.FigureRow) string {
	m, _ := metric.Find(f.Metrics[0])
	s := p.measure(m, r.Values[0])
	if len(r.Before) > 0 {
		s += spaced(p.changeOf(m, r.Values[0], r.Before[0]))
	}
	return s
}

func spaced(s string) string {
	if s == "" {
		return ""
	}
	return " " + s
}

func (p Pen) briefPrices(b report.Brief) []chat.Section {
	var out []chat.Section
	if b.Moves != nil {
		out = append(out, inside(p.Price(*b.Moves, ""))...)
	}
	if b.Floor != nil {
		out = append(out, inside(p.Floor(*b.Floor, ""))...)
	}
	if b.Conflicts != nil {
		out = append(out, inside(p.Conflicts(*b.Conflicts, ""))...)
	}
	return out
}

func (p Pen) briefStock(b report.Brief) []chat.Section {
	var out []chat.Section
	if b.Stock != nil {
		out = append(out, inside(p.Stock(*b.Stock, ""))...)
	}
	if b.Restock != nil {
		r := *b.Restock
		body := []chat.Rich{bold(p.order("title")), line(p.order("counts", "due", p.L.Count(int64(r.Due)), "selling", p.L.Count(int64(r.Selling))))}
		for _, it := range r.Items {
			if !it.TooFew {
				body = append(body, line(p.whatToDo(clamp(it.Title, lineTitle)+" · "+p.channel(it.Channel), it)))
			}
		}
		out = append(out, chat.Section{Body: body})
	}
	if b.Slow != nil {
		out = append(out, inside(p.Slow(*b.Slow, ""))...)
	}
	if h := b.Hits; h != nil {
		out = append(out, inside(p.Hits(*h, ""))[0])
	}
	if n := b.New; n != nil {
		out = append(out, inside(p.NewItems(*n, ""))[0])
	}
	return out
}

func (p Pen) briefVoice(b report.Brief) []chat.Section {
	if b.Complaints == nil {
		return nil
	}
	out := inside(p.Complaints(*b.Complaints, ""))
	if b.NPS != nil {
		out = append(out, inside(p.NPS(*b.NPS, ""))[0])
	}
	return out
}

func (p Pen) briefLive(b report.Brief) []chat.Section {
	if b.Live == nil {
		return nil
	}
	return inside(p.Live(*b.Live, ""))
}

// promises is what people took on, with what became of it.
func (p Pen) promises(d report.Digest) []chat.Section {
	const shown = 12
	if len(d.Promises) == 0 {
		return nil
	}
	s := chat.Section{Body: []chat.Rich{bold(p.dg("part_promises"))}}
	for _, x := range d.Promises[:min(shown, len(d.Promises))] {
		a := x.Alert
		l := chat.Rich{
			{Text: p.subject(a.Latest.Subject) + p.t("colon") + p.gist(a.Latest) + " · " + p.when(x.At, d.Now) + " "},
			{Mention: &chat.Mention{User: x.By}},
			{Text: " " + p.dg("act_"+string(x.Act)) + " → "},
			{Text: p.became(a), Bold: true},
		}
		if a.Note != "" {
			l = append(l, chat.Span{Text: p.t("in_brackets", "text", clamp(a.Note, lineTitle))})
		}
		s.Body = append(s.Body, l)
	}
	if n := len(d.Promises) - shown; n > 0 {
		s.Body = append(s.Body, line(p.L.N("digest.more_promises", n)))
	}
	return []chat.Section{s}
}

// became is where an alert stands, and how long it took when it is over.
func (p Pen) became(a alert.Alert) string {
	s := p.t("state_" + string(a.State))
	if a.State.Over() && a.ResolvedAt.After(a.FiredAt) {
		return s + p.t("in_brackets", "text", p.L.Duration(a.ResolvedAt.Sub(a.FiredAt)))
	}
	if a.State.Open() {
		return p.dg("still", "state", s)
	}
	return s
}

// ruleRecords shows which rules were worth their noise, and says of one that
// nobody acts on that its limits may be too low.
func (p Pen) ruleRecords(d report.Digest) []chat.Section {
	if len(d.Rules) == 0 {
		return nil
	}
	t := &chat.Table{Columns: []chat.Column{
		{Title: p.dg("rule")},
		{Title: p.dg("fired"), Right: true},
		{Title: p.dg("taken"), Right: true},
		{Title: p.dg("false"), Right: true},
		{Title: p.dg("still_on"), Right: true},
		{Title: p.dg("risk"), Right: true},
	}}
	s := chat.Section{Body: []chat.Rich{bold(p.dg("part_rules"))}, Table: t}
	for _, r := range d.Rules {
		name := p.RuleName(r.Rule)
		t.Rows = append(t.Rows, []string{
			name, p.L.Count(int64(r.Fired)), p.L.Count(int64(r.Taken)), p.L.Count(int64(r.False)), p.L.Count(int64(r.StillOn)), p.short(r.AtRisk),
		})
		if r.Fired >= noisyFrom && r.Taken*noisyShare <= r.Fired {
			s.Body = append(s.Body, line(p.dg("noisy", "rule", name, "fired", p.L.Count(int64(r.Fired)), "taken", p.L.Count(int64(r.Taken)))))
		}
	}
	return []chat.Section{s}
}

// A rule is noisy when it fired this often and at most one in so many was taken.
const (
	noisyFrom  = 10
	noisyShare = 10
)
