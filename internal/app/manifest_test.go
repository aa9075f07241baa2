package app

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"shopwatch/bot/sandbox/npmtest"
	"shopwatch/bot/slack"
	"shopwatch/commands"
	"shopwatch/internal/card"
	"shopwatch/internal/i18n"
)

// TestManifestIsThatOfTheCode: the slash commands and shortcuts of the printed
// manifest are those that the code answers, all of them; and both variants fit
// Slack's own type of a manifest, which knows the names of scopes and events.
func TestManifestIsThatOfTheCode(t *testing.T) {
	var b strings.Builder
	b.WriteString("import type { Manifest } from \"@slack/web-api\";\n")
	b.WriteString("// @ts-expect-error there is no such scope\nexport const wrong: Manifest = {display_information: {name: \"x\"}, oauth_config: {scopes: {bot: [\"chat:scream\"]}}};\n")
	for i, host := range []string{"", "bot.example.com"} {
		var text strings.Builder
		if err := Manifest(&text, host); err != nil {
			t.Fatal(err)
		}
		var m struct {
			Features struct {
				Commands []struct {
					Command string `yaml:"command"`
				} `yaml:"slash_commands"`
				Shortcuts []struct {
					Callback string `yaml:"callback_id"`
				} `yaml:"shortcuts"`
			} `yaml:"features"`
		}
		if err := yaml.Unmarshal([]byte(text.String()), &m); err != nil {
			t.Fatal(err)
		}
		var got, want []string
		for _, c := range m.Features.Commands {
			got = append(got, c.Command)
		}
		for _, c := range commands.Slashes() {
			want = append(want, c.Name)
		}
		for _, s := range m.Features.Shortcuts {
			got = append(got, s.Callback)
		}
		want = append(want, card.VerbAckShortcut, card.VerbNoteThis)
		if !slices.Equal(got, want) {
			t.Errorf("host %q: the manifest has %v, the code %v", host, got, want)
		}
		var all any
		if err := yaml.Unmarshal([]byte(text.String()), &all); err != nil {
			t.Fatal(err)
		}
		raw, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "export const manifest%d: Manifest = %s;\n", i, raw)
	}
	t.Run("types", func(t *testing.T) { npmtest.TypeCheck(t, b.String()) })
}

// Every verb that the hint of /shop names can be asked, and every shortcut has a
// name in the demo, in both languages.
func TestHintsAndNames(t *testing.T) {
	var names []string
	for _, e := range commands.Examples() {
		name, _, _ := strings.Cut(e, " ")
		names = append(names, name)
	}
	for hint := range strings.SplitSeq(commands.Slashes()[0].Usage, "|") {
		if hint = strings.TrimSpace(hint); !slices.Contains(names, hint) {
			t.Errorf("/shop %s is hinted at, but cannot be asked", hint)
		}
	}
	for _, l := range []*i18n.Locale{i18n.Zh(), i18n.En()} {
		for _, s := range slack.Shortcuts() {
			if text := l.T("demo.shortcut_" + s.Callback); strings.Contains(text, s.Callback) {
				t.Errorf("%s: shortcut %s has no name", l.Tag(), s.Callback)
			}
		}
	}
}
