package wiretest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"shopwatch/internal/wiretest"
)

// TestFaults: each fault does what it says to a client of the standard library.
func TestFaults(t *testing.T) {
	body := strings.Repeat("0123456789", 200)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // a request that breaks off has no answer
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(srv.Close)
	const patience = 400 * time.Millisecond
	p := wiretest.New(t, srv.Listener.Addr().String())
	client := &http.Client{Timeout: patience}
	defer client.CloseIdleConnections()
	ask := func() error {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+p.Addr(), strings.NewReader(body[:300]))
		if err != nil {
			return err
		}
		res, err := client.Do(req)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err == nil && string(text) != body {
			t.Errorf("%d bytes came, other than were sent", len(text))
		}
		return err
	}
	for _, f := range wiretest.Faults(patience) {
		if f.Name == "in small pieces" {
			f.Down.Piece = 64 // the body is long
		}
		p.Spoil(f, 1)
		client.CloseIdleConnections() // their end may not be known yet
		began := time.Now()
		if err := ask(); (err == nil) != f.Harmless {
			t.Errorf("%s: %v", f.Name, err)
		}
		if took := time.Since(began); took > 2*patience {
			t.Errorf("%s: it took %s", f.Name, took)
		}
		if p.Hurt() == 0 {
			t.Errorf("%s: nothing was spoilt", f.Name)
		}
		p.Mend()
		client.CloseIdleConnections()
		if err := ask(); err != nil {
			t.Errorf("after %s: %v", f.Name, err)
		}
	}
	if n := p.Freeze(); n != 1 {
		t.Errorf("%d connections were open", n)
	}
	if err := ask(); err == nil {
		t.Error("a connection whose other end is gone gave an answer")
	}
	if err := ask(); err != nil {
		t.Errorf("a new one: %v", err)
	}
}
