package slack

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	slackgo "github.com/slack-go/slack"

	"shopwatch/internal/chat"
)

// look is how much of Block Kit a message uses.
type look int

// Looks, richest first. Each is a way back from a refusal of the one before.
const (
	lookFull  look = iota // tables as tables, pictures where there are any
	lookPlain             // tables as fixed-width text, pictures as their words
	lookText              // no blocks at all
)

// rendered is a message in Slack's words.
type rendered struct {
	Text   string // mrkdwn; what notifications and screen readers get
	Blocks []slackgo.Block
}

// part is what a block is for; it decides what goes first when a message is too big.
type part int

const (
	partHeading part = iota
	partWords
	partTable
	partPicture
	partActions
	partNote
	partDivider
)

// piece is a block on its way into a message.
type piece struct {
	part  part
	block slackgo.Block
	cost  int         // code points a reader or Slack's own count may see
	table *chat.Table // set until the table is fitted into what is left
}

// renderer renders one message. It is pure: the same message and files give the
// same blocks.
type renderer struct {
	look   look
	files  []string // file id per chart, in order; "" or missing: no picture
	charts int      // charts met so far
	grid   bool     // the one table block is used up
	more   string   // the word for "more" in the language of the message
}

// render turns m into blocks within the budget. files holds the file id of each
// chart's picture.
func render(m chat.Message, l look, files []string) rendered {
	r := &renderer{look: l, files: files, more: " more"}
	if speaksHan(m) {
		r.more = " 项未列出"
	}
	out := rendered{Text: fallback(m)}
	if l == lookText {
		out.Text = r.textOnly(m)
		return out
	}
	var pieces []piece
	for _, sec := range m.Sections {
		pieces = append(pieces, r.section(sec)...)
	}
	if len(pieces) == 0 {
		pieces = r.words([]chat.Rich{chat.Line(m.Text)}, nil)
	}
	for _, p := range r.fit(pieces) {
		out.Blocks = append(out.Blocks, p.block)
	}
	return out
}

// speaksHan reports whether the message is in Chinese. The two words the
// renderer adds by itself ("12 more") follow it.
func speaksHan(m chat.Message) bool {
	han := func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	}
	if han(m.Text) {
		return true
	}
	return slices.ContainsFunc(m.Sections, func(s chat.Section) bool {
		return s.Table != nil && slices.ContainsFunc(s.Table.Columns, func(c chat.Column) bool { return han(c.Title) })
	})
}

// fallback is the top-level text: the headline, or the first words there are.
func fallback(m chat.Message) string {
	if visible(m.Text) {
		return escape(m.Text, maxFallback)
	}
	for _, s := range m.Sections {
		if visible(s.Heading) {
			return escape(s.Heading, maxFallback)
		}
		for _, l := range s.Body {
			if t := l.Plain(); visible(t) {
				return escape(t, maxFallback)
			}
		}
	}
	return "…"
}

// visible reports whether anything of s is left to be read.
func visible(s string) bool { return strings.TrimSpace(clean(s)) != "" }

// section renders one section: the members that are set, in their order.
func (r *renderer) section(s chat.Section) []piece {
	var out []piece
	if t := strings.TrimSpace(clean(s.Heading)); t != "" {
		t = clamp(t, maxHeading)
		out = append(out, piece{partHeading, slackgo.NewHeaderBlock(plain(t)), length(t), nil})
	}
	spare := s.Accessory // until a block has taken it
	words := r.words(s.Body, spare)
	if len(words) > 0 {
		spare = nil
	}
	out = append(out, words...)
	fields := r.fields(s.Fields, spare)
	if len(fields) > 0 {
		spare = nil
	}
	out = append(out, fields...)
	if s.Table != nil && len(s.Table.Columns) > 0 {
		out = append(out, piece{part: partTable, table: s.Table})
	}
	if s.Chart != nil {
		out = append(out, r.chart(*s.Chart)...)
	}
	buttons := s.Buttons
	if spare != nil {
		buttons = append([]chat.Button{*spare}, buttons...)
	}
	out = append(out, actions(buttons)...)
	out = append(out, note(s.Note)...)
	if s.Divider {
		out = append(out, piece{partDivider, slackgo.NewDividerBlock(), 0, nil})
	}
	return out
}

// words renders lines as sections of mrkdwn, the button beside the first.
func (r *renderer) words(lines []chat.Rich, side *chat.Button) []piece {
	var out []piece
	for _, text := range packLines(mrkdwnLines(lines, maxSection), maxSection) {
		block := slackgo.NewSectionBlock(rich(text), nil, nil)
		cost := length(text)
		if side != nil {
			if b, n, ok := element(*side); ok {
				block.Accessory = slackgo.NewAccessory(b)
				cost += n
			}
			side = nil
		}
		out = append(out, piece{partWords, block, cost, nil})
	}
	return out
}

// packLines joins lines into texts of at most limit code points, breaking only
// between lines. Blank texts vanish.
func packLines(lines []string, limit int) []string {
	var out []string
	var b strings.Builder
	size := 0
	flush := func() {
		if t := strings.Trim(b.String(), "\n "); strings.Trim(t, string(gap)) != "" {
			out = append(out, t)
		}
		b.Reset()
		size = 0
	}
	for _, l := range lines {
		n := length(l)
		if size > 0 && size+1+n > limit {
			flush()
		}
		if size > 0 || b.Len() > 0 {
			b.WriteByte('\n')
			size++
		}
		b.WriteString(l)
		size += n
	}
	flush()
	return out
}

// fields renders label and value pairs, ten to a block.
func (r *renderer) fields(fields []chat.Field, side *chat.Button) []piece {
	var out []piece
	for group := range slices.Chunk(fields, maxFields) {
		var objects []*slackgo.TextBlockObject
		cost := 0
		for _, f := range group {
			label := mrkdwn(chat.Rich{{Text: f.Label, Bold: true}}, 200)
			text := strings.Trim(label+"\n"+mrkdwn(f.Value, maxField-201), "\n")
			if strings.Trim(text, string(gap)+" ") == "" {
				continue
			}
			objects = append(objects, rich(text))
			cost += length(text)
		}
		if len(objects) == 0 {
			continue
		}
		block := slackgo.NewSectionBlock(nil, objects, nil)
		if side != nil {
			if b, n, ok := element(*side); ok {
				block.Accessory = slackgo.NewAccessory(b)
				cost += n
			}
			side = nil
		}
		out = append(out, piece{partWords, block, cost, nil})
	}
	return out
}

// chart renders a picture that is ready, else its words.
func (r *renderer) chart(c chat.Chart) []piece {
	i := r.charts
	r.charts++
	alt := clamp(strings.TrimSpace(clean(c.Alt)), maxAlt)
	if alt == "" {
		alt = clamp(strings.TrimSpace(clean(c.Title)), maxAlt)
	}
	if r.look == lookFull && i < len(r.files) && r.files[i] != "" && i < maxPictures {
		if alt == "" {
			alt = "–"
		}
		block := slackgo.NewImageBlockSlackFile(&slackgo.SlackFileObject{ID: r.files[i]}, alt, "", nil)
		return []piece{{partPicture, block, length(alt), nil}}
	}
	if alt == "" {
		return nil
	}
	return note([]chat.Rich{chat.Line(alt)})
}

// actions renders buttons, at most five to a row so that they stay readable.
func actions(buttons []chat.Button) []piece {
	var out []piece
	for row := range slices.Chunk(buttons, maxButtons) {
		var elements []slackgo.BlockElement
		cost := 0
		used := map[string]bool{}
		for i, b := range row {
			e, n, ok := element(b)
			if !ok {
				continue
			}
			if id := actionID(e); used[*id] { // must be unique in its block
				*id += ":" + strconv.Itoa(i+1)
			}
			used[*actionID(e)] = true
			elements = append(elements, e)
			cost += n
		}
		if len(elements) > 0 {
			out = append(out, piece{partActions, slackgo.NewActionBlock("", elements...), cost, nil})
		}
	}
	return out
}

// verbOfLinks is the action id of buttons that only open an address: Slack
// reports those presses too, and nobody waits for them.
const verbOfLinks = "open_address"

// element renders a button or a menu and says what it costs.
func element(b chat.Button) (slackgo.BlockElement, int, bool) {
	if len(b.Options) > 0 {
		return menu(b)
	}
	return button(b)
}

// actionID is where an element that element has made keeps its action id.
func actionID(e slackgo.BlockElement) *string {
	if m, ok := e.(*slackgo.SelectBlockElement); ok {
		return &m.ActionID
	}
	return &e.(*slackgo.ButtonBlockElement).ActionID //nolint:forcetypeassert // element makes these two
}

// maxOptions and maxOption bound a menu.
const (
	maxOptions = 100
	maxOption  = 75
)

// menu renders a button that opens a list of choices. A choice whose value
// Slack would not carry is left out.
func menu(b chat.Button) (slackgo.BlockElement, int, bool) {
	label := clamp(strings.TrimSpace(clean(b.Label)), maxLabel)
	cost := length(label)
	var options []*slackgo.OptionBlockObject
	for _, o := range b.Options {
		text := clamp(strings.TrimSpace(clean(o.Label)), maxLabel)
		if text == "" || o.Value == "" || length(o.Value) > maxOption || len(options) == maxOptions {
			continue
		}
		options = append(options, slackgo.NewOptionBlockObject(o.Value, plain(text), nil))
		cost += length(text) + length(o.Value)
	}
	if label == "" || b.Verb == "" || strings.Contains(b.Verb, ":") || length(b.Verb) > 200 || len(options) == 0 {
		return nil, 0, false
	}
	return slackgo.NewOptionsSelectBlockElement(slackgo.OptTypeStatic, plain(label), b.Verb, options...), cost, true
}

// button renders one button and says what it costs. The action id is the verb,
// to which a row may add a number after a colon. A button that could do nothing,
// or whose value Slack would not carry, is left out.
func button(b chat.Button) (slackgo.BlockElement, int, bool) {
	label := clamp(strings.TrimSpace(clean(b.Label)), maxLabel)
	verb := b.Verb
	target, isLink := address(b.URL, "https", "http")
	if b.URL != "" {
		verb = verbOfLinks
	}
	if label == "" || verb == "" || strings.Contains(verb, ":") || length(verb) > 200 || length(b.Value) > maxValue || b.URL != "" && !isLink {
		return nil, 0, false
	}
	e := slackgo.NewButtonBlockElement(verb, b.Value, plain(label))
	e.URL = target
	switch b.Style {
	case chat.Primary:
		e.Style = slackgo.StylePrimary
	case chat.Danger:
		e.Style = slackgo.StyleDanger
	case chat.Plain:
	}
	e.AccessibilityLabel = clamp(strings.TrimSpace(clean(b.Alt)), maxLabel)
	return e, length(label) + length(b.Value) + length(target) + length(e.AccessibilityLabel), true
}

// note renders small print.
func note(lines []chat.Rich) []piece {
	var out []piece
	for _, text := range packLines(mrkdwnLines(lines, maxNote), maxNote) {
		out = append(out, piece{partNote, slackgo.NewContextBlock("", rich(text)), length(text), nil})
	}
	return out
}

// textOnly is the message when Slack takes no block of it: headline and lines.
func (r *renderer) textOnly(m chat.Message) string {
	lines := []string{}
	if t := escape(m.Text, maxFallback); t != "" {
		lines = append(lines, t)
	}
	for _, s := range m.Sections {
		if visible(s.Heading) {
			lines = append(lines, mrkdwn(chat.Rich{{Text: s.Heading, Bold: true}}, maxHeading))
		}
		lines = append(lines, mrkdwnLines(s.Body, maxFallback)...)
		for _, f := range s.Fields {
			lines = append(lines, escape(f.Label, 200)+": "+mrkdwn(f.Value, maxFallback/2))
		}
		if s.Table != nil && len(s.Table.Columns) > 0 {
			for _, row := range tidy(*s.Table).Rows {
				lines = append(lines, escape(strings.Join(row, " · "), maxFallback/2))
			}
		}
		if s.Chart != nil {
			lines = append(lines, escape(s.Chart.Alt, maxAlt))
		}
		lines = append(lines, mrkdwnLines(s.Note, maxFallback)...)
	}
	packed := packLines(lines, maxFallback)
	if len(packed) == 0 {
		return "…"
	}
	return packed[0]
}

// plain is text that Slack shows letter by letter.
func plain(s string) *slackgo.TextBlockObject {
	return slackgo.NewTextBlockObject(slackgo.PlainTextType, s, false, false)
}

// rich is mrkdwn without Slack's guessing of links and names.
func rich(s string) *slackgo.TextBlockObject {
	return slackgo.NewTextBlockObject(slackgo.MarkdownType, s, false, true)
}
