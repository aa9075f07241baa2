package app

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// knock posts body and returns the code and what was said.
func knock(t *testing.T, client *http.Client, address, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address+"/", strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	res, err := client.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err.Error()
	}
	return res.StatusCode, string(text)
}

// TestDoors: apps come and go behind a door while requests come in on kept and
// on new connections. Each is answered, by an app that has not ended yet.
func TestDoors(t *testing.T) {
	doors := NewDoors()
	one, err := doors.tcp(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	var clients sync.WaitGroup
	var answered, wrong atomic.Int64
	for i := range 4 {
		clients.Go(func() {
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: i%2 == 0}}
			defer client.CloseIdleConnections()
			for n := 0; ; n++ {
				select {
				case <-over:
					return
				default:
				}
				body := fmt.Sprint(i, "-", n)
				if code, text := knock(t, client, one.listener.Addr().String(), body); code != http.StatusOK || text != body {
					wrong.Add(1)
					t.Errorf("%s: %d %s", body, code, text)
				}
				answered.Add(1)
			}
		})
	}
	for range 200 {
		var ended atomic.Bool
		ctx, stop := context.WithTimeout(t.Context(), 2*time.Millisecond)
		err := one.serve(ctx, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil || ended.Load() {
				t.Errorf("answered by an app that has ended, or not read: %v", err)
			}
			_, _ = w.Write(body) // what goes wrong is seen at the other end
		}))
		stop()
		ended.Store(true)
		if err != nil {
			t.Fatal(err)
		}
	}
	close(over)
	ctx, stop := context.WithCancel(t.Context())
	last := make(chan error, 1)
	go func() {
		last <- one.serve(ctx, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) }))
	}()
	clients.Wait()
	stop()
	if err := <-last; err != nil {
		t.Error(err)
	}
	if err := doors.Close(t.Context()); err != nil {
		t.Error(err)
	}
	t.Logf("%d requests over 200 apps, %d not answered", answered.Load(), wrong.Load())
}

// TestDoorsClose: who waits when the program ends is told so, a door that the
// configuration names no more is shut and the others stay, and no door opens
// after the end.
func TestDoorsClose(t *testing.T) {
	doors := NewDoors()
	kept, err := doors.tcp(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	again, err := doors.tcp(t.Context(), "127.0.0.1:0")
	if err != nil || again != kept {
		t.Fatalf("the same address opens another door: %v", err)
	}
	gone, err := doors.at("other", func() (net.Listener, error) {
		return (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := doors.keep(t.Context(), kept); err != nil {
		t.Fatal(err)
	}
	if code, text := knock(t, http.DefaultClient, gone.listener.Addr().String(), "x"); code != 0 {
		t.Errorf("a door that is not wanted answers %d %s", code, text)
	}
	type answer struct {
		code int
		text string
	}
	told := make(chan answer, 1)
	go func() {
		code, text := knock(t, http.DefaultClient, kept.listener.Addr().String(), "x")
		told <- answer{code, text}
	}()
	select {
	case a := <-told:
		t.Errorf("told %+v although an app may come yet", a)
	case <-time.After(50 * time.Millisecond):
	}
	if err := doors.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if a := <-told; a.code != http.StatusServiceUnavailable {
		t.Errorf("told %+v", a)
	}
	if _, err := doors.tcp(t.Context(), "127.0.0.1:0"); err == nil {
		t.Error("a door opens after the end")
	}
}
