package slack

import (
	"context"
	"strconv"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"shopwatch/internal/chat"
)

// Metadata that a delivery carries, by which Find knows it again. Members of
// the channel can read it, so it holds the key alone.
const (
	deliveryEvent = "shopwatch_delivery"
	deliveryKey   = "key"
)

// Send implements chat.Sender. Waiting for a picture is part of it, bounded by
// Config.PictureWait; a message that Slack refuses for its look is offered once
// more in a plainer one, and then as text: a refusal is certain, so this is
// still one message.
func (s *Slack) Send(ctx context.Context, d chat.Delivery) (chat.Receipt, error) {
	if empty(d.Message) {
		return chat.Receipt{}, &chat.SendError{Failure: chat.Refused, Reason: "empty_message"}
	}
	if d.Act != chat.Post && d.Root.Zero() {
		return chat.Receipt{}, &chat.SendError{Failure: chat.Refused, Reason: "no_root"}
	}
	channel, err := s.place(ctx, d)
	if err != nil {
		return chat.Receipt{}, err
	}
	files, missing := s.draw(ctx, d.Message, s.cfg.PictureWait)
	r := chat.Receipt{}
	lost, err := s.plainer(d.Message, files, func(v rendered) error {
		r, err = s.attempt(ctx, d, channel, v)
		return err
	})
	if err != nil {
		return chat.Receipt{}, err
	}
	r.Degraded = join(r.Degraded, missing, lost)
	return r, nil
}

// plainer calls try with ever plainer looks of m while Slack refuses the
// blocks. It says what the look that was taken leaves out.
func (s *Slack) plainer(m chat.Message, files []string, try func(rendered) error) (string, error) {
	lost := ""
	for l := lookFull; ; l++ {
		err := try(render(m, l, files))
		if err == nil || !badBlocks(err) || l == lookText {
			return lost, err
		}
		s.pictures.forget(files)
		_, reason := failureOf(err)
		s.log.Warn("message refused for its blocks", "look", int(l), "err", err)
		lost = reason + ": sent without tables and pictures"
		if l == lookPlain {
			lost = reason + ": sent as text"
		}
	}
}

// attempt makes the one call that posts or edits.
func (s *Slack) attempt(ctx context.Context, d chat.Delivery, channel string, v rendered) (chat.Receipt, error) {
	if ctx.Err() != nil { // nothing has been sent
		return chat.Receipt{}, &chat.SendError{Failure: chat.Down, Reason: "stopped", Err: ctx.Err()}
	}
	options := append(content(v), slackgo.MsgOptionMetadata(slackgo.SlackMetadata{
		EventType: deliveryEvent, EventPayload: map[string]any{deliveryKey: d.Key},
	}))
	if d.Act == chat.Update {
		_, ts, _, err := s.api.UpdateMessageContext(ctx, channel, d.Root.TS, options...)
		if err := s.classify(err, ts); err != nil {
			return chat.Receipt{}, err
		}
		return receipt(channel, d.Root.TS), nil
	}
	if d.Act == chat.Reply {
		options = append(options, slackgo.MsgOptionTS(d.Root.TS))
	}
	at, ts, posted, err := s.api.PostMessageWithResponseContext(ctx, channel, options...)
	if err := s.classify(err, ts); err != nil {
		return chat.Receipt{}, err
	}
	if at != "" {
		s.learn(channel, at)
		channel = at // a person's id becomes the direct-message channel
	}
	if d.Act == chat.Reply && posted.Timestamp != "" && posted.ThreadTimestamp == "" {
		return s.stray(ctx, channel, ts)
	}
	r := receipt(channel, ts)
	if f := d.Message.File; f != nil && d.Act == chat.Reply {
		if s.attach(ctx, *f, slackgo.CompleteUploadExternalParameters{Channel: channel, ThreadTimestamp: d.Root.TS}) != nil {
			r.Degraded = chat.ErrNoFile.Error() // the message counts as sent either way
		}
	}
	return r, nil
}

// stray deals with a reply whose root is gone, which Slack posts to the channel
// without a word: it is taken back so that a new root can be opened. If that
// does not work the message stands where it is, and counts as sent.
func (s *Slack) stray(ctx context.Context, channel, ts string) (chat.Receipt, error) {
	_, _, err := s.api.DeleteMessageContext(ctx, channel, ts)
	if err == nil {
		return chat.Receipt{}, &chat.SendError{Failure: chat.Orphan, Reason: "root_deleted"}
	}
	s.log.Warn("stray reply stays", "channel", channel, "err", s.scrub.err(err))
	r := receipt(channel, ts)
	r.Degraded = "the thread is gone: posted in the channel"
	return r, nil
}

// content is what each message carries: always text and blocks, never unfurled
// links. An empty list of blocks clears those of an edited message.
func content(v rendered) []slackgo.MsgOption {
	return []slackgo.MsgOption{
		slackgo.MsgOptionText(v.Text, false),
		slackgo.MsgOptionBlocks(v.Blocks...),
		slackgo.MsgOptionDisableLinkUnfurl(),
		slackgo.MsgOptionDisableMediaUnfurl(),
	}
}

// place returns the channel that d goes to.
func (s *Slack) place(ctx context.Context, d chat.Delivery) (string, error) {
	switch {
	case d.Act != chat.Post && d.Root.Channel != "":
		return d.Root.Channel, nil
	case d.Target.Channel != "":
		return d.Target.Channel, nil
	case d.Target.User != "":
		return s.room(ctx, d.Target.User)
	}
	return "", &chat.SendError{Failure: chat.Refused, Reason: "no_target"}
}

// room returns the channel of direct messages with user, opening it if needed.
func (s *Slack) room(ctx context.Context, user string) (string, error) {
	s.mu.Lock()
	id := s.rooms[user]
	s.mu.Unlock()
	if id != "" {
		return id, nil
	}
	c, _, _, err := s.api.OpenConversationContext(ctx, &slackgo.OpenConversationParameters{Users: []string{user}})
	if c != nil {
		id = c.ID
	}
	if err := asked(s.classify(err, id)); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.rooms) >= maxRooms {
		clear(s.rooms)
	}
	s.rooms[user] = id
	return id, nil
}

// learn remembers the id of a channel that is configured by its name.
func (s *Slack) learn(name, id string) {
	if !strings.HasPrefix(name, "#") {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rooms[name] = id
}

// byID returns the id of a channel that may be given by its name: messages may be
// posted to a name, and only to an id may anything else be done.
func (s *Slack) byID(ctx context.Context, channel string) (string, error) {
	if !strings.HasPrefix(channel, "#") {
		return channel, nil
	}
	s.mu.Lock()
	id := s.rooms[channel]
	s.mu.Unlock()
	if id != "" {
		return id, nil
	}
	cursor := ""
	for range findPages {
		list, next, err := s.api.GetConversationsContext(ctx, &slackgo.GetConversationsParameters{
			Cursor: cursor, Limit: 200, Types: []string{"public_channel", "private_channel"},
		})
		if err != nil {
			return "", asked(s.classify(err, ""))
		}
		for i := range list {
			if "#"+list[i].Name == channel {
				s.learn(channel, list[i].ID)
				return list[i].ID, nil
			}
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	return "", &chat.SendError{Failure: chat.Refused, Reason: "channel_not_found"}
}

// maxRooms bounds the memory of opened direct messages; they can be asked for again.
const maxRooms = 10_000

func receipt(channel, ts string) chat.Receipt {
	return chat.Receipt{Ref: chat.Ref{Channel: channel, TS: ts}, At: timeOf(ts)}
}

// timeOf reads the moment out of a message id like 1700000000.000100; zero if
// it is none.
func timeOf(ts string) time.Time {
	whole, part, _ := strings.Cut(ts, ".")
	sec, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return time.Time{}
	}
	micro, err := strconv.ParseInt((part + "000000")[:6], 10, 64)
	if err != nil {
		micro = 0
	}
	return time.Unix(sec, micro*1000).UTC()
}

// stamp is the inverse of timeOf.
func stamp(t time.Time) string {
	micro := t.UnixMicro()
	whole := strconv.FormatInt(micro%1_000_000+1_000_000, 10)[1:]
	return strconv.FormatInt(micro/1_000_000, 10) + "." + whole
}

func empty(m chat.Message) bool {
	return !visible(m.Text) && len(m.Sections) == 0
}

func join(parts ...string) string {
	var some []string
	for _, p := range parts {
		if p != "" {
			some = append(some, p)
		}
	}
	return strings.Join(some, "; ")
}
