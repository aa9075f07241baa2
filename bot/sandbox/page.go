package sandbox

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"
)

//go:embed page
var pageFiles embed.FS

// pagePolicy lets the page load its own files and nothing else.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func (s *Sandbox) routePage(mux *http.ServeMux) {
	index := template.Must(template.ParseFS(pageFiles, "page/index.html"))
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { s.serveIndex(w, r, index) })
	mux.HandleFunc("GET /assets/{file}", serveAsset)
	mux.HandleFunc("GET /archives/{channel}/{message}", s.servePermalink)
	mux.HandleFunc("GET /page/state", s.serveState)
	mux.HandleFunc("GET /page/events", s.serveEvents)
	mux.HandleFunc("POST /page/{act}", s.servePageAct)
}

func pageHeaders(w http.ResponseWriter, contentType string) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-cache")
}

func (s *Sandbox) serveIndex(w http.ResponseWriter, _ *http.Request, index *template.Template) {
	pageHeaders(w, "text/html; charset=utf-8")
	// The client is gone when this fails: nobody to tell.
	_ = index.Execute(w, map[string]any{
		"Lang": s.opt.Lang, "Title": s.opt.Title, "Words": pageWords(s.opt.Lang), "Config": string(mustJSON(s.pageConfig())),
	})
}

// pageConfig is what the scripts of a page begin with.
func (s *Sandbox) pageConfig() object {
	_, offset := s.opt.Now().In(s.opt.Zone).Zone()
	return object{
		"lang": s.opt.Lang, "zone": s.opt.Zone.String(), "offset": offset, "words": pageWords(s.opt.Lang), "bot": s.opt.BotName,
		"commands": s.opt.Commands, "shortcuts": s.opt.Shortcuts, "title": s.opt.Title,
	}
}

func serveAsset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	kinds := map[string]string{".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
	kind, served := kinds[path.Ext(name)]
	body, err := pageFiles.ReadFile("page/" + name)
	if !served || err != nil {
		http.NotFound(w, r)
		return
	}
	pageHeaders(w, kind)
	_, _ = w.Write(body)
}

// servePermalink opens a message on the page.
func (s *Sandbox) servePermalink(w http.ResponseWriter, r *http.Request) {
	at := strings.TrimPrefix(r.PathValue("message"), "p")
	if len(at) < 7 {
		http.NotFound(w, r)
		return
	}
	query := url.Values{"channel": {r.PathValue("channel")}, "message": {at[:len(at)-6] + "." + at[len(at)-6:]}}
	if thread := r.URL.Query().Get("thread_ts"); thread != "" {
		query.Set("thread", thread)
	}
	http.Redirect(w, r, "/?"+query.Encode(), http.StatusFound)
}

// serveEvents tells the page each time there is something new.
func (s *Sandbox) serveEvents(w http.ResponseWriter, r *http.Request) {
	flush := http.NewResponseController(w)
	pageHeaders(w, "text/event-stream")
	beat := time.NewTicker(20 * time.Second)
	defer beat.Stop()
	for {
		s.mu.Lock()
		rev, changed := s.rev, s.changed
		s.mu.Unlock()
		if _, err := fmt.Fprintf(w, "data: %d\n\n", rev); err != nil || flush.Flush() != nil {
			return
		}
		select {
		case <-changed:
		case <-beat.C:
		case <-s.closed:
			return
		case <-r.Context().Done():
			return
		}
	}
}

// pageAct is what the page asks for; each act uses some of the fields.
type pageAct struct {
	User, Channel, Thread, TS, View string
	Block, Action, Text, Name       string
	Values                          []string
	Fields                          map[string][]string
}

func (s *Sandbox) servePageAct(w http.ResponseWriter, r *http.Request) {
	if !sameOrigin(r) || r.Header.Get("Content-Type") != "application/json" {
		http.Error(w, "cross-origin request", http.StatusForbidden)
		return
	}
	var a pageAct
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, bodyLimit)).Decode(&a); err != nil {
		http.Error(w, "not a JSON object", http.StatusBadRequest)
		return
	}
	ex, err := s.pageAct(r, a)
	pageHeaders(w, "application/json; charset=utf-8")
	if err != nil {
		status := http.StatusInternalServerError
		if errors.Is(err, ErrNoSuch) {
			status = http.StatusNotFound
		}
		w.WriteHeader(status)
		_, _ = w.Write(mustJSON(object{"error": err.Error()}))
		return
	}
	_, _ = w.Write(mustJSON(ex))
}

func (s *Sandbox) pageAct(r *http.Request, a pageAct) (Exchange, error) {
	ctx := r.Context()
	switch r.PathValue("act") {
	case "type":
		return s.Reply(ctx, a.User, a.Channel, a.Thread, a.Text)
	case "act":
		return s.Act(ctx, a.User, a.Channel, Pick{TS: a.TS, View: a.View, Block: a.Block, Action: a.Action, Values: a.Values})
	case "submit":
		return s.Submit(ctx, a.User, a.View, a.Fields)
	case "shortcut":
		return s.Shortcut(ctx, a.User, a.Channel, a.TS, a.Name)
	case "dismiss":
		return s.Dismiss(ctx, a.User, a.View)
	case "home":
		return s.OpenHome(ctx, a.User)
	case "join":
		return s.Join(ctx, a.User, a.Channel)
	case "react":
		return s.React(ctx, a.User, a.Channel, a.TS, a.Name)
	case "read":
		return Exchange{Kind: "event"}, s.markRead(a.User, a.Channel)
	}
	return Exchange{}, fmt.Errorf("act %q: %w", r.PathValue("act"), ErrNoSuch)
}

func (s *Sandbox) markRead(user, channel string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.space.place(user, channel)
	if err != nil {
		return err
	}
	key := p.user.ID + " " + p.channel.id
	if s.space.read[key] != p.channel.last {
		s.space.read[key] = p.channel.last
		s.touch()
	}
	return nil
}
