package report

import (
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
)

// WhyQuery asks what accounts for the change of paid GMV against earlier days.
type WhyQuery struct {
	Now      time.Time
	From, To market.Day // both included; To may be today
	Filter   metric.Filter
	Compare  Compare // "" is the same weekday for up to a week, else the period before
	AsOf     market.Revision
	Fresh    Freshness
	Cache    *Cache // may be nil
}

// Why is a ledger of a change of paid GMV. Each account of it, Funnel and Mix,
// and the slices with their rest, sums to Change to the cent: they are views of
// the same change and never to be added to each other.
type Why struct {
	Shop    market.ShopID `json:"shop"`
	From    market.Day    `json:"from"`
	To      market.Day    `json:"to"`
	Covered market.Window `json:"covered"`
	Part    bool          `json:"part"` // the days are not over, or their data is not
	Data    Coverage      `json:"data"`
	Filter  metric.Filter `json:"filter,omitzero"`

	// Base has no figures when history does not reach back to it: nothing else
	// is set then.
	Base   Comparison `json:"base"`
	Now    market.Fen `json:"now"`
	Before market.Fen `json:"before"`
	Change market.Fen `json:"change"`

	// Usual is where GMV of these days lies in 19 of 20 cases when nothing has
	// changed, by the same step over earlier weeks; nil on campaign days and
	// without enough history.
	Usual *UsualRange `json:"usual,omitempty"`
	// Noise: the change lies within Usual, or, without it, is not larger than
	// the noise between the smallest cells.
	Noise bool `json:"noise"`

	// Funnel is nil where traffic is not known for both stretches.
	Funnel *FunnelAccount `json:"funnel,omitempty"`
	Mix    MixAccount     `json:"mix"`
	// Net is about what is left after refunds; nil where refunds are not known for
	// both stretches. Its change is another one: that of net GMV.
	Net    *NetAccount    `json:"net,omitempty"`
	Slices []SliceAccount `json:"slices,omitempty"` // at most three, largest first
	Rest   market.Fen     `json:"rest"`             // of Change, in no slice
}

// UsualRange is the ends of an interval.
type UsualRange struct {
	Lower market.Fen `json:"lower"`
	Upper market.Fen `json:"upper"`
}

// FunnelAccount splits a change into visitors x conversion x paid per buyer,
// channel by channel (LMDI, see analysis/explain). The amounts sum to the
// change.
type FunnelAccount struct {
	Visitors, VisitorsBefore     int64
	Conversion, ConversionBefore float64 // buyers per visitor
	PerBuyer, PerBuyerBefore     market.Fen

	ByVisitors   market.Fen `json:"by_visitors"`
	ByConversion market.Fen `json:"by_conversion"`
	ByPerBuyer   market.Fen `json:"by_per_buyer"`
	// Other is channels with sales or traffic in one stretch only, or sales
	// without counted visitors.
	Other market.Fen `json:"other"`
	// Reversed: conversion as a whole moved against that of every channel, as
	// visitors moved between channels (Simpson's paradox).
	Reversed bool `json:"reversed,omitempty"`
}

// NetAccount splits the change of net GMV, paid less successful refunds of the same
// time, into Paid, the change of paid GMV, and what refunds account for: BySales as
// more or less was sold at the mean rate of refunds, ByRate as that rate moved. The
// three sum to Change to the cent.
type NetAccount struct {
	Refunds       market.Fen `json:"refunds"`
	RefundsBefore market.Fen `json:"refunds_before"`
	Net           market.Fen `json:"net"`
	NetBefore     market.Fen `json:"net_before"`
	Change        market.Fen `json:"change"`

	Paid    market.Fen `json:"paid"`
	BySales market.Fen `json:"by_sales"`
	ByRate  market.Fen `json:"by_rate"`
}

// MixAccount splits a change into price, volume and mix over items (Bennet, see
// analysis/explain). The amounts sum to the change.
type MixAccount struct {
	Price  market.Fen `json:"price"`
	Volume market.Fen `json:"volume"`
	Mix    market.Fen `json:"mix"`
	New    market.Fen `json:"new"`  // items that sold now only
	Gone   market.Fen `json:"gone"` // items that sold before only
	Other  market.Fen `json:"other"`
	// Items moved most, at most three.
	Items []ItemChange `json:"items,omitempty"`
}

// SliceAccount is a part of the shop that stands out.
type SliceAccount struct {
	Where  []SliceMember `json:"where"`
	Before market.Fen    `json:"before"`
	Now    market.Fen    `json:"now"`
	Change market.Fen    `json:"change"`
}

// SliceMember is a member of a dimension; the id "" has no known member.
type SliceMember struct {
	Dim  metric.Dim  `json:"dim"`
	ID   string      `json:"id"`
	Name market.Name `json:"name"`
}
