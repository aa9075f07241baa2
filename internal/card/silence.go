package card

import (
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/chat"
)

// Silences lists the silences that are not over, the next to end first.
func (p Pen) Silences(list []alert.Silence, counts map[string]alert.Preview, now time.Time) chat.Message {
	if len(list) == 0 {
		text := p.a("silences_none")
		return chat.Message{Text: headline(text), Sections: []chat.Section{{Heading: p.a("silences_title"), Body: []chat.Rich{line(text), line(p.a("silence_how"))}}}}
	}
	title := p.aN("silences", len(list))
	out := []chat.Section{{Heading: p.a("silences_title")}}
	const shown = 15
	for _, s := range list[:min(shown, len(list))] {
		out = append(out, chat.Section{
			Body:      p.silenceLines(s, counts[s.ID], now),
			Accessory: &chat.Button{Label: p.a("unsilence"), Verb: VerbUnsilence, Value: s.ID},
		})
	}
	if more := len(list) - shown; more > 0 {
		out = append(out, chat.Section{Body: []chat.Rich{line(p.n("more", more))}})
	}
	return chat.Message{Text: headline(title), Sections: out}
}

func (p Pen) silenceLines(s alert.Silence, c alert.Preview, now time.Time) []chat.Rich {
	lines := []chat.Rich{{{Text: p.muted(s), Code: true}}}
	when := p.a("silence_until", "time", p.when(s.End, now))
	if !s.During.Zero() {
		when += " · " + p.a("silence_during", "during", s.During.String())
	}
	lines = append(lines, line(when+" · "+p.Effect(c)), chat.Rich{{Text: p.a("silence_by") + " "}, {Mention: &chat.Mention{User: s.Author}}})
	if s.Reason != "" {
		lines = append(lines, line(p.a("silence_reason", "reason", clamp(s.Reason, maxNoteLine))))
	}
	return lines
}

// muted is what a silence is about.
func (p Pen) muted(s alert.Silence) string {
	if len(s.Matchers) == 0 {
		return p.a("everything")
	}
	return s.Matchers.String()
}

// Effect says what a silence mutes and would have muted.
func (p Pen) Effect(c alert.Preview) string {
	return p.a("effect", "now", p.L.Count(int64(c.Now)), "week", p.L.Count(int64(c.Week)))
}

// Silenced confirms a silence to the channel.
func (p Pen) Silenced(s alert.Silence, c alert.Preview, now time.Time) chat.Message {
	title := p.a("silence_made", "time", p.when(s.End, now))
	return chat.Message{Text: headline(title, p.muted(s)), Sections: []chat.Section{{
		Body:      append([]chat.Rich{bold(title)}, p.silenceLines(s, c, now)...),
		Accessory: &chat.Button{Label: p.a("unsilence"), Verb: VerbUnsilence, Value: s.ID},
	}}}
}

// Unsilenced says who has lifted a silence.
func (p Pen) Unsilenced(s alert.Silence) chat.Message {
	text := p.a("silence_lifted", "what", clamp(p.muted(s), maxNoteLine))
	return chat.Message{Text: headline(text), Sections: []chat.Section{{Body: []chat.Rich{{{Text: text + " · "}, {Mention: &chat.Mention{User: s.EndedBy}}}}}}}
}

// SilenceEnds announces the end of a silence.
func (p Pen) SilenceEnds(s alert.Silence, now time.Time) chat.Message {
	key := "silence_ends"
	if s.Over(now) {
		key = "silence_ended"
	}
	text := p.a(key, "time", p.when(s.End, now), "what", clamp(p.muted(s), maxNoteLine))
	return chat.Message{Text: headline(text), Sections: []chat.Section{{Body: []chat.Rich{{{Text: text + " "}, {Mention: &chat.Mention{User: s.Author}}}}}}}
}

// ConfirmSilence shows what a silence would do. plan is what its button carries.
func (p Pen) ConfirmSilence(s alert.Silence, c alert.Preview, plan string, now time.Time) chat.Message {
	title := p.a("silence_plan", "time", p.when(s.End, now))
	lines := []chat.Rich{bold(title), {{Text: p.muted(s), Code: true}}, line(p.Effect(c))}
	if !s.During.Zero() {
		lines = append(lines, line(p.a("silence_during", "during", s.During.String())))
	}
	if s.Reason != "" {
		lines = append(lines, line(p.a("silence_reason", "reason", clamp(s.Reason, maxNoteLine))))
	}
	return chat.Message{Text: headline(title, p.Effect(c)), Sections: []chat.Section{{
		Body: lines, Buttons: []chat.Button{{Label: p.a("silence_send"), Verb: VerbSilenceNow, Value: plan, Style: chat.Primary}},
	}}}
}
