package metric

import "shopwatch/internal/market"

func name(zh, en string) market.Name { return market.Name{Zh: zh, En: en} }

// measure reads one figure of sums, and whether its feed is known.
type measure func(Sums) (float64, bool)

func orders(f func(Sums) float64) measure {
	return func(s Sums) (float64, bool) { return f(s), s.Known.Orders }
}

func traffic(f func(Sums) float64) measure {
	return func(s Sums) (float64, bool) { return f(s), s.Known.Traffic }
}

func loyalty(f func(Sums) float64) measure {
	return func(s Sums) (float64, bool) { return f(s), s.Known.Loyalty }
}

func members(f func(Sums) float64) measure {
	return func(s Sums) (float64, bool) { return f(s), s.Known.Members }
}

func ads(f func(Sums) float64) measure {
	return func(s Sums) (float64, bool) { return f(s), s.Known.Ads }
}

func search(f func(Sums) float64) measure {
	return func(s Sums) (float64, bool) { return f(s), s.Known.Search }
}

// service is not known of a shop whose orders never say when they were sent.
func service(f func(Sums) float64) measure {
	return func(s Sums) (float64, bool) {
		return f(s), s.Known.Service && (s.Shipping.Due > 0 || s.Shipping.Untold == 0)
	}
}

// memberShare is not known where no order says whether its buyer is a member.
func memberShare(s Sums) (float64, bool) {
	if s.Loyalty.MemberPaid+s.Loyalty.GuestPaid == 0 {
		return 0, false
	}
	return loyalty(func(s Sums) float64 { return float64(s.Loyalty.MemberPaid) }).over(func(s Sums) float64 { return float64(s.Paid) })(s)
}

// over divides by another figure of the same feed; by 0 nothing is known.
func (m measure) over(by func(Sums) float64) measure {
	return func(s Sums) (float64, bool) {
		v, ok := m(s)
		d := by(s)
		if !ok || d == 0 {
			return 0, false
		}
		return v / d, true
	}
}

func aov(s Sums) (float64, bool) {
	return orders(func(s Sums) float64 { return float64(s.Paid) }).over(func(s Sums) float64 { return float64(s.Buyers) })(s)
}

func refundRate(s Sums) (float64, bool) {
	if !s.Known.Refunds {
		return 0, false
	}
	return orders(func(s Sums) float64 { return float64(s.Refunded) }).over(func(s Sums) float64 { return float64(s.Paid) })(s)
}

// profit is not known when no item that was sold has a known cost.
func profit(s Sums) (float64, bool) {
	return float64(s.Costed - s.Cost), s.Known.Costs && (s.Costed > 0 || s.Paid == 0)
}

func margin(s Sums) (float64, bool) {
	if !s.Known.Costs || s.Costed == 0 {
		return 0, false
	}
	return float64(s.Costed-s.Cost) / float64(s.Costed), true
}

func memberMultiple(s Sums) (float64, bool) {
	l := s.Loyalty
	if !s.Known.Loyalty || l.MemberBuyers == 0 || l.GuestBuyers == 0 || l.GuestPaid == 0 {
		return 0, false
	}
	return float64(l.MemberPaid) / float64(l.MemberBuyers) / (float64(l.GuestPaid) / float64(l.GuestBuyers)), true
}

func refundTime(s Sums) (float64, bool) {
	if !s.Known.Refunds || s.Refunds == 0 {
		return 0, false
	}
	return float64(s.RefundMs) / float64(s.Refunds), true
}

func shipped(s Sums) (float64, bool) {
	if !s.Known.Service || s.Shipping.Due == 0 {
		return 0, false
	}
	return 1 - float64(s.Shipping.Late)/float64(s.Shipping.Due), true
}
