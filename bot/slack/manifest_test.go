package slack

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// scopesOf is what each call of the Web API needs, by its name in slack-go, and
// each subscribed event, by its own; Slack's reference says so method by method.
var scopesOf = map[string][]string{
	"AuthTestContext": nil, "StartSocketModeContext": nil, "OpenViewContext": nil, "PublishViewContext": nil,
	"PostMessageContext": {"chat:write"}, "PostMessageWithResponseContext": {"chat:write"}, "PostEphemeralContext": {"chat:write"},
	"UpdateMessageContext": {"chat:write"}, "DeleteMessageContext": {"chat:write"},
	"GetConversationHistoryContext": {"channels:history", "groups:history", "im:history"},
	"GetConversationRepliesContext": {"channels:history", "groups:history", "im:history"},
	"GetConversationInfoContext":    {"channels:read", "groups:read"},
	"GetConversationsContext":       {"channels:read", "groups:read"},
	"OpenConversationContext":       {"im:write"},
	"GetUserInfoContext":            {"users:read"},
	"GetUserGroupsContext":          {"usergroups:read"},
	"GetUploadURLExternalContext":   {"files:write"}, "CompleteUploadExternalContext": {"files:write"}, "GetFileInfoContext": {"files:read"},

	"app_mention": {"app_mentions:read"}, "message.im": {"im:history"}, "app_home_opened": nil, "member_joined_channel": {"channels:read", "groups:read"},
}

// TestScopesAreThoseOfTheCode: the manifest asks for what the calls, events,
// commands and shortcuts of this package need, and for nothing else.
func TestScopesAreThoseOfTheCode(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	call := regexp.MustCompile(`\.api\.(\w+)\(`)
	uses := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range call.FindAllStringSubmatch(string(text), -1) {
			uses[m[1]] = true
		}
	}
	if len(uses) < 10 {
		t.Fatalf("only %d calls found", len(uses))
	}
	for _, e := range Events() {
		uses[e] = true
	}
	need := map[string]bool{"commands": true} // of slash commands and shortcuts
	for u := range uses {
		scopes, known := scopesOf[u]
		if !known {
			t.Errorf("which scopes does %s need? say it in scopesOf", u)
		}
		for _, s := range scopes {
			need[s] = true
		}
	}
	for u := range scopesOf {
		if !uses[u] {
			t.Errorf("%s is not used any more", u)
		}
	}
	if got, want := slices.Sorted(slices.Values(Scopes())), slices.Sorted(maps.Keys(need)); !slices.Equal(got, want) {
		t.Errorf("the manifest asks for %v, the code needs %v", got, want)
	}
}

// TestEventsAreThoseOfTheCode: every subscribed event is understood, and events
// of other kinds are not.
func TestEventsAreThoseOfTheCode(t *testing.T) {
	s := adapter(t)
	body := map[string]string{
		"app_mention":           `"user":"U1","text":"<@U0BOT> gmv","ts":"1.1","channel":"C1"`,
		"message.im":            `"user":"U1","text":"gmv","ts":"1.1","channel":"D1","channel_type":"im"`,
		"app_home_opened":       `"user":"U1","tab":"home","channel":"D1"`,
		"member_joined_channel": `"user":"U0BOT","channel":"C1","inviter":"U1"`,
	}
	read := func(kind, fields string) error {
		kind, _, _ = strings.Cut(kind, ".")
		_, err := s.readEvent(json.RawMessage(fmt.Sprintf(
			`{"type":"event_callback","team_id":"T1","event_id":"Ev1","authorizations":[{"user_id":"U0BOT","is_bot":true}],"event":{"type":%q,%s}}`, kind, fields)))
		return err
	}
	for _, e := range Events() {
		if body[e] == "" {
			t.Errorf("no example of %s", e)
		} else if err := read(e, body[e]); err != nil {
			t.Errorf("%s is subscribed to and not understood: %v", e, err)
		}
	}
	if len(body) != len(Events()) {
		t.Errorf("%d examples of %d events", len(body), len(Events()))
	}
	for _, e := range []string{"reaction_added", "message_changed", "member_left_channel", "app_uninstalled", "team_join"} {
		if err := read(e, body["app_mention"]); !errors.Is(err, errUnused) {
			t.Errorf("%s is understood and not subscribed to: %v", e, err)
		}
	}
}
