package metric

import (
	"encoding/json"

	"shopwatch/internal/market"
)

// MarshalJSON writes null for the figures of feeds that are not known. Groups
// that nobody asked for are left out.
func (s Sums) MarshalJSON() ([]byte, error) {
	type plain Sums
	k := s.Known
	return json.Marshal(struct {
		plain

		Placed       *market.Fen `json:"placed"`
		Paid         *market.Fen `json:"paid"`
		Refunded     *market.Fen `json:"refunded"`
		Prime        *market.Fen `json:"prime"`
		Orders       *int64      `json:"orders"`
		PlacedOrders *int64      `json:"placed_orders"`
		Units        *int64      `json:"units"`
		Buyers       *int64      `json:"buyers"`
		Refunds      *int64      `json:"refunds"`
		Visitors     *int64      `json:"visitors"`
		Views        *int64      `json:"views"`
		CartUsers    *int64      `json:"cart_users"`
		OrderUsers   *int64      `json:"order_users"`
		PayUsers     *int64      `json:"pay_users"`
	}{
		plain(s), OrNull(s.Placed, k.Orders), OrNull(s.Paid, k.Orders), OrNull(s.Refunded, k.Refunds), OrNull(s.Prime, k.Orders),
		OrNull(s.Orders, k.Orders), OrNull(s.PlacedOrders, k.Orders), OrNull(s.Units, k.Orders), OrNull(s.Buyers, k.Orders), OrNull(s.Refunds, k.Refunds),
		OrNull(s.Visitors, k.Traffic), OrNull(s.Views, k.Traffic), OrNull(s.CartUsers, k.Traffic), OrNull(s.OrderUsers, k.Traffic), OrNull(s.PayUsers, k.Traffic),
	})
}

// OrNull is v for JSON, null when it is not known.
func OrNull[T any](v T, known bool) *T {
	if !known {
		return nil
	}
	return &v
}
