package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Submit lets a person send a modal. Values are by block id or, where that is
// not known, by action id; an input left out keeps its initial value. A
// missing required value stops the modal before it reaches the bot, as the
// real client does: Exchange.Errors says so and Exchange.ID is empty.
func (s *Sandbox) Submit(ctx context.Context, user, view string, values map[string][]string) (Exchange, error) {
	s.mu.Lock()
	v, u, err := s.space.viewOf(user, view)
	if err != nil {
		s.mu.Unlock()
		return Exchange{}, err
	}
	ex := Exchange{Kind: "submission", View: v.id}
	state, complaints, err := formState(mustJSON(v.content["blocks"]), values, pageWords(s.opt.Lang))
	if err != nil || len(complaints) > 0 {
		v.errors, ex.Errors = complaints, complaints
		s.touch()
		s.mu.Unlock()
		return ex, err
	}
	v.values = state
	payload := s.interaction("view_submission", u)
	maps.Copy(payload, object{"view": s.space.viewJSON(v), "response_urls": []object{}})
	s.mu.Unlock()
	o := s.deliver(ctx, "interactive", payload, true)
	ex.ID, ex.Acked, ex.Status = o.id, o.acked, o.status
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.touch()
	if !o.acked {
		ex.Notice = failureOf(o)
		v.errors = map[string]string{"": ex.Notice}
		return ex, nil
	}
	if err := s.respond(v, o.ack); err != nil {
		ex.Notice = err.Error()
		v.errors = map[string]string{"": ex.Notice}
		return ex, nil
	}
	ex.Errors = v.errors
	return ex, nil
}

// Dismiss lets a person close a modal without sending it.
func (s *Sandbox) Dismiss(ctx context.Context, user, view string) (Exchange, error) {
	s.mu.Lock()
	v, u, err := s.space.viewOf(user, view)
	if err != nil {
		s.mu.Unlock()
		return Exchange{}, err
	}
	s.space.closeViews(v, false)
	s.touch()
	payload := s.interaction("view_closed", u)
	delete(payload, "trigger_id")
	maps.Copy(payload, object{"view": s.space.viewJSON(v), "is_cleared": false})
	wanted, _ := v.content["notify_on_close"].(bool)
	s.mu.Unlock()
	ex := Exchange{Kind: "submission", View: v.id}
	if wanted {
		o := s.deliver(ctx, "interactive", payload, false)
		ex.ID, ex.Acked, ex.Status = o.id, o.acked, o.status
	}
	return ex, nil
}

// OpenView is the modal a person has open, as its id and the JSON the bot
// sent; ok is false without one.
func (s *Sandbox) OpenView(user string) (id string, content json.RawMessage, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, known := s.space.user(user)
	if !known {
		return "", nil, false
	}
	v, ok := s.space.topView(u.ID)
	if !ok {
		return "", nil, false
	}
	return v.id, mustJSON(v.content), true
}

// HomeView is the home page that the bot has published for a person, as its id
// and the JSON the bot sent; ok is false when it has not.
func (s *Sandbox) HomeView(user string) (id string, content json.RawMessage, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, _ := s.space.user(user)
	v, ok := s.space.homes[u.ID]
	if !ok {
		return "", nil, false
	}
	return v.id, mustJSON(v.content), true
}

func (w *workspace) viewOf(user, id string) (*view, User, error) {
	u, ok := w.user(user)
	v, there := w.views[id]
	if !ok || !there || !v.open || v.user != u.ID {
		return nil, User{}, fmt.Errorf("view %q of %s: %w", id, user, ErrNoSuch)
	}
	return v, u, nil
}

// respond does what the bot answered to a submission. The lock is held.
func (s *Sandbox) respond(v *view, ack json.RawMessage) error {
	var a struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
		View   json.RawMessage   `json:"view"`
	}
	if len(ack) > 0 && json.Unmarshal(ack, &a) != nil {
		return refuse("invalid_response_action")
	}
	v.errors = nil
	switch a.Action {
	case "":
		s.space.closeViews(v, false)
	case "clear":
		s.space.closeViews(v, true)
	case "errors":
		inputs := inputBlocks(mustJSON(v.content["blocks"]))
		for id := range a.Errors {
			if !slices.Contains(inputs, id) {
				return fmt.Errorf("errors name block %q, which is no input block", id)
			}
		}
		v.errors = a.Errors
	case "update", "push":
		content, err := s.space.viewContent(a.View, s.space.base)
		if err != nil {
			return err
		}
		if a.Action == "push" {
			v = &view{user: v.user, root: v.root, previous: v.id, open: true}
		}
		s.space.store(v, content)
	default:
		return refuse("invalid_response_action")
	}
	return nil
}

func inputBlocks(raw json.RawMessage) []string {
	var list []object
	if json.Unmarshal(raw, &list) != nil {
		return nil
	}
	var ids []string
	for _, b := range list {
		if str(b, "type") == "input" {
			ids = append(ids, str(b, "block_id"))
		}
	}
	return ids
}

// formState builds view.state.values and finds what a person still has to
// fill in.
func formState(raw json.RawMessage, values map[string][]string, words map[string]string) (object, map[string]string, error) { //nolint:gocognit // one case per kind of input reads best in one place
	var list []object
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, nil, fmt.Errorf("read blocks of the view: %w", err)
	}
	state, complaints := object{}, map[string]string{}
	for _, b := range list {
		id := str(b, "block_id")
		for _, e := range elementsOf(b) {
			kind, action := str(e, "type"), str(e, "action_id")
			if kind == "button" || kind == "overflow" || kind == "image" {
				continue
			}
			given, there := values[id]
			if !there || str(b, "type") != "input" {
				if byAction, ok := values[action]; ok {
					given, there = byAction, true
				}
			}
			if !there {
				given = initialOf(e)
			}
			answer, err := answerOf(e, given)
			if err != nil {
				return nil, nil, err
			}
			if reason := complaint(b, e, given, words); reason != "" {
				complaints[id] = reason
			}
			per, _ := state[id].(object)
			if per == nil {
				per = object{}
				state[id] = per
			}
			per[action] = answer
		}
	}
	return state, complaints, nil
}

func complaint(block, elem object, given []string, words map[string]string) string {
	optional, _ := block["optional"].(bool)
	text := strings.Join(given, "")
	if str(block, "type") != "input" {
		return ""
	}
	if text == "" {
		if optional {
			return ""
		}
		return words["need_value"]
	}
	n := float64(utf8.RuneCountInString(text))
	if least, ok := elem["min_length"].(float64); ok && n < least {
		return strings.Replace(words["need_more"], "{n}", strconv.Itoa(int(least)), 1)
	}
	if most, ok := elem["max_length"].(float64); ok && n > most {
		return strings.Replace(words["need_less"], "{n}", strconv.Itoa(int(most)), 1)
	}
	if str(elem, "type") == "number_input" {
		if _, err := strconv.ParseFloat(text, 64); err != nil {
			return words["need_number"]
		}
	}
	return ""
}

// initialOf reads the initial value of an element in the form of Pick.Values.
func initialOf(e object) []string {
	var values []string
	for _, key := range slices.Sorted(maps.Keys(e)) {
		if !strings.HasPrefix(key, "initial_") {
			continue
		}
		list, many := e[key].([]any)
		if !many {
			list = []any{e[key]}
		}
		for _, v := range list {
			switch v := v.(type) {
			case string:
				values = append(values, v)
			case float64:
				values = append(values, strconv.FormatFloat(v, 'f', -1, 64))
			case object:
				values = append(values, str(v, "value"))
			}
		}
	}
	return values
}
