package sandbox

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestGalleryShowsWhatItWasGiven: the page and its scripts come from here alone,
// and hold the messages as a person sees them.
func TestGalleryShowsWhatItWasGiven(t *testing.T) {
	w := serve(t, Options{Lang: "en"})
	say := func(args ...string) string {
		w.clock.Step(2 * time.Second) // one message a second is let in
		return w.post(t, append([]string{"channel", "C0GENERAL"}, args...)...)
	}
	before := say("text", "before")
	if got := w.Newest("C0GENERAL"); got != before {
		t.Fatalf("the newest message is %s, want %s", got, before)
	}
	root := say("text", "stock-out <b>")
	say("text", "why", "thread_ts", root)
	say("text", "another")
	user := w.state(t, "").Me.ID
	texts := func(list []json.RawMessage, err error) (out []string) {
		if err != nil {
			t.Fatal(err)
		}
		for _, raw := range list {
			var m pageMessage
			if err := json.Unmarshal(raw, &m); err != nil {
				t.Fatal(err)
			}
			out = append(out, m.Text)
		}
		return out
	}
	if got := texts(w.Since(user, "C0GENERAL", before)); len(got) != 3 || got[1] != "why" {
		t.Errorf("since then %q was said", got)
	}
	thread, err := w.Thread(user, "C0GENERAL", root)
	if got := texts(thread, err); len(got) != 2 || got[1] != "why" {
		t.Errorf("the thread holds %q", got)
	}
	if _, err := w.Thread("nobody", "C0GENERAL", root); err == nil {
		t.Error("somebody who is not there sees a thread")
	}
	w.Exhibit([]Exhibit{{ID: "out", Group: "Alerts", Title: "out", Sides: []Side{{Lang: "en", Messages: thread}}}})

	resp, page := w.get(t, "/gallery")
	if resp.StatusCode != 200 || !strings.Contains(resp.Header.Get("Content-Security-Policy"), "script-src 'self'") || !strings.Contains(page, "All cards") {
		t.Errorf("%s\n%s", resp.Status, page)
	}
	for _, name := range []string{"gallery.js", "style.css"} {
		if resp, _ := w.get(t, "/assets/"+name); resp.StatusCode != 200 || !strings.Contains(page, "/assets/"+name) {
			t.Errorf("%s: %s", name, resp.Status)
		}
	}
	var state struct {
		Users    []pageUser
		Exhibits []Exhibit
	}
	if _, body := w.get(t, "/gallery/state"); json.Unmarshal([]byte(body), &state) != nil || len(state.Exhibits) != 1 {
		t.Fatalf("%s", body)
	}
	if !slices.EqualFunc(state.Exhibits[0].Sides[0].Messages, thread, func(a, b json.RawMessage) bool { return string(a) == string(b) }) {
		t.Errorf("the page has %s", state.Exhibits[0].Sides[0].Messages)
	}
}
