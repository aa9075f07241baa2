package slack

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"shopwatch/internal/chat"
)

// Answer implements chat.Sender. The response address is used while it is
// young; after that an ephemeral message; where the bot cannot post one, a
// direct message. An answer whose outcome is unknown is not tried another way:
// nobody could look it up, and twice is worse than never. The file of an answer
// is shared before its words, so that they are true when they are read; without
// it the error is chat.ErrNoFile and nothing has been said.
func (s *Slack) Answer(ctx context.Context, e chat.Event, m chat.Message) error {
	if empty(m) {
		return &chat.SendError{Failure: chat.Refused, Reason: "empty_message"}
	}
	m, err := s.aside(ctx, e, m)
	if err != nil {
		return err
	}
	files, _ := s.draw(ctx, m, s.cfg.PictureWait/4)
	_, err = s.plainer(m, files, func(v rendered) error {
		return s.answer(ctx, e, v)
	})
	return err
}

// answer tries the ways of one look of an answer, going on only after a refusal.
func (s *Slack) answer(ctx context.Context, e chat.Event, v rendered) error {
	err := s.respond(ctx, e, private, v)
	if !errors.Is(err, errNoAddress) {
		return err
	}
	if e.User == "" {
		return &chat.SendError{Failure: chat.Refused, Reason: "no_user"}
	}
	if e.Channel != "" && !direct(e.Channel) {
		options := content(v)
		if e.Thread != "" {
			options = append(options, slackgo.MsgOptionTS(e.Thread))
		}
		ts, err := s.api.PostEphemeralContext(ctx, e.Channel, e.User, options...)
		err = s.classify(err, ts)
		if failure, _ := failureOf(err); err == nil || badBlocks(err) ||
			failure != chat.Refused && failure != chat.Orphan {
			return err
		}
	}
	return s.directly(ctx, e, v)
}

// directly writes to the asker alone.
func (s *Slack) directly(ctx context.Context, e chat.Event, v rendered) error {
	channel := e.Channel
	if !direct(channel) {
		var err error
		if channel, err = s.room(ctx, e.User); err != nil {
			return err
		}
	}
	options := content(v)
	if e.Thread != "" && channel == e.Channel {
		options = append(options, slackgo.MsgOptionTS(e.Thread))
	}
	_, err := s.speak(ctx, channel, options)
	return err
}

// speak posts for a person who waits and returns the id of the message. It does
// not wait for its share of what the workspace takes in a minute, which is told.
func (s *Slack) speak(ctx context.Context, channel string, options []slackgo.MsgOption) (string, error) {
	_, ts, err := s.api.PostMessageContext(ctx, channel, options...)
	err = s.classify(err, ts)
	pause := time.Duration(0)
	if limit, ok := errors.AsType[*chat.SendError](err); ok && limit.Failure == chat.Limited {
		pause = limit.After
	}
	if s.cfg.Spoke != nil {
		s.cfg.Spoke(pause)
	}
	return ts, err
}

// Share implements chat.Sender. Where the bot is no member the response address
// carries the message, since it may be used for the channel as well. A file is
// put into the thread of what was said; chat.ErrNoFile says that only the words
// stand there.
func (s *Slack) Share(ctx context.Context, e chat.Event, m chat.Message) error {
	if empty(m) {
		return &chat.SendError{Failure: chat.Refused, Reason: "empty_message"}
	}
	if e.Channel == "" {
		return &chat.SendError{Failure: chat.Refused, Reason: "no_channel"}
	}
	files, _ := s.draw(ctx, m, s.cfg.PictureWait/4)
	ts := ""
	_, err := s.plainer(m, files, func(v rendered) (err error) {
		options := content(v)
		if e.Thread != "" {
			options = append(options, slackgo.MsgOptionTS(e.Thread))
		}
		ts, err = s.speak(ctx, e.Channel, options)
		if _, word := failureOf(err); word != "not_in_channel" && word != "channel_not_found" {
			return err
		}
		if aside := s.respond(ctx, e, public, v); !errors.Is(aside, errNoAddress) {
			return aside
		}
		return err
	})
	if err != nil || m.File == nil {
		return err
	}
	return s.attach(ctx, *m.File, slackgo.CompleteUploadExternalParameters{Channel: e.Channel, ThreadTimestamp: cmp.Or(e.Thread, ts)})
}

// direct reports whether a channel id is one of direct messages.
func direct(channel string) bool { return strings.HasPrefix(channel, "D") }
