package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"shopwatch/bot/sandbox"
	"shopwatch/commands"
	"shopwatch/internal/alert"
	"shopwatch/internal/card"
	"shopwatch/internal/notify"
	"shopwatch/storage"
)

// shownAlert is an alert with its root in each channel of alerts.
type shownAlert struct {
	alert.Alert
	roots map[string]string // timestamps by channel
}

// told are the firing alerts that every visitor was told of, in the order in
// which they came.
func (h *hall) told(ctx context.Context) (out []shownAlert, err error) {
	err = h.demo.db.View(ctx, func(tx *storage.Tx) error {
		open, err := tx.OpenAlerts(h.demo.shop.ID)
		if err != nil {
			return err
		}
		for _, a := range open {
			roots, err := rootsOf(tx, a)
			if err != nil {
				return err
			}
			if a.State == alert.Firing && len(roots) >= len(h.visitors) {
				out = append(out, shownAlert{Alert: a, roots: roots})
			}
		}
		return nil
	})
	slices.SortStableFunc(out, func(a, b shownAlert) int {
		return cmp.Or(a.FiredAt.Compare(b.FiredAt), strings.Compare(a.Fingerprint, b.Fingerprint))
	})
	return out, err
}

// rootsOf are the timestamps of the messages that an alert is told in, by channel.
func rootsOf(tx *storage.Tx, a alert.Alert) (map[string]string, error) {
	roots := map[string]string{}
	for _, id := range a.Groups {
		g, ok, err := tx.Group(id)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		e, ok, err := tx.Entry(notify.EntryKey(&g))
		if err != nil {
			return nil, err
		}
		if ok && !e.Receipt.Ref.Zero() {
			roots[g.Place.Channel] = e.Receipt.Ref.TS
		}
	}
	return roots, nil
}

// fates are what becomes of alerts, in this order, by what is typed in their
// threads; after the last word of a fate its alert is shown, and what undoes it
// is typed then.
var fates = []struct {
	state alert.State
	typed []string // verbs of examples
	undo  string
}{
	{alert.Acknowledged, []string{"ack", "note"}, "release"},
	{alert.Assigned, []string{"assign"}, ""},
	{alert.Snoozed, []string{"snooze"}, ""},
	{alert.Resolved, []string{"resolve"}, ""},
}

// leastAlerts are needed: one that turns out never to have been, one that stays
// for the forms, and those whose fates take turns.
const leastAlerts = 4

// alerts shows every state that people see an alert in, with its thread, and
// what is answered to what is typed there.
func (h *hall) alerts(ctx context.Context) error {
	list, err := h.told(ctx)
	if err != nil {
		return err
	}
	if len(list) < leastAlerts {
		return fmt.Errorf("only %d alerts were told, %d are needed", len(list), leastAlerts)
	}
	last := len(list) - 1
	if err := h.shown(alert.Firing, list[last]); err != nil {
		return err
	}
	for i, f := range fates {
		a := list[i%(last-1)]
		for _, verb := range f.typed {
			if err := h.typed(ctx, a, verb); err != nil {
				return err
			}
		}
		if err := h.shown(f.state, a); err != nil {
			return err
		}
		if f.undo != "" {
			if err := h.typed(ctx, a, f.undo); err != nil {
				return err
			}
		}
	}
	if err := h.withdraw(ctx, list[last-1]); err != nil {
		return err
	}
	return h.shown(alert.Withdrawn, list[last-1])
}

// shown hangs an alert as it stands now, with its thread.
func (h *hall) shown(state alert.State, a shownAlert) error {
	sides, err := h.each(func(v visitor) (s sandbox.Side, err error) {
		s.Messages, err = h.demo.Sandbox.Thread(v.user, v.alerts, a.roots[v.alerts])
		return s, err
	})
	if err == nil {
		h.hang("alerts", "alert-"+string(state), string(state)+": "+string(a.Rule), sides)
	}
	return err
}

// typed has one visitor, in turn, type the example of a verb in the thread of an
// alert; everybody sees what is said of it in their own channel.
func (h *hall) typed(ctx context.Context, a shownAlert, verb string) error {
	examples := commands.Examples()
	i := slices.IndexFunc(examples, func(q string) bool { return q == verb || strings.HasPrefix(q, verb+" ") })
	if i < 0 {
		return fmt.Errorf("help has no example of %s", verb)
	}
	marks := map[string]string{}
	for _, v := range h.visitors {
		marks[v.alerts] = h.demo.Sandbox.Newest(v.alerts)
	}
	h.turn++
	actor := h.visitors[h.turn%len(h.visitors)]
	if _, err := h.ask(ctx, actor, actor.alerts, a.roots[actor.alerts], "@shopwatch "+examples[i]); err != nil {
		return err
	}
	sides, err := h.each(func(v visitor) (s sandbox.Side, err error) {
		s.Messages, err = h.demo.Sandbox.Since(v.user, v.alerts, marks[v.alerts])
		return s, err
	})
	if err == nil {
		h.hang("threads", anchor("type-"+examples[i]), "@shopwatch "+examples[i], sides)
	}
	return err
}

// withdraw ends an alert as a look at the shop does when the data that raised it
// has been corrected.
func (h *hall) withdraw(ctx context.Context, a shownAlert) error {
	n, now := h.demo.App.watches[0].Notify, h.demo.Clock.Now()
	err := h.demo.db.Update(ctx, func(tx *storage.Tx) error {
		list := alert.Step(n.Policy, alert.Pass{
			Shop: h.demo.shop.ID, Now: now, Open: []alert.Alert{a.Alert}, Restated: map[string]bool{a.Fingerprint: true},
		})
		_, err := n.Apply(tx, list, "", now)
		return err
	})
	if err != nil {
		return err
	}
	return h.settle(ctx)
}

// opened is how each form is come by: a line typed, or a choice on an alert.
var opened = []struct{ typed, verb, choice string }{
	{typed: "subscribe"},
	{typed: "quiet"},
	{typed: "silence"},
	{typed: "target this month", verb: card.VerbTargetForm},
	{verb: card.VerbSnooze, choice: card.ChoiceDate},
	{verb: card.VerbMore, choice: card.ChoiceAssign},
	{verb: card.VerbMore, choice: card.ChoiceResolve},
	{verb: card.VerbMore, choice: card.ChoiceSilence},
}

// judged ends the alert that forms were opened on.
func (h *hall) judged(ctx context.Context) error {
	list, err := h.told(ctx)
	if err != nil || len(list) == 0 {
		return errors.Join(err, fmt.Errorf("%d alerts are left to be judged", len(list)))
	}
	return h.typed(ctx, list[len(list)-1], "judge")
}

// forms opens every form.
func (h *hall) forms(ctx context.Context) error {
	list, err := h.told(ctx)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return errors.New("no alert is left to open forms on")
	}
	for _, f := range opened {
		name := strings.TrimSpace(f.typed + " " + f.verb + " " + f.choice)
		sides, err := h.each(func(v visitor) (s sandbox.Side, err error) {
			at := list[len(list)-1].roots[v.alerts]
			if f.typed != "" {
				if _, err := h.demo.Sandbox.Type(ctx, v.user, v.alerts, "/shop "+f.typed); err != nil {
					return s, err
				}
				h.demo.App.Settle()
				at = h.demo.Sandbox.Newest(v.alerts)
			}
			if f.verb != "" {
				if err := h.use(ctx, v, at, f.verb, f.choice); err != nil {
					return s, err
				}
			}
			id, content, ok := h.demo.Sandbox.OpenView(v.user)
			if !ok {
				return s, fmt.Errorf("%s opens no form for %s", name, v.user)
			}
			s.View = content
			_, err = h.demo.Sandbox.Dismiss(ctx, v.user, id)
			return s, err
		})
		if err != nil {
			return err
		}
		h.hang("forms", anchor("form-"+name), name, sides)
	}
	return nil
}

// use presses a button of a message, or chooses that entry of its menu.
func (h *hall) use(ctx context.Context, v visitor, ts, verb, choice string) error {
	defer h.demo.App.Settle()
	if choice == "" {
		_, err := h.demo.Sandbox.Press(ctx, v.user, v.alerts, ts, verb, "")
		return err
	}
	thread, err := h.demo.Sandbox.Thread(v.user, v.alerts, ts)
	if err != nil {
		return err
	}
	if len(thread) == 0 {
		return fmt.Errorf("no message %s in %s", ts, v.alerts)
	}
	// Values are sealed when they are sent, so that only the message knows them.
	value := regexp.MustCompile(`"value":"(` + regexp.QuoteMeta(choice) + `:[^"]*)"`).FindSubmatch(thread[0])
	if value == nil {
		return fmt.Errorf("message %s has no choice %q", ts, choice)
	}
	_, err = h.demo.Sandbox.Choose(ctx, v.user, v.alerts, ts, verb, string(value[1]))
	return err
}
