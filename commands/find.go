package commands

import (
	"errors"
	"slices"
	"strings"
)

// find picks the command that a text asks for: the one of the slash command,
// else the one named first, else the one named anywhere ("昨天 美妆 gmv"). The
// rest of the text is returned without its name, as it was typed where the command
// reads it literally: a note keeps its full-width commas. An empty text asks for
// help.
func find(short, text string) (*Command, string) {
	for _, c := range all() {
		if c.Short != "" && c.Short == short {
			return c, text
		}
	}
	words := strings.Fields(halfWidth(text))
	if len(words) == 0 {
		return help, ""
	}
	for i, w := range words {
		c := named(w)
		if c != nil && c.Literal && i == 0 {
			return c, strings.Join(strings.Fields(text)[1:], " ")
		}
		if c != nil && (i == 0 || !c.First && !c.Literal) {
			return c, strings.Join(slices.Delete(words, i, i+1), " ")
		}
	}
	if c, rest := begun(words); c != nil {
		return c, rest
	}
	return glued(words)
}

// begun finds a Chinese name of a command that reads its words literally at the
// beginning of a text written without spaces, as in 订阅早报. The longest wins.
func begun(words []string) (found *Command, rest string) {
	longest := 0
	for _, c := range all() {
		for _, name := range c.Words {
			after, ok := strings.CutPrefix(words[0], name)
			if ok && c.Literal && hasHan([]rune(name)) && len(name) > longest {
				found, longest = c, len(name)
				rest = strings.TrimSpace(strings.Join(append([]string{after}, words[1:]...), " "))
			}
		}
	}
	return found, rest
}

func named(word string) *Command {
	word = strings.TrimPrefix(fold(word), "/")
	for _, c := range all() {
		if c.Name == word || slices.Contains(c.Words, word) {
			return c
		}
	}
	return nil
}

// glued finds a Chinese command name inside a longer word, as in 昨天销售额. The
// longest name wins: 价格带 is not 价格.
func glued(words []string) (found *Command, rest string) {
	longest := 0
	for i, w := range words {
		if !hasHan([]rune(w)) {
			continue
		}
		for _, c := range all() {
			if c.Literal {
				continue // what it reads would be cut to pieces
			}
			for _, name := range append([]string{c.Name}, c.Words...) {
				before, after, ok := strings.Cut(fold(w), name)
				if !ok || len(name) <= longest || c.First && (i > 0 || before != "") {
					continue
				}
				cut := slices.Clone(words)
				cut[i] = before + " " + after
				found, longest = c, len(name)
				rest = strings.TrimSpace(strings.Join(cut, " "))
			}
		}
	}
	return found, rest
}

func cutWord(s string) (first, rest string) {
	f := strings.Fields(halfWidth(s))
	if len(f) == 0 {
		return "", ""
	}
	return f[0], strings.Join(f[1:], " ")
}

func join(verb, rest string) string { return strings.TrimSpace(verb + " " + rest) }

func trouble(err error) (*Trouble, bool) {
	var t *Trouble
	return t, errors.As(err, &t)
}
