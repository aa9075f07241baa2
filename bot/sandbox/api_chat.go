package sandbox

import (
	"encoding/json"
	"net/http"
	"strings"
	"unicode/utf8"
)

// Lengths in code points. Slack documents 40,000 for a post; reports name
// 4,000 for an update.
const (
	postText   = 40_000
	updateText = 4_000
)

func chatMethods() map[string]method {
	return map[string]method{
		"chat.postMessage":   {scope: "chat:write", run: postMessage},
		"chat.update":        {scope: "chat:write", run: updateMessage},
		"chat.delete":        {scope: "chat:write", run: deleteMessage},
		"chat.postEphemeral": {scope: "chat:write", run: postEphemeral},
		"chat.getPermalink":  {run: permalink},
	}
}

// writable finds the channel a message is to go to and checks that the bot may
// speak there. A user id stands for the direct message with that person.
func (c *call) writable() (*channel, error) {
	where := c.text("channel")
	if strings.HasPrefix(where, "U") {
		if u, ok := c.space.user(where); ok && u.ID != c.space.bot.ID {
			return c.space.direct(u), nil
		}
	}
	ch, ok := c.space.channel(where)
	switch {
	case !ok, ch.private && !ch.members[c.space.bot.ID]:
		return nil, refuse("channel_not_found")
	case ch.archived:
		return nil, refuse("is_archived")
	case !ch.members[c.space.bot.ID]:
		return nil, refuse("not_in_channel")
	}
	return ch, nil
}

// content reads text and blocks and checks them.
func (c *call) content(most int) (string, json.RawMessage, error) {
	text := c.text("text")
	if list := c.text("attachments"); list != "" && list != "[]" {
		return "", nil, refuse("invalid_attachments") // legacy attachments are not part of this workspace
	}
	blocks, err := c.blocks(Message)
	switch {
	case err != nil:
		return "", nil, err
	case text == "" && (blocks == nil || string(blocks) == "[]"):
		return "", nil, refuse("no_text")
	case utf8.RuneCountInString(text) > most:
		return "", nil, refuse("msg_too_long")
	case BlockChars(blocks) > maxBlockChars:
		return "", nil, refuse("msg_blocks_too_long")
	}
	return text, blocks, nil
}

func (c *call) metadata() (json.RawMessage, error) {
	text := c.text("metadata")
	if text == "" {
		return nil, nil
	}
	var m struct {
		Type    string         `json:"event_type"`
		Payload map[string]any `json:"event_payload"`
	}
	if json.Unmarshal([]byte(text), &m) != nil {
		return nil, refuse("invalid_metadata_format")
	}
	if text != "{}" && (m.Type == "" || m.Payload == nil) {
		return nil, refuse("invalid_metadata_schema")
	}
	return json.RawMessage(text), nil
}

func postMessage(c *call) (object, error) {
	ch, err := c.writable()
	if err != nil {
		return nil, err
	}
	text, blocks, err := c.content(postText)
	if err != nil {
		return nil, err
	}
	metadata, err := c.metadata()
	if err != nil {
		return nil, err
	}
	thread := c.text("thread_ts")
	if thread != "" {
		us, ok := parseTS(thread)
		if !ok {
			return nil, refuse("invalid_thread_ts")
		}
		thread = formatTS(us)
	}
	if wait := c.space.admit(ch); wait > 0 {
		return nil, &refusal{code: "ratelimited", status: http.StatusTooManyRequests, after: wait}
	}
	m := c.space.post(ch, &message{
		thread: thread, user: c.space.bot.ID, bot: true, text: text, sent: blocks, metadata: metadata,
		broadcast: thread != "" && c.flag("reply_broadcast"),
	})
	c.touch()
	return object{"channel": ch.id, "ts": m.ts, "message": c.space.messageJSON(ch, m, false)}, nil
}

// own finds a message that the bot wrote and may change.
func (c *call) own(refused string) (*channel, *message, error) {
	ch, ok := c.space.channel(c.text("channel"))
	if !ok || ch.private && !ch.members[c.space.bot.ID] {
		return nil, nil, refuse("channel_not_found")
	}
	if ch.archived {
		return nil, nil, refuse("is_archived")
	}
	m, ok := ch.find(c.text("ts"))
	if !ok || m.reader != "" {
		return nil, nil, refuse("message_not_found")
	}
	if !m.bot {
		return nil, nil, refuse(refused)
	}
	return ch, m, nil
}

func updateMessage(c *call) (object, error) {
	ch, m, err := c.own("cant_update_message")
	if err != nil {
		return nil, err
	}
	text, blocks, err := c.content(updateText)
	if err != nil {
		return nil, err
	}
	metadata, err := c.metadata()
	if err != nil {
		return nil, err
	}
	if metadata != nil {
		m.metadata = metadata
	}
	if blocks == nil {
		blocks = m.sent // left out keeps, an empty list clears
	}
	c.space.edit(ch, m, text, blocks)
	c.touch()
	return object{"channel": ch.id, "ts": m.ts, "text": text, "message": c.space.messageJSON(ch, m, false)}, nil
}

func deleteMessage(c *call) (object, error) {
	ch, m, err := c.own("cant_delete_message")
	if err != nil {
		return nil, err
	}
	c.space.remove(ch, m)
	c.touch()
	return object{"channel": ch.id, "ts": m.ts}, nil
}

func postEphemeral(c *call) (object, error) {
	ch, err := c.writable()
	if err != nil {
		return nil, err
	}
	reader, ok := c.space.user(c.text("user"))
	if !ok || !ch.members[reader.ID] {
		return nil, refuse("user_not_in_channel")
	}
	text, blocks, err := c.content(postText)
	if err != nil {
		return nil, err
	}
	m := c.space.post(ch, &message{
		thread: c.text("thread_ts"), user: c.space.bot.ID, bot: true, reader: reader.ID, text: text, sent: blocks,
	})
	c.touch()
	return object{"message_ts": m.ts}, nil
}

func permalink(c *call) (object, error) {
	ch, ok := c.space.channel(c.text("channel"))
	if !ok || ch.private && !ch.members[c.space.bot.ID] {
		return nil, refuse("channel_not_found")
	}
	m, ok := ch.find(c.text("message_ts"))
	if !ok || m.reader != "" {
		return nil, refuse("message_not_found")
	}
	link := c.base + "/archives/" + ch.id + "/p" + strings.ReplaceAll(m.ts, ".", "")
	if m.thread != "" {
		link += "?thread_ts=" + m.thread + "&cid=" + ch.id
	}
	return object{"channel": ch.id, "permalink": link}, nil
}
