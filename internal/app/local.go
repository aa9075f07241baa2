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
)

// A running bot holds its store alone; whoever asks on the terminal meanwhile
// asks the bot, over a socket beside the store that only its owner can open.

// localAsk is a question as it crosses the socket.
type localAsk struct {
	Text string    `json:"text"`
	Lang string    `json:"lang,omitempty"`
	At   time.Time `json:"at,omitzero"`
	JSON bool      `json:"json,omitempty"`
}

func socketOf(store string) string { return store + ".sock" }

// serveLocal answers questions on the socket of a store until ctx ends.
func (a *App) serveLocal(ctx context.Context, store string) error {
	path := socketOf(store)
	if len(path) > maxSocketPath {
		a.set.Logger.LogAttrs(ctx, slog.LevelWarn, "questions from the terminal need the store's path to be shorter", slog.Int("max", maxSocketPath))
		return nil
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("local socket: %w", err)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return fmt.Errorf("local socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return errors.Join(fmt.Errorf("local socket: %w", err), l.Close())
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /ask", a.localQuestion)
	mux.HandleFunc("POST /replay", a.localReplay)
	mux.HandleFunc("POST /backup", a.localBackup)
	mux.HandleFunc("POST /check", a.localCheck)
	mux.HandleFunc("POST /stats", a.localStats)
	return serveOn(ctx, l, mux)
}

const (
	maxQuestion = 1 << 16
	// maxSocketPath is what the smallest of the usual systems takes.
	maxSocketPath = 100
)

func (a *App) localQuestion(w http.ResponseWriter, r *http.Request) {
	var q localAsk
	if err := json.NewDecoder(io.LimitReader(r.Body, maxQuestion)).Decode(&q); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	o := AskOptions{Lang: q.Lang, At: q.At, JSON: q.JSON, Text: q.Text}
	if o.At.IsZero() {
		o.At = a.set.Clock.Now()
	}
	var out bytes.Buffer
	o.Out = &out
	if err := answer(r.Context(), a.envs[0], o); err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	_, _ = w.Write(out.Bytes()) // the asker may be gone; there is nobody else to tell
}

// askRunning puts a question to the bot that holds the store. ok is false when
// none answers there.
func askRunning(ctx context.Context, store string, o AskOptions) (ok bool, err error) {
	q := localAsk{Text: o.Text, Lang: o.Lang, At: o.At, JSON: o.JSON}
	return callRunning(ctx, store, "ask", q, func(body io.Reader) error {
		_, err := io.Copy(o.Out, body)
		return err
	})
}

// callTime is long enough to copy or check a large store; whoever asks can give
// up before.
const callTime = 30 * time.Minute

// callRunning asks the bot that holds the store for something and lets read
// have what it says. ok is false when none answers there.
func callRunning(ctx context.Context, store, what string, q any, read func(io.Reader) error) (ok bool, err error) {
	body, err := json.Marshal(q)
	if err != nil {
		return false, err
	}
	client := http.Client{Timeout: callTime, Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", socketOf(store))
		},
	}}
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://shopwatch/"+what, bytes.NewReader(body))
	if err != nil {
		return false, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return false, nil // nobody listens: the caller opens the store itself
	}
	defer resp.Body.Close() //nolint:errcheck // only read
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, maxQuestion)) // what has come is shown
		return true, errors.New(string(bytes.TrimSpace(text)))
	}
	return true, read(resp.Body)
}
