package sandbox

import (
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Fault is a misbehaviour asked for by a test: what happens to calls of one
// method. The zero answer (no Status, no Cut) lets the call through, after
// Delay.
type Fault struct {
	Method string `json:"method"` // of the Web API, "response_url", or "*"
	Times  int    `json:"times"`  // how many calls are hit; 0 is all until Mend
	OneIn  int    `json:"one_in"` // hits each n-th call only; 0 and 1 hit each
	// Share hits that part of the calls, 0 to 1, as dice with a fixed seed fall;
	// 0 hits each.
	Share float64 `json:"share"`
	// After carries the method out first: the message is stored, the answer
	// is spoilt.
	After  bool              `json:"after"`
	Delay  time.Duration     `json:"delay"`  // nanoseconds, real time
	Deaf   bool              `json:"deaf"`   // does not notice that the client has gone meanwhile
	Status int               `json:"status"` // answer with this code and Body
	Header map[string]string `json:"header"`
	Body   string            `json:"body"`
	Cut    bool              `json:"cut"` // close the connection without an answer
}

// pen holds the faults in force.
type pen struct {
	mu     sync.Mutex
	faults []*penned
	dice   *rand.Rand
}

type penned struct {
	Fault
	left, seen int
}

// Inject puts a fault in force.
func (s *Sandbox) Inject(f Fault) {
	s.pen.mu.Lock()
	defer s.pen.mu.Unlock()
	s.pen.faults = append(s.pen.faults, &penned{Fault: f, left: f.Times})
}

// Mend lifts all faults of Inject.
func (s *Sandbox) Mend() {
	s.pen.mu.Lock()
	defer s.pen.mu.Unlock()
	s.pen.faults = nil
}

func (p *pen) take(method string) (Fault, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, f := range p.faults {
		if f.Method != method && f.Method != "*" {
			continue
		}
		if f.Share > 0 && p.roll() >= f.Share {
			continue
		}
		f.seen++
		if f.OneIn > 1 && f.seen%f.OneIn != 0 {
			continue
		}
		if f.Times > 0 {
			f.left--
			if f.left == 0 {
				p.faults = append(p.faults[:i:i], p.faults[i+1:]...)
			}
		}
		return f.Fault, true
	}
	return Fault{}, false
}

func (p *pen) roll() float64 {
	if p.dice == nil {
		p.dice = rand.New(rand.NewPCG(30, 7))
	}
	return p.dice.Float64()
}

// strike spoils an answer; it reports whether one was given.
func (f Fault) strike(w http.ResponseWriter, r *http.Request) bool {
	if f.Delay > 0 {
		gone := r.Context().Done()
		if f.Deaf {
			gone = nil
		}
		wait := time.NewTimer(f.Delay)
		defer wait.Stop()
		select {
		case <-wait.C:
		case <-gone:
			return true
		}
	}
	if f.Cut {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_ = conn.Close() // it is to be lost
		}
		return true
	}
	if f.Status == 0 {
		return false
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if strings.HasPrefix(f.Body, "<") {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
	}
	for k, v := range f.Header {
		w.Header().Set(k, v)
	}
	w.WriteHeader(f.Status)
	_, _ = io.WriteString(w, f.Body)
	return true
}

// serveFaults is the control endpoint: a JSON list of faults replaces those in
// force, an empty list mends all.
func (s *Sandbox) serveFaults(w http.ResponseWriter, r *http.Request) {
	var list []Fault
	if !sameOrigin(r) {
		http.Error(w, "cross-origin request", http.StatusForbidden)
		return
	}
	if json.NewDecoder(http.MaxBytesReader(w, r.Body, bodyLimit)).Decode(&list) != nil {
		http.Error(w, "want a JSON list of faults", http.StatusBadRequest)
		return
	}
	s.Mend()
	for _, f := range list {
		s.Inject(f)
	}
	w.WriteHeader(http.StatusNoContent)
}

// serveRefresh lets a test in another language call Refresh.
func (s *Sandbox) serveRefresh(w http.ResponseWriter, r *http.Request) {
	if !sameOrigin(r) {
		http.Error(w, "cross-origin request", http.StatusForbidden)
		return
	}
	s.Refresh()
	w.WriteHeader(http.StatusNoContent)
}

// SetScopes replaces the scopes granted to the bot token.
func (s *Sandbox) SetScopes(scopes ...string) {
	s.change(func(w *workspace) { w.scopes = scopes })
}

// Revoke makes both tokens invalid, or valid again.
func (s *Sandbox) Revoke(revoked bool) { s.change(func(w *workspace) { w.revoked = revoked }) }

// Archive closes a channel for posting, or opens it again.
func (s *Sandbox) Archive(channel string, archived bool) {
	s.change(func(w *workspace) {
		if c, ok := w.channel(channel); ok {
			c.archived = archived
		}
	})
}

// Expel takes somebody, the bot included, out of a channel.
func (s *Sandbox) Expel(channel, user string) {
	s.change(func(w *workspace) {
		c, okChannel := w.channel(channel)
		u, okUser := w.user(user)
		if okChannel && okUser {
			delete(c.members, u.ID)
		}
	})
}

// Delete removes a message as an administrator would. It reports whether there
// was one.
func (s *Sandbox) Delete(channel, ts string) bool {
	done := false
	s.change(func(w *workspace) {
		if c, ok := w.channel(channel); ok {
			if m, ok := c.find(ts); ok {
				w.remove(c, m)
				done = true
			}
		}
	})
	return done
}

// SetFilePolls says how many calls of files.info find later files unprocessed;
// a negative number is for ever.
func (s *Sandbox) SetFilePolls(n int) { s.change(func(w *workspace) { w.filePolls = n }) }

func (s *Sandbox) change(f func(*workspace)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s.space)
	s.touch()
}
