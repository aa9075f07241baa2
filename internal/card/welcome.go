package card

import (
	"shopwatch/internal/audience"
	"shopwatch/internal/chat"
)

// Welcome is what the bot says to a channel that it has just joined: what it is
// for, what the channel will receive without asking, and what to try. alerts
// says that alerts are told there.
func (p Pen) Welcome(gets []audience.Kind, alerts bool) chat.Message {
	title := p.u("welcome", "shop", p.shop())
	var names []string
	for _, k := range gets {
		names = append(names, p.kind(k))
	}
	if alerts {
		names = append(names, p.u("welcome_alerts"))
	}
	what := p.u("welcome_nothing")
	if len(names) > 0 {
		what = p.u("welcome_gets", "kinds", p.L.Join(names))
	}
	return chat.Message{Text: headline(title), Sections: []chat.Section{{
		Heading: title, Body: []chat.Rich{line(p.u("welcome_ask")), line(what)},
		Buttons: []chat.Button{
			p.run("button_gmv", "gmv"), p.run("button_stock", "stock"), p.run("button_alerts", "alerts"),
			{Label: p.u("add"), Verb: VerbSubscribe, Value: "form"},
			p.run("button_help", "help"),
		},
		Note: []chat.Rich{line(p.t("help_thread"))},
	}}}
}
