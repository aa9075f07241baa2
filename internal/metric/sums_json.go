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
		plain(s), orNull(s.Placed, k.Orders), orNull(s.Paid, k.Orders), orNull(s.Refunded, k.Refunds), orNull(s.Prime, k.Orders),
		orNull(s.Orders, k.Orders), orNull(s.PlacedOrders, k.Orders), orNull(s.Units, k.Orders), orNull(s.Buyers, k.Orders), orNull(s.Refunds, k.Refunds),
		orNull(s.Visitors, k.Traffic), orNull(s.Views, k.Traffic), orNull(s.CartUsers, k.Traffic), orNull(s.OrderUsers, k.Traffic), orNull(s.PayUsers, k.Traffic),
	})
}

// orNull is v, or nil when it is not known.
func orNull[T market.Fen | int64](v T, known bool) *T {
	if !known {
		return nil
	}
	return &v
}
