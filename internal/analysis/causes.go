package analysis

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Cause codes of complaints.
const (
	CauseLogistics   = "logistics" // late, lost, wrong or missing pieces
	CauseDescription = "description"
	CauseQuality     = "quality"
	CauseCounterfeit = "counterfeit"
	CauseRefund      = "refund"
	CauseService     = "service" // also gifts and invoices that did not come
	CausePackaging   = "packaging"
	CausePrice       = "price"
	CauseOther       = "other"
)

// Causes lists the cause codes in the order of tie-breaks and help.
var Causes = []string{
	CauseCounterfeit, CauseQuality, CauseDescription, CausePackaging, CauseLogistics,
	CauseRefund, CauseService, CausePrice, CauseOther,
}

// CauseHit is a cause found in a text, with the words that show it.
type CauseHit struct {
	Cause   string
	Matched string // as written, the first of them
	at      int
	hits    int
}

// FindCauses names the causes of complaint in a Chinese or English text, the
// main one first: the one with most cues, else the earlier one. Cues that are
// negated ("not fake", 没有色差) do not count. A text without a cue has the one
// cause CauseOther, matched by nothing.
func FindCauses(text string) []CauseHit {
	low := lower(text)
	var out []CauseHit
	for _, cause := range Causes {
		h := CauseHit{Cause: cause, at: len(low)}
		for _, cue := range lexicon[cause] {
			at, end := findCue(low, cue)
			if at < 0 {
				continue
			}
			h.hits++
			if at < h.at {
				h.at, h.Matched = at, text[at:end]
			}
		}
		if h.hits > 0 {
			out = append(out, h)
		}
	}
	if len(out) == 0 {
		return []CauseHit{{Cause: CauseOther}}
	}
	slices.SortStableFunc(out, func(a, b CauseHit) int {
		return cmp.Or(cmp.Compare(urgency(a.Cause), urgency(b.Cause)), cmp.Compare(b.hits, a.hits), cmp.Compare(a.at, b.at))
	})
	return out
}

// urgency puts counterfeit before everything: one word of it makes it the point.
func urgency(cause string) int {
	if cause == CauseCounterfeit {
		return 0
	}
	return 1
}

// RankCauses orders counts per cause, most frequent first, without zeros.
func RankCauses(n map[string]int64) []CauseCount {
	var out []CauseCount
	for _, c := range Causes {
		if n[c] > 0 {
			out = append(out, CauseCount{Cause: c, Count: n[c]})
		}
	}
	slices.SortStableFunc(out, func(a, b CauseCount) int { return cmp.Compare(b.Count, a.Count) })
	return out
}

// lower makes ASCII letters small, byte by byte so that all offsets stay.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// reach is how many bytes may lie between the halves of a cue a…b: about twenty
// Chinese characters.
const reach = 60

// findCue returns where the first occurrence of cue begins and ends that stands
// as a word (for Latin cues) and is not negated, or -1.
func findCue(text, cue string) (at, end int) {
	first, second, two := strings.Cut(cue, "…")
	for from := 0; ; {
		i := strings.Index(text[from:], first)
		if i < 0 {
			return -1, -1
		}
		at, end = from+i, from+i+len(first)
		from = end
		if two {
			j := strings.Index(text[end:min(len(text), end+reach+len(second))], second)
			if j < 0 {
				continue
			}
			end += j + len(second)
		}
		if wordStart(text, at, cue) && !negated(text[:at], cue) {
			return at, end
		}
	}
}

// wordStart reports whether a Latin cue begins a word; endings are left open,
// so that "leak" finds "leaking".
func wordStart(text string, at int, cue string) bool {
	if cue[0] >= utf8.RuneSelf {
		return true
	}
	r, _ := utf8.DecodeLastRuneInString(text[:at])
	return at == 0 || r >= utf8.RuneSelf || !unicode.IsLetter(r)
}

var (
	negationsZh = []string{"没有任何", "没有什么", "没什么", "没有", "不是", "并非", "不存在", "没发现", "没", "无", "不算", "不会"}
	negationsEn = []string{"not", "no", "never", "without", "isn't", "wasn't", "don't", "didn't", "doesn't", "hardly"}
)

// negated reports whether what stands right before a cue turns it round. Cues
// that are negations themselves are taken as they are.
func negated(before, cue string) bool {
	if cue[0] >= utf8.RuneSelf {
		if strings.HasPrefix(cue, "不") || strings.HasPrefix(cue, "没") || strings.HasPrefix(cue, "未") {
			return false
		}
		before = strings.TrimRight(before, " ")
		for _, n := range negationsZh {
			if strings.HasSuffix(before, n) {
				return !strings.HasSuffix(before, "是不是") && !strings.HasSuffix(before, "有没有")
			}
		}
		return false
	}
	words := strings.Fields(before)
	for _, w := range words[max(0, len(words)-3):] {
		if strings.HasSuffix(w, ".") || strings.HasSuffix(w, ",") {
			continue
		}
		if slices.Contains(negationsEn, w) {
			return true
		}
	}
	return false
}
