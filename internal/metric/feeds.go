package metric

import (
	"slices"

	"shopwatch/internal/market"
)

// Known says which feeds delivered the facts of a window. Costs, Service and
// Loyalty are read from the order lines but counted only when asked for.
type Known struct {
	Orders  bool `json:"orders"`
	Refunds bool `json:"refunds"`
	Traffic bool `json:"traffic"`
	Costs   bool `json:"costs,omitempty"`   // what paid pieces cost the house
	Service bool `json:"service,omitempty"` // when orders were shipped
	Loyalty bool `json:"loyalty,omitempty"` // members against everybody else
	Members bool `json:"members,omitempty"`
	Ads     bool `json:"ads,omitempty"`
	Search  bool `json:"search,omitempty"`
}

// both is what two windows know together.
func (k Known) both(o Known) Known {
	return Known{
		Orders: k.Orders && o.Orders, Refunds: k.Refunds && o.Refunds, Traffic: k.Traffic && o.Traffic,
		Costs: k.Costs && o.Costs, Service: k.Service && o.Service, Loyalty: k.Loyalty && o.Loyalty,
		Members: k.Members && o.Members, Ads: k.Ads && o.Ads, Search: k.Search && o.Search,
	}
}

// Dimensions that the rows of each feed carry. A refund does not say what the
// line cost per piece, so it has no band.
var (
	ordersCarry  = []Dim{ByHour, ByDay, ByUnit, ByChannel, ByBand, ByRegion, ByCategory, BySKU}
	refundsCarry = []Dim{ByHour, ByDay, ByUnit, ByChannel, ByRegion, ByCategory, BySKU, ByReason}
	trafficCarry = []Dim{ByHour, ByDay, ByUnit, ByChannel, ByEntry}
	membersCarry = []Dim{ByDay, ByTier}
	adsCarry     = []Dim{ByDay, ByUnit, ByCategory, BySKU, ByPlan}
	searchCarry  = []Dim{ByDay, ByCategory, ByWord}
)

// narrow drops the feeds whose rows do not carry the dimensions of f and by.
func narrow(k Known, f Filter, by Dim) Known {
	carried := func(dims []Dim) bool {
		if by != None && !slices.Contains(dims, by) {
			return false
		}
		for _, need := range f.dims() {
			if !slices.Contains(dims, need) {
				return false
			}
		}
		return true
	}
	orders := carried(ordersCarry)
	return k.both(Known{
		Orders: orders, Costs: orders, Service: orders, Loyalty: orders, Refunds: carried(refundsCarry), Traffic: carried(trafficCarry),
		Members: carried(membersCarry), Ads: carried(adsCarry), Search: carried(searchCarry),
	})
}

// dims are the dimensions that f tests.
func (f Filter) dims() []Dim {
	var out []Dim
	for _, d := range []struct {
		by  Dim
		set bool
	}{
		{ByUnit, f.Unit != ""},
		{ByChannel, f.Channel != ""},
		{ByBand, f.Band != ""},
		{ByRegion, f.Region != ""},
		{ByCategory, f.Category != ""},
		{BySKU, f.SKU != ""},
	} {
		if d.set {
			out = append(out, d.by)
		}
	}
	return out
}

// Carries reports whether every feed behind m has the dimensions of f and by in
// its rows; without them the metric is not known there. Tables that only
// describe items carry every dimension.
func (m Metric) Carries(f Filter, by Dim) bool {
	k := narrow(Known{Orders: true, Refunds: true, Traffic: true, Members: true, Ads: true, Search: true}, f, by)
	for _, t := range m.Tables {
		known := true
		switch t {
		case market.OrderLines.Name:
			known = k.Orders
		case market.Refunds.Name:
			known = k.Refunds
		case market.Traffic.Name:
			known = k.Traffic
		case market.MemberDays.Name:
			known = k.Members
		case market.AdsDays.Name:
			known = k.Ads
		case market.SearchDays.Name:
			known = k.Search
		}
		if !known {
			return false
		}
	}
	return true
}
