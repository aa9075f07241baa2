package sandbox

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Exchange is what came of one act of a person.
type Exchange struct {
	// Kind is message, command, action, submission or event.
	Kind string `json:"kind"`
	// ID names the delivery to the bot; empty when nothing was sent.
	ID    string `json:"id"`
	Acked bool   `json:"acked"`
	// Status is the HTTP status in HTTP mode.
	Status  int    `json:"status"`
	Channel string `json:"channel"` // id
	// TS is the message that the act or its acknowledgement made.
	TS   string `json:"ts"`
	View string `json:"view"` // id of the modal acted on
	// Notice is what the workspace itself told the person, such as
	// operation_timeout.
	Notice string `json:"notice"`
	// Errors are the bot's complaints about a submitted view, by block id.
	Errors map[string]string `json:"errors"`
}

// ErrNoSuch says that the person, channel, message, element or view of an act
// does not exist.
var ErrNoSuch = errors.New("no such thing in the workspace")

// Type lets a person type a line. A line that begins with a slash is a
// command, anything else a message. It returns once the bot has acknowledged
// what it was sent, or the time for that is over.
func (s *Sandbox) Type(ctx context.Context, user, channel, text string) (Exchange, error) {
	return s.Reply(ctx, user, channel, "", text)
}

// Reply lets a person type a line in a thread.
func (s *Sandbox) Reply(ctx context.Context, user, channel, thread, text string) (Exchange, error) {
	s.mu.Lock()
	p, err := s.space.place(user, channel)
	if err == nil && thread != "" {
		if root, ok := p.channel.find(thread); !ok || root.reader != "" {
			err = fmt.Errorf("thread %s in %s: %w", thread, channel, ErrNoSuch)
		}
	}
	if err != nil {
		s.mu.Unlock()
		return Exchange{}, err
	}
	p.thread = thread
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "/") {
		return s.command(ctx, p, text)
	}
	return s.say(ctx, p, text)
}

// place is who acts where.
type place struct {
	user    User
	channel *channel
	thread  string
}

// place finds person and channel. The bot's name as channel is the direct
// message with it.
func (w *workspace) place(user, where string) (place, error) {
	u, ok := w.user(user)
	if !ok {
		return place{}, fmt.Errorf("user %q: %w", user, ErrNoSuch)
	}
	if name := strings.TrimPrefix(where, "@"); name == w.bot.Name || name == w.bot.ID {
		return place{user: u, channel: w.direct(u)}, nil
	}
	c, ok := w.channel(where)
	if !ok || !c.members[u.ID] {
		return place{}, fmt.Errorf("channel %q with %s in it: %w", where, u.Name, ErrNoSuch)
	}
	return place{user: u, channel: c}, nil
}

// command sends a slash command. It is entered with the lock held and leaves
// without it.
func (s *Sandbox) command(ctx context.Context, p place, line string) (Exchange, error) {
	name, rest, _ := strings.Cut(line, " ")
	known := slices.ContainsFunc(s.opt.Commands, func(c Command) bool { return c.Name == name })
	ex := Exchange{Kind: "command", Channel: p.channel.id}
	switch {
	case !known:
		ex.Notice = name + " is not a valid command."
	case p.thread != "":
		ex.Notice = name + " is not supported in threads. Sorry!"
	case !p.channel.members[s.space.bot.ID] && p.channel.im:
		ex.Notice = name + ` failed with the error "dispatch_failed"`
	}
	if ex.Notice != "" {
		ex.TS = s.tell(p, ex.Notice).ts
		s.mu.Unlock()
		return ex, nil
	}
	url := &replyURL{channel: p.channel, user: p.user.ID}
	where := p.channel.name
	if p.channel.im {
		where = "directmessage"
	}
	payload := object{
		"token": "sandbox", "team_id": s.opt.Team, "team_domain": "sandbox", "channel_id": p.channel.id, "channel_name": where,
		"user_id": p.user.ID, "user_name": p.user.Name, "command": name, "text": s.space.encode(strings.TrimSpace(rest), true),
		"api_app_id": s.space.appID, "is_enterprise_install": "false", "response_url": s.newReplyURL(url),
		"trigger_id": s.newTrigger(p.user.ID),
	}
	s.mu.Unlock()
	o := s.deliver(ctx, "slash_commands", payload, true)
	ex.ID, ex.Acked, ex.Status = o.id, o.acked, o.status
	s.mu.Lock()
	defer s.mu.Unlock()
	if !o.acked {
		ex.Notice = fmt.Sprintf("%s failed with the error %q", name, failureOf(o))
		ex.TS = s.tell(p, ex.Notice).ts
		return ex, nil
	}
	before := len(p.channel.messages)
	s.showAck(p, url, o.ack)
	if len(p.channel.messages) > before {
		ex.TS = p.channel.messages[before].ts
	}
	return ex, nil
}

func failureOf(o outcome) string {
	if o.status != 0 {
		return "dispatch_failed"
	}
	return "operation_timeout"
}

// showAck shows the payload of an acknowledgement. The lock is held.
func (s *Sandbox) showAck(p place, url *replyURL, ack json.RawMessage) {
	var a answerBody
	if len(ack) == 0 || json.Unmarshal(ack, &a) != nil || a.Text == "" && len(a.Blocks) == 0 {
		return
	}
	if err := s.applyAnswer(url, a); err != nil {
		s.opt.Logger.Warn("answer in an acknowledgement refused", "reason", err.Error())
		s.tell(p, fmt.Sprintf("The answer was refused: %s", err))
		return
	}
	s.touch()
}

// tell shows a person a notice of the workspace. The lock is held.
func (s *Sandbox) tell(p place, text string) *message {
	m := s.space.post(p.channel, &message{
		thread: p.thread, user: "USLACKBOT", system: true, reader: p.user.ID, text: escape(text),
	})
	s.touch()
	return m
}

// say posts a person's message and tells the bot when it is concerned. It is
// entered with the lock held and leaves without it.
func (s *Sandbox) say(ctx context.Context, p place, text string) (Exchange, error) {
	m := s.space.post(p.channel, &message{thread: p.thread, user: p.user.ID, text: s.space.encode(text, false)})
	s.touch()
	event := object{
		"user": m.user, "text": m.text, "ts": m.ts, "event_ts": m.ts, "channel": p.channel.id, "team": s.opt.Team,
		"client_msg_id": "msg-" + p.channel.id + "-" + m.ts,
	}
	if m.thread != "" {
		event["thread_ts"] = m.thread
	}
	here := p.channel.members[s.space.bot.ID]
	mentioned := here && strings.Contains(m.text, "<@"+s.space.bot.ID+">") && s.subscribed("app_mention")
	heard := here && p.user.ID != s.space.bot.ID && s.subscribed("message."+p.channel.family())
	s.mu.Unlock()
	ex := Exchange{Kind: "message", Channel: p.channel.id, TS: m.ts}
	if heard {
		kind := object{"type": "message", "channel_type": strings.TrimSuffix(p.channel.family(), "s")}
		ex = s.notify(ctx, ex, merged(event, kind))
	}
	if mentioned && !p.channel.im {
		ex = s.notify(ctx, ex, merged(event, object{"type": "app_mention"}))
	}
	return ex, nil
}

func (s *Sandbox) subscribed(event string) bool { return slices.Contains(s.opt.Events, event) }

// notify sends one event to the bot. No lock is held.
func (s *Sandbox) notify(ctx context.Context, ex Exchange, event object) Exchange {
	s.mu.Lock()
	id := s.unique("Ev")
	payload := object{
		"token": "sandbox", "team_id": s.opt.Team, "context_team_id": s.opt.Team, "api_app_id": s.space.appID, "event": event, "type": "event_callback",
		"event_id": id, "event_time": s.opt.Now().Unix(), "is_ext_shared_channel": false, "event_context": id,
		"authorizations": []object{{
			"enterprise_id": nil, "team_id": s.opt.Team, "user_id": s.space.bot.ID, "is_bot": true, "is_enterprise_install": false,
		}},
	}
	s.mu.Unlock()
	o := s.deliver(ctx, "events_api", payload, false)
	ex.ID, ex.Acked, ex.Status = o.id, o.acked, o.status
	return ex
}

func merged(parts ...object) object {
	o := object{}
	for _, p := range parts {
		maps.Copy(o, p)
	}
	return o
}

func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

var named = regexp.MustCompile(`(^|[\s(,;:，。；：（])([@#])([\p{L}\p{N}_.\-]+)`)

// encode turns a typed line into message text: escaped, with people, groups
// and channels as references. Commands carry the name beside the id.
func (w *workspace) encode(text string, withName bool) string {
	return named.ReplaceAllStringFunc(escape(text), func(hit string) string {
		part := named.FindStringSubmatch(hit)
		name := strings.TrimRight(part[3], ".-")
		ref := w.reference(part[2], name, withName)
		return part[1] + cmp.Or(ref, part[2]+name) + part[3][len(name):]
	})
}

func (w *workspace) reference(sign, name string, withName bool) string {
	label := ""
	if withName {
		label = "|" + name
	}
	if sign == "#" {
		if c, ok := w.channel(name); ok && !c.im {
			return "<#" + c.id + label + ">"
		}
		return ""
	}
	if u, ok := w.user(name); ok {
		return "<@" + u.ID + label + ">"
	}
	for _, u := range w.users {
		if u.Real == name {
			return "<@" + u.ID + label + ">"
		}
	}
	for _, g := range w.groups {
		if g.Handle == name {
			return "<!subteam^" + g.ID + ">"
		}
	}
	return ""
}
