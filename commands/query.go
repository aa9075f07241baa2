package commands

import (
	"fmt"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

// Query is a question after parsing: what was asked, about when and about what.
type Query struct {
	Verb   string
	Period Period
	// Against names the base of comparison; empty takes the command's own.
	Against report.Compare
	Unit    market.Unit
	Channel market.Channel
	Band    string
	Region  market.Region
	// Category as typed; the catalogue says which one is meant.
	Category market.Category
	Item     string // what the person typed to mean an item: a SKU, an id, part of a title
	By       metric.Dim
	Top      int      // 0 takes the command's own
	Rows     int      // how many rows a list has when Top names no number; 0 takes the command's own
	File     fileForm // as which the answer is wanted; empty in words
	Ahead    int      // days to come, from today on; 0 takes the command's own
	Focus    string   // "out", "low", "causes": a word that the command itself knows
	Lang     string   // asked for by lang=, else empty
	Share    bool     // answer to everyone in the channel
	// Tiers, Days and Hours are those of a target that is being set, lowest tier
	// first; all empty in a question about targets.
	Tiers       [3]market.Fen
	Days, Hours string
	// AsOf is the revision of facts to answer from, 0 for the newest.
	AsOf market.Revision
}

// Period is a span of business days. Asked is how it was written, for the echo.
type Period struct {
	From, To market.Day
	Asked    string
	Set      bool // the person named one
}

// Days is the number of business days in p.
func (p Period) Days() int { return int(p.To-p.From) + 1 }

// Trouble is a question that cannot be answered as it was put. Fix, when set,
// is the whole question as it probably was meant.
type Trouble struct {
	Key  string // message key
	Args []any
	Fix  string
	// Missing are the fact tables, or columns, that no source brings.
	Missing []string
}

func (t *Trouble) Error() string { return fmt.Sprintf("%s %v", t.Key, t.Args) }
