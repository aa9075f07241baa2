package slack

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"shopwatch/internal/chat"
)

// maxBody bounds a request; Slack's are far smaller.
const maxBody = 1 << 20

// HTTP is the transport in which Slack calls the bot. It is an http.Handler for
// POST /slack/events, /slack/commands and /slack/interactions, and a
// chat.Transport: requests are answered with 503 while Run is not running, so
// that Slack brings them again.
type HTTP struct {
	s       *Slack
	replays replays

	mu     sync.Mutex
	accept func(chat.Event) (chat.Ack, bool) // nil while not running
}

func newHTTP(s *Slack) *HTTP { return &HTTP{s: s} }

// HTTP returns the transport over signed requests, the same one each time.
// Without Config.SigningSecret it refuses every request.
func (s *Slack) HTTP() *HTTP { return s.web }

// Run implements chat.Transport.
func (h *HTTP) Run(ctx context.Context, accept func(context.Context, chat.Event) chat.Ack) error {
	return h.Around(ctx, accept, func(ctx context.Context) error {
		<-ctx.Done()
		return nil
	})
}

// Around is Run for as long as serve runs: events are taken before the first
// request can come and until the last one has been answered.
func (h *HTTP) Around(ctx context.Context, accept func(context.Context, chat.Event) chat.Ack, serve func(context.Context) error) error {
	// The event outlives its request, and requests outlive ctx.
	taking, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	h.mu.Lock()
	if h.accept != nil {
		h.mu.Unlock()
		return errors.New("slack http transport runs already")
	}
	h.accept = func(e chat.Event) (chat.Ack, bool) { return h.s.intake.take(taking, e, accept) }
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		h.accept = nil
		h.mu.Unlock()
	}()
	var learning sync.WaitGroup
	defer learning.Wait()
	learning.Go(func() {
		if err := h.s.learnSelf(ctx); err != nil && ctx.Err() == nil {
			h.s.log.WarnContext(ctx, "own identity unknown", "err", err)
		}
	})
	err := serve(ctx)
	h.s.intake.drain()
	return err
}

// unauthorized is the answer to every request that fails a check: it must not
// say which.
const unauthorized = "unauthorized\n"

// ServeHTTP implements http.Handler.
func (h *HTTP) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/slack/events", "/slack/commands", "/slack/interactions":
	default:
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		if _, big := errors.AsType[*http.MaxBytesError](err); big {
			http.Error(w, "request too large", http.StatusRequestEntityTooLarge)
			return
		}
		http.Error(w, "request not readable", http.StatusBadRequest)
		return
	}
	now := time.Now() // between two programs real time counts, whatever Config.Now says
	at, good := signed(r.Header, body, h.s.cfg.SigningSecret, h.s.cfg.PreviousSigningSecret)
	if !good || !timely(at, now) {
		h.s.count.forged.Add(1)
		if good && h.s.cfg.Skewed != nil {
			h.s.cfg.Skewed(r.Context(), at.Sub(now))
		}
		refuse(w)
		return
	}
	if h.replays.seen(r.Header.Get(timestampHeader), r.Header.Get(signatureHeader), now) {
		h.s.count.replays.Add(1)
		refuse(w)
		return
	}
	h.serve(w, r, body)
}

func refuse(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusUnauthorized)
	_, _ = io.WriteString(w, unauthorized)
}

// serve answers a request that is certainly Slack's.
func (h *HTTP) serve(w http.ResponseWriter, r *http.Request, body []byte) {
	k, payload, err := unpack(r.Header.Get("Content-Type"), body)
	if err != nil {
		h.s.count.unknown.Add(1)
		http.Error(w, "request not understood", http.StatusBadRequest)
		return
	}
	if k == kindCheck { // Slack looks whether the certificate is good
		return
	}
	if text, ok := challenge(k, payload); ok {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = io.WriteString(w, text)
		return
	}
	e, err := h.s.read(k, payload, "")
	if err != nil {
		h.s.count.unknown.Add(1)
		if !errors.Is(err, errUnused) {
			h.s.log.WarnContext(r.Context(), "item not readable", "type", string(k), "err", h.s.scrub.err(err))
		}
		return // 200: Slack need not bring it again
	}
	h.mu.Lock()
	accept := h.accept
	h.mu.Unlock()
	a, taken := chat.Ack{}, false
	if accept != nil {
		a, taken = accept(e)
	}
	if !taken {
		h.replays.forget(r.Header.Get(timestampHeader), r.Header.Get(signatureHeader))
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	if answer := ackOf(k, a); answer != nil {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_ = json.NewEncoder(w).Encode(answer)
	}
}

// kindCheck is Slack's look at the certificate, which carries nothing.
const kindCheck kind = "ssl_check"

// unpack tells the three forms of a request apart by their content and returns
// the same JSON that a socket would have brought. Only the body counts: the
// signature does not cover the query.
func unpack(contentType string, body []byte) (kind, json.RawMessage, error) {
	if strings.HasPrefix(contentType, "application/json") {
		if !json.Valid(body) {
			return "", nil, errors.New("not JSON")
		}
		return kindEvent, body, nil
	}
	if !strings.HasPrefix(contentType, "application/x-www-form-urlencoded") {
		return "", nil, errors.New("unknown content type")
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return "", nil, errors.New("not a form")
	}
	for _, v := range form {
		if len(v) != 1 {
			return "", nil, errors.New("a field twice")
		}
	}
	switch {
	case form.Get("ssl_check") == "1":
		return kindCheck, nil, nil
	case form.Has("payload"):
		if !json.Valid([]byte(form.Get("payload"))) {
			return "", nil, errors.New("payload is not JSON")
		}
		return kindAction, json.RawMessage(form.Get("payload")), nil
	case form.Has("command"):
		fields := map[string]string{}
		for name := range form {
			fields[name] = form.Get(name)
		}
		if fields["is_enterprise_install"] == "" {
			delete(fields, "is_enterprise_install")
		}
		payload, err := json.Marshal(fields)
		return kindCommand, payload, err
	}
	return "", nil, errors.New("unknown form")
}

// challenge returns what Slack wants to hear when the address is entered.
func challenge(k kind, payload json.RawMessage) (string, bool) {
	var c struct {
		Type      string `json:"type"`
		Challenge string `json:"challenge"`
	}
	if k != kindEvent || json.Unmarshal(payload, &c) != nil || c.Type != "url_verification" {
		return "", false
	}
	return clamp(clean(c.Challenge), 500), true
}
