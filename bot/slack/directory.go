package slack

import (
	"context"
	"errors"
	"fmt"
	"slices"

	slackgo "github.com/slack-go/slack"
)

// Person reports whether somebody can be given something to do: a person of this
// workspace who has not left and is no bot. An error says that Slack could not
// be asked, which tells nothing of the person.
func (s *Slack) Person(ctx context.Context, id string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.AckDeadline)
	defer cancel()
	u, err := s.api.GetUserInfoContext(ctx, id)
	switch {
	case unknownPerson(err):
		return false, nil
	case err != nil || u == nil || u.ID == "":
		return false, fmt.Errorf("look up person: %s", s.wordOf(err))
	}
	return !u.Deleted && !u.IsBot, nil
}

func unknownPerson(err error) bool {
	refused, ok := errors.AsType[slackgo.SlackErrorResponse](err)
	return ok && slices.Contains([]string{"user_not_found", "user_not_visible", "users_not_found"}, refused.Err)
}

// checkPerson tells whether a person who is named can be told.
func (s *Slack) checkPerson(ctx context.Context, id string) Finding {
	f := Finding{Name: "slack.person." + id}
	u, err := s.api.GetUserInfoContext(ctx, id)
	const fix = "use the member id of a colleague: profile, ⋮, Copy member ID"
	switch {
	case err != nil || u == nil || u.ID == "":
		f.Detail, f.Fix = s.wordOf(err), fix
	case u.Deleted:
		f.Detail, f.Fix = s.said(u.Name)+" has left the workspace", fix
	case u.IsBot:
		f.Detail, f.Fix = s.said(u.Name)+" is a bot", fix
	default:
		f.OK, f.Detail = true, s.said(u.Name)+" is a member"
	}
	return f
}

// checkGroup tells whether a group of persons that is named can be mentioned.
// groups are all of the workspace, read once.
func (s *Slack) checkGroup(id string, groups []slackgo.UserGroup, err error) Finding {
	f := Finding{Name: "slack.group." + id}
	if err != nil {
		f.Detail, f.Fix = s.wordOf(err), "grant the scope usergroups:read (shopwatch manifest has it) and install the app again"
		return f
	}
	i := slices.IndexFunc(groups, func(g slackgo.UserGroup) bool { return g.ID == id })
	switch {
	case i < 0:
		f.Detail, f.Fix = "no such group of persons", "use the id of a user group (S...): People, User groups, ⋮, Copy group ID"
	case groups[i].DateDelete != 0:
		f.Detail, f.Fix = "@"+s.said(groups[i].Handle)+" is disabled", "enable the group or name another one"
	case groups[i].UserCount == 0:
		f.Detail, f.Fix = "@"+s.said(groups[i].Handle)+" has nobody in it", "add members to the group or name another one"
	default:
		f.OK, f.Detail = true, fmt.Sprintf("@%s, %d members", s.said(groups[i].Handle), groups[i].UserCount)
	}
	return f
}

// Places asks Slack about channels (C..., G..., #name), persons (U..., W...) and
// groups of persons (S...), one finding for each, in order.
func (s *Slack) Places(ctx context.Context, ids []string) []Finding {
	var groups []slackgo.UserGroup
	var err error
	isGroup := func(id string) bool { return id != "" && id[0] == 'S' }
	if slices.ContainsFunc(ids, isGroup) {
		groups, err = s.api.GetUserGroupsContext(ctx, slackgo.GetUserGroupsOptionIncludeDisabled(true), slackgo.GetUserGroupsOptionIncludeCount(true))
	}
	out := make([]Finding, 0, len(ids))
	for _, id := range ids {
		switch {
		case isGroup(id):
			out = append(out, s.checkGroup(id, groups, err))
		case id != "" && (id[0] == 'U' || id[0] == 'W'):
			out = append(out, s.checkPerson(ctx, id))
		default:
			out = append(out, s.checkChannel(ctx, id))
		}
	}
	return out
}
