package slack_test

import (
	"testing"

	"shopwatch/bot/sandbox"
	"shopwatch/bot/slack"
)

// TestGuests: a guest is known as one, a member is asked about once, and while
// Slack does not say who somebody is, nobody is taken for a member.
func TestGuests(t *testing.T) {
	w := newWorld(t, sandbox.Options{Users: []sandbox.User{{Name: "mei"}, {Name: "lin"}, {Name: "temp", Guest: true}}}, func(c *slack.Config) { c.Members = true })
	events := w.listen(w.s.Socket(), nil)
	w.awaitLinks(2)
	asks := func(user string) bool {
		t.Helper()
		if _, err := w.box.Type(t.Context(), user, "general", "/gmv"); err != nil {
			t.Fatal(err)
		}
		return next(t, events).Guest
	}
	if asks("mei") {
		t.Error("a member is taken for a guest")
	}
	if !asks("temp") {
		t.Error("a guest is taken for a member")
	}
	w.box.Inject(sandbox.Fault{Method: "users.info", Status: 500})
	if asks("mei") {
		t.Error("a member who was seen is forgotten")
	}
	if !asks("lin") {
		t.Error("somebody unseen is taken for a member")
	}
	w.box.Mend()
	if asks("lin") {
		t.Error("a member stays refused after Slack has answered")
	}
}
