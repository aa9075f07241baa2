package sandbox

import (
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"slices"
)

// Exhibit is one entry of the gallery: what came of one question or one event,
// as different people see it, side by side.
type Exhibit struct {
	ID    string `json:"id"` // the anchor on the page
	Group string `json:"group"`
	Title string `json:"title"`
	Sides []Side `json:"sides"`
}

// Side is what one person sees.
type Side struct {
	Lang string `json:"lang"`
	// Messages are in order, the root of a thread first.
	Messages []json.RawMessage `json:"messages,omitempty"`
	// View is a form or a home page, as the bot sent it.
	View json.RawMessage `json:"view,omitempty"`
}

// Exhibit sets what GET /gallery shows. Pictures stay those of the workspace.
func (s *Sandbox) Exhibit(list []Exhibit) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gallery = slices.Clone(list)
}

// Newest is the timestamp of the last message of a channel, empty without any.
func (s *Sandbox) Newest(channel string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.space.channel(channel)
	if !ok || len(c.messages) == 0 {
		return ""
	}
	return c.messages[len(c.messages)-1].ts
}

// Since is what others have said to a person in a channel after the message of
// that timestamp, replies included, as the page draws it.
func (s *Sandbox) Since(user, channel, ts string) ([]json.RawMessage, error) {
	return s.seen(user, channel, func(p place, all []*message) []*message {
		from := 1 + slices.IndexFunc(all, func(m *message) bool { return m.ts == ts })
		return slices.DeleteFunc(slices.Clone(all[from:]), func(m *message) bool { return m.user == p.user.ID })
	})
}

// Thread is a message with its replies, as the page draws them for a person.
func (s *Sandbox) Thread(user, channel, ts string) ([]json.RawMessage, error) {
	return s.seen(user, channel, func(_ place, all []*message) []*message {
		return slices.DeleteFunc(slices.Clone(all), func(m *message) bool { return m.ts != ts && m.thread != ts })
	})
}

func (s *Sandbox) seen(user, channel string, pick func(place, []*message) []*message) ([]json.RawMessage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.space.place(user, channel)
	if err != nil {
		return nil, err
	}
	out := []json.RawMessage{}
	for _, m := range pick(p, p.channel.messages) {
		if m.visible(p.user.ID) {
			out = append(out, mustJSON(s.space.pageMessage(p.channel, m)))
		}
	}
	return out, nil
}

// galleryPage fills in the page; still is for a copy that needs no server.
func (s *Sandbox) galleryPage(still bool) map[string]any {
	config := s.pageConfig()
	config["shortcuts"] = []Shortcut{}
	config["still"] = still
	return map[string]any{"Lang": s.opt.Lang, "Title": s.opt.Title, "Words": pageWords(s.opt.Lang), "Config": string(mustJSON(config))}
}

func (s *Sandbox) routeGallery(mux *http.ServeMux) {
	page := template.Must(template.ParseFS(pageFiles, "page/gallery.html"))
	mux.HandleFunc("GET /gallery", func(w http.ResponseWriter, _ *http.Request) {
		pageHeaders(w, "text/html; charset=utf-8")
		// The client is gone when this fails: nobody to tell.
		_ = page.Execute(w, s.galleryPage(false))
	})
	mux.HandleFunc("GET /gallery/state", func(w http.ResponseWriter, _ *http.Request) {
		pageHeaders(w, "application/json; charset=utf-8")
		_, _ = fmt.Fprintf(w, "%s", mustJSON(s.galleryState()))
	})
}

// galleryState is what the page shows, and the names of those who appear in it.
func (s *Sandbox) galleryState() object {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := s.space.pageState("", "", "")
	return object{"users": state.Users, "groups": state.Groups, "channels": state.Channels, "exhibits": s.gallery}
}
