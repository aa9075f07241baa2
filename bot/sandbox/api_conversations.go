package sandbox

import (
	"encoding/base64"
	"math"
	"slices"
	"strconv"
	"strings"
)

func conversationMethods() map[string]method {
	return map[string]method{
		"conversations.list":    {run: listConversations},
		"conversations.info":    {run: conversationInfo},
		"conversations.join":    {scope: "channels:join", run: joinConversation},
		"conversations.open":    {scope: "im:write", run: openConversation},
		"conversations.history": {run: history},
		"conversations.replies": {run: threadReplies},
	}
}

// family is the first half of the scopes about a kind of channel.
func (c *channel) family() string {
	switch {
	case c.im:
		return "im"
	case c.private:
		return "groups"
	}
	return "channels"
}

func (w *workspace) channelJSON(c *channel) object {
	o := object{
		"id": c.id, "created": 0, "is_archived": c.archived, "is_im": c.im, "is_mpim": false,
		"is_channel": !c.im && !c.private, "is_group": c.private && !c.im, "is_private": c.private,
		"context_team_id": w.opt.Team, "is_org_shared": false,
	}
	if c.im {
		o["user"] = c.user
		return o
	}
	o["name"], o["name_normalized"] = c.name, c.name
	o["is_member"], o["is_general"] = c.members[w.bot.ID], c.name == "general"
	o["num_members"], o["topic"], o["purpose"] = len(c.members), object{"value": c.topic}, object{"value": ""}
	return o
}

func listConversations(c *call) (object, error) {
	types := strings.Split(c.text("types"), ",")
	if types[0] == "" {
		types = []string{"public_channel"}
	}
	families := map[string]string{"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}
	var wanted []string
	for _, t := range types {
		family, ok := families[strings.TrimSpace(t)]
		if !ok {
			return nil, refuse("invalid_types")
		}
		if err := c.need(family + ":read"); err != nil {
			return nil, err
		}
		wanted = append(wanted, family)
	}
	var list []object
	for _, ch := range c.space.channels {
		seen := !ch.private || ch.members[c.space.bot.ID]
		if seen && slices.Contains(wanted, ch.family()) && !(c.flag("exclude_archived") && ch.archived) {
			list = append(list, c.space.channelJSON(ch))
		}
	}
	page, next, err := paged(c, list, 100)
	if err != nil {
		return nil, err
	}
	return object{"channels": page, "response_metadata": object{"next_cursor": next}}, nil
}

// paged cuts a list at an offset that travels in the cursor.
func paged(c *call, list []object, size int) ([]object, string, error) {
	size, err := c.number("limit", size, 1000)
	if err != nil {
		return nil, "", err
	}
	from := 0
	if cursor := c.text("cursor"); cursor != "" {
		from, err = strconv.Atoi(decodeCursor(cursor, "offset:"))
		if err != nil || from < 0 || from > len(list) {
			return nil, "", refuse("invalid_cursor")
		}
	}
	end, next := min(from+size, len(list)), ""
	if end < len(list) {
		next = encodeCursor("offset:" + strconv.Itoa(end))
	}
	return append([]object{}, list[from:end]...), next, nil
}

func encodeCursor(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// decodeCursor returns what follows the prefix, or "" for a foreign cursor.
func decodeCursor(cursor, prefix string) string {
	b, err := base64.StdEncoding.DecodeString(cursor)
	if err != nil {
		return ""
	}
	rest, ok := strings.CutPrefix(string(b), prefix)
	if !ok {
		return ""
	}
	return rest
}

// readable finds a channel the bot may look into with a scope of its family.
func (c *call) readable(right string, member bool) (*channel, error) {
	ch, ok := c.space.channel(c.text("channel"))
	if !ok || ch.id != c.text("channel") || ch.private && !ch.members[c.space.bot.ID] {
		return nil, refuse("channel_not_found")
	}
	if err := c.need(ch.family() + ":" + right); err != nil {
		return nil, err
	}
	if member && !ch.members[c.space.bot.ID] {
		return nil, refuse("not_in_channel")
	}
	return ch, nil
}

func conversationInfo(c *call) (object, error) {
	ch, err := c.readable("read", false)
	if err != nil {
		return nil, err
	}
	return object{"channel": c.space.channelJSON(ch)}, nil
}

func joinConversation(c *call) (object, error) {
	ch, ok := c.space.channel(c.text("channel"))
	switch {
	case !ok || ch.private && !ch.members[c.space.bot.ID]:
		return nil, refuse("channel_not_found")
	case ch.im:
		return nil, refuse("method_not_supported_for_channel_type")
	case ch.archived:
		return nil, refuse("is_archived")
	}
	ch.members[c.space.bot.ID] = true
	c.touch()
	return object{"channel": c.space.channelJSON(ch)}, nil
}

func openConversation(c *call) (object, error) {
	if where := c.text("channel"); where != "" {
		ch, ok := c.space.channel(where)
		if !ok || !ch.im {
			return nil, refuse("channel_not_found")
		}
		return object{"channel": c.space.channelJSON(ch)}, nil
	}
	u, ok := c.space.user(c.text("users"))
	if !ok || u.ID == c.space.bot.ID {
		return nil, refuse("user_not_found")
	}
	before := len(c.space.channels)
	ch := c.space.direct(u)
	answer := object{"channel": object{"id": ch.id}}
	if c.flag("return_im") {
		answer["channel"] = c.space.channelJSON(ch)
	}
	if len(c.space.channels) == before {
		answer["no_op"], answer["already_open"] = true, true
	}
	return answer, nil
}

// span is the part of a conversation that was asked for.
type span struct {
	oldest, latest int64
	inclusive      bool
	limit          int
	cursor         int64 // the last ts of the page before; 0 without
}

func (c *call) span(limit int) (span, error) {
	s := span{latest: math.MaxInt64, inclusive: c.flag("inclusive")}
	for _, p := range []struct {
		key string
		us  *int64
	}{{"oldest", &s.oldest}, {"latest", &s.latest}} {
		if text := c.text(p.key); text != "" {
			us, ok := parseTS(text)
			if !ok {
				return s, refuse("invalid_ts_" + p.key)
			}
			*p.us = us
		}
	}
	if cursor := c.text("cursor"); cursor != "" {
		us, err := strconv.ParseInt(decodeCursor(cursor, "next_ts:"), 10, 64)
		if err != nil {
			return s, refuse("invalid_cursor")
		}
		s.cursor = us
	}
	var err error
	s.limit, err = c.number("limit", limit, 999)
	return s, err
}

// holds tells whether a ts lies in the span. The ends themselves count only
// when the caller named them and asked for inclusive.
func (s span) holds(us int64) bool {
	if s.inclusive {
		return us >= s.oldest && us <= s.latest
	}
	return us > s.oldest && us < s.latest
}

func history(c *call) (object, error) {
	c.space.settleShares()
	ch, err := c.readable("history", true)
	if err != nil {
		return nil, err
	}
	s, err := c.span(100)
	if err != nil {
		return nil, err
	}
	list, more := []object{}, false
	next := ""
	for _, m := range slices.Backward(ch.messages) {
		us, _ := parseTS(m.ts)
		if !m.live() || !m.root() && !m.broadcast || !s.holds(us) || s.cursor != 0 && us >= s.cursor {
			continue
		}
		if len(list) == s.limit {
			more = true
			break
		}
		list = append(list, c.space.messageJSON(ch, m, c.flag("include_all_metadata")))
		next = encodeCursor("next_ts:" + strconv.FormatInt(us, 10))
	}
	return withPage(object{"messages": list, "pin_count": 0}, more, next), nil
}

func threadReplies(c *call) (object, error) {
	c.space.settleShares()
	ch, err := c.readable("history", true)
	if err != nil {
		return nil, err
	}
	s, err := c.span(999)
	if err != nil {
		return nil, err
	}
	root, ok := ch.find(c.text("ts"))
	if !ok || root.reader != "" {
		return nil, refuse("thread_not_found")
	}
	thread := []*message{root}
	if root.root() {
		thread = append(thread, ch.replies(root.ts)...)
	}
	list, more := []object{}, false
	next := ""
	for i, m := range thread {
		us, _ := parseTS(m.ts)
		// The root always comes first on the first page, whatever the span.
		if i > 0 && !s.holds(us) || s.cursor != 0 && us <= s.cursor {
			continue
		}
		if len(list) == s.limit {
			more = true
			break
		}
		list = append(list, c.space.messageJSON(ch, m, c.flag("include_all_metadata")))
		next = encodeCursor("next_ts:" + strconv.FormatInt(us, 10))
	}
	return withPage(object{"messages": list}, more, next), nil
}

func withPage(o object, more bool, next string) object {
	o["has_more"] = more
	if !more {
		next = ""
	}
	o["response_metadata"] = object{"next_cursor": next}
	return o
}
