package slack

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	writeBuffer  = 32 << 10 // one frame each; Slack drops messages in several frames
	maxFrame     = 1 << 20
	ackWrite     = 2 * time.Second
	handshake    = 10 * time.Second
	afterWarning = 2 * time.Minute // how long a link that was told to go is read on
)

// link is one WebSocket to Slack.
type link struct {
	s     *Slack
	conn  *websocket.Conn
	share float64 // part of its announced life after which it is renewed; 0: when told

	once   sync.Once
	ending chan struct{} // closed when a successor should be opened

	write sync.Mutex // gorilla takes one writer at a time
}

func dial(ctx context.Context, s *Slack, address string) (*link, error) {
	d := websocket.Dialer{
		Proxy: http.ProxyFromEnvironment, HandshakeTimeout: handshake, WriteBufferSize: writeBuffer,
	}
	conn, resp, err := d.DialContext(ctx, address, nil)
	if resp != nil && resp.Body != nil {
		defer func() { _ = resp.Body.Close() }()
	}
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(maxFrame)
	return &link{s: s, conn: conn, ending: make(chan struct{})}, nil
}

// end asks for a successor.
func (l *link) end() { l.once.Do(func() { close(l.ending) }) }

// frame is what Slack sends.
type frame struct {
	Type     string          `json:"type"`
	Envelope string          `json:"envelope_id"`
	Payload  json.RawMessage `json:"payload"`
	Reason   string          `json:"reason"`
	Debug    struct {
		Life int `json:"approximate_connection_time"` // seconds
	} `json:"debug_info"`
}

// run reads the link until it dies, is closed or ctx ends, and returns why. It
// waits for the events it has taken.
func (l *link) run(ctx context.Context, accept acceptFunc) error {
	l.s.count.links.Add(1)
	defer l.s.count.links.Add(-1)
	defer l.end()
	var work sync.WaitGroup
	defer work.Wait()
	stop := context.AfterFunc(ctx, func() { _ = l.conn.Close() })
	defer stop()
	defer func() { _ = l.conn.Close() }()
	renewal := stopped() // one that runs keeps the link, and the bot behind it, for half an hour
	defer func() { renewal.Stop() }()

	alive := func() { _ = l.conn.SetReadDeadline(time.Now().Add(l.s.cfg.PingInterval)) }
	alive()
	l.conn.SetPingHandler(func(data string) error {
		alive()
		return l.conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(ackWrite))
	})
	for {
		_, body, err := l.conn.ReadMessage()
		if err != nil {
			return err
		}
		alive()
		var f frame
		if json.Unmarshal(body, &f) != nil {
			l.s.count.unknown.Add(1)
			continue
		}
		switch f.Type {
		case "hello":
			renewal.Stop()
			renewal = l.renewAfter(f.Debug.Life)
		case "disconnect":
			l.end()
			if f.Reason == "link_disabled" {
				return errors.New("socket mode is switched off for the app")
			}
			// Slack closes it soon; what comes until then is ours to take.
			time.AfterFunc(afterWarning, func() { _ = l.conn.Close() })
		default:
			work.Go(func() { l.handle(ctx, f, accept) })
		}
	}
}

// renewAfter starts the successor of this link when its share of life is over,
// unless the timer is stopped before.
func (l *link) renewAfter(life int) *time.Timer {
	d := time.Duration(l.share * float64(life) * float64(time.Second))
	if l.share >= 1 || d <= 0 {
		return stopped()
	}
	return time.AfterFunc(d, func() {
		l.end()
		time.AfterFunc(afterWarning, func() { _ = l.conn.Close() })
	})
}

// stopped is a timer that never fires.
func stopped() *time.Timer {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return t
}

// handle passes one envelope on and acknowledges it. An item that cannot be
// read or is of no use is acknowledged as well, else Slack would send it again
// and again.
func (l *link) handle(ctx context.Context, f frame, accept acceptFunc) {
	k := kind(f.Type)
	e, err := l.s.read(k, f.Payload, f.Envelope)
	var payload map[string]any
	switch {
	case err == nil:
		a, taken := l.s.intake.take(ctx, e, accept)
		if !taken {
			return
		}
		payload = ackOf(k, a)
	case errors.Is(err, errUnused):
		l.s.count.unknown.Add(1)
		l.s.log.DebugContext(ctx, "item not used", "type", clamp(clean(f.Type), 40))
	default:
		l.s.count.unknown.Add(1)
		l.s.log.WarnContext(ctx, "item not readable", "type", clamp(clean(f.Type), 40), "err", l.s.scrub.err(err))
	}
	if f.Envelope == "" {
		return
	}
	if err := l.ack(f.Envelope, payload); err != nil {
		l.s.log.WarnContext(ctx, "acknowledgement not sent", "err", l.s.scrub.err(err))
	}
}

// ack answers an envelope on the link that brought it. If that fails Slack
// brings it again over another link, and its keys tell that it is known.
func (l *link) ack(envelope string, payload map[string]any) error {
	body := map[string]any{"envelope_id": envelope}
	if payload != nil {
		body["payload"] = payload
	}
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	l.write.Lock()
	defer l.write.Unlock()
	if err := l.conn.SetWriteDeadline(time.Now().Add(ackWrite)); err != nil {
		return err
	}
	return l.conn.WriteMessage(websocket.TextMessage, text)
}
