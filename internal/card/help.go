package card

import "shopwatch/internal/chat"

// Topic is one command as help shows it.
type Topic struct {
	Name    string // the verb, and the key of its line: command.help_<name>
	Example string // a question that can be run as it stands
	Daily   bool   // asked every day: shown with a button
}

// Help lists what can be asked: what is asked every day with a button that asks
// it, the rest a line each.
func (p Pen) Help(topics []Topic) chat.Message {
	title := p.t("help_title")
	sections := []chat.Section{{Heading: title, Body: []chat.Rich{line(p.t("help_intro"))}}}
	var more []chat.Rich
	for _, topic := range topics {
		what := chat.Rich{{Text: "/shop " + topic.Name, Code: true}, {Text: "  " + p.L.T("command.help_"+topic.Name)}}
		if !topic.Daily {
			more = append(more, what)
			continue
		}
		sections = append(sections, chat.Section{
			Body:      []chat.Rich{what, {{Text: p.t("example") + " "}, {Text: "/shop " + topic.Example, Code: true}}},
			Accessory: &chat.Button{Label: p.t("button_try"), Verb: VerbRun, Value: topic.Example},
		})
	}
	if len(more) > 0 {
		sections = append(sections, chat.Section{Heading: p.f("help_more"), Body: more})
	}
	sections = append(sections, chat.Section{Note: []chat.Rich{line(p.t("help_grammar")), line(p.t("help_thread"))}})
	return chat.Message{Text: headline(title), Sections: sections}
}

// Trouble says that a question was not understood and offers the nearest one
// that works; fix is that question or empty.
func (p Pen) Trouble(what, fix string) chat.Message {
	s := chat.Section{Body: []chat.Rich{line(what)}}
	if fix != "" {
		s.Buttons = append(s.Buttons, chat.Button{Label: clamp(p.t("button_run_fix", "question", fix), 75), Verb: VerbRun, Value: fix, Style: chat.Primary})
	}
	s.Buttons = append(s.Buttons, p.run("button_help", "help"))
	return chat.Message{Text: headline(what), Sections: []chat.Section{s}}
}

// Nearest says that a sentence was not understood and offers the questions that
// come near to it.
func (p Pen) Nearest(what string, questions []string) chat.Message {
	s := chat.Section{Body: []chat.Rich{line(what)}}
	for i, q := range questions {
		b := chat.Button{Label: clamp(p.t("button_run_fix", "question", q), 75), Verb: VerbRun, Value: q}
		if i == 0 {
			b.Style = chat.Primary
		}
		s.Buttons = append(s.Buttons, b)
	}
	s.Buttons = append(s.Buttons, p.run("button_help", "help"))
	return chat.Message{Text: headline(what), Sections: []chat.Section{s}}
}

// Choice asks which of several items was meant. question is what was asked, up
// to the item.
func (p Pen) Choice(asked string, items [][2]string, question string) chat.Message {
	text := p.t("which_item", "text", clamp(asked, lineTitle))
	out := chat.Message{Text: headline(text), Sections: []chat.Section{{Body: []chat.Rich{line(text)}}}}
	for _, it := range items {
		out.Sections = append(out.Sections, chat.Section{
			Body:      []chat.Rich{{{Text: it[0], Code: true}, {Text: "  " + clamp(it[1], lineTitle)}}},
			Accessory: &chat.Button{Label: p.t("button_this"), Verb: VerbRun, Value: question + " sku=" + it[0]},
		})
	}
	return out
}

// Said is a short sentence to one person.
func (p Pen) Said(text string) chat.Message {
	return chat.Message{Text: headline(text), Sections: []chat.Section{{Body: []chat.Rich{line(text)}}}}
}
