package chat

import (
	"fmt"
	"io"
	"strings"
	"unicode"
)

// WriteText writes m for a terminal: plain text, tables aligned, charts as
// their description, buttons as what they would ask. Control characters of
// outside text are left out, so that no title can drive the terminal.
func (m Message) WriteText(w io.Writer) error {
	var b strings.Builder
	if len(m.Sections) == 0 {
		fmt.Fprintln(&b, m.Text)
	}
	for _, s := range m.Sections {
		s.writeText(&b)
	}
	_, err := io.WriteString(w, strings.Map(printable, b.String()))
	return err
}

func (s Section) writeText(b *strings.Builder) {
	if s.Heading != "" {
		fmt.Fprintf(b, "== %s ==\n", s.Heading)
	}
	for i, l := range s.Body {
		text := l.Terminal()
		if i == 0 && s.Accessory != nil {
			text += "  [" + s.Accessory.Label + "]"
		}
		fmt.Fprintln(b, text)
	}
	for _, f := range s.Fields {
		fmt.Fprintf(b, "  %s: %s\n", f.Label, f.Value.Terminal())
	}
	if s.Table != nil {
		s.Table.writeText(b)
	}
	if s.Chart != nil {
		fmt.Fprintf(b, "[%s]\n", s.Chart.Alt)
	}
	if len(s.Buttons) > 0 {
		var labels []string
		for _, x := range s.Buttons {
			labels = append(labels, "["+x.Label+"]")
		}
		fmt.Fprintln(b, strings.Join(labels, " "))
	}
	for _, l := range s.Note {
		fmt.Fprintf(b, "· %s\n", l.Terminal())
	}
}

// Terminal is the line as a terminal shows it: a mention is its id.
func (r Rich) Terminal() string {
	var b strings.Builder
	for _, span := range r {
		b.WriteString(span.Text)
		if m := span.Mention; m != nil {
			b.WriteString("@" + m.User + m.Group)
		}
	}
	return b.String()
}

func (t *Table) writeText(b *strings.Builder) {
	rows := make([][]string, 0, len(t.Rows)+1)
	head := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		head[i] = c.Title
	}
	rows = append(append(rows, head), t.Rows...)
	widths := make([]int, len(t.Columns))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], width(cell))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-width(cell))
			if t.Columns[i].Right {
				line.WriteString("  " + pad + cell)
			} else {
				line.WriteString("  " + cell + pad)
			}
		}
		fmt.Fprintln(b, strings.TrimRight(line.String(), " "))
	}
	if t.More > 0 {
		fmt.Fprintf(b, "  +%d\n", t.More)
	}
}

// width is how many columns a terminal gives s: Han and full-width forms take two.
func width(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Cc, unicode.Cf):
		case unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x30ff || r >= 0xff00 && r <= 0xff60:
			n += 2
		default:
			n++
		}
	}
	return n
}

func printable(r rune) rune {
	if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
		return -1
	}
	return r
}
