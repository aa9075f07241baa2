package voice

import (
	_ "embed" // lexicon.txt
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Names of the sections of a lexicon that are not causes.
const (
	sectionPraise   = "praise"
	sectionBlame    = "blame"
	sectionNegation = "negation"
	sectionContrast = "contrast"
	sectionIgnore   = "ignore"
	sectionFood     = "food"
)

var sections = []string{sectionPraise, sectionBlame, sectionNegation, sectionContrast, sectionIgnore, sectionFood}

// demand is what a cue asks of its clause and text.
type demand uint8

const (
	ifBlame demand = 1 << iota // "?": the clause must blame
	topic                      // "~": it must, or the text names nothing else and the clause does not praise
	ifAlone                    // "-": the text must name nothing else
)

// marks are the signs of the demands, in their order.
const marks = "?~-"

// cue is one entry of a lexicon.
type cue struct {
	section string
	first   string
	second  string // after first, within reach; "" without
	demand  demand
	notFood bool
}

// start is the first two characters of a cue, the second 0 in a cue of one.
type start [2]rune

func startOf(s string) start {
	a, n := utf8.DecodeRuneInString(s)
	if n == len(s) {
		return start{a, 0}
	}
	b, _ := utf8.DecodeRuneInString(s[n:])
	return start{a, b}
}

// Lexicon is a set of cues. It is only read after it has been parsed, so it may
// be shared. A nil *Lexicon stands for the built-in one.
type Lexicon struct {
	byStart   map[start][]cue // longest first; contrast and ignore are apart
	contrast  map[start][]cue
	ignore    map[start][]cue
	negations []string // longest first, Chinese
	negating  []string // English words
	size      int
}

//go:embed lexicon.txt
var builtinText string

var builtin = sync.OnceValue(func() *Lexicon {
	l, err := ParseLexicon(builtinText)
	if err != nil {
		panic("voice: lexicon.txt: " + err.Error()) // a test parses it
	}
	return l
})

// Builtin is the lexicon that comes with the program.
func Builtin() *Lexicon { return builtin() }

// BuiltinText is the source of the built-in lexicon, for people who want to
// edit their own copy.
func BuiltinText() string { return builtinText }

// Len is the number of cues.
func (l *Lexicon) Len() int { return l.orBuiltin().size }

func (l *Lexicon) orBuiltin() *Lexicon {
	if l == nil {
		return Builtin()
	}
	return l
}

// ParseLexicon reads the format that lexicon.txt explains. The error names the
// line and the section or cue that cannot be. A lexicon without any cause is an
// error; one without praise or negation only reads less well.
func ParseLexicon(text string) (*Lexicon, error) {
	l := &Lexicon{byStart: map[start][]cue{}, contrast: map[start][]cue{}, ignore: map[start][]cue{}}
	section, notFood := "", false
	for n, line := range strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if line[0] == '[' {
			var err error
			if section, notFood, err = parseSection(line); err != nil {
				return nil, fmt.Errorf("line %d: %w", n+1, err)
			}
			continue
		}
		if section == "" {
			return nil, fmt.Errorf("line %d: %q stands before the first [section]", n+1, line)
		}
		for entry := range strings.SplitSeq(line, ",") {
			if err := l.add(section, strings.TrimSpace(entry), notFood); err != nil {
				return nil, fmt.Errorf("line %d: %w", n+1, err)
			}
		}
	}
	return l, l.finish()
}

func parseSection(line string) (section string, notFood bool, err error) {
	name, ok := strings.CutSuffix(strings.TrimPrefix(line, "["), "]")
	if !ok {
		return "", false, fmt.Errorf("%q lacks its ]", line)
	}
	name, condition, has := strings.Cut(strings.TrimSpace(name), " ")
	if has && strings.Join(strings.Fields(condition), " ") != "unless food" {
		return "", false, fmt.Errorf("%q: the only condition is \"unless food\"", line)
	}
	if !slices.Contains(Causes, name) && !slices.Contains(sections, name) || name == Other {
		return "", false, fmt.Errorf("unknown section %q: use a cause (%s) or %s", name, strings.Join(Causes[:len(Causes)-1], ", "), strings.Join(sections, ", "))
	}
	return name, has, nil
}

func (l *Lexicon) add(section, entry string, notFood bool) error {
	if entry == "" {
		return nil // a comma at the end of a line
	}
	c := cue{section: section, notFood: notFood}
	for entry != "" && strings.IndexByte(marks, entry[0]) >= 0 {
		c.demand |= 1 << strings.IndexByte(marks, entry[0])
		entry = strings.TrimSpace(entry[1:])
	}
	if c.demand != 0 && !slices.Contains(Causes, section) {
		return fmt.Errorf("cue %q: the marks %s are for causes", entry, marks)
	}
	c.first, c.second, _ = strings.Cut(lower(entry), "…")
	if !utf8.ValidString(entry) || c.first == "" || strings.Contains(entry, "…") && c.second == "" {
		return fmt.Errorf("cue %q: there must be text on each side of …", entry)
	}
	l.size++
	into := l.byStart
	switch {
	case section == sectionNegation && c.first[0] < utf8.RuneSelf:
		l.negating = append(l.negating, c.first)
		return nil
	case section == sectionNegation:
		l.negations = append(l.negations, c.first)
		return nil
	case section == sectionContrast:
		into = l.contrast
	case section == sectionIgnore:
		into = l.ignore
	}
	into[startOf(c.first)] = append(into[startOf(c.first)], c)
	return nil
}

// finish orders the cues so that the longest is tried first.
func (l *Lexicon) finish() error {
	causes := 0
	for _, list := range l.byStart {
		slices.SortStableFunc(list, func(a, b cue) int { return len(b.first) + len(b.second) - len(a.first) - len(a.second) })
		for _, c := range list {
			if slices.Contains(Causes, c.section) {
				causes++
			}
		}
	}
	if causes == 0 {
		return fmt.Errorf("no cue of any cause: nothing could be found")
	}
	slices.SortStableFunc(l.negations, func(a, b string) int { return len(b) - len(a) })
	return nil
}

// lower makes ASCII letters small, byte by byte so that all offsets stay.
func lower(s string) string {
	for i := range len(s) {
		if c := s[i]; c >= 'A' && c <= 'Z' {
			b := []byte(s)
			for ; i < len(b); i++ {
				if b[i] >= 'A' && b[i] <= 'Z' {
					b[i] += 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}

// wordStart reports whether a cue may begin at an offset: a Latin one only
// where a word begins. Endings are left open, so that "leak" finds "leaking".
func wordStart(text string, at int, cue string) bool {
	if cue[0] >= utf8.RuneSelf || at == 0 {
		return true
	}
	r, _ := utf8.DecodeLastRuneInString(text[:at])
	return r >= utf8.RuneSelf || !unicode.IsLetter(r)
}
