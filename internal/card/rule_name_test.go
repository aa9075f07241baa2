package card

import (
	"strings"
	"testing"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/i18n"
)

// TestRulesHaveNames: every rule of the registry has a name in both languages,
// and the home page calls it by that; a rule of a configuration goes by its id.
func TestRulesHaveNames(t *testing.T) {
	for _, l := range []*i18n.Locale{i18n.Zh(), i18n.En()} {
		p := New(l, shop())
		for _, s := range analysis.Registry() {
			name := p.RuleName(s.ID)
			if strings.Contains(name, "«") || name == string(s.ID) {
				t.Errorf("%s: %s is called %q", l.Tag(), s.ID, name)
			}
			a := alerts()[0]
			a.Rule = s.ID
			var b strings.Builder
			if err := p.HomePage(Home{Now: now, Open: []alert.Alert{a}}).WriteText(&b); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(b.String(), name) {
				t.Errorf("%s: the home page does not call %s %q:\n%s", l.Tag(), s.ID, name, b.String())
			}
		}
		if got := p.RuleName("house_rule"); got != "house_rule" {
			t.Errorf("%s: a rule of a configuration is called %q", l.Tag(), got)
		}
	}
}
