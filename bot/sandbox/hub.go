package sandbox

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	maxLinks    = 10     // sockets of one app
	maxFrame    = 20_480 // bytes of a client's frame; more closes the link with 1009
	maxAttempts = 3      // redeliveries of an envelope
	maxPending  = 500    // unacknowledged envelopes kept
	drainTime   = 10 * time.Second
)

// hub delivers envelopes over the bot's sockets, each to one of them.
type hub struct {
	box *Sandbox

	mu      sync.Mutex
	links   []*link
	turn    int
	tickets map[string]bool
	pending []*envelope // not acknowledged, oldest first
	// faults
	loseAcks, twice int
	silent          bool
	onHello         string
}

// envelope is one thing for the bot to acknowledge.
type envelope struct {
	ID      string          `json:"envelope_id"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload"`
	Accepts bool            `json:"accepts_response_payload"`
	Attempt int             `json:"retry_attempt"`
	Reason  string          `json:"retry_reason"`

	on      *link
	sends   int
	expired bool
	done    chan json.RawMessage // takes the payload of the acknowledgement
}

func newHub(box *Sandbox) *hub {
	return &hub{box: box, tickets: map[string]bool{}}
}

// ticket admits one socket. Sandbox.mu is held; hub.mu nests inside it.
func (h *hub) ticket() (string, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.links) >= maxLinks {
		return "", false
	}
	t := h.box.unique("ticket")
	h.tickets[t] = true
	return t, true
}

func (h *hub) serve(w http.ResponseWriter, r *http.Request) {
	t := r.URL.Query().Get("ticket")
	h.mu.Lock()
	known := h.tickets[t]
	delete(h.tickets, t)
	h.mu.Unlock()
	if !known {
		http.Error(w, "unknown or used ticket", http.StatusForbidden)
		return
	}
	// Clients name Slack's own origin. The ticket, which only the app token
	// buys, is what admits them.
	up := websocket.Upgrader{
		ReadBufferSize: maxFrame, WriteBufferSize: 64 << 10, CheckOrigin: func(*http.Request) bool { return true },
	}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	l := newLink(h, conn)
	h.admit(l)
	go l.write()
	l.read()
	h.forget(l)
}

// admit says hello and hands over what waits.
func (h *hub) admit(l *link) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.links = append(h.links, l)
	l.send(object{
		"type": "hello", "num_connections": len(h.links),
		"debug_info":      object{"host": "sandbox", "build_number": 1, "approximate_connection_time": 18060},
		"connection_info": object{"app_id": "A0SANDBOX"},
	})
	h.notice()
	if h.onHello != "" {
		l.bye(h.onHello)
		return
	}
	for _, e := range slices.Clone(h.pending) {
		if e.on == nil || e.expired {
			h.again(e, "timeout")
		}
	}
}

// forget drops a closed link; what it had not acknowledged goes elsewhere.
func (h *hub) forget(l *link) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.links = slices.DeleteFunc(h.links, func(o *link) bool { return o == l })
	h.notice()
	for _, e := range slices.Clone(h.pending) {
		if e.on == l {
			e.on = nil
			h.again(e, "connection_failed")
		}
	}
}

// notice lets pages show whether a bot is connected. Both locks are taken in
// the order sandbox, hub elsewhere, so this runs beside.
func (h *hub) notice() {
	go h.box.change(func(*workspace) {})
}

// again sends an envelope once more, or for the first time when nobody was
// there to take it. Without a link it goes on waiting.
func (h *hub) again(e *envelope, reason string) {
	l := h.pick()
	if l == nil {
		return
	}
	if e.sends > 0 {
		if e.Attempt >= maxAttempts {
			h.settle(e.ID)
			return
		}
		e.Attempt, e.Reason = e.Attempt+1, reason
	}
	h.push(e, l)
}

func (h *hub) push(e *envelope, l *link) {
	e.on, e.sends = l, e.sends+1
	l.send(e)
	if h.twice > 0 {
		h.twice--
		for _, other := range h.links {
			if other != l {
				other.send(e)
			}
		}
	}
}

// pick takes the links in turn, leaving out those that are being refreshed.
func (h *hub) pick() *link {
	for range h.links {
		h.turn++
		if l := h.links[h.turn%len(h.links)]; !l.draining {
			return l
		}
	}
	return nil
}

// settle takes an envelope off the list.
func (h *hub) settle(id string) (*envelope, bool) {
	i := slices.IndexFunc(h.pending, func(e *envelope) bool { return e.ID == id })
	if i < 0 {
		return nil, false
	}
	e := h.pending[i]
	h.pending = slices.Delete(h.pending, i, i+1)
	return e, true
}

// ack takes an acknowledgement from any link.
func (h *hub) ack(id string, payload json.RawMessage) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.loseAcks > 0 {
		h.loseAcks--
		return
	}
	if e, ok := h.settle(id); ok {
		e.done <- payload
	}
}

// deliver sends an envelope and waits for its acknowledgement. Without one in
// time it stays on the list and is sent again at the next connection.
func (h *hub) deliver(ctx context.Context, e *envelope) (json.RawMessage, bool) {
	e.done = make(chan json.RawMessage, 1)
	h.mu.Lock()
	if len(h.pending) >= maxPending {
		h.pending = slices.Delete(h.pending, 0, 1)
	}
	h.pending = append(h.pending, e)
	if l := h.pick(); l != nil {
		h.push(e, l)
	}
	h.mu.Unlock()
	late := time.NewTimer(h.box.opt.AckWithin)
	defer late.Stop()
	select {
	case payload := <-e.done:
		return payload, true
	case <-late.C:
	case <-ctx.Done():
	case <-h.box.closed:
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	e.expired = true
	if e.Type == "events_api" && e.sends > 0 && slices.Contains(h.pending, e) {
		h.again(e, "timeout")
	}
	return nil, false
}

func (h *hub) dropAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, l := range h.links {
		l.close()
	}
}
