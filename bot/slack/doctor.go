package slack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"
)

// Finding is the outcome of one live check. Fix says what to do when it is not OK.
type Finding struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
	Fix    string `json:"fix,omitempty"`
}

// maxSkew is how far the clocks may be apart before requests are refused soon.
const maxSkew = 2 * time.Minute

// Check asks Slack whether everything is in place: the token, its scopes, the
// clock, the socket, and each channel, person and group of persons (Places). It
// posts nothing.
func (s *Slack) Check(ctx context.Context, places []string) []Finding {
	asked := time.Now()
	auth, err := s.api.AuthTestContext(ctx)
	if err != nil || auth.UserID == "" {
		return []Finding{{
			Name: "slack.auth", Detail: s.wordOf(err),
			Fix: "check the bot token (xoxb-...), that the app is installed, and that this computer reaches " + s.cfg.APIURL,
		}}
	}
	out := []Finding{
		{Name: "slack.auth", OK: true, Detail: s.said(fmt.Sprintf("%s in workspace %s (%s)", auth.User, auth.Team, auth.TeamID))},
		s.checkTeam(auth.TeamID),
		checkScopes(auth.Header),
		checkClock(auth.Header, asked, time.Now()),
	}
	if s.cfg.Mode == SocketMode {
		out = append(out, s.checkSocket(ctx))
	}
	return append(out, s.Places(ctx, places)...)
}

func (s *Slack) checkTeam(team string) Finding {
	f := Finding{Name: "slack.workspace", OK: true, Detail: team + " is served"}
	if len(s.cfg.Teams) > 0 && !slices.Contains(s.cfg.Teams, team) {
		f.OK, f.Detail, f.Fix = false, team+" is not among the served workspaces", "add it to the workspaces of the configuration"
	}
	return f
}

// checkScopes compares the granted scopes, which Slack names with each answer.
func checkScopes(h http.Header) Finding {
	f := Finding{Name: "slack.scopes"}
	granted := strings.FieldsFunc(h.Get("X-OAuth-Scopes"), func(r rune) bool { return r == ',' || r == ' ' })
	if len(granted) == 0 {
		f.OK, f.Detail = true, "Slack does not say which scopes are granted"
		return f
	}
	var missing []string
	for _, need := range Scopes() {
		if !slices.Contains(granted, need) {
			missing = append(missing, need)
		}
	}
	if f.OK = len(missing) == 0; f.OK {
		f.Detail = fmt.Sprintf("all %d granted", len(Scopes()))
		return f
	}
	f.Detail = "missing " + strings.Join(missing, ", ")
	f.Fix = "update the app from `shopwatch manifest` and install it again"
	return f
}

// checkClock compares Slack's clock with ours, giving away the time of the call.
func checkClock(h http.Header, before, after time.Time) Finding {
	f := Finding{Name: "slack.clock", OK: true, Detail: "Slack does not say what time it is"}
	theirs, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return f
	}
	skew := time.Duration(0)
	switch {
	case theirs.Before(before.Truncate(time.Second)):
		skew = before.Sub(theirs)
	case theirs.After(after):
		skew = theirs.Sub(after)
	}
	f.Detail = fmt.Sprintf("%s apart from Slack's clock", skew.Round(time.Second))
	if skew > maxSkew {
		f.OK, f.Fix = false, "set this computer's clock (NTP); signed requests are refused beyond 5 minutes"
	}
	return f
}

func (s *Slack) checkSocket(ctx context.Context) Finding {
	f := Finding{Name: "slack.socket", OK: true, Detail: "a socket can be opened"}
	if _, address, err := s.api.StartSocketModeContext(ctx); err != nil || address == "" {
		f.OK, f.Detail = false, s.wordOf(err)
		f.Fix = "check the app token (xapp-...), its scope connections:write, and that socket mode is on"
	}
	return f
}

// checkChannel tells whether the bot can post in a channel and look its own
// posts up again.
func (s *Slack) checkChannel(ctx context.Context, id string) Finding {
	f := Finding{Name: "slack.channel." + id}
	id, err := s.byID(ctx, id)
	if err != nil {
		f.Detail = s.wordOf(err)
		f.Fix = "invite the bot if the channel is private: /invite @bot; else check how the name is written, or use the channel's id (C...)"
		return f
	}
	c, err := s.api.GetConversationInfoContext(ctx, &slackgo.GetConversationInfoInput{ChannelID: id})
	switch {
	case err != nil || c == nil || c.ID == "":
		f.Detail = s.wordOf(err)
		f.Fix = "use the channel's id (C...), and invite the bot if the channel is private: /invite @bot"
		return f
	case c.IsArchived:
		f.Detail, f.Fix = "#"+c.Name+" is archived", "unarchive it or choose another channel"
		return f
	case !c.IsMember && !c.IsIM:
		f.Detail, f.Fix = "the bot is not in #"+c.Name, "type /invite @bot in the channel"
		return f
	}
	h, err := s.api.GetConversationHistoryContext(ctx, &slackgo.GetConversationHistoryParameters{
		ChannelID: id, Limit: 1, IncludeAllMetadata: true,
	})
	if err != nil || !h.Ok {
		f.Detail = "#" + c.Name + ": history: " + s.wordOf(err)
		f.Fix = "grant the history scope; without it a doubtful post cannot be looked up"
		return f
	}
	f.OK, f.Detail = true, "#"+c.Name+": member, history readable"
	return f
}

// wordOf says what went wrong without saying a secret.
func (s *Slack) wordOf(err error) string {
	if err == nil {
		return "no proper answer"
	}
	if refused, ok := errors.AsType[slackgo.SlackErrorResponse](err); ok {
		if refused.Needed != "" {
			return s.said(refused.Err + " (needs " + refused.Needed + ")")
		}
		return s.said(refused.Err)
	}
	return s.scrub.err(err).Error()
}
