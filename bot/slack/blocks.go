package slack

import (
	"encoding/json"
	"fmt"

	slackgo "github.com/slack-go/slack"

	"shopwatch/internal/chat"
)

// Blocks returns what a message looks like to Slack, as the JSON of its blocks,
// without pictures. plain gives the look that is offered when Slack refuses the
// first, which is also that of home pages.
func Blocks(m chat.Message, plain bool) (json.RawMessage, error) {
	l := lookFull
	if plain {
		l = lookPlain
	}
	raw, err := json.Marshal(slackgo.Blocks{BlockSet: render(m, l, nil).Blocks})
	if err != nil {
		return nil, fmt.Errorf("blocks of %q: %w", m.Text, err)
	}
	return raw, nil
}

// View returns what a form looks like to Slack, as the JSON of its view.
func View(f chat.Form) (json.RawMessage, error) {
	v, err := formView(chat.Event{}, f)
	if err != nil {
		return nil, fmt.Errorf("view of form %s: %w", f.Verb, err)
	}
	return json.Marshal(v)
}
