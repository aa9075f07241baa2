package sandbox

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

// must posts and returns the ts.
func (w *world) post(t *testing.T, args ...string) string {
	t.Helper()
	answer := w.call(t, "chat.postMessage", args...)
	ts, _ := answer["ts"].(string)
	if ts == "" {
		t.Fatalf("not posted: %v", answer)
	}
	return ts
}

func (w *world) refused(t *testing.T, want, method string, args ...string) map[string]any {
	t.Helper()
	answer := w.call(t, method, args...)
	if answer["ok"] != false || answer["error"] != want {
		t.Errorf("%s %v: %v, want %s", method, args, answer, want)
	}
	return answer
}

func TestPostAnswersWhatSlackAnswers(t *testing.T) {
	w := serve(t, Options{})
	ch, ts, err := w.client.PostMessageContext(t.Context(), "C0GENERAL", slack.MsgOptionText("hello", false))
	if err != nil || ch != "C0GENERAL" || ts != "1795219320.000000" {
		t.Fatalf("%s %s %v", ch, ts, err)
	}
	// The clock stands still: the next ts is one microsecond on.
	if _, ts, err = w.client.PostMessageContext(t.Context(), "general", slack.MsgOptionText("again", false)); err != nil || ts != "1795219320.000001" {
		t.Errorf("%s %v", ts, err)
	}
	auth, err := w.client.AuthTestContext(t.Context())
	if err != nil || auth.UserID != "U0SHOPWATCH" || auth.BotID == "" || auth.URL != w.url+"/" {
		t.Errorf("%+v %v", auth, err)
	}
	link, err := w.client.GetPermalinkContext(t.Context(), &slack.PermalinkParameters{Channel: "C0GENERAL", Ts: ts})
	if err != nil || link != w.url+"/archives/C0GENERAL/p1795219320000001" {
		t.Errorf("%s %v", link, err)
	}
}

func TestRefusals(t *testing.T) {
	w := serve(t, Options{PostBurst: -1, Channels: []Channel{
		{Name: "general"}, {Name: "outside", Members: []string{"lin"}}, {Name: "secret", Private: true, Members: []string{"lin"}},
	}})
	const c = "C0GENERAL"
	ts := w.post(t, "channel", c, "text", "root")
	person, err := w.Type(t.Context(), "lin", "general", "mine")
	if err != nil {
		t.Fatal(err)
	}
	long := func(n int) string { return strings.Repeat("价", n) }
	var blocks []string
	for range 5 {
		blocks = append(blocks, `{"type":"section","text":{"type":"mrkdwn","text":"`+long(2600)+`"}}`)
	}
	for _, r := range []struct {
		want, method string
		args         []string
	}{
		{"unknown_method", "chat.scheduleMessage", nil},
		{"not_authed", "auth.test", []string{"token", ""}},
		{"invalid_auth", "auth.test", []string{"token", "xoxb-other"}},
		{"not_allowed_token_type", "apps.connections.open", nil},
		{"not_allowed_token_type", "auth.test", []string{"token", DefaultAppToken}},
		{"channel_not_found", "chat.postMessage", []string{"channel", "C404", "text", "x"}},
		{"channel_not_found", "chat.postMessage", []string{"channel", "C0SECRET", "text", "x"}},
		{"not_in_channel", "chat.postMessage", []string{"channel", "C0OUTSIDE", "text", "x"}},
		{"no_text", "chat.postMessage", []string{"channel", c}},
		{"invalid_blocks_format", "chat.postMessage", []string{"channel", c, "blocks", "{"}},
		{"msg_too_long", "chat.postMessage", []string{"channel", c, "text", long(40_001)}},
		{"msg_too_long", "chat.update", []string{"channel", c, "ts", ts, "text", long(4001)}},
		{"msg_blocks_too_long", "chat.postMessage", []string{"channel", c, "text", "x", "blocks", "[" + strings.Join(blocks, ",") + `,{"type":"divider"},{"type":"header","text":{"type":"plain_text","text":"x"}}]`}},
		{"invalid_thread_ts", "chat.postMessage", []string{"channel", c, "text", "x", "thread_ts", "yesterday"}},
		{"invalid_metadata_schema", "chat.postMessage", []string{"channel", c, "text", "x", "metadata", `{"event_type":"a"}`}},
		{"cant_update_message", "chat.update", []string{"channel", c, "ts", person.TS, "text", "x"}},
		{"message_not_found", "chat.update", []string{"channel", c, "ts", "1.000000", "text", "x"}},
		{"cant_delete_message", "chat.delete", []string{"channel", c, "ts", person.TS}},
		{"user_not_in_channel", "chat.postEphemeral", []string{"channel", c, "user", "U404", "text", "x"}},
		{"not_in_channel", "conversations.history", []string{"channel", "C0OUTSIDE"}},
		{"channel_not_found", "conversations.history", []string{"channel", "general"}},
		{"thread_not_found", "conversations.replies", []string{"channel", c, "ts", "1.000000"}},
		{"user_not_found", "users.info", []string{"user", "U404"}},
		{"message_not_found", "reactions.add", []string{"channel", c, "timestamp", "1.0", "name", "eyes"}},
		{"no_reaction", "reactions.remove", []string{"channel", c, "timestamp", ts, "name", "eyes"}},
		{"invalid_trigger_id", "views.open", []string{"trigger_id", "x", "view", "{}"}},
		{"invalid_cursor", "conversations.history", []string{"channel", c, "cursor", "bm9uc2Vuc2U="}},
		{"missing_scope", "conversations.list", []string{"types", "im"}},
	} {
		w.refused(t, r.want, r.method, r.args...)
	}
	w.Archive("general", true)
	w.refused(t, "is_archived", "chat.postMessage", "channel", c, "text", "x")
	w.SetScopes("channels:read")
	answer := w.refused(t, "missing_scope", "chat.postMessage", "channel", c, "text", "x")
	if answer["needed"] != "chat:write" || answer["provided"] != "channels:read" {
		t.Errorf("%v", answer)
	}
	w.Revoke(true)
	w.refused(t, "token_revoked", "auth.test")
}

func TestInvalidBlocksPointAtTheFault(t *testing.T) {
	w := serve(t, Options{})
	_, _, err := w.client.PostMessageContext(t.Context(), "C0GENERAL", slack.MsgOptionText("x", false), slack.MsgOptionBlocks(
		slack.NewDividerBlock(), slack.NewHeaderBlock(slack.NewTextBlockObject("plain_text", strings.Repeat("价", 151), false, false))))
	var no slack.SlackErrorResponse
	if !errors.As(err, &no) || no.Err != "invalid_blocks" {
		t.Fatalf("%v", err)
	}
	want := "[ERROR] must be less than 151 characters [json-pointer:/blocks/1/text/text]"
	if len(no.ResponseMetadata.Messages) != 1 || no.ResponseMetadata.Messages[0] != want {
		t.Errorf("%q", no.ResponseMetadata.Messages)
	}
}

func TestPostingRate(t *testing.T) {
	w := serve(t, Options{})
	for range 3 {
		w.post(t, "channel", "C0GENERAL", "text", "x")
	}
	_, _, err := w.client.PostMessageContext(t.Context(), "C0GENERAL", slack.MsgOptionText("x", false))
	var limited *slack.RateLimitedError
	if !errors.As(err, &limited) || limited.RetryAfter != time.Second {
		t.Fatalf("%v", err)
	}
	w.post(t, "channel", "C0SHOPALERTS", "text", "another channel has its own lane")
	w.clock.Step(time.Second)
	w.post(t, "channel", "C0GENERAL", "text", "x")
	if answer := w.refused(t, "ratelimited", "chat.postMessage", "channel", "C0GENERAL", "text", "x"); answer["retry_after"] != "1" {
		t.Errorf("%v", answer)
	}
}

func TestScopesHeader(t *testing.T) {
	w := serve(t, Options{Scopes: []string{"chat:write", "users:read"}})
	resp, err := http.PostForm(w.url+"/api/auth.test", map[string][]string{"token": {DefaultBotToken}})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("X-OAuth-Scopes"); got != "chat:write,users:read" {
		t.Errorf("%q", got)
	}
}

// seven posts one a second and returns their ts.
func seven(t *testing.T, w *world) []string {
	t.Helper()
	var list []string
	for i := range 7 {
		w.clock.Step(time.Second)
		list = append(list, w.post(t, "channel", "C0GENERAL", "text", fmt.Sprint("m", i),
			"metadata", fmt.Sprintf(`{"event_type":"shopwatch_delivery","event_payload":{"key":"k%d"}}`, i)))
	}
	return list
}

func TestHistorySpansAndPages(t *testing.T) {
	w := serve(t, Options{})
	ts := seven(t, w)
	for _, c := range []struct {
		name string
		p    slack.GetConversationHistoryParameters
		want string
	}{
		{"all, newest first", slack.GetConversationHistoryParameters{}, "m6 m5 m4 m3 m2 m1 m0"},
		{"oldest is left out", slack.GetConversationHistoryParameters{Oldest: ts[4]}, "m6 m5"},
		{"oldest inclusive", slack.GetConversationHistoryParameters{Oldest: ts[4], Inclusive: true}, "m6 m5 m4"},
		{"latest is left out", slack.GetConversationHistoryParameters{Latest: ts[2]}, "m1 m0"},
		{"both", slack.GetConversationHistoryParameters{Oldest: ts[1], Latest: ts[4]}, "m3 m2"},
		{"one message", slack.GetConversationHistoryParameters{Oldest: ts[3], Latest: ts[3], Inclusive: true}, "m3"},
		{"whole seconds", slack.GetConversationHistoryParameters{Oldest: strings.Split(ts[5], ".")[0]}, "m6"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, _ := w.pages(t, c.p); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			c.p.Limit = 2
			got, pages := w.pages(t, c.p)
			if got != c.want || pages != (len(strings.Fields(c.want))+1)/2 {
				t.Errorf("in pages of 2: %s in %d pages", got, pages)
			}
		})
	}
}

func (w *world) pages(t *testing.T, p slack.GetConversationHistoryParameters) (string, int) {
	t.Helper()
	p.ChannelID = "C0GENERAL"
	var list []string
	for pages := 1; ; pages++ {
		h, err := w.client.GetConversationHistoryContext(t.Context(), &p)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range h.Messages {
			list = append(list, m.Text)
		}
		p.Cursor = h.ResponseMetaData.NextCursor
		if h.HasMore != (p.Cursor != "") {
			t.Errorf("has_more %v with cursor %q", h.HasMore, p.Cursor)
		}
		if p.Cursor == "" {
			return strings.Join(list, " "), pages
		}
	}
}

func TestMetadataOnlyWhenAskedFor(t *testing.T) {
	w := serve(t, Options{})
	seven(t, w)
	for _, with := range []bool{false, true} {
		h, err := w.client.GetConversationHistoryContext(t.Context(), &slack.GetConversationHistoryParameters{
			ChannelID: "C0GENERAL", Limit: 1, IncludeAllMetadata: with,
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := h.Messages[0].Metadata.EventPayload["key"] == "k6"; got != with {
			t.Errorf("asked %v, got %v", with, h.Messages[0].Metadata)
		}
	}
	if got := w.Transcript()[2].Delivery; got != "k2" {
		t.Errorf("transcript has delivery %q", got)
	}
}

func TestThreads(t *testing.T) {
	w := serve(t, Options{PostBurst: -1})
	root := w.post(t, "channel", "C0GENERAL", "text", "root")
	first := w.post(t, "channel", "C0GENERAL", "text", "first", "thread_ts", root)
	w.post(t, "channel", "C0GENERAL", "text", "to a reply", "thread_ts", first)
	w.post(t, "channel", "C0GENERAL", "text", "loud", "thread_ts", root, "reply_broadcast", "true")
	list, more, _, err := w.client.GetConversationRepliesContext(t.Context(), &slack.GetConversationRepliesParameters{ChannelID: "C0GENERAL", Timestamp: root})
	if err != nil || more || len(list) != 4 || list[0].ReplyCount != 3 || list[2].ThreadTimestamp != root {
		t.Fatalf("%v %v %+v", err, more, list)
	}
	page, more, cursor, err := w.client.GetConversationRepliesContext(t.Context(), &slack.GetConversationRepliesParameters{ChannelID: "C0GENERAL", Timestamp: root, Limit: 3})
	if err != nil || !more || len(page) != 3 || cursor == "" {
		t.Errorf("first page %v %v %d", err, more, len(page))
	}
	page, more, _, err = w.client.GetConversationRepliesContext(t.Context(), &slack.GetConversationRepliesParameters{ChannelID: "C0GENERAL", Timestamp: root, Limit: 3, Cursor: cursor})
	if err != nil || more || len(page) != 1 || page[0].Text != "loud" {
		t.Errorf("second page %v %v %+v", err, more, page)
	}
	if got, _ := w.pages(t, slack.GetConversationHistoryParameters{}); got != "loud root" {
		t.Errorf("channel shows %q", got)
	}
	// The root goes: a reply stands in the channel, and its answer tells.
	if ok := w.Delete("general", root); !ok {
		t.Fatal("nothing deleted")
	}
	answer := w.call(t, "chat.postMessage", "channel", "C0GENERAL", "text", "stray", "thread_ts", root)
	if m := answer["message"].(map[string]any); answer["ok"] != true || m["thread_ts"] != nil {
		t.Errorf("%v", answer)
	}
	w.refused(t, "thread_not_found", "conversations.replies", "channel", "C0GENERAL", "ts", root)
}

func TestUpdateAndDelete(t *testing.T) {
	w := serve(t, Options{})
	ts := w.post(t, "channel", "C0GENERAL", "text", "old", "blocks", `[{"type":"divider"}]`)
	w.clock.Step(time.Minute)
	if a := w.call(t, "chat.update", "channel", "C0GENERAL", "ts", ts, "text", "new"); a["ok"] != true {
		t.Fatal(a)
	}
	h, err := w.client.GetConversationHistoryContext(t.Context(), &slack.GetConversationHistoryParameters{ChannelID: "C0GENERAL"})
	if err != nil || h.Messages[0].Text != "new" || h.Messages[0].Edited == nil || len(h.Messages[0].Blocks.BlockSet) != 1 {
		t.Fatalf("%v %+v", err, h)
	}
	if a := w.call(t, "chat.update", "channel", "C0GENERAL", "ts", ts, "text", "bare", "blocks", "[]"); a["ok"] != true {
		t.Fatal(a)
	}
	if a := w.call(t, "chat.delete", "channel", "C0GENERAL", "ts", ts); a["ok"] != true {
		t.Fatal(a)
	}
	w.refused(t, "message_not_found", "chat.update", "channel", "C0GENERAL", "ts", ts, "text", "x")
	want := "post general shopwatch old\nupdate general shopwatch new\nupdate general shopwatch bare\ndelete general shopwatch bare"
	if got := texts(w.Transcript()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestEphemeralIsNotHistory(t *testing.T) {
	w := serve(t, Options{})
	ts, err := w.client.PostEphemeralContext(t.Context(), "C0GENERAL", "U0LIN", slack.MsgOptionText("psst", false))
	if err != nil || ts == "" {
		t.Fatal(ts, err)
	}
	if got, _ := w.pages(t, slack.GetConversationHistoryParameters{}); got != "" {
		t.Errorf("history shows %q", got)
	}
	w.refused(t, "message_not_found", "chat.update", "channel", "C0GENERAL", "ts", ts, "text", "x")
}

func TestDirectories(t *testing.T) {
	w := serve(t, Options{Lang: "zh", Groups: []Group{{Handle: "price-team", Name: "价格组", Members: []string{"mei"}}}})
	ctx := t.Context()
	users, err := w.client.GetUsersContext(ctx)
	if err != nil || len(users) != 4 {
		t.Errorf("%v %+v", err, users)
	}
	u, err := w.client.GetUserInfoContext(ctx, "U0MEI")
	if err != nil || u.RealName != "韩梅" || u.Locale != "zh-CN" {
		t.Errorf("%v %+v", err, u)
	}
	page, cursor, err := w.client.GetConversationsContext(ctx, &slack.GetConversationsParameters{Limit: 2})
	if err != nil || len(page) != 2 || cursor == "" {
		t.Errorf("%v %d %q", err, len(page), cursor)
	}
	rest, cursor, err := w.client.GetConversationsContext(ctx, &slack.GetConversationsParameters{Limit: 2, Cursor: cursor})
	if err != nil || len(rest) != 1 || cursor != "" {
		t.Errorf("%v %d %q", err, len(rest), cursor)
	}
	groups, err := w.client.GetUserGroupsContext(ctx, slack.GetUserGroupsOptionIncludeUsers(true))
	if err != nil || len(groups) != 1 || groups[0].Users[0] != "U0MEI" {
		t.Errorf("%v %+v", err, groups)
	}
	im, _, _, err := w.client.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{"U0MEI"}, ReturnIM: true})
	if err != nil || im.ID != "D0MEI" || im.User != "U0MEI" {
		t.Errorf("%v %+v", err, im)
	}
	w.Expel("general", "shopwatch")
	if _, _, _, err := w.client.JoinConversationContext(ctx, "C0GENERAL"); err != nil {
		t.Error(err)
	}
	info, err := w.client.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: "C0GENERAL"})
	if err != nil || !info.IsMember || info.Name != "general" {
		t.Errorf("%v %+v", err, info)
	}
}
