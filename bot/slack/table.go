package slack

import (
	"strings"
	"unicode"

	slackgo "github.com/slack-go/slack"

	"shopwatch/internal/chat"
)

// nothing stands in an empty cell: Slack refuses a message with a cell of no
// characters.
const nothing = "–"

// tidy returns a copy of t that is rectangular, with clean cells, none empty,
// and no more columns than Slack shows.
func tidy(t chat.Table) chat.Table {
	cell := func(s string) string {
		if s = clamp(strings.TrimSpace(clean(s)), maxCell); s == "" {
			return nothing
		}
		return s
	}
	n := min(len(t.Columns), maxColumns)
	out := chat.Table{Columns: make([]chat.Column, n), Rows: make([][]string, len(t.Rows)), More: max(0, t.More)}
	for i := range n {
		out.Columns[i] = chat.Column{Title: cell(t.Columns[i].Title), Right: t.Columns[i].Right}
	}
	for i, row := range t.Rows {
		out.Rows[i] = make([]string, n)
		for j := range n {
			text := ""
			if j < len(row) {
				text = row[j]
			}
			out.Rows[i][j] = cell(text)
		}
	}
	return out
}

// grid renders a tidy table as Slack's table block with the rows that fit into
// room characters. It returns nil when not even the header and one row fit.
func grid(t chat.Table, room int) (slackgo.Block, int, int) {
	block := &slackgo.TableBlock{Type: slackgo.MBTTable}
	cost := 0
	add := func(cells []string) bool {
		n := 0
		row := make([]slackgo.TableCell, len(cells))
		for i, c := range cells {
			n += length(c)
			row[i] = slackgo.NewTableRawTextCell(c)
		}
		if cost+n > room {
			return false
		}
		cost += n
		block.Rows = append(block.Rows, row)
		return true
	}
	titles := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		titles[i] = c.Title
		set := slackgo.ColumnSetting{Align: slackgo.ColumnAlignmentLeft, IsWrapped: i == 0}
		if c.Right {
			set.Align = slackgo.ColumnAlignmentRight
		}
		block.ColumnSettings = append(block.ColumnSettings, set)
	}
	if !add(titles) {
		return nil, 0, 0
	}
	shown := 0
	for shown < min(len(t.Rows), maxRows) && add(t.Rows[shown]) {
		shown++
	}
	if shown == 0 && len(t.Rows) > 0 {
		return nil, 0, 0
	}
	return block, cost, shown
}

// mono renders a tidy table as fixed-width text, likewise.
func mono(t chat.Table, room int) (slackgo.Block, int, int) {
	const widest = 28
	widths := make([]int, len(t.Columns))
	for i, c := range t.Columns {
		widths[i] = min(columns(c.Title), widest)
		for _, row := range t.Rows {
			widths[i] = max(widths[i], min(columns(row[i]), widest))
		}
	}
	line := func(cells func(int) string) string {
		var b strings.Builder
		for i, c := range t.Columns {
			text := narrow(cells(i), widths[i])
			blank := strings.Repeat(" ", widths[i]-columns(text))
			if i > 0 {
				b.WriteString("  ")
			}
			if c.Right {
				text = blank + text
			} else {
				text += blank
			}
			b.WriteString(text)
		}
		return strings.TrimRight(b.String(), " ")
	}
	text := line(func(i int) string { return t.Columns[i].Title })
	size, shown := length(text), 0
	if size > room {
		return nil, 0, 0
	}
	for _, row := range t.Rows {
		next := line(func(i int) string { return row[i] })
		if size+1+length(next) > room {
			break
		}
		text += "\n" + next
		size += 1 + length(next)
		shown++
	}
	if shown == 0 && len(t.Rows) > 0 {
		return nil, 0, 0
	}
	return slackgo.NewRichTextBlock("", &slackgo.RichTextPreformatted{
		Type:     slackgo.RTEPreformatted,
		Elements: []slackgo.RichTextSectionElement{slackgo.NewRichTextSectionTextElement(text, nil)},
	}), size, shown
}

// columns is the width of s in a fixed-width font, where Han letters are twice
// as wide as Latin ones.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me) || r == '\u200d':
		return 0
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul),
		r >= 0x3000 && r <= 0x303f, r >= 0xff01 && r <= 0xff60, r >= 0x1f300 && r <= 0x1faff:
		return 2
	}
	return 1
}

// narrow cuts s to at most n columns.
func narrow(s string, n int) string {
	if columns(s) <= n {
		return s
	}
	used := 0
	for i, r := range s {
		if used += runeColumns(r); used > n-1 {
			return s[:i] + "…"
		}
	}
	return s
}
