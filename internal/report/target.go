package report

import (
	"time"

	"shopwatch/internal/market"
)

// TargetsQuery asks how targets go.
type TargetsQuery struct {
	Now      time.Time
	From, To market.Day // both included, of any time
	// Unit and Category narrow the answer to those; empty shows all that have a
	// target.
	Unit     market.Unit
	Category market.Category
	AsOf     market.Revision
	Fresh    Freshness
}

// Targets sets paid GMV of a stretch of days against its targets.
type Targets struct {
	Shop market.ShopID `json:"shop"`
	From market.Day    `json:"from"`
	To   market.Day    `json:"to"`
	// Campaign is the one whose days these are; nil when they are no campaign's.
	Campaign *market.Name `json:"campaign,omitempty"`
	At       time.Time    `json:"at"` // sales are counted up to here
	Data     Coverage     `json:"data"`
	// Left is how many days are left, today as a whole one; 0 when all are over.
	Left int         `json:"left"`
	Rows []TargetRow `json:"rows,omitempty"` // the shop, units, categories
	// Others are stretches that have targets, when this one has none.
	Others []DaySpan `json:"others,omitempty"`
}

// DaySpan is a stretch of business days, both ends included.
type DaySpan struct {
	From market.Day `json:"from"`
	To   market.Day `json:"to"`
}

// TargetRow is the target of the shop, of a unit or of a category.
type TargetRow struct {
	Unit     market.Unit     `json:"unit,omitempty"`
	Category market.Category `json:"category,omitempty"`
	Paid     market.Fen      `json:"paid"`
	// Missing is on how many days that are over nothing is known; then nothing is
	// said about the end.
	Missing int `json:"missing,omitempty"`
	// Done is the part of the plan that should be there by now, from 0 to 1.
	Done float64 `json:"done" cell:"share"`
	// Week is what a day has brought over the last seven whole days; negative
	// when that is not known.
	Week  market.Fen   `json:"week"`
	End   *Range       `json:"end,omitempty"` // where the stretch will end; nil when nobody can say
	Tiers []TargetTier `json:"tiers"`
	// Part is the longer stretch of which the target is a part by its plan; nil
	// when these days have a target of their own.
	Part *DaySpan `json:"part,omitempty"`
}

// TargetTier is a tier with its pace.
type TargetTier struct {
	Chance
	// ChanceKnown is false when there is too little to tell the chance from.
	ChanceKnown bool       `json:"chance_known"`
	Due         market.Fen `json:"due"`   // what should be there by now
	Ahead       market.Fen `json:"ahead"` // of what should be there; negative: behind
	// Run is what the rest must bring over what is planned for it: 1.1 is a tenth
	// more. 0 when the tier is reached or nothing is left.
	Run float64 `json:"run,omitempty"`
	// Hourly is what every hour left must bring, for a single day that is today.
	Hourly market.Fen `json:"hourly,omitempty"`
}
