package slack_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"shopwatch/bot/sandbox"
	"shopwatch/bot/slack"
	"shopwatch/internal/chat"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

// gate is a bot over signed requests that acts on what its store has not seen.
type gate struct {
	*testing.T
	db    *storage.DB
	s     *slack.Slack
	acted atomic.Int64
	stop  func()
}

// open starts the bot, anew each time: what it remembers is in the store.
func (g *gate) open() {
	g.Helper()
	w := newWorld(g.T, sandbox.Options{}, func(c *slack.Config) { c.Mode = slack.HTTPMode })
	g.s = w.s
	ctx, cancel := context.WithCancel(g.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = g.s.HTTP().Run(ctx, func(ctx context.Context, e chat.Event) chat.Ack {
			err := g.db.Update(ctx, func(tx *storage.Tx) error {
				seen, err := tx.Seen(e.Keys, time.Now(), time.Hour)
				if err == nil && !seen && !strings.Contains(strings.Join(e.Keys, " "), "knock") {
					g.acted.Add(1)
				}
				return err
			})
			if err != nil {
				g.Error(err)
			}
			return chat.Ack{}
		})
	}()
	g.stop = func() { cancel(); <-done }
	w.until("running", func() bool {
		return g.send(fresh("command=%2Fgmv&user_id=U1&trigger_id=knock")) == http.StatusOK
	})
}

func (g *gate) send(r request) int {
	req := httptest.NewRequestWithContext(g.Context(), r.method, r.path, strings.NewReader(r.body))
	maps.Copy(req.Header, r.header)
	req.Header.Set("Content-Type", r.contentType)
	rec := httptest.NewRecorder()
	g.s.HTTP().ServeHTTP(rec, req)
	return rec.Code
}

// TestTenThousandForgeries: requests with something wrong about them, and good
// ones sent again, also after a restart, reach nobody.
func TestTenThousandForgeries(t *testing.T) {
	t.Parallel()
	engine, err := bolt.Open(filepath.Join(t.TempDir(), "s.db"), bolt.Options{InitialMmapSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.Open(t.Context(), storage.Options{Engine: engine, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{T: t, db: db}
	t.Cleanup(func() { _ = db.Close() })
	g.open()
	const good = 200
	requests := make([]request, good)
	for i := range requests {
		requests[i] = fresh(fmt.Sprintf("command=%%2Fgmv&user_id=U1&trigger_id=t%d", i))
		if code := g.send(requests[i]); code != http.StatusOK {
			t.Fatalf("good request: %d", code)
		}
	}
	for end := time.Now().Add(5 * time.Second); g.acted.Load() < good && time.Now().Before(end); {
		<-time.After(time.Millisecond)
	}
	rng, sent, answers := rand.New(rand.NewPCG(49, 1)), 0, map[int]int{}
	for range 10_000 {
		sent++
		answers[g.send(forged(rng, requests[rng.IntN(good)]))]++
	}
	for _, r := range requests { // as they were
		sent++
		answers[g.send(r)]++
	}
	g.stop()
	g.open()
	if g.s.Status().Replays != 0 {
		t.Fatal("the memory of the process before is still there")
	}
	for _, r := range requests { // to a bot that was restarted
		sent++
		g.send(r)
	}
	g.stop()
	if n := g.acted.Load(); n != good {
		t.Errorf("%d acts for %d good requests", n, good)
	}
	if answers[http.StatusOK] != 0 || answers[http.StatusUnauthorized] != 10_000+good {
		t.Errorf("answers by code: %v", answers)
	}
	t.Logf("%d forged or replayed requests, %d acted on", sent, g.acted.Load()-good)
}

// forged is r with something wrong about it.
func forged(rng *rand.Rand, r request) request {
	r.header = r.header.Clone()
	const stampHeader, signatureHeader = "X-Slack-Request-Timestamp", "X-Slack-Signature"
	stamp, signature := r.header.Get(stampHeader), r.header.Get(signatureHeader)
	now, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		panic(errors.New("a request without a time"))
	}
	resign := func(secret, stamp string) {
		r.header[stampHeader] = []string{stamp}
		r.header[signatureHeader] = []string{sandbox.Sign(secret, stamp, []byte(r.body))}
	}
	switch rng.IntN(9) {
	case 0: // one letter of the body
		i := rng.IntN(len(r.body))
		r.body = r.body[:i] + string(rune('A'+rng.IntN(26))) + r.body[i+1:] + "x"
	case 1: // one digit of the signature
		i := 3 + rng.IntN(len(signature)-3)
		digit := "0123456789abcdef"[(strings.IndexByte("0123456789abcdef", signature[i])+1+rng.IntN(15))%16]
		r.header[signatureHeader] = []string{signature[:i] + string(digit) + signature[i+1:]}
	case 2: // another time under the same signature
		r.header[stampHeader] = []string{strconv.FormatInt(now+1+rng.Int64N(200), 10)}
	case 3: // well signed, too old or from the future
		far := 301 + rng.Int64N(1<<30)
		if rng.IntN(2) == 0 {
			far = -far - 100
		}
		resign(string(signing), strconv.FormatInt(max(now-far, 1), 10))
	case 4: // another secret
		resign(fmt.Sprintf("%032x", rng.Uint64()), stamp)
	case 5: // another spelling of the time
		resign(string(signing), []string{"+", "0", " ", "-", "00"}[rng.IntN(5)]+stamp)
	case 6: // a part of the headers
		delete(r.header, []string{stampHeader, signatureHeader}[rng.IntN(2)])
	case 7: // twice the header
		name := []string{stampHeader, signatureHeader}[rng.IntN(2)]
		r.header[name] = append(r.header[name], r.header[name]...)
	case 8: // cut, or more than there is
		r.header[signatureHeader] = []string{(signature + signature)[:rng.IntN(len(signature))]}
	}
	return r
}
