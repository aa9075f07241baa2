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

	// Known says which feeds stand behind the sums.
	Known Known `json:"known"`
}

// Known says which feeds delivered the facts of a window.
type Known struct {
	Orders  bool `json:"orders"`
	Refunds bool `json:"refunds"`
	Traffic bool `json:"traffic"`
}

// Net is Paid minus Refunded (net_cash).
func (s Sums) Net() market.Fen { return s.Paid - s.Refunded }

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
	s.Known.Orders = s.Known.Orders && o.Known.Orders
	s.Known.Refunds = s.Known.Refunds && o.Known.Refunds
	s.Known.Traffic = s.Known.Traffic && o.Known.Traffic
	return s
}
