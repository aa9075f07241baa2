package card

import (
	"encoding/json"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
)

// noteCards are the short ones: what was muted, what the bot says of itself, and
// what is added to other messages.
func noteCards(p Pen) map[string]chat.Message {
	matchers, err := alert.ParseMatchers("rule=stock_out unit=beauty")
	night, err2 := alert.ParseInterval("daily 22:00-08:00")
	if err != nil || err2 != nil {
		panic("the matchers of the test cannot be read") // a mistake in this file
	}
	s := alert.Silence{
		ID: "s1", Matchers: matchers, Author: "U0LILEI", Reason: hostile, Created: now.Add(-time.Hour), Start: now.Add(-time.Hour), End: now.Add(26 * time.Hour), During: night,
	}
	short, lifted, over := s, s, s
	short.Matchers, short.Reason, short.During, short.End = nil, "", alert.Interval{}, now.Add(2*time.Hour)
	lifted.EndedBy, over.End = "U0LIN", now.Add(-time.Minute)
	c := alert.Preview{Now: 2, Week: 9}
	return map[string]chat.Message{
		"silences":       p.Silences([]alert.Silence{short, s}, map[string]alert.Preview{"s1": c}, now),
		"silences_none":  p.Silences(nil, nil, now),
		"silenced":       p.Silenced(s, c, now),
		"silence_plan":   p.ConfirmSilence(s, c, "plan", now),
		"silence_lifted": p.Unsilenced(lifted),
		"silence_ends":   p.SilenceEnds(short, now), "silence_ended": p.SilenceEnds(over, now),
		"belated":  p.Belated(p.Said("GMV 628"), 3*time.Hour, true, true),
		"given_up": p.GivenUp("C0OPS", "not_in_channel", hostile), "job_broke": p.JobBroke("watch"),
		"clock_ahead": p.ClockOff(-7 * time.Minute), "clock_behind": p.ClockOff(12 * time.Minute), "digest_missed": p.DigestMissed(report.DigestMorning, now.Add(-24*time.Hour)), "digest_missed_weekly": p.DigestMissed(report.DigestWeekly, now.Add(-48*time.Hour)),
		"store_large": p.StoreNote("large", 11<<30, 0), "store_compact": p.StoreNote("compact", 900<<20, 700<<20),
		"evidence": p.Evidence(p.GMV(bareGMV(), "gmv"), "k7q2m9x4aa"),
	}
}

// formCards are the forms as messages that hold their JSON, so that they have
// goldens like the cards.
func formCards(p Pen) map[string]chat.Message {
	out := map[string]chat.Message{}
	for name, f := range forms(p) {
		raw, err := json.MarshalIndent(f, "", " ")
		if err != nil {
			panic(err) // forms are plain data
		}
		out["form_"+name] = chat.Message{Text: f.Title, Sections: []chat.Section{{Body: []chat.Rich{chat.Line(string(raw))}}}}
	}
	return out
}

// heldTarget is a target to change.
func heldTarget() market.Target {
	return market.Target{Unit: "beauty", From: saturday - 20, To: saturday + 9, Base: 12_000_000_00, Sprint: 15_000_000_00}
}
