package sandbox

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"time"
)

// A response URL takes five posts within half an hour.
const (
	replyUses = 5
	replyLife = 30 * time.Minute
)

// replyURL is the right to answer one act of a person.
type replyURL struct {
	channel  *channel
	user     string
	thread   string   // of the message acted on
	original *message // nil after a slash command
	made     time.Time
	uses     int
}

// newReplyURL makes a response URL. The lock is held.
func (s *Sandbox) newReplyURL(r *replyURL) string {
	r.made = s.opt.Now()
	// An expired URL and an unknown one get the same answer.
	maps.DeleteFunc(s.space.replies, func(_ string, old *replyURL) bool { return r.made.Sub(old.made) > replyLife })
	path := "/response/" + itoa(s.space.next("reply")) + "/" + s.session
	s.space.replies[path] = r
	return s.space.base + path
}

// answerBody is what a bot sends to a response URL or with the acknowledgement
// of a slash command.
type answerBody struct {
	Text     string          `json:"text"`
	Blocks   json.RawMessage `json:"blocks"`
	Type     string          `json:"response_type"`
	Replace  json.RawMessage `json:"replace_original"`
	Delete   json.RawMessage `json:"delete_original"`
	Thread   string          `json:"thread_ts"`
	Metadata json.RawMessage `json:"metadata"`
}

func isTrue(raw json.RawMessage) bool { return string(raw) == "true" || string(raw) == `"true"` }

func (s *Sandbox) serveReplyURL(w http.ResponseWriter, r *http.Request) {
	fault, hit := s.pen.take("response_url")
	if hit && !fault.After && fault.strike(w, r) {
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyLimit))
	var answer answerBody
	if err != nil || json.Unmarshal(body, &answer) != nil {
		writeAPI(w, nil, &refusal{code: "invalid_payload", status: http.StatusBadRequest})
		return
	}
	s.mu.Lock()
	err = s.takeReply(r.URL.Path, answer)
	s.mu.Unlock()
	if hit && fault.After && fault.strike(w, r) {
		return
	}
	if err != nil {
		writeAPI(w, nil, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, "ok")
}

// takeReply uses up one post of a response URL. The lock is held.
func (s *Sandbox) takeReply(path string, a answerBody) error {
	u, ok := s.space.replies[path]
	switch {
	case !ok, s.opt.Now().Sub(u.made) > replyLife:
		return &refusal{code: "expired_url", status: http.StatusNotFound}
	case u.uses >= replyUses:
		return &refusal{code: "used_url", status: http.StatusNotFound}
	}
	if err := s.applyAnswer(u, a); err != nil {
		return err
	}
	u.uses++
	s.touch()
	return nil
}

// applyAnswer shows an answer. The lock is held. The length over all blocks is
// not limited on this path, as on the real platform.
func (s *Sandbox) applyAnswer(u *replyURL, a answerBody) error {
	if u.original != nil && isTrue(a.Delete) {
		s.space.remove(u.channel, u.original)
		return nil
	}
	c := &call{Sandbox: s, base: s.space.base}
	var blocks json.RawMessage
	if len(a.Blocks) > 0 && string(a.Blocks) != "null" {
		checked, err := c.checkBlocks(a.Blocks, Message)
		if err != nil {
			return badRequest(err)
		}
		blocks = checked
	}
	if a.Text == "" && (blocks == nil || string(blocks) == "[]") {
		return badRequest(refuse("no_text"))
	}
	if u.original != nil && isTrue(a.Replace) && !u.original.deleted {
		s.space.edit(u.channel, u.original, a.Text, blocks)
		return nil
	}
	m := &message{thread: a.Thread, user: s.space.bot.ID, bot: true, text: a.Text, sent: blocks, metadata: a.Metadata}
	if a.Type != "in_channel" {
		m.reader = u.user
	}
	s.space.post(u.channel, m)
	return nil
}

func badRequest(err error) error {
	if no, ok := errors.AsType[*refusal](err); ok {
		no.status = http.StatusBadRequest
	}
	return err
}
