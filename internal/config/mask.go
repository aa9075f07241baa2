package config

import (
	"reflect"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

const stars = "********"

var (
	// secretKey finds key names whose values are nobody's business.
	secretKey = regexp.MustCompile(`(?i)token|secret|passw|pwd|session|credential|_key|apikey|webhook|dsn|sign|auth|cookie|private`)
	// secretText finds secrets by their look, wherever they stand. What the
	// groups match is kept.
	secretText = regexp.MustCompile(`(?i)((?:key|token|secret|sign|password|session)=)[^\s&"',}\]]+|(://)[^/\s"'@]+@|` +
		`xox[a-z]-[^\s"',}\]]*|xapp-[^\s"',}\]]*|\bSEC[0-9a-z]{8,}|(/services/)[^\s"',}\]]+|\b[0-9a-zA-Z+_-]{32,}={0,2}`)
	// pair finds a key with its colon, also a full-width one.
	pair = regexp.MustCompile(`(?:^|[\s,{\["'-])([\pL\pN_.$]+)(?:["'][ \t]*:|[ \t\x{3000}]*(?::(?:[ \t]|$)|：))`)
	// reference is a value that only names a variable.
	reference = regexp.MustCompile(`^\s*["']?\$\{[A-Za-z_][A-Za-z0-9_]*\}["']?\s*(?:$|[,}#])`)
	indented  = regexp.MustCompile(`^[ \t]*(?:- +)*`)
)

// openKeys are the names of all keys that the file may have and whose values
// may be shown.
var openKeys = sync.OnceValue(func() map[string]bool {
	open := map[string]bool{}
	eachField(reflect.TypeFor[Config](), func(f field) {
		if f.Type != reflect.TypeFor[Secret]() && !secretKey.MatchString(f.name) {
			open[f.name] = true
		}
	})
	return open
})

// maskText hides what looks like a secret in any text.
func maskText(text string) string { return secretText.ReplaceAllString(text, "$1$2$3"+stars) }

// maskLine makes line n (from 0) of lines fit to print. From the first key
// that is secret or unknown to the end of the line its value is stars, and so
// is whatever looks like a secret before. caret is the character that the
// caret stands under; its cell in the masked line is returned.
func maskLine(lines []string, n, caret int) (masked string, cell int) {
	line := lines[n]
	cut := hideFrom(lines, n)
	spans := keptOut(line[:cut])
	if cut < len(line) {
		spans = append(spans, [2]int{cut, len(line)})
	}
	target := byteAt(line, caret)
	var out strings.Builder
	done := 0
	cell = -1
	for _, s := range append(spans, [2]int{len(line), len(line)}) {
		if target < s[0] && cell < 0 {
			cell = width(out.String() + line[done:target])
		}
		out.WriteString(line[done:s[0]])
		if target < s[1] && cell < 0 {
			cell = width(out.String())
		}
		if s[1] > s[0] {
			out.WriteString(stars)
		}
		done = s[1]
	}
	if cell < 0 {
		cell = width(out.String())
	}
	return strings.Map(printable, out.String()), cell
}

// hideFrom is the offset in line n from which nothing may be shown.
func hideFrom(lines []string, n int) int {
	line := lines[n]
	start := len(indented.FindString(line))
	if !openParents(lines, n, start) {
		return start
	}
	found := false
	for _, m := range pair.FindAllStringSubmatchIndex(line, -1) {
		found = true
		rest := line[m[1]:]
		if !openKeys()[line[m[2]:m[3]]] && !reference.MatchString(rest) {
			return m[1] + len(rest) - len(strings.TrimLeft(rest, " \t"))
		}
	}
	if word := strings.TrimSpace(line); start == 0 && !found && !openKeys()[word] && !strings.HasPrefix(word, "-") {
		return 0 // neither a key nor below one
	}
	return len(line)
}

// openParents tells whether all keys that line n lies under may be shown.
func openParents(lines []string, n, indent int) bool {
	for i := n - 1; i >= 0 && indent > 0; i-- {
		above := len(indented.FindString(lines[i]))
		m := pair.FindStringSubmatch(lines[i])
		if m == nil || above >= indent {
			continue
		}
		if !openKeys()[m[1]] {
			return false
		}
		indent = above
	}
	return true
}

// keptOut are the byte ranges of text that look like secrets.
func keptOut(text string) [][2]int {
	var spans [][2]int
	for _, m := range secretText.FindAllStringSubmatchIndex(text, -1) {
		start := m[0]
		for _, kept := range []int{m[3], m[5], m[7]} {
			start = max(start, kept)
		}
		spans = append(spans, [2]int{start, m[1]})
	}
	return spans
}

// byteAt is the offset of the n-th character (from 0), at most len(line).
func byteAt(line string, n int) int {
	at := 0
	for ; n > 0 && at < len(line); n-- {
		_, size := utf8.DecodeRuneInString(line[at:])
		at += size
	}
	return at
}

// printable replaces characters that would move the caret or the terminal's
// mind: controls and changes of writing direction.
func printable(r rune) rune {
	switch {
	case r == '\t':
		return ' '
	case r < 0x20, r >= 0x7f && r < 0xa0, r == 0xfeff, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return '·'
	}
	return r
}
