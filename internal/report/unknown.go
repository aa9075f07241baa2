package report

import (
	"encoding/json"
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
)

// What a report does not know is null in its JSON, whatever stands in the field:
// a program that reads a 0 where nothing is known would count on it. The methods
// here say so of the fields that keep it in another one.

// MarshalJSON writes null for cover when not known.
func (v StockItem) MarshalJSON() ([]byte, error) {
	type plain StockItem
	return json.Marshal(struct {
		plain
		Cover *float64 `json:"cover"`
	}{plain(v), metric.OrNull(v.Cover, v.CoverKnown)})
}

// MarshalJSON writes null for usual when not known.
func (v Complaints) MarshalJSON() ([]byte, error) {
	type plain Complaints
	return json.Marshal(struct {
		plain
		Usual *float64 `json:"usual"`
	}{plain(v), metric.OrNull(v.Usual, v.UsualKnown)})
}

// MarshalJSON writes null for landed and floor when not known.
func (v PriceItem) MarshalJSON() ([]byte, error) {
	type plain PriceItem
	return json.Marshal(struct {
		plain
		Landed *market.Fen `json:"landed"`
		Floor  *market.Fen `json:"floor"`
	}{plain(v), metric.OrNull(v.Landed, v.LandedKnown), metric.OrNull(v.Floor, v.FloorKnown)})
}

// MarshalJSON writes null for gap and advantage when not known.
func (v RivalPrice) MarshalJSON() ([]byte, error) {
	type plain RivalPrice
	return json.Marshal(struct {
		plain
		Gap       *market.Fen `json:"gap"`
		Advantage *float64    `json:"advantage"`
	}{plain(v), metric.OrNull(v.Gap, v.GapKnown), metric.OrNull(v.Advantage, v.GapKnown)})
}

// MarshalJSON writes null for before when not known.
func (v CampaignRow) MarshalJSON() ([]byte, error) {
	type plain CampaignRow
	return json.Marshal(struct {
		plain
		Before *market.Fen `json:"before"`
	}{plain(v), metric.OrNull(v.Before, v.BeforeKnown)})
}

// MarshalJSON writes null for floor and cost when not known.
func (v FloorItem) MarshalJSON() ([]byte, error) {
	type plain FloorItem
	return json.Marshal(struct {
		plain
		Floor *market.Fen `json:"floor"`
		Cost  *market.Fen `json:"cost"`
	}{plain(v), metric.OrNull(v.Floor, v.Floor >= 0), metric.OrNull(v.Cost, v.Cost >= 0)})
}

// MarshalJSON writes null for price and floor when not known.
func (v SlowItem) MarshalJSON() ([]byte, error) {
	type plain SlowItem
	return json.Marshal(struct {
		plain
		Price *market.Fen `json:"price"`
		Floor *market.Fen `json:"floor"`
	}{plain(v), metric.OrNull(v.Price, v.Price >= 0), metric.OrNull(v.Floor, v.Floor >= 0)})
}

// MarshalJSON writes null for at_risk when not known.
func (v RestockItem) MarshalJSON() ([]byte, error) {
	type plain RestockItem
	return json.Marshal(struct {
		plain
		AtRisk *analysis.Loss `json:"at_risk"`
	}{plain(v), metric.OrNull(v.AtRisk, v.AtRiskKnown)})
}

// MarshalJSON writes null for rival_price and floor and cost when not known.
func (v Suggestion) MarshalJSON() ([]byte, error) {
	type plain Suggestion
	return json.Marshal(struct {
		plain
		RivalPrice *market.Fen `json:"rival_price"`
		Floor      *market.Fen `json:"floor"`
		Cost       *market.Fen `json:"cost"`
	}{plain(v), metric.OrNull(v.RivalPrice, v.RivalPrice >= 0), metric.OrNull(v.Floor, v.Floor >= 0), metric.OrNull(v.Cost, v.Cost >= 0)})
}

// MarshalJSON writes null for chance when not known.
func (v TargetTier) MarshalJSON() ([]byte, error) {
	type plain TargetTier
	return json.Marshal(struct {
		plain
		Odds *float64 `json:"chance"`
	}{plain(v), metric.OrNull(v.Chance.Chance, v.ChanceKnown)})
}

// MarshalJSON writes null for week when not known.
func (v TargetRow) MarshalJSON() ([]byte, error) {
	type plain TargetRow
	return json.Marshal(struct {
		plain
		Week *market.Fen `json:"week"`
	}{plain(v), metric.OrNull(v.Week, v.Week >= 0)})
}

// MarshalJSON writes null for paid when not known.
func (v DayPaid) MarshalJSON() ([]byte, error) {
	type plain DayPaid
	return json.Marshal(struct {
		plain
		Paid *market.Fen `json:"paid"`
	}{plain(v), metric.OrNull(v.Paid, v.Known)})
}

// MarshalJSON writes null for ack when not known.
func (v NoiseRule) MarshalJSON() ([]byte, error) {
	type plain NoiseRule
	return json.Marshal(struct {
		plain
		Ack *time.Duration `json:"ack"`
	}{plain(v), metric.OrNull(v.Ack, v.AckKnown)})
}
