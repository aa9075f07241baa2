package slack

import (
	"context"
	"sync"
	"time"

	slackgo "github.com/slack-go/slack"

	"shopwatch/internal/chat"
)

const (
	// memberFor is how long what Slack says about a person is believed.
	memberFor  = time.Hour
	maxMembers = 10_000
)

// members remembers who is a guest.
type members struct {
	mu   sync.Mutex
	seen map[string]member
}

type member struct {
	guest bool
	at    time.Time // real
}

func (m *members) of(user string) (member, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.seen[user]
	return p, ok
}

func (m *members) keep(user string, guest bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.seen == nil || len(m.seen) >= maxMembers {
		m.seen = map[string]member{}
	}
	m.seen[user] = member{guest: guest, at: time.Now()}
}

// guest reports whether the person behind e is anything but a full member of
// the bot's own workspace. Slack is asked once an hour; when it does not answer
// what it said before counts, and nobody is taken for a member unseen.
func (s *Slack) guest(ctx context.Context, e chat.Event) bool {
	if !s.cfg.Members || e.User == "" {
		return e.Guest
	}
	p, known := s.members.of(e.User)
	if known && time.Since(p.at) < memberFor {
		return p.guest
	}
	ctx, cancel := context.WithTimeout(ctx, s.cfg.AckDeadline)
	defer cancel()
	u, err := s.api.GetUserInfoContext(ctx, e.User)
	if err != nil || u == nil || u.ID == "" {
		id := ""
		if u != nil {
			id = u.ID
		}
		s.log.WarnContext(ctx, "person not looked up", "err", s.classify(err, id))
		return !known || p.guest
	}
	guest := s.outsider(u)
	s.members.keep(e.User, guest)
	return guest
}

// outsider reports whether u is a guest, or comes from another company over a
// shared channel.
func (s *Slack) outsider(u *slackgo.User) bool {
	own := s.known().team
	return u.IsRestricted || u.IsUltraRestricted || u.IsStranger || u.Deleted || own != "" && u.TeamID != "" && u.TeamID != own
}
