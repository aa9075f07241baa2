package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

// answer posts to a response URL.
func answer(t *testing.T, url, body string) (int, string) {
	t.Helper()
	resp, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, strings.TrimSpace(string(text))
}

func commandURL(t *testing.T, w *world, b *bot) string {
	t.Helper()
	if _, err := w.Type(t.Context(), "lin", "general", "/shop gmv"); err != nil {
		t.Fatal(err)
	}
	return b.next(t).Data.(slack.SlashCommand).ResponseURL
}

func TestResponseURLTakesFivePosts(t *testing.T) {
	w := serve(t, Options{})
	url := commandURL(t, w, startBot(t, w, ackOnly))
	for i := range 5 {
		body := fmt.Sprintf(`{"text":"answer %d"}`, i)
		if i == 4 {
			body = `{"text":"for all","response_type":"in_channel"}`
		}
		if status, text := answer(t, url, body); status != 200 || text != "ok" {
			t.Fatalf("use %d: %d %s", i+1, status, text)
		}
	}
	if status, text := answer(t, url, `{"text":"x"}`); status != 404 || text != `{"error":"used_url","ok":false}` {
		t.Errorf("sixth use: %d %s", status, text)
	}
	events := w.Transcript()
	if events[0].Kind != "ephemeral" || events[0].Only != "lin" || events[4].Kind != "post" || events[4].Text != "for all" {
		t.Errorf("transcript\n%s", texts(events))
	}
}

func TestResponseURLExpires(t *testing.T) {
	w := serve(t, Options{})
	url := commandURL(t, w, startBot(t, w, ackOnly))
	w.clock.Step(30 * time.Minute)
	if status, _ := answer(t, url, `{"text":"just in time"}`); status != 200 {
		t.Errorf("after 30 minutes: %d", status)
	}
	w.clock.Step(time.Second)
	if status, text := answer(t, url, `{"text":"x"}`); status != 404 || text != `{"error":"expired_url","ok":false}` {
		t.Errorf("later: %d %s", status, text)
	}
}

func TestResponseURLRefusesBadBlocks(t *testing.T) {
	w := serve(t, Options{})
	url := commandURL(t, w, startBot(t, w, ackOnly))
	status, text := answer(t, url, `{"text":"x","blocks":[{"type":"header","text":{"type":"plain_text","text":""}}]}`)
	if status != 400 || !strings.Contains(text, "[json-pointer:/blocks/0/text/text]") {
		t.Errorf("%d %s", status, text)
	}
}

const card = `[{"type":"section","block_id":"s","text":{"type":"mrkdwn","text":"low stock"},"accessory":{"type":"overflow","action_id":"more","options":[
	{"text":{"type":"plain_text","text":"Mute"},"value":"mute"},{"text":{"type":"plain_text","text":"Assign"},"value":"assign"}]}},
	{"type":"actions","block_id":"a","elements":[{"type":"button","action_id":"ack","value":"one","text":{"type":"plain_text","text":"Ack"}},
	{"type":"users_select","action_id":"who"}]},
	{"type":"actions","block_id":"b","elements":[{"type":"button","action_id":"ack","value":"two","text":{"type":"plain_text","text":"Ack"}}]}]`

func TestPressAndReplace(t *testing.T) {
	w := serve(t, Options{})
	b := startBot(t, w, ackOnly)
	ts := w.post(t, "channel", "C0GENERAL", "text", "low stock", "blocks", card)
	ctx := t.Context()
	if ex, err := w.Press(ctx, "lin", "general", ts, "ack", "two"); err != nil || !ex.Acked {
		t.Fatalf("%+v %v", ex, err)
	}
	cb := b.next(t).Data.(slack.InteractionCallback)
	act := cb.ActionCallback.BlockActions[0]
	if act.ActionID != "ack" || act.Value != "two" || act.BlockID != "b" || cb.Container.MessageTs != ts || cb.Message.Text != "low stock" {
		t.Errorf("%+v", act)
	}
	if status, text := answer(t, cb.ResponseURL, `{"text":"taken by lin","replace_original":true}`); status != 200 {
		t.Fatal(status, text)
	}
	if got := w.Transcript()[1]; got.Kind != "update" || got.TS != ts || got.Text != "taken by lin" {
		t.Errorf("%+v", got)
	}
	if status, text := answer(t, cb.ResponseURL, `{"delete_original":"true"}`); status != 200 {
		t.Fatal(status, text)
	}
	if _, err := w.Press(ctx, "lin", "general", ts, "ack", "two"); err == nil {
		t.Error("pressed a button of a deleted message")
	}
}

func TestChooseFromMenus(t *testing.T) {
	w := serve(t, Options{})
	b := startBot(t, w, ackOnly)
	ts := w.post(t, "channel", "C0GENERAL", "text", "low stock", "blocks", card)
	if _, err := w.Choose(t.Context(), "lin", "general", ts, "more", "assign"); err != nil {
		t.Fatal(err)
	}
	act := b.next(t).Data.(slack.InteractionCallback).ActionCallback.BlockActions[0]
	if act.SelectedOption.Value != "assign" || act.SelectedOption.Text.Text != "Assign" || act.BlockID != "s" {
		t.Errorf("%+v", act)
	}
	if _, err := w.Choose(t.Context(), "lin", "general", ts, "who", "U0MEI"); err != nil {
		t.Fatal(err)
	}
	cb := b.next(t).Data.(slack.InteractionCallback)
	if cb.ActionCallback.BlockActions[0].SelectedUser != "U0MEI" || cb.BlockActionState.Values["a"]["who"].SelectedUser != "U0MEI" {
		t.Errorf("%+v", cb.BlockActionState)
	}
	for _, bad := range [][2]string{{"more", "nothing"}, {"absent", "x"}} {
		if _, err := w.Choose(t.Context(), "lin", "general", ts, bad[0], bad[1]); err == nil {
			t.Errorf("%v was accepted", bad)
		}
	}
}

func TestEphemeralCardAnswersItsReader(t *testing.T) {
	w := serve(t, Options{})
	b := startBot(t, w, ackOnly)
	a := w.call(t, "chat.postEphemeral", "channel", "C0GENERAL", "user", "U0LIN", "text", "only you", "blocks", card)
	ts := a["message_ts"].(string)
	if _, err := w.Press(t.Context(), "mei", "general", ts, "ack", "one"); err == nil {
		t.Error("somebody else pressed")
	}
	if _, err := w.Press(t.Context(), "lin", "general", ts, "ack", "one"); err != nil {
		t.Fatal(err)
	}
	cb := b.next(t).Data.(slack.InteractionCallback)
	if !cb.Container.IsEphemeral || cb.Message.Text != "" {
		t.Errorf("%+v", cb.Container)
	}
	if status, text := answer(t, cb.ResponseURL, `{"text":"changed","replace_original":true}`); status != 200 {
		t.Fatal(status, text)
	}
	if got := w.Transcript()[1]; got.Kind != "update" || got.Only != "lin" {
		t.Errorf("%+v", got)
	}
}

const form = `{"type":"modal","callback_id":"mute","title":{"type":"plain_text","text":"Mute"},"submit":{"type":"plain_text","text":"OK"},"blocks":[
	{"type":"input","block_id":"why","label":{"type":"plain_text","text":"Why"},"element":{"type":"plain_text_input","action_id":"text","min_length":3}},
	{"type":"input","block_id":"long","label":{"type":"plain_text","text":"How long"},"element":{"type":"static_select","action_id":"pick",
		"initial_option":{"text":{"type":"plain_text","text":"2h"},"value":"2h"},
		"options":[{"text":{"type":"plain_text","text":"2h"},"value":"2h"},{"text":{"type":"plain_text","text":"1d"},"value":"1d"}]}}]}`

// openForm types a command and opens the form with its trigger.
func openForm(t *testing.T, w *world, b *bot) string {
	t.Helper()
	if _, err := w.Type(t.Context(), "lin", "general", "/shop mute"); err != nil {
		t.Fatal(err)
	}
	a := w.call(t, "views.open", "trigger_id", b.next(t).Data.(slack.SlashCommand).TriggerID, "view", form)
	id, _, ok := w.OpenView("lin")
	if a["ok"] != true || !ok || a["view"].(map[string]any)["id"] != id {
		t.Fatalf("%v, open %q", a, id)
	}
	return id
}

func TestSubmitAForm(t *testing.T) {
	w := serve(t, Options{})
	reply := any(nil)
	b := startBot(t, w, func(e socketmode.Event) any {
		if e.Type == socketmode.EventTypeInteractive {
			return reply
		}
		return nil
	})
	id := openForm(t, w, b)
	ctx := t.Context()
	for _, short := range []string{"", "no"} {
		ex, err := w.Submit(ctx, "lin", id, map[string][]string{"why": {short}})
		if err != nil || ex.ID != "" || ex.Errors["why"] == "" {
			t.Fatalf("%q went out: %+v %v", short, ex, err)
		}
	}
	reply = map[string]any{"response_action": "errors", "errors": map[string]string{"why": "say more"}}
	ex, err := w.Submit(ctx, "lin", id, map[string][]string{"why": {"sale ends"}})
	if err != nil || ex.Errors["why"] != "say more" {
		t.Fatalf("%+v %v", ex, err)
	}
	cb := b.next(t).Data.(slack.InteractionCallback)
	values := cb.View.State.Values
	if values["why"]["text"].Value != "sale ends" || values["long"]["pick"].SelectedOption.Value != "2h" || cb.View.CallbackID != "mute" {
		t.Errorf("%+v", values)
	}
	reply = map[string]any{"response_action": "errors", "errors": map[string]string{"nowhere": "x"}}
	if ex, err := w.Submit(ctx, "lin", id, map[string][]string{"why": {"sale ends"}}); err != nil || ex.Notice == "" {
		t.Errorf("errors for no block: %+v %v", ex, err)
	}
	reply = nil
	if _, err := w.Submit(ctx, "lin", id, map[string][]string{"why": {"sale ends"}, "pick": {"1d"}}); err != nil {
		t.Fatal(err)
	}
	if _, _, open := w.OpenView("lin"); open {
		t.Error("the form is still open")
	}
}

func TestTriggersAreGoodOnceAndForThreeSeconds(t *testing.T) {
	w := serve(t, Options{})
	b := startBot(t, w, ackOnly)
	if _, err := w.Type(t.Context(), "lin", "general", "/shop mute"); err != nil {
		t.Fatal(err)
	}
	trigger := b.next(t).Data.(slack.SlashCommand).TriggerID
	w.mu.Lock()
	w.space.triggers[trigger].made = time.Now().Add(-3100 * time.Millisecond)
	w.mu.Unlock()
	w.refused(t, "expired_trigger_id", "views.open", "trigger_id", trigger, "view", form)
	w.mu.Lock()
	w.space.triggers[trigger].made = time.Now()
	w.mu.Unlock()
	w.refused(t, "invalid_arguments", "views.open", "trigger_id", trigger, "view", `{"type":"modal"}`)
	if a := w.call(t, "views.open", "trigger_id", trigger, "view", form); a["ok"] != true {
		t.Fatal(a)
	}
	w.refused(t, "exchanged_trigger_id", "views.open", "trigger_id", trigger, "view", form)
}

func TestViewUpdateAndHome(t *testing.T) {
	w := serve(t, Options{})
	b := startBot(t, w, ackOnly)
	id := openForm(t, w, b)
	w.refused(t, "hash_conflict", "views.update", "view_id", id, "hash", "stale", "view", form)
	changed := strings.Replace(form, `"Mute"`, `"Done"`, 1)
	if a := w.call(t, "views.update", "view_id", id, "view", changed); a["ok"] != true {
		t.Fatal(a)
	}
	if _, content, _ := w.OpenView("lin"); !bytes.Contains(content, []byte("Done")) {
		t.Errorf("%s", content)
	}
	if _, err := w.Dismiss(t.Context(), "lin", id); err != nil {
		t.Fatal(err)
	}
	w.refused(t, "not_found", "views.update", "view_id", id, "view", form)
	home := `{"type":"home","blocks":[{"type":"actions","elements":[{"type":"button","action_id":"settings","text":{"type":"plain_text","text":"Settings"}}]}]}`
	a := w.call(t, "views.publish", "user_id", "U0LIN", "view", home)
	if a["ok"] != true {
		t.Fatal(a)
	}
	homeID := a["view"].(map[string]any)["id"].(string)
	if _, err := w.Act(t.Context(), "lin", "", Pick{View: homeID, Action: "settings"}); err != nil {
		t.Fatal(err)
	}
	if cb := b.next(t).Data.(slack.InteractionCallback); cb.View.ID != homeID || cb.Container.Type != "view" {
		t.Errorf("%+v", cb.Container)
	}
}

func TestTranscriptIsDeterministic(t *testing.T) {
	run := func() []byte {
		w := serve(t, Options{Session: ""})
		b := startBot(t, w, func(e socketmode.Event) any {
			if e.Type == socketmode.EventTypeSlashCommand {
				return map[string]any{"text": "working"}
			}
			return nil
		})
		id := openForm(t, w, b)
		if _, err := w.Dismiss(t.Context(), "lin", id); err != nil {
			t.Fatal(err)
		}
		ts := w.post(t, "channel", "C0GENERAL", "text", "low stock", "blocks", card, "metadata", `{"event_type":"d","event_payload":{"id":"alert/1"}}`)
		w.clock.Step(time.Minute)
		if _, err := w.Reply(t.Context(), "mei", "general", ts, "@lilei yours"); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := w.WriteTranscript(&out); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	first := run()
	if diff := cmp.Diff(string(first), string(run())); diff != "" {
		t.Error(diff)
	}
	var events []Event
	if err := json.Unmarshal(first, &events); err != nil || len(events) != 3 || events[1].Delivery != "alert/1" || events[2].Kind != "reply" {
		t.Errorf("%v %+v", err, events)
	}
}
