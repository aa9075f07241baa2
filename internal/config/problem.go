package config

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Problem is one thing that is wrong with a file. Line and Col count from 1, in
// characters; Key is the path of the key, such as slack.bot_token or
// shops[0].zone, and empty when the file as a whole is meant.
type Problem struct {
	File string
	Line int
	Col  int
	Key  string
	Code Code
	// Args fill the blanks of the texts. They never hold a secret, nor the
	// value of a variable or of a secret file.
	Args map[string]string

	excerpt string // the line, masked; empty when there is none to show
	caret   int    // cells before the caret
}

// Cause says what is wrong, in a language tag that starts with "zh", else in
// English.
func (p Problem) Cause(lang string) string { return p.fill(lang, texts[p.Code].in(lang).cause) }

// Remedy says what to write or do instead.
func (p Problem) Remedy(lang string) string { return p.fill(lang, texts[p.Code].in(lang).remedy) }

func (p Problem) fill(lang, template string) string {
	pairs := []string{"{key}", leaf(p.Key)}
	for name, value := range p.Args {
		if zh, ok := cronNames[value]; ok && name == "field" && strings.HasPrefix(lang, "zh") {
			value = zh
		}
		pairs = append(pairs, "{"+name+"}", value)
	}
	return strings.NewReplacer(pairs...).Replace(template)
}

// leaf is the last name of a key path: bot_token of slack.bot_token, alerts of
// post[0].alerts[2].
func leaf(key string) string {
	key, _, _ = strings.Cut(key[strings.LastIndexByte(key, '.')+1:], "[")
	return key
}

// Problems is what is wrong with a file, in the order of the file.
type Problems []Problem

// Error is the causes in English, one a line, without excerpts.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Col, strings.TrimSpace(p.Key+" "+p.Cause("en")))
	}
	return strings.Join(lines, "\n")
}

// Write prints every problem with its line, a caret and the remedy.
func (ps Problems) Write(w io.Writer, lang string) error {
	var b strings.Builder
	for _, p := range ps {
		fmt.Fprintf(&b, "%s:%d:%d  ", p.File, p.Line, p.Col)
		if p.Key != "" {
			b.WriteString(p.Key + "  ")
		}
		b.WriteString(p.Cause(lang) + "\n")
		if p.excerpt != "" {
			number := fmt.Sprintf("%6d", p.Line)
			fmt.Fprintf(&b, "%s | %s\n", number, p.excerpt)
			fmt.Fprintf(&b, "%s | %s^\n", strings.Repeat(" ", len(number)), strings.Repeat(" ", p.caret))
		}
		if remedy := p.Remedy(lang); remedy != "" {
			b.WriteString("    " + remedy + "\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (ps Problems) sort() {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Col - b.Col
	})
}

// width is how many cells text takes on a terminal: Han and full-width
// characters take two.
func width(text string) int {
	n := 0
	for _, r := range text {
		n++
		wide := r >= 0x1100 && (r <= 0x115f || r >= 0x2e80 && r <= 0xa4cf || r >= 0xac00 && r <= 0xd7a3 ||
			r >= 0xf900 && r <= 0xfaff || r >= 0xfe30 && r <= 0xfe6f || r >= 0xff00 && r <= 0xff60 ||
			r >= 0xffe0 && r <= 0xffe6 || r >= 0x1f300 && r <= 0x3fffd)
		if wide {
			n++
		}
	}
	return n
}
