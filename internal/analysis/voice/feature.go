package voice

import (
	"math"
	"slices"
	"unicode"
	"unicode/utf8"
)

// dense is the number of features that come from the lexicon and the marks of
// a text; they mean the same whatever is sold.
const dense = 15

// grams are the lengths of the character n-grams.
const longestGram = 3

// features is a text as the model sees it.
type features struct {
	grams []uint32 // buckets, sorted, without repeats
	value float64  // of each of them
	dense [dense]float64
}

// featuresOf takes a text apart: distinct 1-, 2- and 3-grams of its letters
// and digits in small letters, everything else being one "_", hashed by FNV-1a
// into 1<<bits buckets, and the dense features.
func featuresOf(text string, bits uint) features {
	f := features{dense: denseOf(text)}
	var from []int // where each character of norm begins
	norm := normalise(text)
	for i := range norm {
		from = append(from, i)
	}
	from = append(from, len(norm))
	mask := uint32(1)<<bits - 1
	for i := range len(from) - 1 {
		for n := 1; n <= longestGram && i+n < len(from); n++ {
			h := fnv(norm[from[i]:from[i+n]])
			f.grams = append(f.grams, (h^h>>bits)&mask)
		}
	}
	slices.Sort(f.grams)
	f.grams = slices.Compact(f.grams)
	f.value = 1 / math.Sqrt(float64(len(f.grams)+1))
	return f
}

func normalise(text string) []byte {
	out := make([]byte, 0, len(text))
	gap := false
	for _, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			gap = true
			continue
		}
		if gap {
			out = append(out, '_')
			gap = false
		}
		out = utf8.AppendRune(out, unicode.ToLower(r))
	}
	if gap {
		out = append(out, '_')
	}
	return out
}

// fnv is the 32-bit FNV-1a hash.
func fnv(b []byte) uint32 {
	h := uint32(2166136261)
	for _, c := range b {
		h = (h ^ uint32(c)) * 16777619
	}
	return h
}

// denseOf sums up what the built-in lexicon sees.
func denseOf(text string) [dense]float64 {
	r := Builtin().read(text)
	var praise, blame float64
	var first, last float64
	for _, c := range r.clauses {
		praise += float64(c.praise)
		blame += float64(c.blame)
		if s := sign(c.praise - c.blame); s != 0 {
			if first == 0 {
				first = s
			}
			last = s
		}
	}
	faults := 0.0
	for _, m := range r.named() {
		if m.demand == 0 {
			faults++
		}
	}
	marks := map[rune]float64{}
	for _, c := range text {
		switch c {
		case '!', '！':
			marks['!']++
		case '?', '？':
			marks['?']++
		case '…', '~', '～':
			marks[c]++
		}
	}
	some := func(b bool) float64 {
		if b {
			return 1
		}
		return 0
	}
	return [dense]float64{
		1,
		min(praise, 5) / 5, min(blame, 5) / 5,
		some(praise > blame), some(blame > praise), some(praise == 0 && blame == 0),
		(praise - blame) / (praise + blame + 1),
		some(faults > 0), min(faults, 4) / 4,
		first / 2, last / 2,
		min(marks['!'], 4) / 4, min(marks['?'], 3) / 3, some(marks['…']+marks['~']+marks['～'] > 0),
		min(math.Log1p(float64(len(r.text))), 7) / 7,
	}
}

func sign(n int) float64 {
	switch {
	case n > 0:
		return 1
	case n < 0:
		return -1
	}
	return 0
}
