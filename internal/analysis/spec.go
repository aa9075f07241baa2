package analysis

import (
	"slices"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
)

// Kind is how a rule looks at the shop.
type Kind string

// Kinds of rules. Those that CanAdd names need nothing but a metric and limits,
// so that a configuration can have more of them.
const (
	KindThreshold Kind = "threshold" // beyond a fixed limit
	KindRatio     Kind = "ratio"     // a share far from the entity's own of before, judged by its volume
	KindSeasonal  Kind = "seasonal"  // far from the same weekdays of before
	KindSpike     Kind = "spike"     // more events than chance brings

	KindTarget   Kind = "target_pace" // a target that will hardly be reached
	KindPriceGap Kind = "price_gap"   // a price too far from another one
	KindCover    Kind = "cover_days"  // stock that is gone or soon will be
	KindConflict Kind = "conflict"    // two of our own prices of one item
	KindReport   Kind = "report"      // each single one
	KindNoData   Kind = "no_data"     // a feed that is late or incomplete
)

// CanAdd are the kinds of which a configuration can add rules.
func CanAdd() []Kind { return []Kind{KindThreshold, KindRatio, KindSeasonal, KindSpike} }

// Spec is a rule as data: how it looks, at what, and its limits.
type Spec struct {
	ID   Rule `json:"id"`
	Kind Kind `json:"kind"`
	// Metric is a key of the dictionary and Volume the one it is judged by: the
	// denominator of a ratio. By makes an entity of each member of a dimension,
	// each with a baseline of its own; Match keeps some.
	Metric string        `json:"metric,omitempty"`
	Volume string        `json:"volume,omitempty"`
	By     metric.Dim    `json:"by,omitempty"`
	Match  metric.Filter `json:"match,omitzero"`
	// Tables are the feeds without which it says nothing, the first required;
	// Stale is how old they may be where a source has no freshness of its own.
	Tables []string      `json:"tables,omitempty"`
	Stale  time.Duration `json:"stale,omitempty"`
	// Hourly rules are about whole days: one look an hour is enough.
	Hourly bool   `json:"hourly,omitempty"`
	Limits Limits `json:"limits,omitzero"`
	// Severity is that of a finding whose money is not known.
	Severity Severity `json:"severity,omitempty"`
	Off      bool     `json:"off,omitempty"`
}

// Limits are the numbers of a declared rule. What a kind does not use is 0.
type Limits struct {
	// Limit is beyond which a value is told; of a target the least chance.
	Limit float64 `json:"limit,omitempty"`
	// Change is the least distance from the usual as a share of it.
	Change float64 `json:"change,omitempty"`
	// Z is how many deviations away counts as standing out.
	Z float64 `json:"z,omitempty"`
	// Volume is the least volume to say anything.
	Volume float64 `json:"volume,omitempty"`
	// Days is the length of what is judged, Past how many earlier stretches it
	// is judged by, Lag how many days before the last whole one it ends.
	Days int `json:"days,omitempty"`
	Past int `json:"past,omitempty"`
	Lag  int `json:"lag,omitempty"`
	// Rising: it is told when it is too high though more is usually welcome.
	Rising bool `json:"rising,omitempty"`
}

// Registry is every rule that comes with the program, in the order of help. The
// limits of the first four are members of Rules.
func Registry() []Spec {
	orders, traffic := market.OrderLines.Name, market.Traffic.Name
	const day = 24 * time.Hour
	return []Spec{
		{ID: RuleGMVDrop, Kind: KindSeasonal, Metric: "gmv_paid", By: metric.ByUnit, Tables: []string{orders}, Stale: 3 * time.Hour},
		{ID: RuleRivalMove, Kind: KindPriceGap, Metric: "price_gap", By: metric.BySKU, Tables: []string{market.RivalOffers.Name, market.OwnPrices.Name}, Stale: 2 * day},
		{ID: RuleStockOut, Kind: KindCover, Metric: "cover_days", By: metric.BySKU, Tables: []string{market.Inventory.Name}, Stale: day},
		{ID: RuleComplaintSpike, Kind: KindSpike, Metric: "complaints", By: metric.BySKU, Tables: []string{market.Reviews.Name, market.Refunds.Name}, Stale: day},
		{
			ID: RuleCounterfeit, Kind: KindReport, Metric: "complaints", By: metric.BySKU, Tables: []string{market.Reviews.Name, market.Refunds.Name}, Stale: day,
			Severity: Critical, Limits: Limits{Limit: 1, Days: 1},
		},
		{
			ID: RuleBelowFloor, Kind: KindPriceGap, By: metric.BySKU, Tables: []string{market.OwnPrices.Name}, Stale: day,
			Severity: Warning, Limits: Limits{Limit: 0},
		},
		{
			ID: RulePriceConflict, Kind: KindConflict, By: metric.BySKU, Tables: []string{market.OwnPrices.Name}, Stale: day,
			Severity: Info, Limits: Limits{Limit: 0.01},
		},
		{
			ID: RuleAdsOut, Kind: KindThreshold, Metric: "ads_cost", By: metric.BySKU, Tables: []string{market.AdsDays.Name, market.Inventory.Name}, Stale: 2 * day,
			Severity: Warning, Limits: Limits{Limit: 0.0002},
		},
		{
			ID: RuleTargetPace, Kind: KindTarget, Metric: "gmv_paid", By: metric.ByUnit, Tables: []string{orders}, Stale: 3 * time.Hour, Hourly: true,
			Severity: Warning, Limits: Limits{Limit: 0.2, Days: 5},
		},
		{
			ID: RuleLateShipping, Kind: KindRatio, Metric: "ship_48h_rate", Volume: "ship_due", By: metric.ByChannel, Tables: []string{orders}, Stale: 3 * time.Hour, Hourly: true,
			Severity: Warning, Limits: Limits{Change: 0.5, Z: 4, Volume: 50, Days: 1, Past: 14, Lag: 2},
		},
		{
			ID: RuleReturnRate, Kind: KindRatio, Metric: "refund_rate", Volume: "orders", By: metric.ByUnit, Tables: []string{market.Refunds.Name, orders}, Stale: 3 * time.Hour, Hourly: true,
			Severity: Warning, Limits: Limits{Change: 0.5, Z: 4, Volume: 50, Days: 1, Past: 28},
		},
		{
			ID: RuleFunnelDrop, Kind: KindRatio, Metric: "cart_rate", Volume: "visitors", By: metric.ByEntry, Tables: []string{traffic}, Stale: 6 * time.Hour, Hourly: true,
			Severity: Warning, Limits: Limits{Change: 0.2, Z: 4, Volume: 1000, Days: 1, Past: 14},
		},
		{
			ID: RuleSearchDrop, Kind: KindRatio, Metric: "search_click_rate", Volume: "searches", By: metric.ByCategory, Tables: []string{market.SearchDays.Name}, Stale: 2 * day, Hourly: true,
			Severity: Warning, Limits: Limits{Change: 0.25, Z: 4, Volume: 500, Days: 1, Past: 14},
		},
		{
			ID: RuleSearchSurge, Kind: KindSeasonal, Metric: "searches", Volume: "searches", By: metric.ByCategory, Tables: []string{market.SearchDays.Name}, Stale: 2 * day, Hourly: true,
			Severity: Info, Limits: Limits{Change: 0.6, Z: 4, Volume: 500, Days: 1, Past: 6, Rising: true},
		},
		{
			ID: RuleSellThrough, Kind: KindThreshold, By: metric.ByUnit, Tables: []string{market.Inventory.Name, orders}, Stale: day, Hourly: true,
			Severity: Info, Limits: Limits{Limit: 0.3, Volume: 30, Days: 7},
		},
		{ID: RuleNoData, Kind: KindNoData, Severity: Warning},
	}
}

// SpecOf finds a rule by its id.
func SpecOf(all []Spec, id Rule) (Spec, bool) {
	i := slices.IndexFunc(all, func(s Spec) bool { return s.ID == id })
	if i < 0 {
		return Spec{}, false
	}
	return all[i], true
}

// Number is a figure that a rule used, under a name of its own.
type Number struct {
	Name  string      `json:"name"`
	Value float64     `json:"value"`
	Unit  metric.Unit `json:"unit,omitempty"`
}

// Reading is a figure of a declared rule beyond its limit.
type Reading struct {
	Metric string        `json:"metric,omitempty"`
	Unit   metric.Unit   `json:"unit,omitempty"`
	Window market.Window `json:"window,omitzero"`
	Value  float64       `json:"value"`
	// Limit is the value at which it would not have been told.
	Limit float64 `json:"limit"`
	High  bool    `json:"high,omitempty"` // it is too high, not too low
	// Usual is what the entity's own past would have had; UsualKnown is false
	// for rules that compare with nothing of it.
	Usual      float64 `json:"usual"`
	UsualKnown bool    `json:"usual_known,omitempty"`
	Volume     float64 `json:"volume,omitempty"`
	// Numbers are all further ones that were used. Parts are those of several
	// places, by the place's id: the prices of a conflict.
	Numbers []Number `json:"numbers,omitempty"`
	Parts   []Number `json:"parts,omitempty"`
	// Quotes are text from outside; Reason is a word of the code.
	Quotes []string `json:"quotes,omitempty"`
	Reason string   `json:"reason,omitempty"`
	Mutes  []Rule   `json:"mutes,omitempty"` // rules that say nothing meanwhile
}

// Number finds a number by its name; 0 and false when it is not there.
func (r Reading) Number(name string) (float64, bool) {
	for _, n := range r.Numbers {
		if n.Name == name {
			return n.Value, true
		}
	}
	return 0, false
}
