package restock

import (
	"errors"
	"math"
)

// ErrTooShort says that too few plain days of an item are known to plan with.
var ErrTooShort = errors.New("fewer than seven known days")

const leastDays = 7

// Plan is the level an item's stock is brought up to, with what it is made of.
type Plan struct {
	PerDay float64 // plain demand in pieces a day
	SD     float64 // of a day
	Days   int     // known plain days that PerDay is from
	Review int
	Lead   float64 // days
	// Plain is what is expected in the protection time (review and lead) without
	// campaigns, Campaign what they add, Safety the margin: UpTo is their sum.
	Plain, Campaign, Safety float64
	CampaignDays            int     // in the protection time
	Uplift                  float64 // largest factor of them; 0 without
	Margin                  Margin
	// UpTo is the level in pieces. At a review an order is due when the position
	// is at Reorder or below, which is one piece less.
	UpTo, Reorder int64
}

// Make is the plan for the evening of the last day of a history with a margin
// from Tune. The error is ErrTooShort.
func Make(h History, t Terms, margin Margin) (Plan, error) {
	l := h.estimate()
	if l.days < leastDays {
		return Plan{Days: l.days}, ErrTooShort
	}
	w := t.protection()
	p := Plan{
		PerDay: l.mean, SD: l.sd, Days: l.days, Review: t.Review, Lead: t.LeadMean,
		Plain: l.mean * w, Margin: margin,
	}
	extra := 0.0 // variance
	first := len(h.Demand)
	for day := first; day < first+int(math.Ceil(w)); day++ {
		if !h.campaign(day) {
			continue
		}
		up := h.uplift(h.Plan[day])
		p.CampaignDays++
		p.Uplift = max(p.Uplift, up)
		p.Campaign += (up - 1) * l.mean
		extra += (up*up - 1) * l.sd * l.sd
	}
	s := spread(l.mean, l.sd, w, t)
	p.Safety = margin.K * math.Sqrt(s*s+max(0, extra))
	p.UpTo = int64(math.Round(max(0, p.Plain+p.Campaign+p.Safety)))
	p.Reorder = p.UpTo - 1
	return p, nil
}

// Order is what to do now.
type Order struct {
	Quantity int64
	// Within is in how many days the order must be out for the stock to last
	// until it comes, the margin in lead time kept; 0 means now. Infinite when
	// nothing sells.
	Within float64
}

// Order compares the position with the plan. onHand and inbound are pieces.
func (p Plan) Order(t Terms, onHand, inbound int64) Order {
	position := float64(max(0, onHand) + max(0, inbound))
	o := Order{Quantity: t.round(float64(p.UpTo) - position), Within: math.Inf(1)}
	if p.PerDay > 0 {
		lead := p.PerDay*t.LeadMean + p.Margin.K*spread(p.PerDay, p.SD, t.LeadMean, t) + p.Campaign
		o.Within = max(0, (position-lead)/p.PerDay)
	}
	return o
}
