package voice

import (
	"cmp"
	"slices"
)

// Causes of complaint.
const (
	Counterfeit = "counterfeit" // not genuine, or doubted; used goods sold as new
	Quality     = "quality"
	Description = "description" // not as described or pictured, wrong size or colour
	Packaging   = "packaging"
	Missing     = "missing" // pieces, parts or gifts that did not come
	Logistics   = "logistics"
	Refund      = "refund" // and exchange
	Service     = "service"
	Price       = "price" // cut after the purchase, or too dear
	Invoice     = "invoice"
	Other       = "other" // no cue was found
)

// Causes lists the causes in the order of tie-breaks and help; Other is last.
var Causes = []string{
	Counterfeit, Quality, Description, Packaging, Missing, Logistics, Refund, Service, Price, Invoice, Other,
}

// codes are the short names in tables for programs.
var codes = map[string]string{
	Counterfeit: "AUTH", Quality: "QUAL", Description: "DESC", Packaging: "PACK", Missing: "MISS", Logistics: "LOG",
	Refund: "REF", Service: "SVC", Price: "PRICE", Invoice: "INV", Other: "OTHER",
}

// Code is the short name of a cause in CSV files: LOG, QUAL, AUTH. What is no
// cause has none.
func Code(cause string) string { return codes[cause] }

// Hit is a cause found in a text, with the words that show it.
type Hit struct {
	Cause   string
	Matched string // as written, the first of Spans; "" for Other
	Spans   []Span // in the order of the text, not overlapping
}

// Span is a stretch of the text in bytes.
type Span struct{ Start, End int }

// Find names the causes of complaint in a Chinese or English text, the main one
// first: counterfeit before all, as one word of it is the point, else the one
// with most cues, else the earlier one. Negated cues ("not fake", 没有色差) and
// topics in praise ("质量很好") do not count. A text without a cue has the one
// cause Other. A nil Lexicon is the built-in one.
func (l *Lexicon) Find(text string) []Hit {
	named := l.orBuiltin().read(text).named()
	var out []Hit
	for _, cause := range Causes {
		spans := spansOf(named, cause)
		if len(spans) == 0 {
			continue
		}
		out = append(out, Hit{Cause: cause, Matched: text[spans[0].Start:spans[0].End], Spans: spans})
	}
	if len(out) == 0 {
		return []Hit{{Cause: Other}}
	}
	slices.SortStableFunc(out, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(urgency(a.Cause), urgency(b.Cause)), cmp.Compare(len(b.Spans), len(a.Spans)), cmp.Compare(a.Spans[0].Start, b.Spans[0].Start))
	})
	return out
}

func urgency(cause string) int {
	if cause == Counterfeit {
		return 0
	}
	return 1
}

// CauseCount is how many complaints name a cause.
type CauseCount struct {
	Cause string `json:"cause"`
	Count int64  `json:"count"`
}

// Rank orders counts per cause, most frequent first, without zeros.
func Rank(n map[string]int64) []CauseCount {
	var out []CauseCount
	for _, c := range Causes {
		if n[c] > 0 {
			out = append(out, CauseCount{Cause: c, Count: n[c]})
		}
	}
	slices.SortStableFunc(out, func(a, b CauseCount) int { return cmp.Compare(b.Count, a.Count) })
	return out
}
