package slack

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	slackgo "github.com/slack-go/slack"

	"shopwatch/internal/chat"
)

// A response address takes five posts in thirty minutes; we stop a minute
// earlier, since clocks differ and a post takes its time.
const (
	addressLife = 29 * time.Minute
	addressUses = 5
	maxHandles  = 10_000
	maxReply    = 8 << 10 // bytes of an answer that are read
)

// errNoAddress says that there is no response address to use (any more).
var errNoAddress = errors.New("no response address")

// handle is what an event's Handle stands for. It stays here, in memory: the
// address is a secret, and events get logged.
type handle struct {
	address string
	trigger string // opens a form for three seconds
	at      time.Time
	uses    int
	replace bool // the event came from a private message, which the answer replaces
}

// handles maps Event.Handle to what it stands for. After a restart the map is
// empty and answers go their other ways.
type handles struct {
	mu    sync.Mutex
	byID  map[string]*handle
	order []string
}

// open keeps an address and a trigger and returns the handle to them; "" when
// there is neither.
func (h *handles) open(address, trigger string, at time.Time, replace bool) string {
	if address == "" && trigger == "" {
		return ""
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.byID == nil {
		h.byID = map[string]*handle{}
	}
	id := rand.Text()
	h.byID[id] = &handle{address: address, trigger: trigger, at: at, replace: replace}
	h.order = append(h.order, id)
	for len(h.order) > 0 {
		oldest, ok := h.byID[h.order[0]]
		if ok && len(h.order) <= maxHandles && at.Sub(oldest.at) <= addressLife {
			break
		}
		delete(h.byID, h.order[0])
		h.order = h.order[1:]
	}
	return id
}

// use takes one of the uses of the address behind id.
func (h *handles) use(id string, now time.Time) (handle, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	a, ok := h.byID[id]
	if !ok || a.address == "" || a.uses >= addressUses || now.Sub(a.at) >= addressLife {
		return handle{}, false
	}
	a.uses++
	return *a, true
}

// pull takes the trigger behind id, which works once.
func (h *handles) pull(id string) (trigger string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if a, ok := h.byID[id]; ok {
		trigger, a.trigger = a.trigger, ""
	}
	return trigger
}

// spend marks the address behind id as used up.
func (h *handles) spend(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.byID, id)
}

// audience is who sees a response.
type audience string

const (
	private audience = "ephemeral"
	public  audience = "in_channel"
)

// response is the body for a response address.
type response struct {
	Type        audience       `json:"response_type"`
	Replace     bool           `json:"replace_original"`
	Thread      string         `json:"thread_ts,omitempty"`
	Text        string         `json:"text"`
	Blocks      slackgo.Blocks `json:"blocks"`
	UnfurlLinks bool           `json:"unfurl_links"`
	UnfurlMedia bool           `json:"unfurl_media"`
}

// respond posts to the response address of e. errNoAddress means that another
// way must be found; nothing was posted then.
func (s *Slack) respond(ctx context.Context, e chat.Event, to audience, v rendered) error {
	a, ok := s.handles.use(e.Handle, s.cfg.Now())
	if !ok || !s.trusted(a.address) {
		return errNoAddress
	}
	body, err := json.Marshal(response{
		Type: to, Replace: a.replace && to == private, Thread: e.Thread, Text: v.Text,
		Blocks: slackgo.Blocks{BlockSet: append([]slackgo.Block{}, v.Blocks...)},
	})
	if err != nil {
		return &chat.SendError{Failure: chat.Refused, Reason: "unwritable", Err: s.scrub.err(err)}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.address, bytes.NewReader(body))
	if err != nil {
		return errNoAddress
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	resp, err := s.http.Do(req)
	if err != nil {
		return s.classify(err, "")
	}
	defer func() { _ = resp.Body.Close() }()
	text, _ := io.ReadAll(io.LimitReader(resp.Body, maxReply))
	word := replyWord(text)
	switch {
	case word == "expired_url", word == "used_url", resp.StatusCode == http.StatusNotFound:
		s.handles.spend(e.Handle)
		return errNoAddress
	case word != "":
		return s.classify(slackgo.SlackErrorResponse{Err: word}, "")
	case resp.StatusCode == http.StatusOK:
		return nil
	}
	return s.classify(slackgo.StatusCodeError{Code: resp.StatusCode}, "")
}

// replyWord returns Slack's error word out of the answer of a response address:
// JSON with ok and error, or the bare word; "" when it says ok or nothing known.
func replyWord(body []byte) string {
	var r struct {
		OK    *bool  `json:"ok"`
		Error string `json:"error"`
	}
	if json.Unmarshal(body, &r) == nil {
		if r.OK != nil && *r.OK {
			return ""
		}
		return r.Error
	}
	word := strings.TrimSpace(string(body))
	if word == "ok" || len(word) > 60 || strings.ContainsAny(word, " <>\n") {
		return ""
	}
	return word
}
