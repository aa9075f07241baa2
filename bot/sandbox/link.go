package sandbox

import (
	"encoding/json"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const writeTime = 2 * time.Second

// link is one socket of the bot. Its reader runs in the request's goroutine,
// its writer in one of its own.
type link struct {
	hub      *hub
	conn     *websocket.Conn
	out      chan []byte
	draining bool // gets no new envelopes; under hub.mu
	gone     chan struct{}
	once     sync.Once
}

func newLink(h *hub, conn *websocket.Conn) *link {
	return &link{hub: h, conn: conn, out: make(chan []byte, 256), gone: make(chan struct{})}
}

// send queues a frame. A client that does not read loses the link.
func (l *link) send(v any) {
	select {
	case l.out <- mustJSON(v):
	default:
		l.close()
	}
}

// bye announces the end of the link. After a warning it goes on as before,
// after another reason it only takes acknowledgements; the client is expected
// to connect anew meanwhile.
func (l *link) bye(reason string) {
	l.send(object{"type": "disconnect", "reason": reason, "debug_info": object{"host": "sandbox"}})
	l.draining = reason != "warning"
	time.AfterFunc(drainTime, l.close)
}

func (l *link) close() {
	l.once.Do(func() {
		close(l.gone)
		_ = l.conn.Close() // a second close has nothing to tell
	})
}

func (l *link) write() {
	defer l.close()
	ping := time.NewTicker(l.hub.box.opt.PingEvery)
	defer ping.Stop()
	for {
		select {
		case frame := <-l.out:
			if l.conn.SetWriteDeadline(time.Now().Add(writeTime)) != nil || l.conn.WriteMessage(websocket.TextMessage, frame) != nil {
				return
			}
		case <-ping.C:
			l.hub.mu.Lock()
			silent := l.hub.silent
			l.hub.mu.Unlock()
			if !silent && l.conn.WriteControl(websocket.PingMessage, []byte("sandbox"), time.Now().Add(writeTime)) != nil {
				return
			}
		case <-l.gone:
			return
		}
	}
}

func (l *link) read() {
	defer l.close()
	l.conn.SetReadLimit(maxFrame)
	for {
		_, frame, err := l.conn.ReadMessage()
		if err != nil {
			return
		}
		var ack struct {
			ID      string          `json:"envelope_id"`
			Payload json.RawMessage `json:"payload"`
		}
		if json.Unmarshal(frame, &ack) == nil && ack.ID != "" {
			l.hub.ack(ack.ID, ack.Payload)
		}
	}
}

// Links is how many sockets the bot has open.
func (s *Sandbox) Links() int {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	return len(s.hub.links)
}

// Unacknowledged is how many envelopes wait for an acknowledgement.
func (s *Sandbox) Unacknowledged() int {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	return len(s.hub.pending)
}

// Refresh asks every socket to connect anew, as the platform does now and
// then. The old ones close a while later.
func (s *Sandbox) Refresh() { s.Disconnect("refresh_requested") }

// Disconnect announces the end of every socket: warning, refresh_requested or
// link_disabled.
func (s *Sandbox) Disconnect(reason string) {
	s.underHub(func(h *hub) {
		for _, l := range h.links {
			l.bye(reason)
		}
	})
}

// Drop cuts every socket without a word.
func (s *Sandbox) Drop() { s.hub.dropAll() }

// LoseAcks loses the next n acknowledgements.
func (s *Sandbox) LoseAcks(n int) { s.underHub(func(h *hub) { h.loseAcks = n }) }

// SendTwice sends the next n envelopes over every socket.
func (s *Sandbox) SendTwice(n int) { s.underHub(func(h *hub) { h.twice = n }) }

// Silence stops the WebSocket pings, or lets them go on.
func (s *Sandbox) Silence(silent bool) { s.underHub(func(h *hub) { h.silent = silent }) }

// DisconnectOnHello makes each new socket get a disconnect right after its
// hello; an empty reason ends that.
func (s *Sandbox) DisconnectOnHello(reason string) { s.underHub(func(h *hub) { h.onHello = reason }) }

// SendRaw sends a frame of the caller's making over one socket. It reports
// whether there was one.
func (s *Sandbox) SendRaw(frame any) bool {
	sent := false
	s.underHub(func(h *hub) {
		if l := h.pick(); l != nil {
			l.send(frame)
			sent = true
		}
	})
	return sent
}

func (s *Sandbox) underHub(f func(*hub)) {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	f(s.hub)
}
