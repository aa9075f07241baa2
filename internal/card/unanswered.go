package card

import "shopwatch/internal/chat"

// Unanswered tells a person that the bot was started anew before it answered
// question; act: it was a button or a form, and nobody knows how far it went.
func (p Pen) Unanswered(question string, act bool) chat.Message {
	if act {
		text := p.L.T("bot.act_cut_off")
		return chat.Message{Text: text, Sections: []chat.Section{{Body: []chat.Rich{line(text)}}}}
	}
	text := p.L.T("bot.cut_off", "question", question)
	return chat.Message{Text: headline(text), Sections: []chat.Section{{
		Body:    []chat.Rich{line(text)},
		Buttons: []chat.Button{{Label: p.L.T("bot.ask_again"), Alt: p.L.T("bot.ask_again"), Verb: VerbRun, Value: question}},
	}}}
}
