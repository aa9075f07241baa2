package slack

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"sync"
	"time"
)

const (
	signatureHeader = "X-Slack-Signature"
	timestampHeader = "X-Slack-Request-Timestamp"
	signatureAge    = 5 * time.Minute
	// replayMemory outlives any timestamp that is still taken, which may lie
	// five minutes in the future.
	replayMemory = 10 * time.Minute
	maxReplays   = 1 << 16
)

// sign returns Slack's signature of a body.
func sign(secret Secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + timestamp + ":"))
	mac.Write(body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// signed is when the request says it was signed, and whether it was signed with
// one of the secrets. It is stricter than the library: each header once, and a
// timestamp in its one spelling.
func signed(h http.Header, body []byte, secrets ...Secret) (at time.Time, good bool) {
	times, signatures := h.Values(timestampHeader), h.Values(signatureHeader)
	if len(times) != 1 || len(signatures) != 1 {
		return at, false
	}
	sec, err := strconv.ParseInt(times[0], 10, 64)
	if err != nil || strconv.FormatInt(sec, 10) != times[0] || sec < 0 || sec > 1<<40 {
		return at, false
	}
	for _, s := range secrets {
		if s != "" && hmac.Equal([]byte(sign(s, times[0], body)), []byte(signatures[0])) {
			good = true
		}
	}
	return time.Unix(sec, 0), good
}

// timely reports whether at is within the last or next five minutes.
func timely(at, now time.Time) bool { return now.Sub(at).Abs() <= signatureAge }

// replays remembers the signatures of the last ten minutes, in two halves, so
// that forgetting is cheap. Only verified requests get in.
type replays struct {
	mu       sync.Mutex
	now, old map[string]bool
	turned   time.Time
}

// seen reports whether the request was here before, and remembers it.
func (r *replays) seen(timestamp, signature string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.now == nil || now.Sub(r.turned) > replayMemory || len(r.now) >= maxReplays {
		r.old, r.now, r.turned = r.now, map[string]bool{}, now
	}
	key := timestamp + " " + signature
	if r.now[key] || r.old[key] {
		return true
	}
	r.now[key] = true
	return false
}

// forget lets a request come again that could not be taken.
func (r *replays) forget(timestamp, signature string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.now, timestamp+" "+signature)
	delete(r.old, timestamp+" "+signature)
}
