package report

import (
	"encoding/json"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
)

// FiguresQuery asks for metrics of some business days, in total and by one
// dimension.
type FiguresQuery struct {
	Now      time.Time
	From, To market.Day // both included; To may be today or later
	Filter   metric.Filter
	Compare  []Compare // the first known one is the base
	By       metric.Dim
	Top      int      // rows to list, the rest is left out; 0 lists all
	Metrics  []string // keys of the dictionary; the first leads: rows are ordered by it
	AsOf     market.Revision
	Fresh    Freshness
	Cache    *Cache // may be nil
}

// Figures is metrics of some business days. Every list of values is in the
// order of Metrics.
type Figures struct {
	Shop    market.ShopID `json:"shop"`
	From    market.Day    `json:"from"`
	To      market.Day    `json:"to"`
	Window  market.Window `json:"window"` // the days asked for, whole
	Covered market.Window `json:"covered"`
	Part    bool          `json:"part"` // Covered is shorter than Window
	Data    Coverage      `json:"data"`
	Filter  metric.Filter `json:"filter,omitzero"`
	By      metric.Dim    `json:"by,omitempty"`
	Metrics []string      `json:"metrics"`

	Total []Value `json:"total"`
	// Base is what the figures are set against: the first comparison that
	// history reaches; nil when there is none.
	Base   *Comparison `json:"base,omitempty"`
	Before []Value     `json:"before,omitempty"`

	Rows []FigureRow `json:"rows,omitempty"` // by the first metric, largest first; hours and days in time order
	More int         `json:"more,omitempty"` // rows that Top left out
}

// FigureRow is one member of the dimension; Key "" is what has no known member.
type FigureRow struct {
	Key    string      `json:"key"`
	Name   market.Name `json:"name"`
	Values []Value     `json:"values"`
	Before []Value     `json:"before,omitempty"`
	// Share is the row's part of the first metric's total, known when the rows
	// add up to it.
	Share Value `json:"share"`
}

// Value is a figure that may not be known; JSON writes null then.
type Value struct {
	V     float64
	Known bool
}

// MarshalJSON writes the number, or null when it is not known.
func (v Value) MarshalJSON() ([]byte, error) {
	if !v.Known {
		return []byte("null"), nil
	}
	return json.Marshal(v.V)
}
