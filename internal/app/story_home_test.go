package app

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"shopwatch/bot/sandbox"
	"shopwatch/internal/chat"
)

// home opens the home page of a person and writes its texts, a line each.
func home(ts *testscript.TestScript, user string) error {
	w := of(ts)
	if _, err := w.demo.Sandbox.OpenHome(w.ctx, user); err != nil {
		return err
	}
	if err := w.settle(nil); err != nil {
		return err
	}
	_, content, ok := w.demo.Sandbox.HomeView(user)
	if !ok {
		return fmt.Errorf("%s has no home page", user)
	}
	var b strings.Builder
	var page any
	if err := json.Unmarshal(content, &page); err != nil {
		return err
	}
	writeTexts(&b, page)
	return write(ts, b.String())
}

// writeTexts writes every text of blocks in the order of the blocks.
func writeTexts(b *strings.Builder, v any) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			writeTexts(b, x)
		}
	case map[string]any:
		if text, ok := v["text"].(string); ok {
			b.WriteString(text + "\n")
		}
		for _, key := range []string{"blocks", "text", "placeholder", "fields", "accessory", "elements", "options"} {
			if _, isText := v[key].(string); !isText {
				writeTexts(b, v[key])
			}
		}
	}
}

// onHome uses the first element of the page with that verb, or the one whose
// value begins with what is given.
func (w *world) onHome(user, verb string, value []string) error {
	id, content, ok := w.demo.Sandbox.HomeView(user)
	if !ok {
		return fmt.Errorf("%s has no home page", user)
	}
	full, ok := valueOn(content, verb, strings.Join(value, " "))
	if !ok {
		return fmt.Errorf("no %s %q on the home page of %s", verb, value, user)
	}
	_, err := w.demo.Sandbox.Act(w.ctx, user, "", sandbox.Pick{View: id, Action: full.Action, Values: []string{full.Value}})
	return w.settle(err)
}

// choice is an element that can be used and the value that is chosen.
type choice struct{ Action, Value string }

func valueOn(raw json.RawMessage, verb, prefix string) (found choice, ok bool) {
	var page any
	if json.Unmarshal(raw, &page) != nil {
		return found, false
	}
	var walk func(v any, action string)
	walk = func(v any, action string) {
		switch v := v.(type) {
		case []any:
			for _, x := range v {
				walk(x, action)
			}
		case map[string]any:
			if id, isText := v["action_id"].(string); isText {
				action = id
			}
			if value, isText := v["value"].(string); isText && !ok && (action == verb || strings.HasPrefix(action, verb+":")) && strings.HasPrefix(value, prefix) {
				found, ok = choice{action, value}, true
			}
			for _, key := range []string{"blocks", "accessory", "elements", "options"} {
				walk(v[key], action)
			}
		}
	}
	walk(page, "")
	return found, ok
}

// rejoin takes the bot out of a channel and invites it again.
func (w *world) rejoin(channel string) error {
	w.demo.Sandbox.Expel(channel, "shopwatch")
	_, err := w.demo.Sandbox.Join(w.ctx, "shopwatch", channel)
	return w.settle(err)
}

// operators restarts the bot with these people as its only operators.
func (w *world) operators(names []string) error {
	w.demo.App.set.Policy.Operators = nil
	for _, n := range names {
		w.demo.App.set.Policy.Operators = append(w.demo.App.set.Policy.Operators, userID(n))
	}
	return w.restart()
}

// stale presses the newest button of that verb that ever stood in a channel: a
// second click, or a screen that has not been drawn anew.
func (w *world) stale(user, channel, verb string) error {
	log := w.demo.Sandbox.Transcript()
	for _, e := range slices.Backward(log) {
		if e.Channel != channel {
			continue
		}
		found, ok := valueOn(e.Blocks, verb, "")
		if !ok {
			continue
		}
		w.demo.App.desk.Accept(w.ctx, chat.Event{
			Kind: chat.Press, Channel: alertsChannel, User: userID(user), Verb: verb, Value: found.Value,
			Keys: []string{fmt.Sprintf("stale %d", len(log))}, Message: chat.Ref{Channel: alertsChannel, TS: e.TS},
		})
		return w.settle(nil)
	}
	return fmt.Errorf("no button %q ever stood in %s", verb, channel)
}
