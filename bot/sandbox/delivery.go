package sandbox

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Mishap is something wrong with a signed request, asked for by a test.
type Mishap string

// Mishaps.
const (
	Stale    Mishap = "stale"    // signed ten minutes ago
	Replayed Mishap = "replayed" // the same request twice
	Tampered Mishap = "tampered" // body changed after signing
)

// Sign makes the X-Slack-Signature of a request body.
func Sign(secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + timestamp + ":"))
	mac.Write(body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// outcome is what came back from the bot.
type outcome struct {
	id     string
	acked  bool
	ack    json.RawMessage
	status int // HTTP mode; 0 when there was no answer
}

// deliver hands a payload to the bot over the socket or by HTTP and waits for
// the acknowledgement. No lock is held.
func (s *Sandbox) deliver(ctx context.Context, kind string, payload object, accepts bool) outcome {
	s.mu.Lock()
	to := s.opt.HTTPURL
	id := s.unique("envelope")
	s.mu.Unlock()
	if to != "" {
		o := s.deliverHTTP(ctx, to, kind, payload)
		o.id = id
		return o
	}
	ack, ok := s.hub.deliver(ctx, &envelope{ID: id, Type: kind, Payload: mustJSON(payload), Accepts: accepts})
	if !accepts {
		ack = nil
	}
	return outcome{id: id, acked: ok, ack: ack}
}

// DeliverTo changes Options.HTTPURL of a running workspace; empty goes back to
// the socket.
func (s *Sandbox) DeliverTo(url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opt.HTTPURL = url
}

// Misdeliver spoils the next signed request.
func (s *Sandbox) Misdeliver(m Mishap) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mishap = m
}

func (s *Sandbox) deliverHTTP(ctx context.Context, to, kind string, payload object) outcome {
	path, contentType, body := "/slack/events", "application/json", []byte(mustJSON(payload))
	switch kind {
	case "slash_commands":
		form := url.Values{}
		for k, v := range payload {
			form.Set(k, fmt.Sprint(v))
		}
		path, contentType, body = "/slack/commands", "application/x-www-form-urlencoded", []byte(form.Encode())
	case "interactive":
		form := url.Values{"payload": {string(body)}}
		path, contentType, body = "/slack/interactions", "application/x-www-form-urlencoded", []byte(form.Encode())
	}
	s.mu.Lock()
	mishap := s.mishap
	s.mishap = ""
	s.mu.Unlock()
	req := signed{url: to + path, contentType: contentType, body: body, at: time.Now(), secret: s.opt.SigningSecret}
	o, reason := s.send(ctx, req.with(mishap))
	if mishap == Replayed {
		o, reason = s.send(ctx, req)
	}
	// Events are tried once more at once; the later tries of the platform are
	// minutes away.
	if kind == "events_api" && reason != "" && mishap == "" {
		req.retry, req.reason = 1, reason
		o, _ = s.send(ctx, req)
	}
	return o
}

// signed is a request to the bot.
type signed struct {
	url, contentType, secret string
	body, sent               []byte // sent differs from body when tampered with
	at                       time.Time
	retry                    int
	reason                   string
}

func (r signed) with(m Mishap) signed {
	switch m {
	case Stale:
		r.at = r.at.Add(-10 * time.Minute)
	case Tampered:
		r.sent = append(bytes.Clone(r.body), ' ')
	}
	return r
}

// send posts once. The reason is Slack's word for why it does not count as
// acknowledged, or empty.
func (s *Sandbox) send(ctx context.Context, r signed) (outcome, string) {
	ctx, cancel := context.WithTimeout(ctx, s.opt.AckWithin)
	defer cancel()
	body := r.body
	if r.sent != nil {
		body = r.sent
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url, bytes.NewReader(body))
	if err != nil {
		return outcome{}, "unknown_error"
	}
	stamp := strconv.FormatInt(r.at.Unix(), 10)
	req.Header.Set("Content-Type", r.contentType)
	req.Header.Set("X-Slack-Request-Timestamp", stamp)
	req.Header.Set("X-Slack-Signature", Sign(r.secret, stamp, r.body))
	if r.retry > 0 {
		req.Header.Set("X-Slack-Retry-Num", strconv.Itoa(r.retry))
		req.Header.Set("X-Slack-Retry-Reason", r.reason)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			return outcome{}, "http_timeout"
		}
		return outcome{}, "connection_failed"
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, bodyLimit))
	if err != nil {
		return outcome{status: resp.StatusCode}, "http_timeout"
	}
	o := outcome{status: resp.StatusCode, acked: resp.StatusCode/100 == 2}
	if json.Valid(answer) {
		o.ack = answer
	} else if len(answer) > 0 && o.acked {
		o.ack = mustJSON(object{"text": string(answer)})
	}
	if !o.acked && resp.Header.Get("X-Slack-No-Retry") != "1" {
		return o, "http_error"
	}
	return o, ""
}

// VerifyURL asks the bot to prove that it owns its events address.
func (s *Sandbox) VerifyURL(ctx context.Context) error {
	const challenge = "sandbox-challenge"
	s.mu.Lock()
	to := s.opt.HTTPURL
	s.mu.Unlock()
	o := s.deliverHTTP(ctx, to, "events_api", object{"type": "url_verification", "challenge": challenge, "token": "sandbox"})
	if !o.acked || !bytes.Contains(o.ack, []byte(challenge)) {
		return fmt.Errorf("verify events address: status %d, challenge not returned", o.status)
	}
	return nil
}
