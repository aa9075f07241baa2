package metric

import "shopwatch/internal/market"

// Sums are the measures of one window and one part of the shop. The money and
// the counts of lines add up over any split; the distinct counts (Orders,
// PlacedOrders, Buyers) do not, as one order can lie in several parts.
type Sums struct {
	Placed   market.Fen `json:"placed"`   // by placed_at, every status
	Paid     market.Fen `json:"paid"`     // by paid_at
	Refunded market.Fen `json:"refunded"` // by success_at, successful refunds
	Prime    market.Fen `json:"prime"`    // the part of Paid inside prime time

	Orders       int64 `json:"orders"`        // distinct paid orders
	PlacedOrders int64 `json:"placed_orders"` // distinct placed orders
	Units        int64 `json:"units"`         // pieces in paid lines
	Buyers       int64 `json:"buyers"`        // distinct paying buyers; an order without a buyer id is a buyer of its own
	Refunds      int64 `json:"refunds"`       // successful refund requests

	// Traffic counts people per hour; hours are added.
	Visitors   int64 `json:"visitors"`
	Views      int64 `json:"views"`
	CartUsers  int64 `json:"cart_users"`
	OrderUsers int64 `json:"order_users"`
	PayUsers   int64 `json:"pay_users"`

	DwellMs int64 `json:"dwell_ms,omitempty"`

	// Costed is the part of Paid whose items have a known cost, Cost that cost.
	Costed market.Fen `json:"costed,omitempty"`
	Cost   market.Fen `json:"cost,omitempty"`

	Shipping Shipping `json:"shipping,omitzero"`
	Loyalty  Loyalty  `json:"loyalty,omitzero"`
	Members  Members  `json:"members,omitzero"`
	Ads      Ads      `json:"ads,omitzero"`
	Search   Search   `json:"search,omitzero"`
	// RefundMs is the time from request to success, added over Refunds.
	RefundMs int64 `json:"refund_ms,omitempty"`

	// Known says which feeds stand behind the sums.
	Known Known `json:"known"`
}

// Net is Paid minus Refunded (net_cash).
func (s Sums) Net() market.Fen { return s.Paid - s.Refunded }

// Shipping counts distinct orders whose 48 hours since payment are over.
type Shipping struct {
	Due     int64 `json:"due"`
	Late    int64 `json:"late"`    // of these, shipped later or not at all
	Waiting int64 `json:"waiting"` // of these, not shipped yet
	// Untold are lines of orders that are finished, so they were sent, without a
	// time of sending: whether that was late is not known, and they are not in Due.
	Untold int64 `json:"untold,omitempty"`
}

// Loyalty sets members against buyers who are known not to be members.
type Loyalty struct {
	MemberPaid   market.Fen `json:"member_paid"`
	GuestPaid    market.Fen `json:"guest_paid"`
	MemberBuyers int64      `json:"member_buyers"` // distinct
	GuestBuyers  int64      `json:"guest_buyers"`  // distinct
}

// Members is the daily figures of tiers. A member counts once a day, so sums
// over days are member-days.
type Members struct {
	Days       int64      `json:"days"`       // member-days, tier "none" left out
	New        int64      `json:"new"`        // joined
	Active     int64      `json:"active"`     // bought that day
	Repurchase int64      `json:"repurchase"` // of these, not for the first time
	Orders     int64      `json:"orders"`
	GMV        market.Fen `json:"gmv"`
}

// Ads is what advertising cost and, as the platform attributes it, brought.
type Ads struct {
	Cost        market.Fen `json:"cost"`
	GMV         market.Fen `json:"gmv"`
	Impressions int64      `json:"impressions"`
	Clicks      int64      `json:"clicks"`
	Orders      int64      `json:"orders"`
	NewBuyers   int64      `json:"new_buyers"`
}

// Search is what people searched for and what came of it.
type Search struct {
	Searches int64      `json:"searches"`
	LongTail int64      `json:"long_tail"` // of these, with long-tail words
	Visitors int64      `json:"visitors"`
	Orders   int64      `json:"orders"`
	GMV      market.Fen `json:"gmv"`
}

// Plus adds the additive measures and the distinct counts of two windows that
// share no order; a feed is known when both know it.
func (s Sums) Plus(o Sums) Sums {
	s.Placed += o.Placed
	s.Paid += o.Paid
	s.Refunded += o.Refunded
	s.Prime += o.Prime
	s.Orders += o.Orders
	s.PlacedOrders += o.PlacedOrders
	s.Units += o.Units
	s.Buyers += o.Buyers
	s.Refunds += o.Refunds
	s.Visitors += o.Visitors
	s.Views += o.Views
	s.CartUsers += o.CartUsers
	s.OrderUsers += o.OrderUsers
	s.PayUsers += o.PayUsers
	s.DwellMs += o.DwellMs
	s.Costed += o.Costed
	s.Cost += o.Cost
	s.RefundMs += o.RefundMs
	s.Shipping = s.Shipping.plus(o.Shipping)
	s.Loyalty = s.Loyalty.plus(o.Loyalty)
	s.Members = s.Members.plus(o.Members)
	s.Ads = s.Ads.plus(o.Ads)
	s.Search = s.Search.plus(o.Search)
	s.Known = s.Known.both(o.Known)
	return s
}

func (a Shipping) plus(b Shipping) Shipping {
	return Shipping{Due: a.Due + b.Due, Late: a.Late + b.Late, Waiting: a.Waiting + b.Waiting, Untold: a.Untold + b.Untold}
}

func (a Loyalty) plus(b Loyalty) Loyalty {
	return Loyalty{
		MemberPaid: a.MemberPaid + b.MemberPaid, GuestPaid: a.GuestPaid + b.GuestPaid,
		MemberBuyers: a.MemberBuyers + b.MemberBuyers, GuestBuyers: a.GuestBuyers + b.GuestBuyers,
	}
}

func (a Members) plus(b Members) Members {
	return Members{
		Days: a.Days + b.Days, New: a.New + b.New, Active: a.Active + b.Active, Repurchase: a.Repurchase + b.Repurchase,
		Orders: a.Orders + b.Orders, GMV: a.GMV + b.GMV,
	}
}

func (a Ads) plus(b Ads) Ads {
	return Ads{
		Cost: a.Cost + b.Cost, GMV: a.GMV + b.GMV, Impressions: a.Impressions + b.Impressions,
		Clicks: a.Clicks + b.Clicks, Orders: a.Orders + b.Orders, NewBuyers: a.NewBuyers + b.NewBuyers,
	}
}

func (a Search) plus(b Search) Search {
	return Search{
		Searches: a.Searches + b.Searches, LongTail: a.LongTail + b.LongTail, Visitors: a.Visitors + b.Visitors,
		Orders: a.Orders + b.Orders, GMV: a.GMV + b.GMV,
	}
}
