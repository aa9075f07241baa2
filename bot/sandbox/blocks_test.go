package sandbox

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// rep repeats a Han character: limits count code points, not bytes.
func rep(n int) string { return strings.Repeat("价", n) }

func many(n int, item string) string {
	return "[" + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + "]"
}

func numbered(n int, format string) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(format, i))
	}
	return "[" + strings.Join(list, ",") + "]"
}

func TestCheckBlocks(t *testing.T) {
	button := `{"type":"button","action_id":"a%d","text":{"type":"plain_text","text":"ok"}}`
	option := func(text, value string) string {
		return fmt.Sprintf(`{"text":{"type":"plain_text","text":"%s"},"value":"%s"}`, text, value)
	}
	section := func(extra string) string { return `[{"type":"section",` + extra + `}]` }
	cells := func(n int) string { return many(n, `{"type":"raw_text","text":"x"}`) }
	table := func(rows string) string { return `[{"type":"table","rows":` + rows + `}]` }
	for _, c := range []struct{ name, blocks, want string }{
		{"50 blocks", many(50, `{"type":"divider"}`), ""},
		{"51 blocks", many(51, `{"type":"divider"}`), " no more than 50 items allowed"},
		{"not a list", `{"type":"divider"}`, " must be a list of blocks"},
		{"unknown type", `[{"type":"carousel"}]`, "/0/type unsupported type: carousel"},
		{"input in a message", `[{"type":"input"}]`, "/0/type unsupported type: input"},
		{"no type", `[{}]`, "/0 missing required field: type"},
		{"null block", `[null]`, "/0 must provide an object"},
		{"unknown field", `[{"type":"divider","color":"red"}]`, "/0 invalid additional property: color"},
		{"same block id", `[{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}]`, "/1/block_id block_id a already exists"},
		{"block id 255", `[{"type":"divider","block_id":"` + rep(255) + `"}]`, ""},
		{"block id 256", `[{"type":"divider","block_id":"` + rep(256) + `"}]`, "/0/block_id must be less than 256 characters"},

		{"header 150", `[{"type":"header","text":{"type":"plain_text","text":"` + rep(150) + `"}}]`, ""},
		{"header 151", `[{"type":"header","text":{"type":"plain_text","text":"` + rep(151) + `"}}]`, "/0/text/text must be less than 151 characters"},
		{"mrkdwn in a header", `[{"type":"header","text":{"type":"mrkdwn","text":"x"}}]`, "/0/text/type unsupported type: mrkdwn"},

		{"section 3000", section(`"text":{"type":"mrkdwn","text":"` + rep(3000) + `"}`), ""},
		{"section 3001", section(`"text":{"type":"mrkdwn","text":"` + rep(3001) + `"}`), "/0/text/text must be less than 3001 characters"},
		{"empty section", section(`"text":{"type":"mrkdwn","text":""}`), "/0/text/text must be more than 0 characters"},
		{"section of nothing", `[{"type":"section"}]`, "/0 must define either `text` or `fields`"},
		{"emoji in mrkdwn", section(`"text":{"type":"mrkdwn","text":"x","emoji":true}`), "/0/text invalid additional property: emoji"},
		{"10 fields", section(`"fields":` + many(10, `{"type":"mrkdwn","text":"x"}`)), ""},
		{"11 fields", section(`"fields":` + many(11, `{"type":"mrkdwn","text":"x"}`)), "/0/fields no more than 10 items allowed"},
		{"field 2001", section(`"fields":[{"type":"mrkdwn","text":"` + rep(2001) + `"}]`), "/0/fields/0/text must be less than 2001 characters"},

		{"25 buttons", `[{"type":"actions","elements":` + numbered(25, button) + `}]`, ""},
		{"26 buttons", `[{"type":"actions","elements":` + numbered(26, button) + `}]`, "/0/elements no more than 25 items allowed"},
		{"no buttons", `[{"type":"actions","elements":[]}]`, "/0/elements no less than 1 items allowed"},
		{"same action id", `[{"type":"actions","elements":` + many(2, fmt.Sprintf(button, 1)) + `}]`, "/0/elements/1/action_id action_id a1 already exists"},
		{"text input outside a form", `[{"type":"actions","elements":[{"type":"plain_text_input"}]}]`, "/0/elements/0/type unsupported type: plain_text_input"},
		{"button text 76", section(`"text":{"type":"mrkdwn","text":"x"},"accessory":{"type":"button","text":{"type":"plain_text","text":"` + rep(76) + `"}}`), "/0/accessory/text/text must be less than 76 characters"},
		{"button value 2000", `[{"type":"actions","elements":[{"type":"button","value":"` + rep(2000) + `","text":{"type":"plain_text","text":"x"}}]}]`, ""},
		{"button value 2001", `[{"type":"actions","elements":[{"type":"button","value":"` + rep(2001) + `","text":{"type":"plain_text","text":"x"}}]}]`, "/0/elements/0/value must be less than 2001 characters"},
		{"button url", `[{"type":"actions","elements":[{"type":"button","url":"nowhere","text":{"type":"plain_text","text":"x"}}]}]`, "/0/elements/0/url must be a valid URL"},
		{"button style", `[{"type":"actions","elements":[{"type":"button","style":"loud","text":{"type":"plain_text","text":"x"}}]}]`, "/0/elements/0/style must be a valid enum value"},
		{"confirm 101", `[{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"x"},"confirm":{"title":{"type":"plain_text","text":"` + rep(101) + `"},"text":{"type":"mrkdwn","text":"x"},"confirm":{"type":"plain_text","text":"x"},"deny":{"type":"plain_text","text":"x"}}}]}]`, "/0/elements/0/confirm/title/text must be less than 101 characters"},
		{"overflow of 6", `[{"type":"actions","elements":[{"type":"overflow","options":` + many(6, option("x", "x")) + `}]}]`, "/0/elements/0/options no more than 5 items allowed"},
		{"option text 76", `[{"type":"actions","elements":[{"type":"overflow","options":[` + option(rep(76), "x") + `]}]}]`, "/0/elements/0/options/0/text/text must be less than 76 characters"},
		{"menu of 101", `[{"type":"actions","elements":[{"type":"static_select","options":` + many(101, option("x", "x")) + `}]}]`, "/0/elements/0/options no more than 100 items allowed"},
		{"menu without options", `[{"type":"actions","elements":[{"type":"static_select"}]}]`, "/0/elements/0 must define exactly one of `options` or `option_groups`"},

		{"11 notes", `[{"type":"context","elements":` + many(11, `{"type":"mrkdwn","text":"x"}`) + `}]`, "/0/elements no more than 10 items allowed"},
		{"image without words", `[{"type":"image","image_url":"https://a.example/x.png"}]`, "/0 missing required field: alt_text"},
		{"image with two origins", `[{"type":"image","alt_text":"x","image_url":"https://a.example/x.png","slack_file":{"id":"F1"}}]`, "/0 must define exactly one of `image_url` or `slack_file`"},
		{"file by id and url", `[{"type":"image","alt_text":"x","slack_file":{"id":"F1","url":"https://a.example/x.png"}}]`, "/0/slack_file must define exactly one of `id` or `url`"},

		{"markdown 12000", `[{"type":"markdown","text":"` + rep(6000) + `"},{"type":"markdown","text":"` + rep(6000) + `"}]`, ""},
		{"markdown 12001", `[{"type":"markdown","text":"` + rep(6000) + `"},{"type":"markdown","text":"` + rep(6001) + `"}]`, " markdown text must be less than 12001 characters in all"},

		{"table 100 x 20", table(many(100, cells(20))), ""},
		{"table of 101 rows", table(many(101, cells(1))), "/0/rows no more than 100 items allowed"},
		{"table of 21 columns", table("[" + cells(21) + "]"), "/0/rows/0 no more than 20 items allowed"},
		{"empty cell", table(`[[{"type":"raw_text","text":""}]]`), "/0/rows/0/0/text must be more than 0 characters"},
		{"null cell", table(`[[null]]`), "/0/rows/0/0 must provide an object"},
		{"number cell", table(`[[{"type":"raw_number","value":1}]]`), "/0/rows/0/0/type unsupported type: raw_number"},
		{"10001 characters", table(`[[{"type":"raw_text","text":"` + rep(5000) + `"},{"type":"raw_text","text":"` + rep(5001) + `"}]]`), "/0/rows table cells must be less than 10001 characters in all"},
		{"rich cell", table(`[[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"x","style":{"bold":true}}]}]}]]`), ""},
		{"two tables", `[{"type":"table","rows":[` + cells(1) + `]},{"type":"table","rows":[` + cells(1) + `]}]`, " only_one_table_allowed"},

		{"rich text", `[{"type":"rich_text","elements":[{"type":"rich_text_list","style":"bullet","elements":[{"type":"rich_text_section","elements":[{"type":"user","user_id":"U1"},{"type":"date","timestamp":1795219200,"format":"{date_short}","fallback":"x"}]}]}]}]`, ""},
		{"list of text", `[{"type":"rich_text","elements":[{"type":"rich_text_list","style":"bullet","elements":[{"type":"text","text":"x"}]}]}]`, "/0/elements/0/elements/0/type unsupported type: text"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, p := range CheckBlocks(json.RawMessage(c.blocks), Message) {
				got = append(got, p.Pointer+" "+p.Reason)
			}
			if strings.Join(got, "\n") != c.want {
				t.Errorf("got  %q\nwant %q", strings.Join(got, "\n"), c.want)
			}
		})
	}
}

func TestCheckView(t *testing.T) {
	modal := func(extra string) string {
		return `{"type":"modal","title":{"type":"plain_text","text":"t"}` + extra + `}`
	}
	input := `{"type":"input","label":{"type":"plain_text","text":"l"},"element":{"type":"plain_text_input","action_id":"a"}}`
	for _, c := range []struct{ name, view, want string }{
		{"modal", modal(`,"submit":{"type":"plain_text","text":"ok"},"blocks":[` + input + `]`), ""},
		{"no submit", modal(`,"blocks":[` + input + `]`), " missing required field: submit"},
		{"no blocks", modal(``), " missing required field: blocks"},
		{"100 blocks", modal(`,"blocks":` + many(100, `{"type":"divider"}`)), ""},
		{"101 blocks", modal(`,"blocks":` + many(101, `{"type":"divider"}`)), "/blocks no more than 100 items allowed"},
		{"title 25", `{"type":"modal","title":{"type":"plain_text","text":"` + rep(25) + `"},"blocks":[]}`, "/title/text must be less than 25 characters"},
		{"metadata 3001", modal(`,"private_metadata":"` + rep(3001) + `","blocks":[]`), "/private_metadata must be less than 3001 characters"},
		{"callback 256", modal(`,"callback_id":"` + rep(256) + `","blocks":[]`), "/callback_id must be less than 256 characters"},
		{"table in a modal", modal(`,"blocks":[{"type":"table"}]`), "/blocks/0/type unsupported type: table"},
		{"home", `{"type":"home","blocks":[{"type":"divider"}]}`, ""},
		{"home with title", `{"type":"home","title":{},"blocks":[]}`, " invalid additional property: title"},
		{"no type", `{}`, " missing required field: type"},
		{"no view", `[]`, " must provide an object"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, p := range CheckView(json.RawMessage(c.view)) {
				got = append(got, p.Pointer+" "+p.Reason)
			}
			if strings.Join(got, "\n") != c.want {
				t.Errorf("got  %q\nwant %q", strings.Join(got, "\n"), c.want)
			}
		})
	}
}

func TestBlockChars(t *testing.T) {
	raw := `[{"type":"section","block_id":"ignored","text":{"type":"mrkdwn","text":"价格12"},"accessory":{"type":"button","action_id":"ignored","value":"abc","text":{"type":"plain_text","text":"ok"}}},
		{"type":"table","rows":[[{"type":"raw_text","text":"xyz"}]]}]`
	if got := BlockChars(json.RawMessage(raw)); got != 4+3+2+3 {
		t.Errorf("counted %d characters", got)
	}
}

func FuzzCheckBlocks(f *testing.F) {
	for _, seed := range []string{`[]`, `[{"type":"divider"}]`, `[{"type":"table","rows":[[null]]}]`, `[{"type":"actions","elements":[1,{}]}]`, `{`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		for _, surface := range []Surface{Message, Modal, Home} {
			problems := CheckBlocks(json.RawMessage(raw), surface)
			if len(problems) == 0 && withBlockIDs(json.RawMessage(raw)) == nil {
				t.Errorf("%q passes and cannot be stored", raw)
			}
		}
		CheckView(json.RawMessage(raw))
	})
}
