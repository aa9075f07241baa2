package app

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/storage"
)

// menu is as much of a menu as a story needs.
type menu struct {
	Action  string `json:"action_id"`
	Options []struct {
		Value string `json:"value"`
	} `json:"options"`
}

// menus finds every menu in blocks.
func menus(raw json.RawMessage, verb string) []menu {
	var blocks []struct {
		Accessory json.RawMessage   `json:"accessory"`
		Elements  []json.RawMessage `json:"elements"`
	}
	if json.Unmarshal(raw, &blocks) != nil {
		return nil
	}
	var out []menu
	for _, b := range blocks {
		for _, e := range append(b.Elements, b.Accessory) {
			var m menu
			if json.Unmarshal(e, &m) == nil && m.Action == verb && len(m.Options) > 0 {
				out = append(out, m)
			}
		}
	}
	return out
}

// choose finds the newest message of the channel with such a menu.
func (w *world) choose(user, channel, verb, choice string) error {
	for _, e := range slices.Backward(w.demo.Sandbox.Transcript()) {
		if e.Channel != channel {
			continue
		}
		for _, m := range menus(e.Blocks, verb) {
			for _, o := range m.Options {
				if !strings.HasPrefix(o.Value, choice+":") {
					continue
				}
				_, err := w.demo.Sandbox.Choose(w.ctx, user, channel, e.TS, verb, o.Value)
				return w.settle(err)
			}
		}
	}
	return fmt.Errorf("no menu %q in %s has %q", verb, channel, choice)
}

// settle waits for the answer and lets what it put into the outbox go out.
func (w *world) settle(err error) error {
	w.demo.App.Settle()
	if err != nil {
		return err
	}
	return w.demo.App.Step(w.ctx, w.demo.Clock.Now().Add(5*time.Second), nobody)
}

func (w *world) submit(user string, answers []string) error {
	id, _, ok := w.demo.Sandbox.OpenView(user)
	if !ok {
		return fmt.Errorf("%s has no form open", user)
	}
	values := map[string][]string{}
	for _, a := range answers {
		name, value, _ := strings.Cut(a, "=")
		if name == "person" {
			value = userID(value)
		}
		values[name] = []string{value}
		if name == "kinds" {
			values[name] = strings.Split(value, ",")
		}
	}
	ex, err := w.demo.Sandbox.Submit(w.ctx, user, id, values)
	w.complaints = ex.Errors
	return w.settle(err)
}

// userID is the id of a person of the demo.
func userID(name string) string {
	return "U0" + strings.ToUpper(name)
}

// form is the form that a person has open, with what is wrong in it, or nothing.
func (w *world) form(user string) string {
	_, content, ok := w.demo.Sandbox.OpenView(user)
	if !ok {
		return ""
	}
	return string(content) + "\n" + fmt.Sprint(w.complaints) + "\n"
}

// shortcut uses a message shortcut on the newest message that anybody wrote in
// the newest thread, or on its root.
func (w *world) shortcut(user, channel, verb string) error {
	for _, e := range slices.Backward(w.demo.Sandbox.Transcript()) {
		if e.Channel != channel || e.Kind != "post" && e.Kind != "reply" {
			continue
		}
		_, err := w.demo.Sandbox.Shortcut(w.ctx, user, channel, e.TS, verb)
		return w.settle(err)
	}
	return fmt.Errorf("nothing was said in %s", channel)
}

// forge hands the bot an act with a value that it never gave out.
func (w *world) forge(user, channel, verb string) error {
	w.demo.App.desk.Accept(w.ctx, chat.Event{
		Kind: chat.Press, Channel: channel, User: userID(user), Verb: verb, Value: "k7q2m9x4a7q2.aaaaaaaaaaaaa", Keys: []string{"forged"},
	})
	return w.settle(nil)
}

// restart makes a new bot over the same store and the same chat, as after a
// crash: nothing that was only in memory is left.
func (w *world) restart() error {
	if err := w.hangUp(); err != nil {
		return err
	}
	set := w.demo.App.set
	set.Logger = slog.New(slog.DiscardHandler)
	a, err := New(set)
	if err != nil {
		return err
	}
	w.demo.App = a
	w.hangUp, err = w.demo.Listen(w.ctx)
	return err
}

// audit lists the acts of people and of the bot on alerts and silences.
func (w *world) audit() (string, error) {
	var b strings.Builder
	err := w.demo.db.View(context.WithoutCancel(w.ctx), func(tx *storage.Tx) error {
		now := w.demo.Clock.Now()
		list, err := tx.AuditTrail(market.Window{Start: now.AddDate(0, 0, -2), End: now.Add(time.Hour)})
		for _, e := range list {
			fmt.Fprintf(&b, "%s %s %s\n", e.Actor, e.Act, e.Detail)
		}
		return err
	})
	return b.String(), err
}
