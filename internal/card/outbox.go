package card

import (
	"slices"
	"time"

	"shopwatch/internal/chat"
	"shopwatch/internal/report"
)

// Belated is m with what must be said when it leaves: late is how old it is, 0
// when that need not be said; repeat, that it may have been sent before; anew,
// that the thread it belongs to was deleted. With nothing to say it is m.
func (p Pen) Belated(m chat.Message, late time.Duration, repeat, anew bool) chat.Message {
	var notes []chat.Rich
	if late > 0 {
		notes = append(notes, line(p.L.T("outbox.late", "age", p.L.Duration(late))))
	}
	if repeat {
		notes = append(notes, line(p.L.T("outbox.repeat")))
	}
	if anew {
		notes = append(notes, line(p.L.T("outbox.anew")))
	}
	if len(notes) == 0 {
		return m
	}
	if len(m.Sections) == 0 {
		m.Sections = []chat.Section{{Body: []chat.Rich{line(m.Text)}}}
	}
	m.Sections = append([]chat.Section{{Note: notes}}, m.Sections...)
	if repeat { // also for those who read only the notification
		m.Text = headline(p.L.T("outbox.repeat_short"), m.Text)
	}
	return m
}

// remedies are the reasons of a refusal that somebody can do something about.
var remedies = []string{"not_in_channel", "channel_not_found", "is_archived", "missing_scope"}

// GivenUp tells operators that a message to place was given up, with the
// platform's word for it and its headline.
func (p Pen) GivenUp(place, reason, text string) chat.Message {
	key := "outbox.fix_other"
	if slices.Contains(remedies, reason) {
		key = "outbox.fix_" + reason
	}
	head := p.L.T("outbox.given_up", "place", place, "reason", reason)
	return chat.Message{Text: headline(head), Sections: []chat.Section{
		{Body: []chat.Rich{line(head), {{Text: text, Italic: true}}, line(p.L.T(key))}, Note: []chat.Rich{line(p.L.T("outbox.kept"))}},
	}}
}

// JobBroke tells operators that a job broke.
func (p Pen) JobBroke(job string) chat.Message {
	text := p.L.T("outbox.job_broke", "job", job)
	return chat.Message{Text: headline(text), Sections: []chat.Section{{Body: []chat.Rich{line(text)}, Buttons: []chat.Button{p.run("button_status", "status")}}}}
}

// ClockOff tells operators that the chat's requests are refused because its
// clock is off from ours: ahead of it, or behind when off is negative.
func (p Pen) ClockOff(off time.Duration) chat.Message {
	key := "outbox.clock_behind"
	if off < 0 {
		key = "outbox.clock_ahead"
	}
	text := p.L.T(key, "time", p.L.Duration(off.Abs()))
	return chat.Message{Text: headline(text), Sections: []chat.Section{
		{Body: []chat.Rich{line(text), line(p.L.T("outbox.clock_fix"))}, Note: []chat.Rich{line(p.L.T("outbox.clock_replay"))}},
	}}
}

// DigestMissed tells that a report which was due at planned was not sent, with a button
// that asks for it now.
func (p Pen) DigestMissed(kind report.DigestKind, planned time.Time) chat.Message {
	text := p.L.T("outbox.digest_missed", "kind", p.L.T("audience.kind_"+string(kind)), "time", p.moment(planned))
	show := chat.Button{Label: p.L.T("outbox.digest_show"), Alt: p.L.T("outbox.digest_show"), Verb: VerbRun, Value: "digest"}
	if kind != report.DigestMorning {
		show.Value += " " + string(kind)
	}
	return chat.Message{Text: headline(text), Sections: []chat.Section{
		{Body: []chat.Rich{line(text)}, Buttons: []chat.Button{show}, Note: []chat.Rich{line(p.L.T("outbox.digest_ask", "question", show.Value))}},
	}}
}
