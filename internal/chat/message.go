package chat

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Message is one thing said, in one language, ready for any platform.
//
// Text is the headline: plain, at most 300 characters, with the number that
// matters; it is all that a phone notification or a screen reader gets.
// Sections are rendered in order. The zero Message is empty and is refused by
// every Sender.
type Message struct {
	Text     string    `json:"text"`
	Sections []Section `json:"sections,omitempty"`
	// File is attached to a reply in a thread and to answers; other messages
	// leave it out.
	File *File `json:"file,omitempty"`
}

// Section is a run of content. The members that are set are rendered in the
// order of the fields, so a section is usually one of: words with a button at
// their side, a table, a chart, a row of buttons, or a note.
type Section struct {
	Heading   string   `json:"heading,omitempty"` // short plain title
	Body      []Rich   `json:"body,omitempty"`    // lines
	Fields    []Field  `json:"fields,omitempty"`  // short label/value pairs, two columns
	Accessory *Button  `json:"accessory,omitempty"`
	Table     *Table   `json:"table,omitempty"`
	Chart     *Chart   `json:"chart,omitempty"`
	Buttons   []Button `json:"buttons,omitempty"`
	Note      []Rich   `json:"note,omitempty"` // small print: data time, coverage, base of comparison
	Divider   bool     `json:"divider,omitempty"`
}

// Rich is one line made of spans.
type Rich []Span

// Span is a run of text in one style. Text is always literal: a renderer
// escapes whatever its platform would take for markup, a mention or a link.
type Span struct {
	Text    string   `json:"text,omitempty"`
	Bold    bool     `json:"bold,omitempty"`
	Italic  bool     `json:"italic,omitempty"`
	Code    bool     `json:"code,omitempty"`
	Link    string   `json:"link,omitempty"`    // https only; Text is what is shown
	Mention *Mention `json:"mention,omitempty"` // from configuration or a chat event, never from data
	Unix    int64    `json:"unix,omitempty"`    // a moment, shown in the reader's zone; Text is the fallback
	Ref     *Ref     `json:"ref,omitempty"`     // another message; Text is the link to it
}

// Mention names a person or a group of the platform by id.
type Mention struct {
	User  string `json:"user,omitempty"`
	Group string `json:"group,omitempty"`
}

// Field is a label with its value.
type Field struct {
	Label string `json:"label"`
	Value Rich   `json:"value"`
}

// Table is a small grid. Every row has len(Columns) cells; an empty cell is
// shown as an en dash. More tells how many rows were left out, 0 for none.
type Table struct {
	Columns []Column   `json:"columns"`
	Rows    [][]string `json:"rows"`
	More    int        `json:"more,omitempty"`
}

// Column heads a table column.
type Column struct {
	Title string `json:"title"`
	Right bool   `json:"right,omitempty"` // figures are set flush right
}

// ButtonStyle is how much a button asks for attention.
type ButtonStyle string

// Button styles.
const (
	Plain   ButtonStyle = ""
	Primary ButtonStyle = "primary"
	Danger  ButtonStyle = "danger"
)

// Button is an act offered to the reader. Verb names the act, Value is an
// opaque id of at most 200 characters: the state lives in the store and is
// checked again when the button is pressed. URL makes it a plain link; Options
// make it a menu, whose choice takes the place of Value.
type Button struct {
	Label string      `json:"label"`
	Verb  string      `json:"verb,omitempty"`
	Value string      `json:"value,omitempty"`
	URL   string      `json:"url,omitempty"`
	Style ButtonStyle `json:"style,omitempty"`
	// Options are 1 to 100 choices; their values have at most 75 characters.
	Options []Option `json:"options,omitempty"`
	// Alt is read aloud in place of the label; at most 75 characters.
	Alt string `json:"alt,omitempty"`
}

// Option is one choice of a menu or of a form.
type Option struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// File is a file that goes with a message: a table that is too long for one.
// With a reply in a thread it is put there; with an answer that only the asker
// sees, into their direct messages, since a chat has no private files elsewhere.
type File struct {
	Name    string `json:"name"` // with its extension
	Title   string `json:"title"`
	Content []byte `json:"bytes"`
	// Aside is said below an answer whose file is not beside it but in the asker's
	// direct messages.
	Aside string `json:"aside,omitempty"`
}

// UnmarshalJSON reads also what was queued before files could hold other than
// text.
func (f *File) UnmarshalJSON(b []byte) error {
	type file File // without this method
	var old struct {
		file
		Text string `json:"content"`
	}
	if err := json.Unmarshal(b, &old); err != nil {
		return fmt.Errorf("file of a message: %w", err)
	}
	*f = File(old.file)
	if f.Content == nil && old.Text != "" {
		f.Content = []byte(old.Text)
	}
	return nil
}

// Line is a Rich of one plain span.
func Line(text string) Rich { return Rich{{Text: text}} }

// Plain returns the text of a line without its styles.
func (r Rich) Plain() string {
	var s strings.Builder
	for _, span := range r {
		s.WriteString(span.Text)
	}
	return s.String()
}
