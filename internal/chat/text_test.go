package chat

import (
	"strings"
	"testing"
)

func TestWriteText(t *testing.T) {
	m := Message{Text: "headline", Sections: []Section{
		{
			Heading: "库存", Body: []Rich{{{Text: "缺货 "}, {Text: "3", Bold: true}}}, Accessory: &Button{Label: "认领"},
			Table: &Table{
				Columns: []Column{{Title: "商品"}, {Title: "n", Right: true}},
				Rows:    [][]string{{"面霜", "5"}, {"\x1b[31mred\u202e", "12"}}, More: 2,
			},
		},
		{Chart: &Chart{Alt: "a curve"}, Buttons: []Button{{Label: "A"}, {Label: "B"}}, Note: []Rich{Line("data 08:02")}},
	}}
	want := `== 库存 ==
缺货 3  [认领]
  商品      n
  面霜      5
  [31mred  12
  +2
[a curve]
[A] [B]
· data 08:02
`
	var b strings.Builder
	if err := m.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestValuesKeepTheUnknown(t *testing.T) {
	var v Values
	if err := v.UnmarshalJSON([]byte(`[1,null,3.5]`)); err != nil {
		t.Fatal(err)
	}
	out, err := v.MarshalJSON()
	if err != nil || string(out) != `[1,null,3.5]` {
		t.Errorf("round trip gives %s, %v", out, err)
	}
}
