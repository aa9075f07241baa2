package slack_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"shopwatch/bot/sandbox"
	"shopwatch/bot/slack"
	"shopwatch/internal/chat"
)

func form() chat.Form {
	return chat.Form{
		Verb: "snooze_form", Value: "k7q2m9x4a7q2.abc", Title: "Snooze", Send: "Snooze", Intro: []chat.Rich{chat.Line("Stock-out · <!channel>")},
		Inputs: []chat.Input{
			{Name: "date", Kind: chat.InputDate, Label: "Date", Initial: "2026-11-23"},
			{Name: "time", Kind: chat.InputTime, Label: "Time", Initial: "09:00"},
			{Name: "person", Kind: chat.InputPerson, Label: "Who"},
			{Name: "for", Kind: chat.InputChoice, Label: "How long", Options: []chat.Option{{Label: "1 day", Value: "1d"}, {Label: "2 days", Value: "2d"}}, Initial: "1d"},
			{Name: "note", Kind: chat.InputLines, Label: "Note", Optional: true, Max: 100},
		},
	}
}

// A menu is chosen from, a form opens, what is wrong in it keeps it open, and
// its answers come back with the value, the place and the person.
func TestForm(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, nil)
	wrong := true
	events := w.listen(w.s.Socket(), func(e chat.Event) chat.Ack {
		if e.Kind == chat.Submit && wrong {
			wrong = false
			return chat.Ack{Fields: map[string]string{"date": "in the past"}}
		}
		return chat.Ack{}
	})
	w.awaitLinks(1)
	general, mei := w.channel("general"), w.user("mei")
	menu := chat.Button{Label: "Snooze", Verb: "snooze", Options: []chat.Option{{Label: "1 hour", Value: "1h:x"}, {Label: "Date…", Value: "date:x"}}}
	root := w.send(chat.Delivery{Key: "k", Act: chat.Post, Target: chat.Target{Channel: general}, Message: chat.Message{
		Text: "alert", Sections: []chat.Section{{Body: []chat.Rich{chat.Line("x")}, Accessory: &menu, Buttons: []chat.Button{{Label: "Ack", Verb: "ack", Value: "x"}, menu}}},
	}})
	if _, err := w.box.Choose(t.Context(), "mei", "general", root.Ref.TS, "snooze", "date:x"); err != nil {
		t.Fatal(err)
	}
	chosen := next(t, events)
	if chosen.Verb != "snooze" || chosen.Value != "date:x" || chosen.User != mei {
		t.Fatalf("chosen %+v", chosen)
	}
	if err := w.s.OpenForm(t.Context(), chosen, form()); err != nil {
		t.Fatal(err)
	}
	id, content, ok := w.box.OpenView("mei")
	if !ok || strings.Contains(string(content), "<!channel>") {
		t.Fatalf("form %s", content)
	}
	answers := map[string][]string{"person": {mei}, "note": {"二行\nx"}, "date": {"2026-11-25"}}
	ex, err := w.box.Submit(t.Context(), "mei", id, answers)
	if err != nil || ex.Errors["date"] != "in the past" {
		t.Fatalf("first answers: %+v, %v", ex, err)
	}
	next(t, events)
	if ex, err = w.box.Submit(t.Context(), "mei", id, answers); err != nil || len(ex.Errors) != 0 {
		t.Fatalf("second answers: %+v, %v", ex, err)
	}
	sent := next(t, events)
	want := map[string]string{"date": "2026-11-25", "time": "09:00", "person": mei, "for": "1d", "note": "二行\nx"}
	for name, v := range want {
		if sent.Fields[name] != v {
			t.Errorf("%s is %q, want %q", name, sent.Fields[name], v)
		}
	}
	if sent.Kind != chat.Submit || sent.Verb != "snooze_form" || sent.Value != "k7q2m9x4a7q2.abc" || sent.Channel != general || sent.User != mei {
		t.Errorf("sent %+v", sent)
	}
	if err := w.s.Answer(t.Context(), sent, text("too late")); err != nil || w.last().Only != "mei" {
		t.Errorf("answer to a form: %v, %+v", err, w.last())
	}
}

// A form opens once, within three seconds, and not without the event of a person.
func TestFormTooLate(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, nil)
	events := w.listen(w.s.Socket(), nil)
	w.awaitLinks(1)
	e := w.asked(events, "/shop")
	w.box.Inject(sandbox.Fault{Method: "views.open", Times: 1, Status: 200, Body: `{"ok":false,"error":"expired_trigger_id"}`})
	failure(t, unwrapped(w.s.OpenForm(t.Context(), e, form())), chat.Refused)
	failure(t, w.s.OpenForm(t.Context(), e, form()), chat.Refused)
	failure(t, w.s.OpenForm(t.Context(), chat.Event{}, form()), chat.Refused)
}

func unwrapped(err error) error {
	if e, ok := errors.AsType[*chat.SendError](err); ok {
		return e
	}
	return err
}

// A message shortcut brings the message and its thread.
func TestShortcut(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, nil)
	events := w.listen(w.s.Socket(), nil)
	w.awaitLinks(1)
	root := w.send(chat.Delivery{Key: "k", Act: chat.Post, Target: chat.Target{Channel: w.channel("general")}, Message: text("alert")})
	said, err := w.box.Reply(t.Context(), "mei", "general", root.Ref.TS, "supplier & <b>")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.box.Shortcut(t.Context(), "mei", "general", said.TS, "alert_note"); err != nil {
		t.Fatal(err)
	}
	e := next(t, events)
	if e.Kind != chat.Shortcut || e.Verb != "alert_note" || e.Thread != root.Ref.TS || e.Message.TS != said.TS || e.Said != "supplier & <b>" {
		t.Errorf("shortcut %+v", e)
	}
}

// A file goes with a reply; when it cannot, the reply stands and says so.
func TestFileInThread(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, nil)
	general := chat.Target{Channel: w.channel("general")}
	root := w.send(chat.Delivery{Key: "k", Act: chat.Post, Target: general, Message: text("alert")})
	reply := chat.Delivery{Key: "k/0", Act: chat.Reply, Target: general, Root: root.Ref, Message: chat.Message{
		Text: "all of it", File: &chat.File{Name: "a.csv", Title: "All", Content: []byte("sku\r\nA1\r\n")},
	}}
	if r := w.send(reply); r.Degraded != "" {
		t.Errorf("degraded: %s", r.Degraded)
	}
	w.until("the file is shared", func() bool {
		var history json.RawMessage
		w.call("conversations.replies", map[string]string{"channel": general.Channel, "ts": root.Ref.TS}, &history)
		return strings.Contains(string(history), "a.csv")
	})
	w.box.Inject(sandbox.Fault{Method: "files.getUploadURLExternal", Times: 1, Status: 500})
	reply.Key = "k/1"
	if r := w.send(reply); r.Degraded == "" {
		t.Error("nothing says that the file is missing")
	}
	w.box.SetFilePolls(-1) // taken, and never shared
	reply.Key = "k/2"
	if r := w.send(reply); r.Degraded == "" {
		t.Error("nothing says that the file never came")
	}
}

// Whatever the texts of a form are, the window opens; what no window could show
// is refused before it is sent.
func TestFormLimits(t *testing.T) {
	long := strings.Repeat("长 <!channel> ", 700)
	f := form()
	f.Title, f.Send = long, long
	for range 30 {
		f.Intro = append(f.Intro, chat.Line(long))
	}
	var many []chat.Option
	for i := range 140 {
		many = append(many, chat.Option{Label: fmt.Sprint(i, long), Value: fmt.Sprint(i)})
	}
	f.Inputs = append(f.Inputs,
		chat.Input{Name: "text", Kind: chat.InputText, Label: long, Hint: long, Initial: long, Max: 200},
		chat.Input{Name: "free", Kind: chat.InputLines, Label: "x", Initial: long, Max: 9000},
		chat.Input{Name: "many", Kind: chat.InputChoice, Label: long, Options: many, Initial: "139"},
		chat.Input{Name: "some", Kind: chat.InputChoices, Label: "x", Options: many, Initial: "3,99,139"},
		chat.Input{Name: "few", Kind: chat.InputChoices, Label: "x", Options: many[:3]})
	raw, err := slack.View(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range sandbox.CheckView(raw) {
		t.Errorf("%+v", p)
	}
	for name, spoil := range map[string]func(*chat.Form){
		"value":      func(f *chat.Form) { f.Value = strings.Repeat("x", 201) },
		"no options": func(f *chat.Form) { f.Inputs[3].Options = nil },
		"no value":   func(f *chat.Form) { f.Inputs[3].Options[0].Value = "" },
		"long value": func(f *chat.Form) { f.Inputs[3].Options[0].Value = strings.Repeat("x", 151) },
		"twice":      func(f *chat.Form) { f.Inputs[1].Name = "date" },
		"no name":    func(f *chat.Form) { f.Inputs[0].Name = "" },
	} {
		f := form()
		spoil(&f)
		if _, err := slack.View(f); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
