package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"
)

// Event is one thing that happened in a channel, in the order in which it did.
type Event struct {
	At time.Time `json:"at"` // RFC 3339, in the zone of the page
	// Kind is post, reply, ephemeral, update, delete or file.
	Kind     string `json:"kind"`
	Channel  string `json:"channel"` // name; a direct message is @person
	TS       string `json:"ts"`
	ThreadTS string `json:"thread_ts"`
	User     string `json:"user"`           // name of the author
	Only     string `json:"only,omitempty"` // name of the only reader of an ephemeral
	Text     string `json:"text"`
	// Blocks are as the sender wrote them, null without any.
	Blocks json.RawMessage `json:"blocks"`
	// Files are the names of what was shared with it.
	Files []string `json:"files,omitempty"`
	// Delivery is the key in the payload of the message's metadata.
	Delivery string `json:"delivery"`
}

func kindOf(m *message) string {
	switch {
	case m.reader != "":
		return "ephemeral"
	case len(m.files) > 0:
		return "file"
	case m.thread != "":
		return "reply"
	}
	return "post"
}

func (w *workspace) record(c *channel, m *message, kind string) {
	e := Event{
		At: w.opt.Now().In(w.opt.Zone), Kind: kind, Channel: c.name, TS: m.ts, ThreadTS: m.thread,
		Text: m.text, Blocks: m.sent, Delivery: deliveryKey(m.metadata), User: w.author(m),
	}
	if m.reader != "" {
		reader, _ := w.user(m.reader)
		e.Only = reader.Name
	}
	for _, f := range m.files {
		e.Files = append(e.Files, f.name)
	}
	w.events = append(w.events, e)
}

// File is the newest file of that name that was shared, and false when there is
// none.
func (s *Sandbox) File(name string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var newest *file
	for _, f := range s.space.files {
		if f.name == name && len(f.shares) > 0 && (newest == nil || f.shares[0].ts > newest.shares[0].ts) {
			newest = f
		}
	}
	if newest == nil {
		return nil, false
	}
	return bytes.Clone(newest.bytes), true
}

func (w *workspace) author(m *message) string {
	if m.system {
		return systemUser
	}
	u, _ := w.user(m.user)
	return u.Name
}

// deliveryKey reads event_payload.key of a message's metadata, or its id.
func deliveryKey(metadata json.RawMessage) string {
	var m struct {
		Payload struct {
			Key any `json:"key"`
			ID  any `json:"id"`
		} `json:"event_payload"`
	}
	if len(metadata) == 0 || json.Unmarshal(metadata, &m) != nil {
		return ""
	}
	for _, v := range []any{m.Payload.Key, m.Payload.ID} {
		if v != nil {
			return fmt.Sprint(v)
		}
	}
	return ""
}

// Transcript lists all that was said so far.
func (s *Sandbox) Transcript() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Event(nil), s.space.events...)
}

// WriteTranscript writes the transcript as a JSON array, one event per line.
func (s *Sandbox) WriteTranscript(to io.Writer) error {
	text := []byte("[")
	for i, e := range s.Transcript() {
		line, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("encode event %d: %w", i, err)
		}
		if i > 0 {
			text = append(text, ',')
		}
		text = append(append(text, "\n"...), line...)
	}
	if _, err := to.Write(append(text, "\n]\n"...)); err != nil {
		return fmt.Errorf("write transcript: %w", err)
	}
	return nil
}

func itoa(n int) string { return strconv.Itoa(n) }
