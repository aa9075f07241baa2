package pricing

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"shopwatch/internal/market"
)

// Size is how much an item holds, as its title says: 2 bottles of 50 ml are 100 ml.
type Size struct {
	Amount float64
	Unit   string // "ml" or "g"
}

var sizes = regexp.MustCompile(`(?i)(\d{1,5}(?:\.\d{1,3})?)\s?(ml|毫升|kg|千克|公斤|l|升|g|克)(?:\s?[*x×]\s?(\d{1,2})(?:\D|$))?`)

// SizeOf reads the first size that a title names; ok is false without one.
func SizeOf(title string) (s Size, ok bool) {
	if !mayHaveSize(title) {
		return Size{}, false
	}
	for _, at := range sizes.FindAllStringSubmatchIndex(title, -1) {
		word := func(n int) string {
			if at[2*n] < 0 {
				return ""
			}
			return title[at[2*n]:at[2*n+1]]
		}
		if word(2) == "G" {
			continue // of a network or of memory
		}
		unit := strings.ToLower(word(2))
		if end := at[5]; end < len(title) && letter(title[end]) && word(3) == "" {
			continue // "3Large": a word that begins like a unit
		}
		s.Amount, _ = strconv.ParseFloat(word(1), 64) // digits, as matched
		switch unit {
		case "ml", "毫升":
			s.Unit = "ml"
		case "l", "升":
			s.Amount, s.Unit = s.Amount*1000, "ml"
		case "g", "克":
			s.Unit = "g"
		default:
			s.Amount, s.Unit = s.Amount*1000, "g"
		}
		if n, err := strconv.Atoi(word(3)); err == nil && n > 0 {
			s.Amount *= float64(n)
		}
		if s.Amount > 0 {
			return s, true
		}
	}
	return Size{}, false
}

// mayHaveSize reports whether a digit stands before what begins like a unit. Most
// titles of most shops have none, and the pattern costs a hundred times as much.
func mayHaveSize(title string) bool {
	for i := range len(title) - 1 {
		if title[i] < '0' || title[i] > '9' {
			continue
		}
		rest := title[i+1:]
		if strings.IndexByte(" \t\n\f\r", rest[0]) >= 0 {
			rest = rest[1:]
		}
		switch r, _ := utf8.DecodeRuneInString(rest); r {
		case 'm', 'M', 'k', 'K', '\u212a', 'l', 'L', 'g', 'G', '毫', '千', '公', '升', '克': // the third K is that of kelvins
			return true
		}
	}
	return false
}

func letter(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' }

// Per is what a hundred of the size's unit cost at a price.
func (s Size) Per(price market.Fen) market.Fen {
	return market.Fen(math.Round(float64(price) * 100 / s.Amount))
}

// Differs reports whether two titles name sizes of one kind that are not the same
// within two percent: the items are no match whatever else says so.
func Differs(a, b string) bool {
	x, ok := SizeOf(a)
	if !ok {
		return false
	}
	y, ok := SizeOf(b)
	return ok && x.Unit == y.Unit && math.Abs(x.Amount-y.Amount) > .02*max(x.Amount, y.Amount)
}

var worth = regexp.MustCompile(`(?i)(?:价值|worth|value)\s?[¥￥]?\s?(\d{1,6}(?:\.\d{1,2})?)`)

// GiftWorth is what the words of a gift say that it is worth, in hundredths; ok is
// false when they do not. It is the seller's word and is taken off no price.
func GiftWorth(gift string) (market.Fen, bool) {
	m := worth.FindStringSubmatch(gift)
	if m == nil {
		return 0, false
	}
	v, _ := strconv.ParseFloat(m[1], 64) // digits, as matched
	return market.Fen(math.Round(v * 100)), v > 0
}
