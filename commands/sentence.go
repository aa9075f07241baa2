package commands

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"shopwatch/internal/market"
)

// slots are the kinds of words in a sentence that the grammar knows as well.
type slots uint

const (
	slotPeriod slots = 1 << iota
	slotAgainst
	slotUnit
	slotChannel
	slotBand
	slotRegion
	slotBy
	slotRank // by what items are ranked
	slotTop
	slotAhead // days to come
	slotFile
	slotShare
	slotItem   // the name of an item, in words that nothing else knows
	slotNow    // no slot of its own: today and this week add nothing
	slotComing // likewise: this week means the days to come
	slotLast   // likewise: last week and last month are what it is about
)

// slot is such words, as the grammar has them.
type slot struct {
	kind    slots
	text    string
	current bool // a period that ends today
	last    bool // the whole last week or month, which its report is about anyway
	ahead   int  // how many days from today on a period that is not over means
	future  bool // a period that has not begun
}

// sentence is what somebody typed in words of their own: what it is about, the
// words that the grammar knows, and those that nothing knows.
type sentence struct {
	about map[idea]bool
	slots []slot
	loose []string // runs of unknown words
	cue   bool     // it has words that only a sentence has
}

// sayingsOnce are the words of sentences; they are the same for every shop.
var sayingsOnce = sync.OnceValues(sayings)

// says reports whether a sentence has one of the ideas "a|b".
func (s *sentence) says(need string) bool {
	for i := range strings.SplitSeq(need, "|") {
		if s.about[idea(i)] {
			return true
		}
	}
	return false
}

// readSentence takes a text apart. today fixes what "this week" means.
func readSentence(shop *market.Shop, text string, today market.Day) *sentence {
	s := &sentence{about: map[idea]bool{}}
	forms, longest := sayingsOnce()
	x := newSlots(shop, today)
	rest, broken := []rune(spoken(text)), true
	for len(rest) > 0 {
		if unicode.IsSpace(rest[0]) {
			rest = rest[1:]
			continue
		}
		n, what, sl := longestForm(forms, longest, x, rest)
		switch {
		case sl != nil:
			s.slots = append(s.slots, *sl)
			s.note(*sl)
		case n > 0 && what != "":
			s.about[what] = true
			s.cue = true
		case n > 0:
			s.cue = true
		default:
			n = s.unknown(rest, broken)
			rest, broken = rest[n:], false
			continue
		}
		rest, broken = rest[n:], true
	}
	if len(s.loose) > 0 {
		s.about["named"] = true
	}
	for _, sl := range s.slots { // "the beauty unit" is about beauty, not about units
		delete(s.about, dimensionIdea[sl.kind])
	}
	return s
}

// dimensionIdea is the idea that a member of a dimension is called by.
var dimensionIdea = map[slots]idea{slotUnit: "team", slotChannel: "channel", slotRegion: "region", slotBand: "band"}

// note adds what a slot says about the question: that it is about days to come,
// or about a campaign by its name.
func (s *sentence) note(sl slot) {
	if sl.future || sl.kind == slotAhead {
		s.about["future"] = true
	}
	if sl.kind == slotPeriod && sl.text != "" && strings.HasPrefix(sl.text, campaignMark) {
		s.about["named_campaign"] = true
	}
}

// unknown adds the first word of rest, a Han character or a run of others, to the
// run of unknown words before it or as a new one.
func (s *sentence) unknown(rest []rune, broken bool) (n int) {
	n = 1
	if !hasHan(rest[:1]) {
		for n < len(rest) && !unicode.IsSpace(rest[n]) && !hasHan(rest[n:n+1]) {
			n++
		}
	}
	word := string(rest[:n])
	switch last := len(s.loose) - 1; {
	case broken || last < 0:
		s.loose = append(s.loose, word)
	case hasHan(rest[:1]) && hasHan([]rune(s.loose[last])[len([]rune(s.loose[last]))-1:]):
		s.loose[last] += word
	default:
		s.loose[last] += " " + word
	}
	return n
}

// longestForm finds the longest form that rest begins with: a slot, or an idea.
// Of equals the idea wins. n is 0 when there is none.
func longestForm(forms map[string]idea, longest int, x *slotLexicon, rest []rune) (n int, what idea, sl *slot) {
	for k := min(len(rest), longest); k > 0 && n == 0; k-- {
		if i, ok := forms[string(rest[:k])]; ok && wordEnds(rest, k) {
			n, what = k, i
		}
	}
	if k, found := x.at(rest); found != nil && k > n {
		return k, "", found
	}
	return n, what, nil
}

// wordEnds reports whether a word may end after k runes: Chinese has no spaces,
// the rest of a word of another script is part of it.
func wordEnds(rest []rune, k int) bool {
	if k == len(rest) || hasHan(rest[k-1:k]) {
		return true
	}
	next := rest[k]
	return hasHan(rest[k:k+1]) || !unicode.IsLetter(next) && !unicode.IsDigit(next) && next != '-' && next != '\''
}

// question picks the reading that fits a sentence and writes it as a question of
// the grammar; it is empty when none does. item is the name of an item that the
// sentence holds: the caller knows whether there is one.
func (s *sentence) question() (text, item string) {
	var best reading
	most := 0
	for _, r := range readings {
		if met, fits := r.fits(s); fits && met > most && (len(s.loose) == 0) == (r.takes&slotItem == 0) {
			best, most = r, met
		}
	}
	switch {
	case most == 0 || len(s.loose) > 1:
		return "", ""
	case len(s.loose) == 1:
		if item = s.loose[0]; len(item) < 3 || len([]rune(item)) < 2 { // would be found in too many titles
			return "", ""
		}
	}
	return best.with(s, item), item
}

// with is the question of a reading with the slots of a sentence that it takes.
func (r reading) with(s *sentence, item string) string {
	words := []string{r.ask}
	if item != "" {
		words = append(words, `"`+item+`"`)
	}
	for _, sl := range s.slots {
		if sl.future && !r.names("future") {
			continue // offered without it: what has not been cannot be told
		}
		switch text := strings.TrimPrefix(sl.text, campaignMark); {
		case sl.kind&(r.takes|slotFile|slotShare) != 0:
			words = append(words, text)
		case r.takes&slotComing != 0 && sl.ahead > 0:
			words = append(words, "next "+strconv.Itoa(sl.ahead)+" days")
		}
	}
	return strings.Join(words, " ")
}

// nearQuestion is a question that a sentence may mean.
type nearQuestion struct {
	text string
	met  int // needs of its reading that are said
	off  int // needs that are not, and ideas that the reading does not know
}

// nearestQuestions are questions of the grammar that come near to a sentence that
// was not understood, nearest first and one of each verb; none when it is about
// nothing that is known.
func (s *sentence) nearestQuestions(most int) (list []string) {
	var found []nearQuestion
	single := s.single()
	for _, r := range readings {
		if met, unmet := r.met(s); met > 0 && r.offered() {
			found = append(found, nearQuestion{r.with(single, ""), met, unmet + r.foreign(s)})
		}
	}
	slices.SortStableFunc(found, func(a, b nearQuestion) int {
		return cmp.Or(cmp.Compare(a.off, b.off), cmp.Compare(b.met, a.met))
	})
	seen := map[string]bool{}
	for _, f := range found {
		verb, _ := cutWord(f.text)
		if !seen[verb] && len(list) < most {
			list = append(list, f.text)
		}
		seen[verb] = true
	}
	return list
}

// single is a sentence with one slot of each kind, so that what is offered can be
// asked.
func (s *sentence) single() *sentence {
	one := *s
	one.slots = nil
	for _, sl := range s.slots {
		if !slices.ContainsFunc(one.slots, func(o slot) bool { return o.kind == sl.kind }) {
			one.slots = append(one.slots, sl)
		}
	}
	return &one
}

// offered reports whether a reading is one to offer: it changes nothing and needs
// no item.
func (r reading) offered() bool {
	return r.takes&slotItem == 0 && !strings.HasPrefix(r.ask, subscribe.Name) && !strings.HasPrefix(r.ask, unsubscribe.Name)
}

// foreign counts the ideas of a sentence that a reading does not know.
func (r reading) foreign(s *sentence) (n int) {
	for i := range s.about {
		if !silentIdea[i] && i != "named" && !r.names(i) {
			n++
		}
	}
	return n
}

// spoken makes a sentence comparable: lower case, half-width, one space between
// words, without the marks and endings that carry no meaning.
func spoken(text string) string {
	text = strings.NewReplacer("’", "'", "‘", "'", "。", " ", "、", " ", "…", " ", "《", " ", "》", " ", "「", " ", "」", " ", "—", " ").Replace(fold(text))
	var out []string
	for w := range strings.FieldsFuncSeq(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`?!;,"()`, r) }) {
		w = strings.Trim(w, ".:'")
		for _, end := range []string{"'s", "'re", "'ve", "'ll", "'d"} {
			if cut, ok := strings.CutSuffix(w, end); ok && cut != "" {
				w = cut
			}
		}
		if w != "" {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}
