package sandbox

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"sync"
)

// Sandbox is one workspace with its servers. It is safe for concurrent use.
type Sandbox struct {
	opt     Options
	session string
	methods map[string]method
	hub     *hub
	mishap  Mishap // of the next signed request
	pen     *pen   // faults asked for

	mu      sync.Mutex
	space   *workspace
	fixed   string // base URL that was set, or empty
	rev     int    // grows with each change people can see
	gallery []Exhibit
	changed chan struct{} // closed at the next change
	closed  chan struct{}
}

// New builds a workspace. Nothing runs until its Handler is served.
func New(opt Options) (*Sandbox, error) {
	opt = opt.withDefaults()
	space, err := newWorkspace(opt)
	if err != nil {
		return nil, err
	}
	session := opt.Session
	if session == "" {
		b := make([]byte, 4)
		if _, err := rand.Read(b); err != nil {
			return nil, fmt.Errorf("sandbox session: %w", err)
		}
		session = hex.EncodeToString(b)
	}
	s := &Sandbox{
		opt: opt, session: session, methods: apiMethods(), pen: &pen{}, space: space,
		changed: make(chan struct{}), closed: make(chan struct{}),
	}
	s.hub = newHub(s)
	return s, nil
}

// SetBaseURL says under which URL the workspace is reached. Without it links
// carry the Host of the request they answer, or of the latest request when a
// person's act makes them.
func (s *Sandbox) SetBaseURL(url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fixed = strings.TrimSuffix(url, "/")
	s.space.base = s.fixed
}

// Close ends all sockets and event streams. The state stays readable.
func (s *Sandbox) Close() error {
	s.mu.Lock()
	select {
	case <-s.closed:
	default:
		close(s.closed)
	}
	s.mu.Unlock()
	s.hub.dropAll()
	return nil
}

// Handler serves everything: Web API, socket, uploads, response URLs, page.
// Requests with a Host that is not this computer are refused, so that a web
// site cannot reach the workspace through a name it controls.
func (s *Sandbox) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", s.serveAPI)
	mux.HandleFunc("GET /link", s.hub.serve)
	mux.HandleFunc("POST /upload/{id}", s.serveUpload)
	mux.HandleFunc("POST /response/{id}/{key}", s.serveReplyURL)
	mux.HandleFunc("GET /files/{id}/{name}", s.serveFile)
	mux.HandleFunc("POST /sandbox/faults", s.serveFaults)
	mux.HandleFunc("POST /sandbox/refresh", s.serveRefresh)
	s.routePage(mux)
	s.routeGallery(mux)
	return s.guard(mux)
}

// touch tells open pages that there is something new. s.mu is held.
func (s *Sandbox) touch() {
	s.rev++
	close(s.changed)
	s.changed = make(chan struct{})
}

// unique makes an id that no other run of the sandbox has made.
func (s *Sandbox) unique(prefix string) string {
	return fmt.Sprintf("%s-%s-%06d", prefix, s.session, s.space.next("unique"))
}
