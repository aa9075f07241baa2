package slack

import (
	"context"
	"fmt"
	"slices"
	"time"

	slackgo "github.com/slack-go/slack"

	"shopwatch/internal/chat"
)

const (
	// findSkew is how far Slack's clock may be behind ours.
	findSkew = time.Minute
	// findPages bounds a search; a page has 100 messages.
	findPages = 50
	pageSize  = 100
)

// Find implements chat.Sender. It reads the channel, or the thread, page by
// page, and trusts only messages of the bot itself.
func (s *Slack) Find(ctx context.Context, d chat.Delivery, since time.Time) (chat.Receipt, bool, error) {
	channel, err := s.place(ctx, d)
	if err == nil {
		channel, err = s.byID(ctx, channel)
	}
	if err != nil {
		return chat.Receipt{}, false, s.unreadable(d.Key, err)
	}
	oldest := stamp(since.Add(-findSkew))
	switch d.Act {
	case chat.Update:
		return s.search(ctx, d, channel, s.historyPages(channel, d.Root.TS, d.Root.TS))
	case chat.Reply:
		r, found, err := s.search(ctx, d, channel, s.threadPages(channel, d.Root.TS, oldest))
		if _, word := failureOf(err); err == nil || word != "thread_not_found" {
			return r, found, err
		}
		// The root is gone: a reply that was taken lies in the channel.
		fallthrough
	case chat.Post:
		return s.search(ctx, d, channel, s.historyPages(channel, oldest, ""))
	}
	return chat.Receipt{}, false, fmt.Errorf("find %s: unknown act %q", d.Key, d.Act)
}

// pages reads one page and returns its messages and the cursor of the next.
type pages func(ctx context.Context, cursor string) ([]slackgo.Message, string, error)

func (s *Slack) search(ctx context.Context, d chat.Delivery, channel string, read pages) (chat.Receipt, bool, error) {
	cursor := ""
	for range findPages {
		list, next, err := read(ctx, cursor)
		if err != nil {
			return chat.Receipt{}, false, s.unreadable(d.Key, err)
		}
		for _, m := range list {
			if s.carries(m, d.Key) {
				return receipt(channel, m.Timestamp), true, nil
			}
		}
		if next == "" || next == cursor {
			return chat.Receipt{}, false, nil
		}
		cursor = next
	}
	return chat.Receipt{}, false, fmt.Errorf("find %s: more than %d messages: %w", d.Key, findPages*pageSize, chat.ErrUnreadable)
}

// carries reports whether m is the bot's own message with the given key.
func (s *Slack) carries(m slackgo.Message, key string) bool {
	if m.Metadata.EventType != deliveryEvent || m.Metadata.EventPayload[deliveryKey] != key {
		return false
	}
	me := s.known()
	switch {
	case me.bot != "" && m.BotID != "":
		return m.BotID == me.bot
	case me.user != "" && m.User != "":
		return m.User == me.user
	}
	return true
}

// historyPages reads a channel; newest "" means up to now, both ends included.
func (s *Slack) historyPages(channel, oldest, newest string) pages {
	return func(ctx context.Context, cursor string) ([]slackgo.Message, string, error) {
		h, err := s.api.GetConversationHistoryContext(ctx, &slackgo.GetConversationHistoryParameters{
			ChannelID: channel, Cursor: cursor, Inclusive: true, Oldest: oldest, Latest: newest,
			Limit: pageSize, IncludeAllMetadata: true,
		})
		if err != nil {
			return nil, "", err
		}
		if !h.Ok { // an answer that says nothing must not read as "not there"
			return nil, "", &chat.SendError{Failure: chat.Down, Reason: "no_answer"}
		}
		return h.Messages, h.ResponseMetaData.NextCursor, nil
	}
}

// threadPages reads a thread.
func (s *Slack) threadPages(channel, root, oldest string) pages {
	return func(ctx context.Context, cursor string) ([]slackgo.Message, string, error) {
		list, _, next, err := s.api.GetConversationRepliesContext(ctx, &slackgo.GetConversationRepliesParameters{
			ChannelID: channel, Timestamp: root, Cursor: cursor, Inclusive: true, Oldest: oldest,
			Limit: pageSize, IncludeAllMetadata: true,
		})
		if err == nil && cursor == "" && len(list) == 0 { // a thread has at least its root
			err = &chat.SendError{Failure: chat.Down, Reason: "no_answer"}
		}
		return list, next, err
	}
}

// unreadable turns the failure of a look-up into chat.ErrUnreadable when it will
// not get better by itself.
func (s *Slack) unreadable(key string, err error) error {
	e := asked(s.classify(err, ""))
	if _, word := failureOf(e); slices.Contains(wordsUnreadable, word) {
		return fmt.Errorf("find %s: %s: %w", key, word, chat.ErrUnreadable)
	}
	return fmt.Errorf("find %s: %w", key, e)
}
