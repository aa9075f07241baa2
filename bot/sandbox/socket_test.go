package sandbox

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"
)

func TestSlashCommandOverTheSocket(t *testing.T) {
	w := serve(t, Options{})
	b := startBot(t, w, func(e socketmode.Event) any {
		if e.Type == socketmode.EventTypeSlashCommand {
			return map[string]any{"text": "On it: GMV today"}
		}
		return nil
	})
	ex, err := w.Type(t.Context(), "lin", "shop-digest", "/shop gmv @lilei #shop-alerts a<b & c")
	if err != nil || !ex.Acked || ex.TS == "" {
		t.Fatalf("exchange %+v, %v", ex, err)
	}
	cmd, ok := b.next(t).Data.(slack.SlashCommand)
	if !ok || cmd.Command != "/shop" || cmd.UserName != "lin" || cmd.ChannelName != "shop-digest" || cmd.TeamID != "T0SANDBOX" {
		t.Fatalf("command %+v", cmd)
	}
	if want := "gmv <@U0LILEI|lilei> <#C0SHOPALERTS|shop-alerts> a&lt;b &amp; c"; cmd.Text != want {
		t.Errorf("text %q, want %q", cmd.Text, want)
	}
	if !strings.HasPrefix(cmd.ResponseURL, w.url+"/response/") || cmd.TriggerID == "" {
		t.Errorf("response url %q, trigger %q", cmd.ResponseURL, cmd.TriggerID)
	}
	if got, want := texts(w.Transcript()), "ephemeral shop-digest shopwatch On it: GMV today"; got != want {
		t.Errorf("transcript\n%s\nwant\n%s", got, want)
	}
	if only := w.Transcript()[0].Only; only != "lin" {
		t.Errorf("shown to %q", only)
	}
}

func TestCommandsThatNeverReachTheBot(t *testing.T) {
	w := serve(t, Options{})
	startBot(t, w, ackOnly)
	root, err := w.Type(t.Context(), "lin", "general", "hello")
	if err != nil {
		t.Fatal(err)
	}
	inThread, err := w.Reply(t.Context(), "lin", "general", root.TS, "/shop gmv")
	if err != nil || inThread.Notice != "/shop is not supported in threads. Sorry!" || inThread.ID != "" {
		t.Errorf("in a thread: %+v, %v", inThread, err)
	}
	unknown, err := w.Type(t.Context(), "lin", "general", "/weather")
	if err != nil || unknown.Notice != "/weather is not a valid command." {
		t.Errorf("unknown: %+v, %v", unknown, err)
	}
	if e := w.Transcript()[1]; e.Kind != "ephemeral" || e.ThreadTS != root.TS || e.User != "slackbot" {
		t.Errorf("notice %+v", e)
	}
}

func TestMentionDirectMessageAndEvents(t *testing.T) {
	w := serve(t, Options{})
	b := startBot(t, w, ackOnly)
	ctx := t.Context()
	root, err := w.Type(ctx, "lin", "general", "@shopwatch gmv")
	if err != nil || !root.Acked {
		t.Fatalf("%+v, %v", root, err)
	}
	inner := func() any {
		outer, ok := b.next(t).Data.(slackevents.EventsAPIEvent)
		if !ok {
			t.Fatal("no event")
		}
		return outer.InnerEvent.Data
	}
	if m, ok := inner().(*slackevents.AppMentionEvent); !ok || m.Text != "<@U0SHOPWATCH> gmv" || m.TimeStamp != root.TS || m.ThreadTimeStamp != "" {
		t.Errorf("mention %+v", m)
	}
	if _, err := w.Reply(ctx, "mei", "general", root.TS, "@shopwatch, why?"); err != nil {
		t.Fatal(err)
	}
	if m, ok := inner().(*slackevents.AppMentionEvent); !ok || m.ThreadTimeStamp != root.TS || m.User != "U0MEI" {
		t.Errorf("mention in a thread %+v", m)
	}
	if _, err := w.Type(ctx, "mei", "@shopwatch", "hi"); err != nil {
		t.Fatal(err)
	}
	if m, ok := inner().(*slackevents.MessageEvent); !ok || m.ChannelType != "im" || m.Text != "hi" || m.Channel != "D0MEI" {
		t.Errorf("direct %+v", m)
	}
	if _, err := w.OpenHome(ctx, "mei"); err != nil {
		t.Fatal(err)
	}
	if h, ok := inner().(*slackevents.AppHomeOpenedEvent); !ok || h.Tab != "home" || h.User != "U0MEI" {
		t.Errorf("home %+v", h)
	}
	if _, err := w.React(ctx, "mei", "general", root.TS, "eyes"); err != nil {
		t.Fatal(err)
	}
	if r, ok := inner().(*slackevents.ReactionAddedEvent); !ok || r.Reaction != "eyes" || r.Item.Timestamp != root.TS {
		t.Errorf("reaction %+v", r)
	}
	// Talk among people is not the bot's business.
	if ex, err := w.Type(ctx, "mei", "general", "lunch?"); err != nil || ex.ID != "" {
		t.Errorf("plain talk went out: %+v, %v", ex, err)
	}
}

func TestUnacknowledgedEnvelopeComesAgain(t *testing.T) {
	w := serve(t, Options{AckWithin: 200 * time.Millisecond})
	tries := 0
	b := startBot(t, w, func(socketmode.Event) any {
		tries++
		if tries == 1 {
			return silence
		}
		return map[string]any{"text": "late"}
	})
	ex, err := w.Type(t.Context(), "lin", "general", "/shop gmv")
	if err != nil || ex.Acked || ex.Notice != `/shop failed with the error "operation_timeout"` {
		t.Fatalf("%+v, %v", ex, err)
	}
	first := b.next(t)
	w.Drop()
	again := b.next(t)
	if again.Request.EnvelopeID != first.Request.EnvelopeID || again.Request.RetryAttempt != 1 {
		t.Errorf("again %s attempt %d, first %s", again.Request.EnvelopeID, again.Request.RetryAttempt, first.Request.EnvelopeID)
	}
	eventually(t, "the acknowledgement", func() bool { return w.Unacknowledged() == 0 })
}

func TestCommandBeforeAnyBotIsThere(t *testing.T) {
	w := serve(t, Options{AckWithin: 10 * time.Second})
	type result struct {
		ex  Exchange
		err error
	}
	got := make(chan result)
	go func() {
		ex, err := w.Type(t.Context(), "lin", "general", "/shop gmv")
		got <- result{ex, err}
	}()
	eventually(t, "the envelope", func() bool { return w.Unacknowledged() == 1 })
	b := startBot(t, w, ackOnly)
	if e := b.next(t); e.Request.RetryAttempt != 0 {
		t.Errorf("first delivery counts as attempt %d", e.Request.RetryAttempt)
	}
	if r := <-got; r.err != nil || !r.ex.Acked {
		t.Errorf("%+v", r)
	}
}

// dial opens a socket by hand and reads the hello.
func dial(t *testing.T, w *world) (*websocket.Conn, map[string]any) {
	t.Helper()
	_, link, err := w.client.StartSocketModeContext(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	conn, _, err := websocket.DefaultDialer.Dial(link, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn, frame(t, conn)
}

func frame(t *testing.T, conn *websocket.Conn) map[string]any {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	var v map[string]any
	if err := conn.ReadJSON(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestFrames(t *testing.T) {
	w := serve(t, Options{PingEvery: 20 * time.Millisecond})
	one, hello := dial(t, w)
	if hello["type"] != "hello" || hello["num_connections"] != 1.0 {
		t.Errorf("hello %v", hello)
	}
	two, hello := dial(t, w)
	if hello["num_connections"] != 2.0 || hello["connection_info"].(map[string]any)["app_id"] != "A0SANDBOX" {
		t.Errorf("second hello %v", hello)
	}
	pings := make(chan struct{}, 100)
	two.SetPingHandler(func(string) error { pings <- struct{}{}; return nil })
	go func() {
		for range 2 {
			_, _ = w.Type(t.Context(), "lin", "general", "/shop gmv")
		}
	}()
	// Two commands, two links: one each.
	first := frame(t, one)
	if first["type"] != "slash_commands" || first["accepts_response_payload"] != true || first["retry_attempt"] != 0.0 {
		t.Errorf("envelope %v", first)
	}
	if err := one.WriteJSON(map[string]any{"envelope_id": first["envelope_id"]}); err != nil {
		t.Fatal(err)
	}
	second := frame(t, two)
	if second["envelope_id"] == first["envelope_id"] {
		t.Error("the same envelope on both links")
	}
	go func() {
		for {
			if _, _, err := two.ReadMessage(); err != nil {
				return
			}
		}
	}()
	<-pings
	w.Refresh()
	if f := frame(t, one); f["type"] != "disconnect" || f["reason"] != "refresh_requested" {
		t.Errorf("disconnect %v", f)
	}
}

func TestFrameTooLong(t *testing.T) {
	w := serve(t, Options{})
	conn, _ := dial(t, w)
	fits := fmt.Sprintf(`{"envelope_id":"x","payload":{"text":"%s"}}`, strings.Repeat("a", 20_480-45))
	for _, text := range []string{fits, fits + strings.Repeat(" ", 20_481-len(fits))} {
		// The server may have hung up while we still write.
		_ = conn.WriteMessage(websocket.TextMessage, []byte(text))
	}
	_, _, err := conn.ReadMessage()
	if !websocket.IsCloseError(err, websocket.CloseMessageTooBig) {
		t.Errorf("closed with %v, want 1009", err)
	}
}

func TestTicketIsGoodOnce(t *testing.T) {
	w := serve(t, Options{})
	_, link, err := w.client.StartSocketModeContext(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{101, 403} {
		conn, resp, _ := websocket.DefaultDialer.Dial(link, nil)
		if resp == nil || resp.StatusCode != want {
			t.Errorf("use %d: %v, want %d", i+1, resp, want)
		}
		if conn != nil {
			defer conn.Close()
		}
	}
}
