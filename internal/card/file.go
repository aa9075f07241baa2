package card

import (
	"slices"
	"strings"

	"shopwatch/internal/chat"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

// Filed is what a message says of a file that goes with it.
type Filed struct {
	Name     string // with its extension
	Question string // that gave the file, as it can be typed again
	Plain    string // the same without asking for a file
	Rows     int    // of the first table
	More     int    // rows that were left out
	Sheets   []string
	CSV      bool
	Data     report.Coverage
}

// File says what the file of an answer holds, and what it does not.
func (p Pen) File(f Filed, content []byte) chat.Message {
	rows := p.L.N("file.rows", f.Rows)
	said := chat.Section{Body: []chat.Rich{bold(f.Name), line(rows)}}
	other := chat.Button{Label: p.L.T("file.button_csv"), Verb: VerbRun, Value: join(f.Plain, "csv")}
	switch {
	case f.CSV && len(f.Sheets) > 1:
		said.Body = append(said.Body, line(p.L.T("file.csv_first", "name", f.Sheets[0])))
	case !f.CSV:
		said.Body = append(said.Body, line(p.L.T("file.sheets", "names", p.L.Join(f.Sheets))))
	}
	if f.More > 0 {
		said.Body = append(said.Body, line(p.L.T("file.cut", "rows", p.L.Count(int64(f.Rows)), "more", p.L.Count(int64(f.More)))))
	}
	var note []chat.Rich
	if !f.Data.AsOf.IsZero() || len(f.Data.Gaps) > 0 { // a calendar or a dictionary has no data time
		note = p.note(f.Data)
	}
	if f.CSV {
		other = chat.Button{Label: p.L.T("file.button_xlsx"), Verb: VerbRun, Value: join(f.Plain, "xlsx")}
		note = append(note, line(p.L.T("file.csv_ids")))
	}
	title := p.L.T("file.title", "shop", p.shop(), "question", clamp(f.Plain, lineTitle))
	return chat.Message{
		Text: headline(title+p.t("colon"), f.Name, "·", rows),
		Sections: []chat.Section{said, {
			Buttons: []chat.Button{{Label: p.L.T("file.button_answer"), Verb: VerbRun, Value: f.Plain}, other, p.share(f.Question)}, Note: note,
		}},
		File: &chat.File{Name: f.Name, Title: clamp(title, maxHeadline), Content: content, Aside: p.L.T("file.aside")},
	}
}

// NoFile is the answer to a question whose file would be empty.
func (p Pen) NoFile(answer chat.Message) chat.Message {
	answer.Sections = append([]chat.Section{{Body: []chat.Rich{bold(p.L.T("file.no_rows"))}}}, answer.Sections...)
	return answer
}

// WhichFile says how a file is asked for, with examples that work.
func (p Pen) WhichFile(examples ...string) chat.Message {
	m := p.Said(p.L.T("file.ask"))
	var row chat.Section
	for _, q := range examples {
		row.Buttons = append(row.Buttons, chat.Button{Label: clamp(q, maxLabel), Verb: VerbRun, Value: q})
	}
	m.Sections = append(m.Sections, row)
	return m
}

// longTable is how many rows a table has that somebody may want as a file even
// when none is left out.
const longTable = 30

// AsFile offers the table of an answer as a file when the message does not show
// all of it, or shows much. The message itself is not changed.
func (p Pen) AsFile(m chat.Message, question string) chat.Message {
	long := slices.ContainsFunc(m.Sections, func(s chat.Section) bool {
		return s.Table != nil && (s.Table.More > 0 || len(s.Table.Rows) > longTable)
	})
	value := join(question, "xlsx")
	if !long || len([]rune(value)) > maxValue {
		return m
	}
	button := chat.Button{Label: p.L.T("file.button_file"), Verb: VerbRun, Value: value}
	m.Sections = slices.Clone(m.Sections)
	for i, s := range slices.Backward(m.Sections) {
		if len(s.Buttons) > 0 {
			m.Sections[i].Buttons = append(slices.Clip(slices.Clone(s.Buttons)), button)
			return m
		}
	}
	m.Sections = append(m.Sections, chat.Section{Buttons: []chat.Button{button}})
	return m
}

const (
	maxValue = 200 // characters of what a button carries
	maxLabel = 75
)

// ColumnTitle heads a column of a file: name is as in the JSON of the report,
// and stands itself where the catalogue has no word for it.
func (p Pen) ColumnTitle(name string) string {
	return p.L.Or("file.col_"+strings.ReplaceAll(name, ".", "_"), name)
}

// CodeWord is what a cell says in words whose code is id: the phase of a campaign
// or the kind of a day; "" for other columns and codes without a word.
func (p Pen) CodeWord(column, id string) string {
	switch {
	case id == "":
		return ""
	case column == "phase":
		return p.L.Or("card.phase_"+id, "")
	case column == "kind":
		return p.L.Or("calendar.kind_"+id, "")
	}
	return ""
}

// SheetName names a sheet: name is that of a list in the JSON of the report, or
// two for a list inside the rows of another.
func (p Pen) SheetName(name string) string {
	parts := strings.Fields(name)
	for i, list := range parts {
		parts[i] = p.L.Or("file.sheet_"+list, list)
	}
	return strings.Join(parts, " ")
}

// MetricTitle heads the column of a metric, or of its values before.
func (p Pen) MetricTitle(key string, before bool) string {
	m, _ := metric.Find(key)
	title := m.Name.In(p.L.Tag())
	if before {
		title = p.L.T("file.before", "metric", title)
	}
	return title
}

func join(question, more string) string { return strings.TrimSpace(question + " " + more) }
