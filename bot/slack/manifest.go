package slack

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/template"
)

//go:embed manifest.yaml.tmpl
var manifestText string

// ManifestCommand is a slash command as Slack lists it.
type ManifestCommand struct {
	Name        string // with the slash; at most 32 characters
	Description string
	Hint        string
}

// ManifestOptions says what the Slack app looks like. Only Commands are
// required.
type ManifestOptions struct {
	Name        string            // of the app and of the bot; "" is Shopwatch
	Description string            // "" is the default in English
	HTTPHost    string            // public host of the bot for signed HTTP; "" is Socket Mode
	Commands    []ManifestCommand // two apps may claim one name and the last install wins
}

// ManifestShortcut is an act in the menu of a message.
type ManifestShortcut struct {
	Name        string // at most 24 characters
	Callback    string
	Description string
}

// Shortcuts returns the acts in the menu of a message, for threads, where slash
// commands do not work.
func Shortcuts() []ManifestShortcut {
	return []ManifestShortcut{
		{"Acknowledge alert", "alert_ack", "Take the alert of this thread"},
		{"Keep as alert note", "alert_note", "Keep this message as the note of the alert of this thread"},
	}
}

// Scopes returns the rights the bot token needs, in order. There is no
// chat:write.public on purpose: without membership a doubtful post could not be
// looked up.
func Scopes() []string {
	return []string{
		"commands", "chat:write", "app_mentions:read", "channels:read", "channels:history",
		"groups:read", "groups:history", "im:history", "im:write", "files:write", "files:read", "users:read", "usergroups:read",
	}
}

// Events returns the bot events that are subscribed to: those that readEvent
// understands.
func Events() []string {
	return []string{"app_mention", "message.im", "app_home_opened", "member_joined_channel"}
}

// Manifest returns the app manifest as YAML.
func Manifest(o ManifestOptions) ([]byte, error) {
	if o.Name == "" {
		o.Name = "Shopwatch"
	}
	if o.Description == "" {
		o.Description = "GMV, price moves, stockouts and complaint spikes for the store team"
	}
	if err := checkManifest(o); err != nil {
		return nil, fmt.Errorf("slack manifest: %w", err)
	}
	t, err := template.New("manifest").Funcs(template.FuncMap{"quote": quote}).Parse(manifestText)
	if err != nil {
		return nil, fmt.Errorf("slack manifest: %w", err)
	}
	var out bytes.Buffer
	err = t.Execute(&out, map[string]any{
		"Name": o.Name, "Bot": botName(o.Name), "Description": o.Description, "Host": o.HTTPHost,
		"Commands": o.Commands, "Scopes": Scopes(), "Events": Events(), "Shortcuts": Shortcuts(),
	})
	if err != nil {
		return nil, fmt.Errorf("slack manifest: %w", err)
	}
	return out.Bytes(), nil
}

// checkManifest applies Slack's limits.
func checkManifest(o ManifestOptions) error {
	var bad []error
	if length(o.Name) > 35 {
		bad = append(bad, errors.New("the name has more than 35 characters"))
	}
	if length(o.Description) > 140 {
		bad = append(bad, errors.New("the description has more than 140 characters"))
	}
	if strings.ContainsAny(o.HTTPHost, "/ \t\n@?#") {
		bad = append(bad, errors.New("the host must be a bare host name, without https:// and path"))
	}
	if n := len(o.Commands); n == 0 || n > 50 {
		bad = append(bad, fmt.Errorf("%d commands; Slack takes 1 to 50", n))
	}
	var names []string
	for _, c := range o.Commands {
		if !commandName(c.Name) {
			bad = append(bad, fmt.Errorf("command %q must be a slash and up to 31 lower-case letters, digits, - or _", c.Name))
		}
		if slices.Contains(names, c.Name) {
			bad = append(bad, fmt.Errorf("command %q twice", c.Name))
		}
		names = append(names, c.Name)
		if c.Description == "" || length(c.Description) > 2000 || length(c.Hint) > 1000 {
			bad = append(bad, fmt.Errorf("command %q needs a description; it or the hint may be too long", c.Name))
		}
	}
	return errors.Join(bad...)
}

func commandName(s string) bool {
	rest, slash := strings.CutPrefix(s, "/")
	if !slash || rest == "" || len(s) > 32 {
		return false
	}
	return !strings.ContainsFunc(rest, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_'
	})
}

// botName is the name that people mention, which has no blanks or capitals.
func botName(app string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' {
			return '-'
		}
		return r
	}, strings.ToLower(app))
}

// quote writes a YAML double-quoted scalar.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(clean(s)) + `"`
}
