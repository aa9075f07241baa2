package commands

import (
	"strings"

	"shopwatch/internal/market"
)

// word is a phrase people use and what it does to a query.
type word struct {
	forms []string
	set   func(*Query)
}

// lexicon is every phrase understood in one shop on one day: the grammar's own
// words and the names of the shop's dimensions.
type lexicon struct {
	byForm  map[string]func(*Query)
	forms   []string // for the search of the nearest; in order of definition
	longest int
}

func newLexicon(shop *market.Shop, today market.Day) *lexicon {
	x := &lexicon{byForm: map[string]func(*Query){}}
	x.add(periodWords(today)...)
	x.add(weekdayWords(today)...)
	x.add(campaignWords(shop)...)
	x.add(baseWords()...)
	x.add(dimensionWords()...)
	x.add(focusWords()...)
	x.add(topWords()...)
	x.add(fileWords()...)
	for _, l := range shop.Units {
		x.addLabel(l, func(q *Query) { q.Unit = market.Unit(l.ID) })
	}
	for _, l := range shop.Channels {
		x.addLabel(l, func(q *Query) { q.Channel = market.Channel(l.ID) })
	}
	for _, l := range shop.Regions {
		x.addLabel(l, func(q *Query) { q.Region = market.Region(l.ID) })
	}
	for _, b := range shop.Bands {
		x.addLabel(b.Label, func(q *Query) { q.Band = b.ID })
	}
	return x
}

// add keeps the first meaning of a form: the grammar's words win over names.
func (x *lexicon) add(words ...word) {
	for _, w := range words {
		for _, f := range w.forms {
			f = fold(f)
			if _, taken := x.byForm[f]; taken || f == "" {
				continue
			}
			x.byForm[f] = w.set
			x.forms = append(x.forms, f)
			x.longest = max(x.longest, len([]rune(f)))
		}
	}
}

func (x *lexicon) addLabel(l market.Label, set func(*Query)) {
	x.add(word{forms: append([]string{l.ID, l.Name.Zh, l.Name.En}, l.Words...), set: set})
}

// apply reads s as one phrase, or, for writing without spaces as in 昨天美妆,
// as a run of phrases, longest first. It changes q only when all of s is known.
func (x *lexicon) apply(q *Query, s string) bool {
	s = fold(s)
	if set, ok := x.byForm[s]; ok {
		set(q)
		return true
	}
	var run []func(*Query)
	rest := []rune(s)
	for len(rest) > 0 {
		n := x.prefix(rest)
		if n == 0 {
			return false
		}
		run = append(run, x.byForm[string(rest[:n])])
		rest = rest[n:]
	}
	for _, set := range run {
		set(q)
	}
	return len(run) > 0
}

// prefix is the length in runes of the longest known phrase that s begins
// with. Only phrases with Han characters are cut out of a longer text, so that
// "this" does not begin with "th".
func (x *lexicon) prefix(s []rune) int {
	for n := min(len(s), x.longest); n > 0; n-- {
		if _, ok := x.byForm[string(s[:n])]; ok && (hasHan(s[:n]) || n == len(s) || hasHan(s[n:n+1])) {
			return n
		}
	}
	return 0
}

// nearest returns the known phrase closest to s, or "" when none is near.
func (x *lexicon) nearest(s string) string { return nearest(fold(s), x.forms) }

func hasHan(s []rune) bool {
	for _, r := range s {
		if r >= 0x4e00 && r <= 0x9fff {
			return true
		}
	}
	return false
}

// fold makes forms comparable: lower case, half-width, without surrounding space.
func fold(s string) string {
	return strings.ToLower(strings.TrimSpace(halfWidth(s)))
}

// halfWidth turns full-width ASCII and the ideographic space, as a Chinese
// keyboard types them, into plain ASCII.
func halfWidth(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0xff01 && r <= 0xff5e:
			return r - 0xfee0
		case r == 0x3000:
			return ' '
		case r == '“' || r == '”':
			return '"'
		}
		return r
	}, s)
}
