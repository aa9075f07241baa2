package commands

import (
	_ "embed"
	"strings"
)

// idea is something that people say in many ways; no idea is a filler.
type idea string

// ideasText are the words of whole sentences; it says itself how it is written.
//
//go:embed ideas.txt
var ideasText string

// saying is one way to say an idea.
type saying struct {
	form string
	is   idea
}

// ideas reads ideasText: what is indented are forms of the idea above.
func ideas() (list []saying) {
	var is idea
	for line := range strings.Lines(ideasText) {
		text := strings.TrimSpace(line)
		switch {
		case text == "" || strings.HasPrefix(text, "#"):
		case !strings.HasPrefix(line, " "):
			is = idea(strings.TrimPrefix(text, "-"))
		default:
			for form := range strings.SplitSeq(strings.TrimSuffix(text, ","), ",") {
				list = append(list, saying{strings.TrimSpace(form), is})
			}
		}
	}
	return list
}

// sayings are what each form means, and how long the longest is in runes.
func sayings() (forms map[string]idea, longest int) {
	forms = map[string]idea{}
	for _, s := range ideas() {
		forms[s.form] = s.is
		longest = max(longest, len([]rune(s.form)))
	}
	return forms, longest
}
