package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"shopwatch/internal/card"
	"shopwatch/internal/i18n"
)

// cast plays the people of a stepped demo: they ask at fixed moments and take
// each alert a while after it was posted, so that the transcript shows a whole
// day of use.
type cast struct {
	demo  *Demo
	lines []cue
	taken map[string]bool // alerts that somebody has pressed a button for
}

// cue is something a person types at a moment.
type cue struct {
	at                  time.Time
	user, channel, text string
}

// ackAfter is how long after its post an alert is taken.
const ackAfter = 7 * time.Minute

func newCast(d *Demo) *cast {
	l := i18n.For(d.opt.Lang)
	at := func(after time.Duration) time.Time { return d.opt.Start.Add(after) }
	return &cast{demo: d, taken: map[string]bool{}, lines: []cue{
		{at(15 * time.Minute), "lin", digestChannel, "/shop " + l.T("demo.ask_gmv")},
		{at(45 * time.Minute), "lilei", alertsChannel, "/stock low top 10"},
		{at(3 * time.Hour), "sam", abroadChannel, "/gmv today by channel"},
		{at(6 * time.Hour), "lilei", alertsChannel, "/price moves"},
		{at(9 * time.Hour), "lin", alertsChannel, "/complaints"},
		{at(25 * time.Hour), "sam", abroadChannel, "/shop alerts"},
		{at(26 * time.Hour), "lin", digestChannel, "/shop status"},
	}}
}

// act does what is due and returns when the next line is.
func (c *cast) act(ctx context.Context) (time.Time, error) {
	now := c.demo.Clock.Now()
	for len(c.lines) > 0 && !c.lines[0].at.After(now) {
		q := c.lines[0]
		c.lines = c.lines[1:]
		if _, err := c.demo.Sandbox.Type(ctx, q.user, q.channel, q.text); err != nil {
			return now, fmt.Errorf("%s types %q: %w", q.user, q.text, err)
		}
		c.demo.App.Settle()
	}
	next := c.take(ctx, now)
	if len(c.lines) > 0 && (next.IsZero() || c.lines[0].at.Before(next)) {
		next = c.lines[0].at
	}
	return next, nil
}

// take presses the button of every alert in the team's channel that has stood
// long enough, and returns when the next one will have.
func (c *cast) take(ctx context.Context, now time.Time) (next time.Time) {
	for _, e := range c.demo.Sandbox.Transcript() {
		id, ok := strings.CutPrefix(e.Delivery, "alert/")
		id, ours := strings.CutSuffix(id, "/"+alertsChannel)
		if e.Kind != "post" || !ok || !ours || c.taken[id] {
			continue
		}
		due := e.At.Add(ackAfter)
		if due.After(now) {
			if next.IsZero() || due.Before(next) {
				next = due
			}
			continue
		}
		c.taken[id] = true
		if _, err := c.demo.Sandbox.Press(ctx, "lilei", alertsChannel, e.TS, card.VerbAck, ""); err != nil {
			c.demo.opt.Logger.Info("nobody takes the alert", "alert", id, "reason", err.Error())
			continue // it was over before anyone came
		}
		c.demo.App.Settle()
	}
	return next
}
