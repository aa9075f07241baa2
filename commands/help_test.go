package commands

import (
	"strings"
	"testing"

	"shopwatch/internal/i18n"
)

// TestEveryCommandHasHelp: the list of what can be asked has a line for each
// command in both languages.
func TestEveryCommandHasHelp(t *testing.T) {
	for _, l := range []*i18n.Locale{i18n.Zh(), i18n.En()} {
		for _, c := range all() {
			if text := l.T("command.help_" + c.Name); strings.Contains(text, "command.help_") {
				t.Errorf("%s: /shop %s has no line in the help", l.Tag(), c.Name)
			}
		}
	}
}
