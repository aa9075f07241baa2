package sandbox

import (
	"context"
	"fmt"
	"maps"
	"strings"
)

// Pick names one interactive element. TS is the message that holds it, View
// the modal or home; Block may be left empty when Action is enough.
type Pick struct {
	TS, View, Block, Action string
	// Values are what is chosen or typed: a button's value (may be empty), the
	// value of an option, ids of people or channels, a date, a text.
	Values []string
}

// Press lets a person press a button of a message. A value tells buttons with
// the same action id apart and may be empty.
func (s *Sandbox) Press(ctx context.Context, user, channel, ts, action, value string) (Exchange, error) {
	return s.Act(ctx, user, channel, Pick{TS: ts, Action: action, Values: []string{value}})
}

// Choose lets a person choose an option of a menu or an overflow menu by its
// value.
func (s *Sandbox) Choose(ctx context.Context, user, channel, ts, action, option string) (Exchange, error) {
	return s.Act(ctx, user, channel, Pick{TS: ts, Action: action, Values: []string{option}})
}

// Act lets a person use any interactive element. The channel is empty for one
// of a view.
func (s *Sandbox) Act(ctx context.Context, user, channel string, pick Pick) (Exchange, error) {
	s.mu.Lock()
	payload, url, err := s.actionPayload(user, channel, pick)
	s.mu.Unlock()
	if err != nil {
		return Exchange{}, err
	}
	ex := Exchange{Kind: "action", TS: pick.TS, View: pick.View}
	if url != nil {
		ex.Channel = url.channel.id
	}
	o := s.deliver(ctx, "interactive", payload, false)
	ex.ID, ex.Acked, ex.Status = o.id, o.acked, o.status
	if !o.acked {
		ex.Notice = failureOf(o)
		s.mu.Lock()
		defer s.mu.Unlock()
		if u, ok := s.space.user(user); ok && url != nil {
			s.tell(place{user: u, channel: url.channel, thread: url.thread}, fmt.Sprintf("The button failed with the error %q", ex.Notice))
		}
	}
	return ex, nil
}

// actionPayload builds a block_actions payload. The lock is held.
func (s *Sandbox) actionPayload(user, channel string, pick Pick) (object, *replyURL, error) {
	u, ok := s.space.user(user)
	if !ok {
		return nil, nil, fmt.Errorf("user %q: %w", user, ErrNoSuch)
	}
	payload := s.interaction("block_actions", u)
	if pick.View != "" {
		v, ok := s.space.views[pick.View]
		if !ok || !v.open || v.user != u.ID {
			return nil, nil, fmt.Errorf("view %q of %s: %w", pick.View, u.Name, ErrNoSuch)
		}
		action, err := actionOf(mustJSON(v.content["blocks"]), pick)
		if err != nil {
			return nil, nil, err
		}
		action["action_ts"] = formatTS(s.opt.Now().UnixMicro())
		maps.Copy(payload, object{
			"container": object{"type": "view", "view_id": v.id}, "view": s.space.viewJSON(v), "actions": []object{action},
		})
		return payload, nil, nil
	}
	p, err := s.space.place(user, channel)
	if err != nil {
		return nil, nil, err
	}
	m, ok := p.channel.find(pick.TS)
	if !ok || m.reader != "" && m.reader != u.ID {
		return nil, nil, fmt.Errorf("message %s in %s: %w", pick.TS, channel, ErrNoSuch)
	}
	action, err := actionOf(m.blocks, pick)
	if err != nil {
		return nil, nil, err
	}
	action["action_ts"] = formatTS(s.opt.Now().UnixMicro())
	url := &replyURL{channel: p.channel, user: u.ID, thread: m.thread, original: m}
	container := object{"type": "message", "message_ts": m.ts, "channel_id": p.channel.id, "is_ephemeral": m.reader != ""}
	if m.thread != "" {
		container["thread_ts"] = m.thread
	}
	state := maps.Clone(action)
	for _, key := range []string{"action_id", "block_id", "action_ts", "text"} {
		delete(state, key)
	}
	values := object{}
	if str(action, "type") != "button" && str(action, "type") != "overflow" {
		values[str(action, "block_id")] = object{str(action, "action_id"): state}
	}
	maps.Copy(payload, object{
		"container": container, "channel": object{"id": p.channel.id, "name": p.channel.name},
		"state": object{"values": values}, "response_url": s.newReplyURL(url), "actions": []object{action},
	})
	if m.reader == "" {
		payload["message"] = s.space.messageJSON(p.channel, m, true)
	}
	return payload, url, nil
}

// interaction is what all interactive payloads share. The lock is held.
func (s *Sandbox) interaction(kind string, u User) object {
	return object{
		"type": kind, "user": object{"id": u.ID, "username": u.Name, "name": u.Name, "team_id": s.opt.Team},
		"api_app_id": s.space.appID, "token": "sandbox", "trigger_id": s.newTrigger(u.ID), "enterprise": nil,
		"team": object{"id": s.opt.Team, "domain": "sandbox"}, "is_enterprise_install": false,
	}
}

// actionOf describes what was done with an element.
func actionOf(blocks []byte, pick Pick) (object, error) {
	value := ""
	if len(pick.Values) > 0 {
		value = pick.Values[0]
	}
	block, elem, ok := element(blocks, pick.Block, pick.Action, value)
	if !ok {
		return nil, fmt.Errorf("element %q with value %q: %w", pick.Action, value, ErrNoSuch)
	}
	action := object{}
	if str(elem, "type") == "button" {
		for _, key := range []string{"text", "value", "style", "url"} {
			if elem[key] != nil {
				action[key] = elem[key]
			}
		}
		action["type"] = "button"
	} else {
		answer, err := answerOf(elem, pick.Values)
		if err != nil {
			return nil, err
		}
		action = answer
	}
	action["action_id"], action["block_id"] = elem["action_id"], block["block_id"]
	return action, nil
}

// Shortcut lets a person use a message shortcut of the bot.
func (s *Sandbox) Shortcut(ctx context.Context, user, channel, ts, callback string) (Exchange, error) {
	s.mu.Lock()
	p, err := s.space.place(user, channel)
	if err != nil {
		s.mu.Unlock()
		return Exchange{}, err
	}
	m, ok := p.channel.find(ts)
	if !ok || m.reader != "" {
		s.mu.Unlock()
		return Exchange{}, fmt.Errorf("message %s in %s: %w", ts, channel, ErrNoSuch)
	}
	payload := s.interaction("message_action", p.user)
	maps.Copy(payload, object{
		"callback_id": callback, "message_ts": m.ts, "message": s.space.messageJSON(p.channel, m, true),
		"channel": object{"id": p.channel.id, "name": p.channel.name}, "action_ts": formatTS(s.opt.Now().UnixMicro()),
		"response_url": s.newReplyURL(&replyURL{channel: p.channel, user: p.user.ID, thread: m.thread}),
	})
	s.mu.Unlock()
	o := s.deliver(ctx, "interactive", payload, false)
	return Exchange{Kind: "action", ID: o.id, Acked: o.acked, Status: o.status, Channel: p.channel.id, TS: ts}, nil
}

// Join lets a person, or the bot under its name, enter a channel.
func (s *Sandbox) Join(ctx context.Context, user, channel string) (Exchange, error) {
	s.mu.Lock()
	u, okUser := s.space.user(user)
	c, okChannel := s.space.channel(channel)
	if !okUser || !okChannel || c.im {
		s.mu.Unlock()
		return Exchange{}, fmt.Errorf("%s into %s: %w", user, channel, ErrNoSuch)
	}
	c.members[u.ID] = true
	s.touch()
	tell := c.members[s.space.bot.ID] && s.subscribed("member_joined_channel")
	event := object{
		"type": "member_joined_channel", "user": u.ID, "channel": c.id, "channel_type": strings.ToUpper(c.id[:1]),
		"team": s.opt.Team, "event_ts": formatTS(s.opt.Now().UnixMicro()),
	}
	s.mu.Unlock()
	ex := Exchange{Kind: "event", Channel: c.id}
	if tell {
		ex = s.notify(ctx, ex, event)
	}
	return ex, nil
}

// React lets a person add a reaction to a message.
func (s *Sandbox) React(ctx context.Context, user, channel, ts, name string) (Exchange, error) {
	s.mu.Lock()
	p, err := s.space.place(user, channel)
	if err != nil {
		s.mu.Unlock()
		return Exchange{}, err
	}
	m, ok := p.channel.find(ts)
	if !ok || m.reader != "" {
		s.mu.Unlock()
		return Exchange{}, fmt.Errorf("message %s in %s: %w", ts, channel, ErrNoSuch)
	}
	fresh := m.react(name, p.user.ID)
	s.touch()
	event := object{
		"type": "reaction_added", "user": p.user.ID, "reaction": name, "item_user": m.user,
		"item": object{"type": "message", "channel": p.channel.id, "ts": ts}, "event_ts": formatTS(s.opt.Now().UnixMicro()),
	}
	tell := fresh && p.channel.members[s.space.bot.ID] && s.subscribed("reaction_added")
	s.mu.Unlock()
	ex := Exchange{Kind: "event", Channel: p.channel.id, TS: ts}
	if tell {
		ex = s.notify(ctx, ex, event)
	}
	return ex, nil
}

// OpenHome lets a person open the bot's home tab.
func (s *Sandbox) OpenHome(ctx context.Context, user string) (Exchange, error) {
	s.mu.Lock()
	u, ok := s.space.user(user)
	if !ok {
		s.mu.Unlock()
		return Exchange{}, fmt.Errorf("user %q: %w", user, ErrNoSuch)
	}
	c := s.space.direct(u)
	event := object{
		"type": "app_home_opened", "user": u.ID, "channel": c.id, "tab": "home", "event_ts": formatTS(s.opt.Now().UnixMicro()),
	}
	if v, ok := s.space.homes[u.ID]; ok {
		event["view"] = s.space.viewJSON(v)
	}
	s.mu.Unlock()
	ex := Exchange{Kind: "event", Channel: c.id}
	if s.subscribed("app_home_opened") {
		ex = s.notify(ctx, ex, event)
	}
	return ex, nil
}
