package sandbox

import (
	"encoding/json"
	"maps"
	"slices"
)

// message is a message of a channel. One with a reader is ephemeral.
type message struct {
	ts, thread string // thread is the root's ts, also on a root that has replies: empty there
	user       string // id of the author
	bot        bool
	system     bool   // a notice of the workspace itself
	reader     string // id of the only person who sees it
	text       string
	blocks     json.RawMessage // as stored: with block ids
	sent       json.RawMessage // as sent
	metadata   json.RawMessage
	broadcast  bool
	deleted    bool
	edited     string // ts of the last edit
	reactions  []reaction
	files      []*file
}

type reaction struct {
	name  string
	users []string
}

// live tells whether everybody in the channel can see the message.
func (m *message) live() bool { return !m.deleted && m.reader == "" }

// root tells whether the message stands in the channel itself.
func (m *message) root() bool { return m.thread == "" }

func (c *channel) find(ts string) (*message, bool) {
	for _, m := range slices.Backward(c.messages) {
		if m.ts == ts {
			return m, !m.deleted
		}
	}
	return nil, false
}

// replies lists the visible replies of a thread, oldest first.
func (c *channel) replies(root string) []*message {
	var list []*message
	for _, m := range c.messages {
		if m.thread == root && m.live() {
			list = append(list, m)
		}
	}
	return list
}

// post stores a message and writes it into the transcript. A reply whose root
// is gone stands in the channel by itself, as on the real platform.
func (w *workspace) post(c *channel, m *message) *message {
	if m.thread != "" {
		root, ok := c.find(m.thread)
		switch {
		case !ok || root.reader != "":
			m.thread = ""
		case root.thread != "":
			m.thread = root.thread
		}
	}
	m.ts = w.stamp(c)
	m.blocks = withBlockIDs(m.sent)
	c.messages = append(c.messages, m)
	w.record(c, m, kindOf(m))
	return m
}

// edit replaces the content of a message that is there.
func (w *workspace) edit(c *channel, m *message, text string, blocks json.RawMessage) {
	m.text, m.sent, m.blocks = text, blocks, withBlockIDs(blocks)
	m.edited = formatTS(max(w.opt.Now().UnixMicro(), c.last))
	w.record(c, m, "update")
}

func (w *workspace) remove(c *channel, m *message) {
	m.deleted = true
	w.record(c, m, "delete")
}

// view of a message as the Web API shows it.
func (w *workspace) messageJSON(c *channel, m *message, withMetadata bool) object {
	o := object{"type": "message", "ts": m.ts, "user": m.user, "text": m.text, "team": w.opt.Team}
	if m.bot {
		o["bot_id"], o["app_id"] = w.botID, w.appID
		o["bot_profile"] = object{"id": w.botID, "app_id": w.appID, "name": w.bot.Name, "team_id": w.opt.Team, "deleted": false}
	}
	if m.blocks != nil {
		o["blocks"] = m.blocks
	}
	if m.thread != "" {
		o["thread_ts"] = m.thread
		if root, ok := c.find(m.thread); ok {
			o["parent_user_id"] = root.user
		}
		if m.broadcast {
			o["subtype"] = "thread_broadcast"
		}
	}
	if m.edited != "" {
		o["edited"] = object{"user": m.user, "ts": m.edited}
	}
	if len(m.reactions) > 0 {
		var list []object
		for _, r := range m.reactions {
			list = append(list, object{"name": r.name, "users": r.users, "count": len(r.users)})
		}
		o["reactions"] = list
	}
	if len(m.files) > 0 {
		var list []object
		for _, f := range m.files {
			list = append(list, f.json(w))
		}
		o["files"] = list
	}
	if withMetadata && m.metadata != nil {
		o["metadata"] = m.metadata
	}
	if m.root() && m.reader == "" {
		w.addThreadSummary(o, c, m)
	}
	return o
}

func (w *workspace) addThreadSummary(o object, c *channel, m *message) {
	replies := c.replies(m.ts)
	if len(replies) == 0 {
		return
	}
	var users []string
	for _, r := range replies {
		if !slices.Contains(users, r.user) {
			users = append(users, r.user)
		}
	}
	maps.Copy(o, object{
		"thread_ts": m.ts, "reply_count": len(replies), "reply_users": users, "reply_users_count": len(users),
		"latest_reply": replies[len(replies)-1].ts, "subscribed": false, "is_locked": false,
	})
}

// withBlockIDs gives every block an id and every interactive element an
// action id, which the real platform makes up where they are missing.
func withBlockIDs(raw json.RawMessage) json.RawMessage {
	var list []object
	if len(raw) == 0 || json.Unmarshal(raw, &list) != nil {
		return nil
	}
	for i, b := range list {
		if id, _ := b["block_id"].(string); id == "" {
			b["block_id"] = "block" + itoa(i)
		}
		for j, e := range elementsOf(b) {
			if id, _ := e["action_id"].(string); id == "" && str(e, "type") != "image" {
				e["action_id"] = "action" + itoa(j)
			}
		}
	}
	return mustJSON(list)
}

// elementsOf lists the elements a person can act on: those of an actions
// block, an accessory, and the element of an input.
func elementsOf(b object) []object {
	var list []object
	if str(b, "type") == "actions" {
		items, _ := b["elements"].([]any)
		for _, it := range items {
			if e, ok := it.(object); ok {
				list = append(list, e)
			}
		}
	}
	for _, key := range []string{"accessory", "element"} {
		if e, ok := b[key].(object); ok {
			list = append(list, e)
		}
	}
	return list
}

// element finds an interactive element in a list of blocks. An empty block id
// matches any; a value, when given, must be the button's own.
func element(raw json.RawMessage, blockID, actionID, value string) (block, elem object, ok bool) {
	var list []object
	if json.Unmarshal(raw, &list) != nil {
		return nil, nil, false
	}
	for _, b := range list {
		if blockID != "" && str(b, "block_id") != blockID {
			continue
		}
		for _, e := range elementsOf(b) {
			if str(e, "action_id") != actionID {
				continue
			}
			if str(e, "type") == "button" && value != "" && str(e, "value") != value {
				continue
			}
			return b, e, true
		}
	}
	return nil, nil, false
}

func str(o object, key string) string {
	s, _ := o[key].(string)
	return s
}
