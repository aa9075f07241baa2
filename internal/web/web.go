package web

import (
	"bytes"
	"context"
	"crypto/subtle"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"shopwatch/internal/i18n"
)

//go:embed page.html page.css
var files embed.FS

// Options is what the pages are made of.
type Options struct {
	// Status answers what the page shows, in a language (zh-CN or en).
	// Required.
	Status func(ctx context.Context, lang string) (Status, error)
	// Ready are the checks of /readyz, in order. None means always ready.
	Ready []Check
	// Lang is the page's language when the address has no ?lang=.
	Lang string
	// Token, when not empty, is the password of the status page. It must be set
	// when the page is reachable from other machines.
	Token  string
	Logger *slog.Logger // required
	// Push takes a delivery whose signature it checks; PushLimit is how many
	// bytes a source takes, 0 when there is no such source. Both are nil when
	// nothing is pushed here.
	Push      func(ctx context.Context, d Delivery) (Receipt, error)
	PushLimit func(source string) int64
}

// Check is one condition of being ready; an error says what is wrong.
type Check struct {
	Name string
	Run  func(ctx context.Context) error
}

// patience is how long all checks together, or one page, may take.
const patience = 3 * time.Second

// policy lets the page use its own style sheet and nothing else.
const policy = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

type site struct {
	o    Options
	page *template.Template
	css  []byte
}

// New returns the handler of all pages.
func New(o Options) (http.Handler, error) {
	if o.Status == nil || o.Logger == nil {
		return nil, errors.New("web: Status and Logger are required")
	}
	page, err := template.ParseFS(files, "page.html")
	if err != nil {
		return nil, err
	}
	css, err := files.ReadFile("page.css")
	if err != nil {
		return nil, err
	}
	s := &site{o: o, page: page, css: css}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", s.health)
	mux.HandleFunc("GET /readyz", s.ready)
	mux.HandleFunc("GET /page.css", s.style)
	mux.HandleFunc("GET /{$}", s.status)
	mux.HandleFunc("GET /metrics", s.metrics)
	if o.Push != nil {
		mux.HandleFunc("POST /push/{source}", s.push)
	}
	return harden(mux), nil
}

// harden sets the headers that every answer carries.
func harden(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// health says that the process is alive, and nothing else.
func (s *site) health(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok\n") }

func plain(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write([]byte(text)) // the reader is gone: nobody left to tell
}

// ready runs every check. Names of failing ones are for everyone, reasons only
// for this computer and for who knows the token.
func (s *site) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	var out strings.Builder
	trusted := local(r) || s.o.Token != "" && s.knows(r)
	for _, c := range s.o.Ready {
		err := c.Run(ctx)
		switch {
		case err != nil && trusted:
			fmt.Fprintf(&out, "%s: %s\n", c.Name, strings.ReplaceAll(err.Error(), "\n", " "))
		case err != nil:
			out.WriteString(c.Name + "\n")
		}
	}
	if out.Len() > 0 {
		plain(w, http.StatusServiceUnavailable, "not ready\n"+out.String())
		return
	}
	plain(w, http.StatusOK, "ready\n")
}

func (s *site) style(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "max-age=300")
	_, _ = w.Write(s.css)
}

func (s *site) status(w http.ResponseWriter, r *http.Request) {
	if !s.allowed(w, r) {
		return
	}
	lang := s.o.Lang
	if asked := r.URL.Query().Get("lang"); asked != "" {
		lang = asked
	}
	words := i18n.For(lang)
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	st, err := s.o.Status(ctx, words.Tag())
	if err != nil {
		s.o.Logger.LogAttrs(ctx, slog.LevelError, "status page", slog.Any("err", err))
		plain(w, http.StatusServiceUnavailable, words.T("web.unavailable")+"\n")
		return
	}
	var out bytes.Buffer
	if err := s.page.Execute(&out, newView(st, words)); err != nil {
		s.o.Logger.LogAttrs(ctx, slog.LevelError, "status page", slog.Any("err", err))
		plain(w, http.StatusInternalServerError, words.T("web.unavailable")+"\n")
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(out.Bytes())
}

// allowed answers those who may not see the page. Without a token the page is
// for this computer; the name it was called by must then be one of this
// computer too, or a foreign site could read it through a visitor's browser.
func (s *site) allowed(w http.ResponseWriter, r *http.Request) bool {
	switch {
	case s.o.Token != "" && !s.knows(r):
		w.Header().Set("WWW-Authenticate", `Basic realm="shopwatch", charset="UTF-8"`)
		plain(w, http.StatusUnauthorized, "a password is needed\n")
		return false
	case s.o.Token == "" && !ownName(r.Host):
		plain(w, http.StatusMisdirectedRequest, "not served under this name\n")
		return false
	}
	return true
}

// knows compares the password, or a bearer token, without telling by its time
// how much of it was right.
func (s *site) knows(r *http.Request) bool {
	_, given, ok := r.BasicAuth()
	if !ok {
		given, ok = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	}
	return ok && subtle.ConstantTimeCompare([]byte(given), []byte(s.o.Token)) == 1
}

// local tells whether a request comes straight from this computer; one that a
// proxy passed on does not.
func local(r *http.Request) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && peer.Addr().Unmap().IsLoopback() && r.Header.Get("X-Forwarded-For") == "" && r.Header.Get("Forwarded") == ""
}

// ownName accepts addresses and localhost, which no foreign site can be.
func ownName(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil || host == "localhost"
}
