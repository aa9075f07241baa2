package slack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	slackgo "github.com/slack-go/slack"
	"pgregory.net/rapid"

	"shopwatch/bot/sandbox"
	"shopwatch/internal/chat"
)

// digest is a message that uses everything there is.
func digest() chat.Message {
	bold := func(s string) chat.Span { return chat.Span{Text: s, Bold: true} }
	plain := func(s string) chat.Span { return chat.Span{Text: s} }
	return chat.Message{
		Text: "天猫旗舰店 11/21 GMV 628.4万 ▲8.2%，需要处理 2 件",
		Sections: []chat.Section{
			{
				Heading: "天猫旗舰店 早报 · 11/21 周六",
				Body: []chat.Rich{
					{plain("GMV"), bold("628.4万"), plain("▲8.2% 比上周六 · 数据 "), {Text: "08:02", Unix: 1_795_219_320}},
					{plain("原因：美妆 +41万（直播间），"), {Text: "其他 <+18.6万>", Italic: true}},
				},
				Accessory: &chat.Button{Label: "有用", Verb: "useful", Value: "d1", Alt: "这份早报有用"},
			},
			{
				Body: []chat.Rich{{
					{Text: "严重", Bold: true},
					plain(" 面霜*50ml*@all :fire: "),
					{Text: "SKU_12_A", Code: true},
					plain(" → "),
					{Mention: &chat.Mention{User: "U0LILEI"}},
					plain("、"),
					{Mention: &chat.Mention{Group: "S0OPS"}},
					plain(" "),
					{Text: "明细|全部", Link: "https://shop.example/a?x=1&y=2"},
				}},
				Buttons: []chat.Button{
					{Label: "认领", Verb: "ack", Value: "a1", Style: chat.Primary},
					{Label: "静默", Verb: "mute", Value: "a1", Style: chat.Danger},
					{Label: "看板", URL: "http://127.0.0.1:8080/a/1"},
				},
			},
			{Fields: []chat.Field{{Label: "基础", Value: chat.Line("500万 ✓")}, {Label: "挑战", Value: chat.Line("700万 差 71.6万")}}},
			{Table: &chat.Table{
				Columns: []chat.Column{{Title: "商品"}, {Title: "库存", Right: true}},
				Rows:    [][]string{{"面霜 50ml", "0"}, {"", "12"}}, More: 37,
			}},
			{Chart: &chat.Chart{Title: "GMV", Alt: "GMV 到 24 点 628.4万"}},
			{Table: &chat.Table{Columns: []chat.Column{{Title: "店铺"}, {Title: "GMV", Right: true}}, Rows: [][]string{{"天猫", "628.4万"}, {"JD", "1.2万"}}}},
			{Divider: true, Note: []chat.Rich{chat.Line("数据 08:02，覆盖 100%"), chat.Line("比上周六")}},
		},
	}
}

func TestRenderGolden(t *testing.T) {
	for name, v := range map[string]rendered{
		"digest_full.json":  render(digest(), lookFull, []string{"F0PICTURE"}),
		"digest_plain.json": render(digest(), lookPlain, nil),
		"digest_text.json":  render(digest(), lookText, nil),
	} {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(v); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", name)
		if os.Getenv("UPDATE") == "1" {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(want, b.Bytes()) {
			t.Errorf("%s differs (UPDATE=1 rewrites it); got:\n%s", name, b.Bytes())
		}
		check(t, v, sandbox.Message)
	}
}

// check fails the test when Slack would refuse the message.
func check(t interface{ Errorf(string, ...any) }, v rendered, surface sandbox.Surface) {
	raw, err := json.Marshal(append([]slackgo.Block{}, v.Blocks...))
	if err != nil {
		t.Errorf("marshal: %v", err)
		return
	}
	for _, p := range sandbox.CheckBlocks(raw, surface) {
		t.Errorf("%s: %s", p.Pointer, p.Reason)
	}
	if n := sandbox.BlockChars(raw); n > maxChars+200 {
		t.Errorf("%d characters", n)
	}
	if len(v.Blocks) > maxBlocks {
		t.Errorf("%d blocks", len(v.Blocks))
	}
	if n := length(v.Text); n == 0 || n > maxFallback {
		t.Errorf("text of %d characters", n)
	}
	checkMarkup(t, v.Text)
	var blocks any
	if err := json.Unmarshal(raw, &blocks); err != nil {
		t.Errorf("unmarshal: %v", err)
	}
	eachMrkdwn(blocks, func(s string) { checkMarkup(t, s) })
}

// eachMrkdwn visits the text of each mrkdwn object.
func eachMrkdwn(v any, visit func(string)) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			eachMrkdwn(e, visit)
		}
	case map[string]any:
		if v["type"] == "mrkdwn" {
			s, _ := v["text"].(string)
			visit(s)
			return
		}
		for _, e := range v {
			eachMrkdwn(e, visit)
		}
	}
}

// The random messages below mark everything that comes from outside with the
// word zz inside; what the product itself adds has no such word.
const mark = "zz"

// checkMarkup is the oracle: every construct of mrkdwn in s is one the product
// made, and outside text is inert.
func checkMarkup(t interface{ Errorf(string, ...any) }, s string) {
	for rest := s; ; {
		_, after, found := strings.Cut(rest, "<")
		if !found {
			break
		}
		inner, tail, closed := strings.Cut(after, ">")
		target, label, _ := strings.Cut(inner, "|")
		switch {
		case !closed:
			t.Errorf("open bracket in %q", s)
			return
		case target == "@U0GOOD", target == "!subteam^S0GOOD", target == "@U0LILEI", target == "!subteam^S0OPS":
		case strings.HasPrefix(target, "!date^"):
		case strings.HasPrefix(target, "https://shop.example/"):
		default:
			t.Errorf("made <%s> out of outside text", inner)
		}
		if strings.ContainsAny(label, "<>") {
			t.Errorf("bracket in label %q", label)
		}
		rest = tail
	}
	for _, bad := range []string{"@channel", "@here", "@everyone", "://evil", "\u202e", "\u2066", "\x00"} {
		if strings.Contains(s, bad) {
			t.Errorf("%q in %q", bad, s)
		}
	}
	for i, line := range strings.Split(s, "\n") {
		if strings.HasPrefix(line, "&gt;") || strings.HasPrefix(line, ">") {
			t.Errorf("line %d of %q is a quotation", i, s)
		}
	}
	if strings.Contains(s, "&lt") && strings.Contains(strings.ReplaceAll(s, "&lt;", ""), "&lt") {
		t.Errorf("half an entity in %q", s)
	}
}

// nasty is outside text of the worst kind.
func nasty() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		parts := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom([]string{
			"<!channel>", "<!here>", "<@U1>", "<!subteam^S1>", "@channel", "@here", "&lt;!here&gt;", "*粗*", "_i_", "~s~", "```", "`",
			":rotating_light:", "<https://evil|天猫官方>", "https://evil.example", "\u202e", "\u200d", "Z̸̢̛̛̗̗a̴l̵", "👩‍👩‍👧", "\r\n", "\x00", "> quote", ">",
			"=HYPERLINK(1)", "<script>", "{{.Secret}}", "%s%n", "\xff\xfe", "&", "<", "|", "0000-00-00", mark, "面霜 50ml", "",
		}), rapid.String()), 0, 6).Draw(t, "parts")
		s := strings.Join(parts, rapid.SampledFrom([]string{"", " "}).Draw(t, "glue"))
		return strings.Repeat(s, rapid.SampledFrom([]int{1, 1, 1, 2, 50, 700}).Draw(t, "times"))
	})
}

func spans() *rapid.Generator[chat.Span] {
	return rapid.Custom(func(t *rapid.T) chat.Span {
		sp := chat.Span{
			Text: nasty().Draw(t, "text"), Bold: rapid.Bool().Draw(t, "bold"),
			Italic: rapid.Bool().Draw(t, "italic"), Code: rapid.Bool().Draw(t, "code"),
		}
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0:
			sp.Link = rapid.SampledFrom([]string{"https://shop.example/a?b=1&c=2", "https://evil|x", "javascript:alert(1)", "http://evil.example", "https://a>b", " "}).Draw(t, "link")
		case 1:
			sp.Mention = &chat.Mention{User: rapid.SampledFrom([]string{"U0GOOD", "U1> <!channel", "!channel", ""}).Draw(t, "user")}
		case 2:
			sp.Mention = &chat.Mention{Group: rapid.SampledFrom([]string{"S0GOOD", "S>", ""}).Draw(t, "group")}
		case 3:
			sp.Unix = rapid.Int64Range(-5, 1<<40).Draw(t, "unix")
		}
		return sp
	})
}

func riches(most int) *rapid.Generator[[]chat.Rich] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) chat.Rich {
		return rapid.SliceOfN(spans(), 0, 5).Draw(t, "line")
	}), 0, most)
}

func buttons() *rapid.Generator[chat.Button] {
	return rapid.Custom(func(t *rapid.T) chat.Button {
		return chat.Button{
			Label: nasty().Draw(t, "label"), Alt: nasty().Draw(t, "alt"), Value: nasty().Draw(t, "value"),
			Verb: rapid.SampledFrom([]string{"ack", "mute", "", strings.Repeat("v", 300)}).Draw(t, "verb"),
			URL:  rapid.SampledFrom([]string{"", "", "https://shop.example/", "http://127.0.0.1:1/x", "file:///x", "::"}).Draw(t, "url"),
		}
	})
}

func sections() *rapid.Generator[chat.Section] {
	return rapid.Custom(func(t *rapid.T) chat.Section {
		s := chat.Section{Heading: nasty().Draw(t, "heading"), Body: riches(4).Draw(t, "body"), Note: riches(3).Draw(t, "note")}
		s.Divider = rapid.Bool().Draw(t, "divider")
		if rapid.Bool().Draw(t, "side") {
			b := buttons().Draw(t, "accessory")
			s.Accessory = &b
		}
		for range rapid.IntRange(0, 12).Draw(t, "fields") {
			s.Fields = append(s.Fields, chat.Field{Label: nasty().Draw(t, "label"), Value: chat.Rich{spans().Draw(t, "value")}})
		}
		s.Buttons = rapid.SliceOfN(buttons(), 0, 12).Draw(t, "buttons")
		if rapid.Bool().Draw(t, "table") {
			s.Table = &chat.Table{More: rapid.IntRange(-1, 500).Draw(t, "more")}
			for range rapid.IntRange(0, 25).Draw(t, "columns") {
				s.Table.Columns = append(s.Table.Columns, chat.Column{Title: nasty().Draw(t, "title"), Right: rapid.Bool().Draw(t, "right")})
			}
			for range rapid.SampledFrom([]int{0, 1, 7, 150}).Draw(t, "rows") {
				s.Table.Rows = append(s.Table.Rows, rapid.SliceOfN(nasty(), 0, 3).Draw(t, "row"))
			}
		}
		if rapid.Bool().Draw(t, "chart") {
			s.Chart = &chat.Chart{Title: nasty().Draw(t, "title"), Alt: nasty().Draw(t, "alt")}
		}
		return s
	})
}

// No message, however big or hostile, is one that Slack refuses, and no outside
// text becomes a mention, a link or a style.
func TestRenderKeepsEveryLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := chat.Message{Text: nasty().Draw(t, "text")}
		m.Sections = rapid.SliceOfN(sections(), 0, 6).Draw(t, "sections")
		l := rapid.SampledFrom([]look{lookFull, lookFull, lookPlain, lookText}).Draw(t, "look")
		v := render(m, l, []string{"F1", "", "F3"})
		surface := sandbox.Message
		if l == lookPlain {
			surface = sandbox.Home
		}
		check(t, v, surface)
	})
}

// Many sections at once: the blocks are cut, the buttons stay.
func TestRenderCutsBlocks(t *testing.T) {
	m := chat.Message{Text: "all shops"}
	for i := range 60 {
		m.Sections = append(m.Sections, chat.Section{
			Heading: fmt.Sprintf("shop %d", i), Body: []chat.Rich{chat.Line(strings.Repeat("x", 100))},
			Note: []chat.Rich{chat.Line("note")}, Divider: true,
		})
	}
	m.Sections = append(m.Sections, chat.Section{Buttons: []chat.Button{{Label: "Ack", Verb: "ack"}}})
	v := render(m, lookFull, nil)
	check(t, v, sandbox.Message)
	raw, err := json.Marshal(v.Blocks)
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Blocks) != maxBlocks || !strings.Contains(string(raw), "xxx") || !strings.Contains(string(raw), `"ack"`) || !strings.Contains(string(raw), "+137 more") {
		t.Errorf("%d blocks: %s", len(v.Blocks), raw[max(0, len(raw)-400):])
	}
}

// A table that is too long loses rows from the bottom and says how many.
func TestTableSaysWhatIsLeftOut(t *testing.T) {
	big := &chat.Table{Columns: []chat.Column{{Title: "SKU"}, {Title: "Left", Right: true}}, More: 5}
	for i := range 300 {
		big.Rows = append(big.Rows, []string{fmt.Sprintf("SKU-%03d", i), "1"})
	}
	wide := &chat.Table{Columns: big.Columns}
	for range 50 {
		wide.Rows = append(wide.Rows, []string{strings.Repeat("宽", 290), "1"})
	}
	for name, c := range map[string]struct {
		look  look
		table *chat.Table
		want  string
	}{
		"rows":       {lookFull, big, "… +206 more"}, // 300 - 99 + 5
		"characters": {lookFull, wide, "… +20 more"},
		"fixed":      {lookPlain, big, "… +"},
	} {
		v := render(chat.Message{Text: "stock", Sections: []chat.Section{{Table: c.table}}}, c.look, nil)
		check(t, v, sandbox.Message)
		raw, err := json.Marshal(v.Blocks)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(raw), c.want) {
			t.Errorf("%s: %s", name, raw[max(0, len(raw)-200):])
		}
	}
	zh := render(chat.Message{Text: "库存", Sections: []chat.Section{{Table: big}}}, lookFull, nil)
	raw, err := json.Marshal(zh.Blocks)
	if err != nil || !strings.Contains(string(raw), "… +206 项未列出") {
		t.Errorf("%s %v", raw[len(raw)-200:], err)
	}
}

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"a & <b> c":                       "a &amp; &lt;b\u200b&gt; c",
		"<!channel>":                      "&lt;!channel\u200b&gt;",
		"@channel":                        "@\u200bchannel",
		"面霜50ml*2":                        "面霜50ml\u200b*\u200b2",
		"SKU_12_A":                        "SKU_12_A",
		"_x_":                             "\u200b_\u200bx\u200b_\u200b",
		":fire: at 12:30:45":              ":\u200bfire: at 12:30:45",
		":100:":                           ":\u200b100:",
		"https://evil.example":            "https:\u200b//evil.example",
		"a\r\nb\x00\u202ec\u2028":         "a  bc ",
		"e\u0301\u0301\u0301\u0301\u0301": "e\u0301\u0301\u0301",
		"\xff":                            "\ufffd",
		"👩‍👩‍👧 ❤️":                        "👩‍👩‍👧 ❤️",
	} {
		if got := escape(in, 1000); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	for limit, want := range map[int]string{0: "", 1: "…", 4: "a…", 6: "a&lt;", 7: "a&lt;b"} {
		if got := escape("a<b", limit); length(got) > limit || limit >= 6 && limit != 6 && got != want {
			t.Errorf("limit %d: %q", limit, got)
		}
	}
}

func TestStylesInRunningText(t *testing.T) {
	line := chat.Rich{{Text: "GMV"}, {Text: " 628.4万 ", Bold: true}, {Text: "比上周六"}, {Text: "升", Bold: true}, {Text: "了"}, {Text: "x`y", Code: true, Bold: true}}
	const want = "GMV *628.4万* 比上周六\u200b*升*\u200b了\u200b*`x'y`*"
	if got := mrkdwn(line, 1000); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func FuzzEscape(f *testing.F) {
	for _, s := range []string{"<!channel>", "@here", "a*b", ":fire:", "`", "&lt;", "\u202e", "https://x"} {
		f.Add(s, 20)
	}
	f.Fuzz(func(t *testing.T, s string, limit int) {
		limit = limit & 0xfff
		for _, out := range []string{escape(s, limit), escapeCode(s, limit)} {
			if length(out) > limit {
				t.Errorf("%d code points, limit %d", length(out), limit)
			}
			if strings.ContainsAny(out, "<>\n\r\x00\u202e") {
				t.Errorf("%q", out)
			}
			entities := strings.NewReplacer("&amp;", "", "&lt;", "", "&gt;", "").Replace(out)
			if strings.Contains(entities, "&") {
				t.Errorf("half an entity: %q", out)
			}
		}
		if strings.Contains(escapeCode(s, limit), "`") {
			t.Error("back-tick in code")
		}
		if out := escape(s, limit); strings.Contains(out, "@channel") || strings.Contains(out, "://") {
			t.Errorf("%q", out)
		}
	})
}
