package voice

import (
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// reach is how many bytes may lie between the halves of a cue a…b: about twenty
// Chinese characters.
const reach = 60

// match is a cue found in a text.
type match struct {
	*cue
	span    Span
	clause  int
	negated bool
}

// clause is a stretch between two marks or contrasts, with how often it praises
// and blames.
type clause struct {
	start, end    int
	praise, blame int
}

// reading is a text taken apart.
type reading struct {
	text    string // in small letters
	clauses []clause
	matches []match // in the order of the text, then longest first
	food    bool
}

// read takes a text apart.
func (l *Lexicon) read(text string) *reading {
	r := &reading{text: lower(text)}
	r.cutClauses(l)
	ignored := r.ignored(l)
	covered := 0 // up to here words of praise and blame are taken
	at := 0
	for i := range r.text {
		for at+1 < len(r.clauses) && i >= r.clauses[at].end {
			at++
		}
		for c, end := range r.matching(l.byStart, i) {
			if overlaps(ignored, i, i+len(c.first)) {
				continue
			}
			switch c.section {
			case sectionFood:
				r.food = true
			case sectionPraise, sectionBlame:
				if i >= covered {
					covered = end
					r.weigh(l, at, i, c)
				}
			default:
				from := min(r.clauses[at].start, i) // a cue may begin with the mark between two clauses
				negated := l.negated(r.text[from:i], c.first) || question(r.text, i)
				r.matches = append(r.matches, match{cue: c, span: Span{i, end}, clause: at, negated: negated})
			}
		}
	}
	r.dropInner()
	return r
}

// matching yields the cues that begin at i and where they end, longest first.
func (r *reading) matching(cues map[start][]cue, i int) iter.Seq2[*cue, int] {
	return func(yield func(*cue, int) bool) {
		key := startOf(r.text[i:])
		for _, list := range [][]cue{cues[key], cues[start{key[0], 0}]} {
			for k := range list {
				if end, ok := r.matchAt(i, &list[k]); ok && !yield(&list[k], end) {
					return
				}
			}
			if key[1] == 0 {
				return // both lists are the same
			}
		}
	}
}

// ignored finds brands and idioms.
func (r *reading) ignored(l *Lexicon) []Span {
	var out []Span
	for i := range r.text {
		for _, end := range r.matching(l.ignore, i) {
			out = append(out, Span{i, end})
		}
	}
	return out
}

// overlaps reports whether a cue shares text with a span that is ignored, other
// than by holding all of it.
func overlaps(ignored []Span, start, end int) bool {
	for _, s := range ignored {
		if start < s.End && end > s.Start && (start > s.Start || end < s.End) {
			return true
		}
	}
	return false
}

// dropInner drops cues that are part of a longer one of another cause: the 太慢
// of 快递员太慢 is not about the goods.
func (r *reading) dropInner() {
	all := r.matches
	inner := func(m match) bool {
		return slices.ContainsFunc(all, func(o match) bool {
			if o.section == m.section || o.negated || o.span.End-o.span.Start <= m.span.End-m.span.Start {
				return false
			}
			if m.second != "" {
				return m.span.Start >= o.span.Start && m.span.End == o.span.End
			}
			return m.span.Start >= o.span.Start && m.span.End <= o.span.Start+len(o.first) ||
				m.span.Start >= o.span.End-len(o.second) && m.span.End <= o.span.End
		})
	}
	r.matches = slices.DeleteFunc(slices.Clone(all), inner)
}

// question reports whether a cue that begins with 不 asks rather than says:
// 好不好用.
func question(text string, i int) bool {
	const no = "不"
	if !strings.HasPrefix(text[i:], no) {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(text[:i])
	after, _ := utf8.DecodeRuneInString(text[i+len(no):])
	return before == after && before != utf8.RuneError
}

// weigh counts a word of praise or blame in its clause; negated praise blames
// and the other way round.
func (r *reading) weigh(l *Lexicon, at, i int, c *cue) {
	k := &r.clauses[at]
	if (c.section == sectionPraise) != l.negated(r.text[min(k.start, i):i], c.first) {
		k.praise++
	} else {
		k.blame++
	}
}

// matchAt reports where a cue that begins at i ends.
func (r *reading) matchAt(i int, c *cue) (end int, ok bool) {
	if !strings.HasPrefix(r.text[i:], c.first) || !wordStart(r.text, i, c.first) {
		return 0, false
	}
	end = i + len(c.first)
	if c.second == "" {
		return end, true
	}
	rest := r.text[end:min(len(r.text), end+reach+len(c.second))]
	j := strings.Index(rest, c.second)
	if j < 0 || strings.ContainsAny(rest[:j], "。！!？\n") {
		return 0, false
	}
	return end + j + len(c.second), true
}

// counts reports whether a cue names its cause; alone says that the text names
// nothing else.
func (r *reading) counts(m match, alone bool) bool {
	if m.negated || m.notFood && r.food {
		return false
	}
	k := r.clauses[m.clause]
	switch {
	case m.demand&ifAlone != 0 && !alone, m.demand&ifBlame != 0 && k.blame == 0:
		return false
	case m.demand&topic != 0:
		return k.blame > 0 || alone && k.praise == 0
	}
	return m.section == Counterfeit || k.praise == 0 || k.blame > 0 || denies(m.first)
}

// named are the cues that name causes, in the order of the text. Weak cues are
// asked only when no other cue says anything.
func (r *reading) named() []match {
	for _, alone := range []bool{false, true} {
		var out []match
		for _, m := range r.matches {
			if r.counts(m, alone) {
				out = append(out, m)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

// spansOf are the places that show a cause, without overlaps.
func spansOf(named []match, cause string) []Span {
	var out []Span
	for _, m := range named {
		if n := len(out); m.section == cause && (n == 0 || m.span.Start >= out[n-1].End) {
			out = append(out, m.span)
		}
	}
	return out
}

// cutClauses splits at marks and before words of contrast.
func (r *reading) cutClauses(l *Lexicon) {
	begun := 0
	cut := func(at, next int) {
		if at > begun {
			r.clauses = append(r.clauses, clause{start: begun, end: at})
		}
		begun = next
	}
	before := rune(0)
	for i, char := range r.text {
		switch {
		case isMark(char, before):
			cut(i, i+utf8.RuneLen(char))
		case i > begun && r.begins(l.contrast, i):
			cut(i, i)
		}
		before = char
	}
	cut(len(r.text), len(r.text))
	if len(r.clauses) == 0 {
		r.clauses = []clause{{start: 0, end: len(r.text)}}
	}
}

func (r *reading) begins(cues map[start][]cue, i int) bool {
	for range r.matching(cues, i) {
		return true
	}
	return false
}

// isMark reports whether a character ends a clause. A space does in Chinese,
// where it stands for a comma.
func isMark(char, before rune) bool {
	if char == ' ' || char == '\u3000' || char == '\t' {
		return before >= utf8.RuneSelf
	}
	if char == '\'' || char == '-' || char == '%' || char == '*' || char == '"' || char == utf8.RuneError {
		return false
	}
	return char == '\n' || unicode.IsPunct(char) || char == '～' || char == '~'
}

// negated reports whether what stands right before a cue turns it round. Cues
// that are negations themselves are taken as they are.
func (l *Lexicon) negated(before, cue string) bool {
	if cue[0] < utf8.RuneSelf {
		return l.negatedEnglish(before)
	}
	if denies(cue) {
		return false
	}
	for _, n := range l.negations {
		if strings.HasSuffix(before, n) {
			return !strings.HasSuffix(before, "是不是") && !strings.HasSuffix(before, "有没有") && !strings.HasSuffix(before, "能不") && !strings.HasSuffix(before, "好不")
		}
	}
	return false
}

// negatedEnglish looks at the three words before a cue.
func (l *Lexicon) negatedEnglish(before string) bool {
	words := strings.Fields(before)
	for _, w := range words[max(0, len(words)-3):] {
		if slices.Contains(l.negating, strings.Trim(w, "\"(*")) {
			return true
		}
	}
	return false
}

// denies reports whether a cue is a negation itself.
func denies(cue string) bool {
	for _, own := range []string{"不", "没", "未", "无", "别", "非"} {
		if strings.HasPrefix(cue, own) {
			return true
		}
	}
	return false
}
