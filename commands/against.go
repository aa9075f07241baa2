package commands

import (
	"strings"

	"shopwatch/internal/card"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
)

// against says under an answer that the comparison it was asked for could not be
// made, why, and offers the nearest one that can. A comparison that nobody asked
// for is left out without a word.
func (r Request) against(m chat.Message, known bool, last market.Day) chat.Message {
	asked := r.Query.Against
	if asked == "" || known {
		return m
	}
	instead, word := report.SameWeekday, "vs week"
	if asked == report.SameWeekday {
		instead, word = report.PrevPeriod, "vs prev"
	}
	key := "command.no_history"
	if _, _, on := r.Pen.Shop.Calendar.On(last); asked == report.CampaignDay && !on {
		key = "command.no_campaign_day"
	}
	why := r.Pen.L.T(key, "base", r.Pen.L.T("command.base_"+string(asked)), "date", last.String())
	question := r.otherBase(word)
	button := chat.Button{Label: r.Pen.L.T("command.compare_with", "base", r.Pen.L.T("command.base_"+string(instead))), Verb: card.VerbRun, Value: question}
	at := min(1, len(m.Sections))
	m.Sections = append(append(append([]chat.Section{}, m.Sections[:at]...), chat.Section{Body: []chat.Rich{chat.Line(why)}, Buttons: []chat.Button{button}}), m.Sections[at:]...)
	return m
}

// otherBase is the question with another comparison in the place of its own.
func (r Request) otherBase(word string) string {
	words := newLexicon(r.Pen.Shop, r.Pen.Shop.Day(r.Now))
	tokens := tokenize(r.Rest)
	var kept []string
	for i := 0; i < len(tokens); {
		used := 0
		for n := min(longestPhrase, len(tokens)-i); n > 0 && used == 0; n-- {
			var q Query
			phrase := strings.ReplaceAll(strings.Join(tokens[i:i+n], " "), "=", " ")
			if words.apply(&q, phrase) && q.Against != "" {
				used = n
			}
		}
		if used == 0 {
			kept = append(kept, tokens[i])
			used = 1
		}
		i += used
	}
	return strings.Join(append(append([]string{r.Query.Verb}, kept...), word), " ")
}
