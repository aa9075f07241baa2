package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"shopwatch/commands"
)

// A running bot holds its store alone; whoever asks on the terminal meanwhile
// asks the bot, over a socket beside the store that only its owner can open.

// localAsk is a question as it crosses the socket.
type localAsk struct {
	Text   string    `json:"text"`
	Lang   string    `json:"lang,omitempty"`
	At     time.Time `json:"at,omitzero"`
	Format Format    `json:"format,omitempty"`
}

func socketOf(store string) string { return store + ".sock" }

// serveLocal answers questions on the socket of a store until ctx ends.
func (a *App) serveLocal(ctx context.Context, store string) (err error) {
	doors := NewDoors()
	defer func() { err = errors.Join(err, doors.Close(ctx)) }()
	local, err := a.localDoor(ctx, doors, store)
	if err != nil || local == nil {
		return err
	}
	return local.serve(ctx, a.localPages())
}

// localDoor opens the socket of a store; nil where its path is too long for one.
func (a *App) localDoor(ctx context.Context, doors *Doors, store string) (*door, error) {
	path := socketOf(store)
	if len(path) > maxSocketPath {
		a.set.Logger.LogAttrs(ctx, slog.LevelWarn, "questions from the terminal need the store's path to be shorter", slog.Int("max", maxSocketPath))
		return nil, nil //nolint:nilnil // the bot does without one
	}
	return doors.at("unix:"+path, func() (net.Listener, error) {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
		l, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
		if err != nil {
			return nil, err
		}
		if err := os.Chmod(path, 0o600); err != nil {
			return nil, errors.Join(err, l.Close())
		}
		return l, nil
	})
}

// localPages answers what verbs on the terminal ask of a running bot.
func (a *App) localPages() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /ask", a.localQuestion)
	mux.HandleFunc("POST /replay", local(a.replayHere))
	mux.HandleFunc("POST /alert", local(a.alertsHere))
	mux.HandleFunc("POST /digest", a.localDigest)
	mux.HandleFunc("POST /rule", local(a.rulesHere))
	mux.HandleFunc("POST /backup", a.localBackup)
	mux.HandleFunc("POST /check", a.localCheck)
	mux.HandleFunc("POST /stats", a.localStats)
	mux.HandleFunc("GET /sources", a.localSources)
	mux.HandleFunc("POST /backfill", a.localBackfill)
	mux.HandleFunc("POST /outbox", local(a.outboxHere))
	return mux
}

const (
	maxQuestion = 1 << 16
	maxLocal    = 1 << 20 // a set of rules with its lists
	// maxSocketPath is what the smallest of the usual systems takes.
	maxSocketPath = 100
)

func (a *App) localQuestion(w http.ResponseWriter, r *http.Request) {
	var q localAsk
	if err := json.NewDecoder(io.LimitReader(r.Body, maxQuestion)).Decode(&q); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	o := AskOptions{Lang: q.Lang, At: q.At, Format: q.Format, Text: q.Text}
	if o.At.IsZero() {
		o.At = a.set.Clock.Now()
	}
	var out bytes.Buffer
	o.Out = &out
	if err := answer(r.Context(), a.envs[0], o); err != nil {
		refuseLocal(w, noAnswerAsJSON(err))
		return
	}
	_, _ = w.Write(out.Bytes()) // the asker may be gone; there is nobody else to tell
}

// kinds are the errors that stay what they are on their way across the socket, by
// the name they travel under.
var kinds = map[string]error{"bad_ask": ErrBadAsk, "no_rule": ErrNoRule, "no_answer": ErrNo}

// kindHeader names the kind of a refusal.
const kindHeader = "Shopwatch-Refusal"

// local is the other end of callRunning: it reads what is asked, lets do answer
// and writes that back, or why not.
func local[Q, A any](do func(ctx context.Context, q Q) (A, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var q Q
		if err := json.NewDecoder(io.LimitReader(r.Body, maxLocal)).Decode(&q); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		a, err := do(r.Context(), q)
		if err != nil {
			refuseLocal(w, err)
			return
		}
		b, err := json.Marshal(a)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_, _ = w.Write(b) // the asker may be gone; there is nobody else to tell
	}
}

func refuseLocal(w http.ResponseWriter, err error) {
	for name, kind := range kinds {
		if errors.Is(err, kind) {
			w.Header().Set(kindHeader, name)
		}
	}
	http.Error(w, err.Error(), http.StatusUnprocessableEntity)
}

// refusal is an error that came across the socket.
type refusal struct {
	text string
	kind error // nil when it is none of kinds
}

func (r *refusal) Error() string { return r.text }
func (r *refusal) Unwrap() error { return r.kind }

// askRunning puts a question to the bot that holds the store. ok is false when
// none answers there.
func askRunning(ctx context.Context, store string, o AskOptions) (ok bool, err error) {
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	q := localAsk{Text: o.Text, Lang: o.Lang, At: o.At, Format: o.Format}
	ok, err = callRunning(ctx, store, "ask", q, func(body io.Reader) error {
		_, err := io.Copy(o.Out, body)
		return err
	})
	if errors.Is(err, ErrNo) {
		err = noAnswerFromJSON(err)
	}
	return ok, err
}

// noAnswerAsJSON makes the text of an error that says why there is no answer
// whole, so that it can cross the socket; other errors stay as they are.
func noAnswerAsJSON(err error) error {
	var no *commands.NoAnswer
	if !errors.As(err, &no) {
		return err
	}
	b, jsonErr := json.Marshal(no)
	if jsonErr != nil {
		return errors.Join(err, jsonErr)
	}
	return &refusal{string(b), ErrNo}
}

// noAnswerFromJSON is the other way.
func noAnswerFromJSON(err error) error {
	var no commands.NoAnswer
	if json.Unmarshal([]byte(err.Error()), &no) != nil {
		return err
	}
	return fmt.Errorf("%w: %w", ErrNo, &no)
}

// callRunning posts q to the bot that holds the store and lets read have what it
// says. ok is false when none answers there.
func callRunning(ctx context.Context, store, what string, q any, read func(io.Reader) error) (ok bool, err error) {
	body, err := json.Marshal(q)
	if err != nil {
		return false, err
	}
	resp, err := dialRunning(ctx, store, http.MethodPost, "/"+what, bytes.NewReader(body))
	if resp == nil {
		return err != nil, err
	}
	defer resp.Body.Close() //nolint:errcheck // only read
	return true, read(resp.Body)
}

// dialRunning asks the bot that holds the store. The response is nil without an
// error when none answers there: the caller opens the store itself. An answer
// that is not OK is an error with its text.
func dialRunning(ctx context.Context, store, method, path string, body io.Reader) (*http.Response, error) {
	client := http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", socketOf(store))
		},
	}}
	req, err := http.NewRequestWithContext(ctx, method, "http://shopwatch"+path, body)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, ctx.Err() // nobody listens
	}
	if resp.StatusCode != http.StatusOK {
		defer resp.Body.Close()                                       //nolint:errcheck // only read
		text, _ := io.ReadAll(io.LimitReader(resp.Body, maxQuestion)) // what has come is shown
		return nil, &refusal{string(bytes.TrimSpace(text)), kinds[resp.Header.Get(kindHeader)]}
	}
	return resp, nil
}
