package report

import (
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
)

// ForecastQuery asks where paid GMV is going.
type ForecastQuery struct {
	Now    time.Time
	Days   int // from today on; 0 means to the end of the month, and at least a week
	Filter metric.Filter
	By     metric.Dim // None, ByUnit, ByChannel or another dimension of lines
	Top    int        // parts to list; 0 lists all
	AsOf   market.Revision
	Fresh  Freshness
}

// Forecast is expected paid GMV with ranges that hold four times in five.
type Forecast struct {
	Shop   market.ShopID `json:"shop"`
	Filter metric.Filter `json:"filter,omitzero"`
	Data   Coverage      `json:"data"`
	// From is today, To the last day looked at.
	From market.Day `json:"from"`
	To   market.Day `json:"to"`
	// Known is how many whole days of sales stand behind the forecast, those of
	// campaigns left out. TooFew says that they are too few: then nothing below
	// is known but History.
	Known  int  `json:"known"`
	TooFew bool `json:"too_few,omitempty"`

	History []DayPaid     `json:"history"` // up to four weeks before today
	Today   *DayEnd       `json:"today,omitempty"`
	Days    []ForecastDay `json:"days,omitempty"` // today first
	Sum     Range         `json:"sum"`            // of Days
	Month   *MonthEnd     `json:"month,omitempty"`

	By    metric.Dim     `json:"by,omitempty"`
	Parts []ForecastPart `json:"parts,omitempty"` // by expected GMV, largest first
	More  int            `json:"more,omitempty"`
}

// Range is an expected amount and the range that holds it four times in five.
type Range struct {
	Mean market.Fen `json:"mean"`
	Low  market.Fen `json:"low"`
	High market.Fen `json:"high"`
}

// DayPaid is what a day brought; not known when nothing at all was paid.
type DayPaid struct {
	Day   market.Day `json:"day"`
	Paid  market.Fen `json:"paid"`
	Known bool       `json:"known"`
}

// DayEnd is where today will end.
type DayEnd struct {
	Range
	Paid market.Fen `json:"paid"` // so far
	// At is up to when Paid counts; Usual is how Paid stands to the same
	// weekdays by the same time: 1.1 is a tenth ahead.
	At    time.Time `json:"at"`
	Usual float64   `json:"usual"`
	Days  int       `json:"days"` // earlier days it is judged by
	Tiers []Chance  `json:"tiers,omitempty"`
}

// ForecastDay is one day ahead.
type ForecastDay struct {
	Day market.Day `json:"day"`
	Range
	Campaign *CampaignNote `json:"campaign,omitempty"`
	// Uplift is the factor on ordinary sales of a campaign day, from Events past
	// ones and the calendar; 0 on ordinary days.
	Uplift float64 `json:"uplift,omitempty"`
	Events int     `json:"events,omitempty"`
}

// MonthEnd is the month of today.
type MonthEnd struct {
	From market.Day `json:"from"`
	To   market.Day `json:"to"`
	Paid market.Fen `json:"paid"` // so far, today included
	Range
	Tiers []Chance `json:"tiers,omitempty"`
}

// Chance is a tier of a target and how likely it is reached.
type Chance struct {
	Tier
	Chance float64 `json:"chance" cell:"share"` // 1 when reached
	// Daily is what every day left must bring, today included.
	Daily market.Fen `json:"daily,omitempty"`
}

// ForecastPart is a member of the dimension: its month, or the days looked at
// when they do not end with the month.
type ForecastPart struct {
	Key  string      `json:"key"`
	Name market.Name `json:"name"`
	Paid market.Fen  `json:"paid"` // of the month so far
	Range
	Known  bool     `json:"known"` // false: too few days to say
	Chance []Chance `json:"chance,omitempty"`
}
