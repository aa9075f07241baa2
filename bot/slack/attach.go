package slack

import (
	"context"
	"slices"

	slackgo "github.com/slack-go/slack"

	"shopwatch/internal/chat"
)

// attach uploads a file and waits until it is to be seen in the channel, and the
// thread, of to. The error is a *chat.SendError that wraps chat.ErrNoFile.
func (s *Slack) attach(ctx context.Context, f chat.File, to slackgo.CompleteUploadExternalParameters) error {
	id, err := s.hand(ctx, slackgo.GetUploadURLExternalParameters{FileName: clean(f.Name), FileSize: len(f.Content)}, f.Content)
	if err == nil {
		to.Files = []slackgo.FileSummary{{ID: id, Title: clamp(clean(f.Title), maxHeading)}}
		_, err = s.api.CompleteUploadExternalContext(ctx, to)
	}
	if err == nil {
		err = s.awaitShare(ctx, id, to.Channel)
	}
	if err == nil {
		return nil
	}
	s.log.WarnContext(ctx, "file not attached", "file", clean(f.Name), "err", s.scrub.err(err))
	return &chat.SendError{Failure: chat.Refused, Reason: "no_file", Err: chat.ErrNoFile}
}

// aside puts the file of an answer into the asker's direct messages, the only
// place where nobody else sees it, and returns the answer that says so. An
// answer without a file is returned as it is.
func (s *Slack) aside(ctx context.Context, e chat.Event, m chat.Message) (chat.Message, error) {
	f := m.File
	if f == nil {
		return m, nil
	}
	to := slackgo.CompleteUploadExternalParameters{Channel: e.Channel, ThreadTimestamp: e.Thread}
	if !direct(e.Channel) {
		room, err := s.room(ctx, e.User)
		if err != nil {
			return m, &chat.SendError{Failure: chat.Refused, Reason: "no_file", Err: chat.ErrNoFile}
		}
		to = slackgo.CompleteUploadExternalParameters{Channel: room, InitialComment: escape(m.Text, maxFallback)}
		if f.Aside != "" {
			m.Sections = append(slices.Clone(m.Sections), chat.Section{Body: []chat.Rich{chat.Line(f.Aside)}})
		}
	}
	return m, s.attach(ctx, *f, to)
}

// awaitShare returns nil once the file is to be seen in channel. Slack answers
// before it has shared it, and now and then never does.
func (s *Slack) awaitShare(ctx context.Context, id, channel string) error {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.PictureWait)
	defer cancel()
	return s.await(ctx, id, func(f *slackgo.File) bool {
		return len(f.Shares.Public[channel])+len(f.Shares.Private[channel]) > 0 || direct(channel) && f.Mimetype != ""
	})
}
