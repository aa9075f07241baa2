package card

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"shopwatch/bot/sandbox"
	"shopwatch/bot/sandbox/npmtest"
	"shopwatch/bot/slack"
	"shopwatch/internal/chat"
	"shopwatch/internal/i18n"
)

// forms is every form that the product opens, by name.
func forms(p Pen) map[string]chat.Form {
	out := map[string]chat.Form{}
	for _, f := range []chat.Form{
		p.SnoozeForm("g", "x", now), p.AssignForm("g", "x"), p.ResolveForm(ChoiceResolve, "g", "x", hostile), p.SilenceForm("sku=x", "y"),
		p.SubscribeForm(true), p.QuietForm(), p.TargetForm(heldTarget()),
	} {
		out[f.Verb] = f
	}
	return out
}

// TestSlackTakesEveryCard: every card and form, in both languages, keeps to the
// limits of Block Kit as the sandbox knows them, and fits Slack's own types.
func TestSlackTakesEveryCard(t *testing.T) {
	var b strings.Builder
	b.WriteString("import type { KnownBlock, ModalView } from \"@slack/types\";\n")
	// The compiler must see a mistake, or the test below proves nothing.
	b.WriteString("// @ts-expect-error a header has plain text only\nexport const wrong: KnownBlock[] = [{ type: \"header\", text: { type: \"mrkdwn\", text: \"x\" } }];\n")
	for _, l := range []*i18n.Locale{i18n.Zh(), i18n.En()} {
		p := New(l, shop())
		all := cards(p)
		for _, name := range slices.Sorted(maps.Keys(all)) {
			for _, plain := range []bool{false, true} {
				raw, err := slack.Blocks(all[name], plain)
				if err != nil {
					t.Fatal(err)
				}
				for _, problem := range sandbox.CheckBlocks(raw, sandbox.Message) {
					t.Errorf("%s.%s, plain %v: %+v", name, l.Tag(), plain, problem)
				}
				if strings.HasPrefix(name, "home") {
					for _, problem := range sandbox.CheckBlocks(raw, sandbox.Home) {
						t.Errorf("%s.%s on the home page: %+v", name, l.Tag(), problem)
					}
				}
				fmt.Fprintf(&b, "export const %s_%s_%v: KnownBlock[] = %s;\n", name, l.Tag()[:2], plain, raw)
			}
		}
		for name, f := range forms(p) {
			raw, err := slack.View(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, problem := range sandbox.CheckView(raw) {
				t.Errorf("form %s.%s: %+v", name, l.Tag(), problem)
			}
			fmt.Fprintf(&b, "export const form_%s_%s: ModalView = %s;\n", name, l.Tag()[:2], raw)
		}
	}
	t.Run("types", func(t *testing.T) { npmtest.TypeCheck(t, b.String()) })
}
