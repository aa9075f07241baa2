package slack

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	slackgo "github.com/slack-go/slack"

	"shopwatch/internal/chat"
)

// kind is which of Slack's three forms an item has.
type kind string

const (
	kindCommand kind = "slash_commands"
	kindAction  kind = "interactive"
	kindEvent   kind = "events_api"
)

// errUnused says that an item is well-formed but nothing the bot acts on: it is
// acknowledged and dropped.
var errUnused = errors.New("nothing to do")

// read turns an item of either transport into an event. envelope is the id of
// the socket envelope, "" over HTTP. errUnused and malformed items give an error.
func (s *Slack) read(k kind, payload json.RawMessage, envelope string) (chat.Event, error) {
	var e chat.Event
	var err error
	switch k {
	case kindCommand:
		e, err = s.readCommand(payload, envelope)
	case kindAction:
		e, err = s.readAction(payload)
	case kindEvent:
		e, err = s.readEvent(payload)
	default:
		return e, errUnused
	}
	if err != nil {
		return chat.Event{}, err
	}
	if !s.serves(e.Team) {
		return chat.Event{}, fmt.Errorf("workspace %q is not served: %w", clamp(clean(e.Team), 30), errUnused)
	}
	if envelope != "" {
		e.Keys = append(e.Keys, "en:"+envelope)
	}
	return e, nil
}

// serves reports whether people of a workspace are answered. Until the bot knows
// its own, Slack alone decides who reaches it.
func (s *Slack) serves(team string) bool {
	if len(s.cfg.Teams) > 0 {
		return slices.Contains(s.cfg.Teams, team)
	}
	own := s.known().team
	return own == "" || team == "" || team == own
}

func (s *Slack) readCommand(payload json.RawMessage, envelope string) (chat.Event, error) {
	var c slackgo.SlashCommand
	if err := json.Unmarshal(payload, &c); err != nil {
		return chat.Event{}, fmt.Errorf("read command: %w", err)
	}
	if c.Command == "" || c.UserID == "" {
		return chat.Event{}, errors.New("read command: no command or user")
	}
	at := s.cfg.Now()
	e := chat.Event{
		Kind: chat.Command, At: at, Team: c.TeamID, Channel: c.ChannelID, User: c.UserID,
		Command: c.Command, Text: strings.TrimSpace(unescape(c.Text)),
		Handle: s.handles.open(c.ResponseURL, c.TriggerID, at, false),
	}
	switch {
	case c.TriggerID != "":
		e.Keys = []string{"sl:" + c.TriggerID}
	case envelope == "":
		return chat.Event{}, errors.New("read command: no trigger id")
	}
	return e, nil
}

// action is the part of an interaction that we use. The message itself, with
// all its blocks, is left unread.
type action struct {
	Type     string `json:"type"`
	Trigger  string `json:"trigger_id"`
	Response string `json:"response_url"`
	User     struct {
		ID   string `json:"id"`
		Team string `json:"team_id"`
	} `json:"user"`
	Team      *struct{ ID string } `json:"team"`
	Channel   *struct{ ID string } `json:"channel"`
	Container struct {
		TS        string `json:"message_ts"`
		Thread    string `json:"thread_ts"`
		Channel   string `json:"channel_id"`
		Ephemeral bool   `json:"is_ephemeral"`
	} `json:"container"`
	Message *struct {
		TS     string `json:"ts"`
		Thread string `json:"thread_ts"`
		Text   string `json:"text"`
	} `json:"message"`
	Callback string    `json:"callback_id"` // of a shortcut
	ActionAt string    `json:"action_ts"`   // of a shortcut
	View     *sentView `json:"view"`        // of a form
	Actions  []struct {
		ID       string `json:"action_id"`
		At       string `json:"action_ts"`
		Value    string `json:"value"`
		Selected *struct {
			Value string `json:"value"`
		} `json:"selected_option"`
	} `json:"actions"`
}

func (s *Slack) readAction(payload json.RawMessage) (chat.Event, error) {
	var a action
	if err := json.Unmarshal(payload, &a); err != nil {
		return chat.Event{}, fmt.Errorf("read interaction: %w", err)
	}
	switch a.Type {
	case "block_actions":
	case "message_action":
		return s.readShortcut(a)
	case "view_submission":
		return s.readForm(a)
	default:
		return chat.Event{}, errUnused
	}
	if len(a.Actions) == 0 || a.User.ID == "" || a.Trigger == "" {
		return chat.Event{}, errors.New("read interaction: no action, user or trigger id")
	}
	pressed := a.Actions[0]
	verb, _, _ := strings.Cut(pressed.ID, ":") // the rest only makes the id unique
	if verb == verbOfLinks || verb == "" {
		return chat.Event{}, errUnused
	}
	at := s.cfg.Now()
	e := chat.Event{
		Kind: chat.Press, At: at, Team: a.team(), Channel: a.Container.Channel, User: a.User.ID,
		Keys: []string{"ac:" + a.Trigger + pressed.At},
		Verb: verb, Value: pressed.Value, Thread: a.Container.Thread,
		Message: chat.Ref{Channel: a.Container.Channel, TS: a.Container.TS},
		Handle:  s.handles.open(a.Response, a.Trigger, at, a.Container.Ephemeral),
	}
	e.OnHome = a.View != nil && a.View.Type == string(slackgo.VTHomeTab)
	if e.Channel == "" && a.Channel != nil {
		e.Channel, e.Message.Channel = a.Channel.ID, a.Channel.ID
	}
	if e.Thread == "" && a.Message != nil && a.Message.Thread != a.Message.TS {
		e.Thread = a.Message.Thread
	}
	if pressed.Selected != nil {
		e.Value = pressed.Selected.Value
	}
	return e, nil
}

// outerEvent is the envelope of the Events API.
type outerEvent struct {
	Type  string          `json:"type"`
	Team  string          `json:"team_id"`
	ID    string          `json:"event_id"`
	Event json.RawMessage `json:"event"`
	Auth  []struct {
		User string `json:"user_id"`
		Bot  bool   `json:"is_bot"`
	} `json:"authorizations"`
}

// innerEvent is the part of an event that we use.
type innerEvent struct {
	Type        string `json:"type"`
	Subtype     string `json:"subtype"`
	User        string `json:"user"`
	Bot         string `json:"bot_id"`
	Text        string `json:"text"`
	TS          string `json:"ts"`
	Thread      string `json:"thread_ts"`
	Channel     string `json:"channel"`
	ChannelType string `json:"channel_type"`
	Tab         string `json:"tab"`
	Inviter     string `json:"inviter"`
}

func (s *Slack) readEvent(payload json.RawMessage) (chat.Event, error) {
	var outer outerEvent
	if err := json.Unmarshal(payload, &outer); err != nil {
		return chat.Event{}, fmt.Errorf("read event: %w", err)
	}
	if outer.Type != "event_callback" {
		return chat.Event{}, errUnused
	}
	// Other events have other shapes (a channel as an object, say): look at
	// the type before anything else.
	var head struct{ Type string }
	if err := json.Unmarshal(outer.Event, &head); err != nil {
		return chat.Event{}, fmt.Errorf("read event: %w", err)
	}
	if !slices.Contains([]string{"app_mention", "message", "app_home_opened", "member_joined_channel"}, head.Type) {
		return chat.Event{}, errUnused
	}
	var in innerEvent
	if err := json.Unmarshal(outer.Event, &in); err != nil {
		return chat.Event{}, fmt.Errorf("read event %s: %w", head.Type, err)
	}
	if outer.ID == "" || in.User == "" && in.Bot == "" && in.Subtype == "" {
		return chat.Event{}, errors.New("read event: no event id or user")
	}
	e := chat.Event{
		Keys: []string{"ev:" + outer.ID}, At: s.cfg.Now(), Team: outer.Team,
		Channel: in.Channel, User: in.User, Message: chat.Ref{Channel: in.Channel, TS: in.TS},
	}
	if in.Thread != in.TS {
		e.Thread = in.Thread
	}
	return ofEvent(e, in, s.self(outer))
}

// self is the bot's user id: from the event's own authorization, else as learned.
func (s *Slack) self(outer outerEvent) string {
	for _, a := range outer.Auth {
		if a.Bot && a.User != "" {
			return a.User
		}
	}
	return s.known().user
}

// ofEvent completes e, or returns errUnused: what bots and the bot itself say,
// edits and deletions, and what other people do.
func ofEvent(e chat.Event, in innerEvent, self string) (chat.Event, error) {
	own := self != "" && in.User == self
	switch in.Type {
	case "member_joined_channel":
		if !own {
			return chat.Event{}, errUnused
		}
		e.Kind, e.User, e.Message = chat.Joined, in.Inviter, chat.Ref{}
		return e, nil
	case "app_home_opened":
		if in.Tab != "home" || own {
			return chat.Event{}, errUnused
		}
		e.Kind, e.Channel, e.Message = chat.Home, "", chat.Ref{}
		return e, nil
	}
	if own || in.Bot != "" || in.Subtype != "" || in.User == "" {
		return chat.Event{}, errUnused
	}
	switch {
	case in.Type == "app_mention" && !direct(in.Channel):
		e.Kind = chat.Mentioned
	case in.Type == "message" && in.ChannelType == "im":
		e.Kind = chat.Direct
	default: // a mention in a direct message arrives as a message too
		return chat.Event{}, errUnused
	}
	e.Text = strings.TrimSpace(unescape(withoutMention(in.Text, self)))
	return e, nil
}

// withoutMention takes the address out of what was said to the bot: the mention
// it begins with, else the first mention of the bot itself.
func withoutMention(text, self string) string {
	text = strings.TrimSpace(text)
	if id, rest, ok := leadingMention(text); ok && (self == "" || id == self) {
		return rest
	}
	if self == "" {
		return text
	}
	before, after, found := strings.Cut(text, "<@"+self)
	if !found {
		return text
	}
	_, after, found = strings.Cut(after, ">")
	if !found {
		return text
	}
	return strings.TrimSpace(before) + " " + strings.TrimSpace(after)
}

// leadingMention splits "<@U1|name> rest".
func leadingMention(text string) (id, rest string, ok bool) {
	inner, found := strings.CutPrefix(text, "<@")
	if !found {
		return "", "", false
	}
	inner, rest, found = strings.Cut(inner, ">")
	if !found {
		return "", "", false
	}
	id, _, _ = strings.Cut(inner, "|")
	return id, strings.TrimLeft(rest, " :,，："), platformID(id, "UW")
}

// unescape gives back the letters that Slack sends as entities.
func unescape(s string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
}

// ackOf is the body of the acknowledgement of a slash command, or of a form
// with wrong answers.
func ackOf(k kind, a chat.Ack) map[string]any {
	if k == kindAction && len(a.Fields) > 0 {
		return fieldErrors(a.Fields)
	}
	if k != kindCommand || strings.TrimSpace(a.Text) == "" {
		return nil
	}
	return map[string]any{"response_type": string(private), "text": escape(a.Text, maxAck)}
}

// maxAck keeps the acknowledgement far below the 20,480 bytes of a socket frame.
const maxAck = 1_500
