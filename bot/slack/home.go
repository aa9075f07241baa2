package slack

import (
	"context"
	"fmt"

	slackgo "github.com/slack-go/slack"

	"shopwatch/internal/chat"
)

// PublishHome replaces the home page that user sees under the bot's name. The
// page knows no tables and no private pictures: they become text.
func (s *Slack) PublishHome(ctx context.Context, user string, m chat.Message) error {
	if empty(m) || user == "" {
		return &chat.SendError{Failure: chat.Refused, Reason: "empty_message"}
	}
	v := render(m, lookPlain, nil)
	resp, err := s.api.PublishViewContext(ctx, slackgo.PublishViewContextRequest{
		UserID: user,
		View:   slackgo.HomeTabViewRequest{Type: slackgo.VTHomeTab, Blocks: slackgo.Blocks{BlockSet: v.Blocks}},
	})
	done := ""
	if err == nil && resp != nil && resp.Ok {
		done = user
	}
	if err := asked(s.classify(err, done)); err != nil {
		return fmt.Errorf("publish home of %s: %w", user, err)
	}
	return nil
}
