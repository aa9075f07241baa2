package sandbox

import (
	"slices"
	"strings"
)

// systemUser is the author of the workspace's own notices.
const systemUser = "slackbot"

func memberMethods() map[string]method {
	return map[string]method{
		"auth.test":             {run: authTest},
		"apps.connections.open": {app: true, scope: "connections:write", run: openLink},
		"users.list":            {scope: "users:read", run: listUsers},
		"users.info":            {scope: "users:read", run: userInfo},
		"usergroups.list":       {scope: "usergroups:read", run: listGroups},
		"reactions.add":         {scope: "reactions:write", run: addReaction},
		"reactions.remove":      {scope: "reactions:write", run: removeReaction},
	}
}

func authTest(c *call) (object, error) {
	return object{
		"url": c.base + "/", "team": c.space.opt.TeamName, "team_id": c.space.opt.Team, "user": c.space.bot.Name,
		"user_id": c.space.bot.ID, "bot_id": c.space.botID, "app_id": c.space.appID, "is_enterprise_install": false,
	}, nil
}

func openLink(c *call) (object, error) {
	ticket, ok := c.hub.ticket()
	if !ok {
		return nil, refuse("too_many_websockets")
	}
	return object{"url": "ws" + strings.TrimPrefix(c.base, "http") + "/link?ticket=" + ticket + "&app_id=" + c.space.appID}, nil
}

func (w *workspace) userJSON(u User) object {
	zone, offset := w.opt.Now().In(w.opt.Zone).Zone()
	return object{
		"id": u.ID, "team_id": w.opt.Team, "name": u.Name, "real_name": u.Real, "deleted": false,
		"locale": u.Locale, "tz": w.opt.Zone.String(), "tz_label": zone, "tz_offset": offset,
		"is_bot": u.ID == w.bot.ID, "is_app_user": false, "is_admin": false, "is_owner": false,
		"is_restricted": u.Guest, "is_ultra_restricted": false,
		"profile": object{"real_name": u.Real, "display_name": u.Name, "team": w.opt.Team},
	}
}

func listUsers(c *call) (object, error) {
	var list []object
	for _, u := range append(slices.Clone(c.space.users), c.space.bot) {
		o := c.space.userJSON(u)
		if !c.flag("include_locale") {
			delete(o, "locale")
		}
		list = append(list, o)
	}
	page, next, err := paged(c, list, 1000)
	if err != nil {
		return nil, err
	}
	return object{"members": page, "cache_ts": c.space.opt.Now().Unix(), "response_metadata": object{"next_cursor": next}}, nil
}

func userInfo(c *call) (object, error) {
	for _, u := range append(slices.Clone(c.space.users), c.space.bot) {
		if u.ID == c.text("user") {
			o := c.space.userJSON(u)
			if !c.flag("include_locale") {
				delete(o, "locale")
			}
			return object{"user": o}, nil
		}
	}
	return nil, refuse("user_not_found")
}

func listGroups(c *call) (object, error) {
	list := []object{}
	for _, g := range c.space.groups {
		o := object{
			"id": g.ID, "team_id": c.space.opt.Team, "is_usergroup": true, "name": g.Name, "handle": g.Handle,
			"user_count": len(g.Members), "date_delete": 0,
		}
		if c.flag("include_users") {
			ids := []string{}
			for _, name := range g.Members {
				if u, ok := c.space.user(name); ok {
					ids = append(ids, u.ID)
				}
			}
			o["users"] = ids
		}
		list = append(list, o)
	}
	return object{"usergroups": list}, nil
}

func (c *call) reacted() (*message, error) {
	ch, ok := c.space.channel(c.text("channel"))
	if !ok || ch.private && !ch.members[c.space.bot.ID] {
		return nil, refuse("channel_not_found")
	}
	m, ok := ch.find(c.text("timestamp"))
	switch {
	case !ok || m.reader != "":
		return nil, refuse("message_not_found")
	case c.text("name") == "":
		return nil, refuse("invalid_name")
	case !ch.members[c.space.bot.ID]:
		return nil, refuse("not_in_channel")
	}
	return m, nil
}

func addReaction(c *call) (object, error) {
	m, err := c.reacted()
	if err != nil {
		return nil, err
	}
	if !m.react(c.text("name"), c.space.bot.ID) {
		return nil, refuse("already_reacted")
	}
	c.touch()
	return nil, nil
}

// react adds a person's reaction; false when it is there already.
func (m *message) react(name, user string) bool {
	i := slices.IndexFunc(m.reactions, func(r reaction) bool { return r.name == name })
	if i < 0 {
		m.reactions = append(m.reactions, reaction{name: name})
		i = len(m.reactions) - 1
	}
	if slices.Contains(m.reactions[i].users, user) {
		return false
	}
	m.reactions[i].users = append(m.reactions[i].users, user)
	return true
}

func removeReaction(c *call) (object, error) {
	m, err := c.reacted()
	if err != nil {
		return nil, err
	}
	for i, r := range m.reactions {
		at := slices.Index(r.users, c.space.bot.ID)
		if r.name != c.text("name") || at < 0 {
			continue
		}
		m.reactions[i].users = slices.Delete(r.users, at, at+1)
		if len(m.reactions[i].users) == 0 {
			m.reactions = slices.Delete(m.reactions, i, i+1)
		}
		c.touch()
		return nil, nil
	}
	return nil, refuse("no_reaction")
}
