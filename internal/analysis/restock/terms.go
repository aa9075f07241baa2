package restock

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Terms are how an item is supplied and what is asked of its stock.
type Terms struct {
	Service float64 // wanted fill rate, .5 to .999
	Review  int     // days from one look to the next; at least 1
	// LeadMean and LeadSD are of the days between the evening of an order and
	// the end of the day before it can be sold.
	LeadMean, LeadSD float64
	MOQ, Pack        int64   // least order and its multiple; 0 means 1
	Delivered        float64 // share of what is ordered that usually comes; 0 means all
}

// Check refuses terms that nothing can be planned with.
func (t Terms) Check() error {
	switch {
	case !(t.Service >= .5 && t.Service <= .999):
		return fmt.Errorf("service level %g: from 0.5 to 0.999", t.Service)
	case t.Review < 1 || t.Review > 90:
		return fmt.Errorf("review of %d days: from 1 to 90", t.Review)
	case !(t.LeadMean >= 0 && t.LeadMean <= 365):
		return fmt.Errorf("mean lead time of %g days: from 0 to 365", t.LeadMean)
	case !(t.LeadSD >= 0 && t.LeadSD <= 180):
		return fmt.Errorf("lead time varies by %g days: from 0 to 180", t.LeadSD)
	case t.MOQ < 0 || t.Pack < 0:
		return fmt.Errorf("least order %d in packs of %d: not below 0", t.MOQ, t.Pack)
	case t.Delivered < 0 || t.Delivered > 1:
		return fmt.Errorf("share delivered %g: from 0 to 1", t.Delivered)
	}
	return nil
}

// protection is for how many days an order must last: until the one of the next
// review has come.
func (t Terms) protection() float64 { return float64(t.Review) + t.LeadMean }

// round turns a need into an order: what usually goes missing on top, at least
// the least order, whole packs.
func (t Terms) round(need float64) int64 {
	if !(need > 0) {
		return 0
	}
	if t.Delivered > 0 {
		need /= t.Delivered
	}
	n := max(int64(math.Ceil(need-1e-9)), t.MOQ, 1)
	if t.Pack > 1 {
		n = (n + t.Pack - 1) / t.Pack * t.Pack
	}
	return n
}

// leads are equally likely lead times in whole days, with the mean and standard
// deviation of t as nearly as whole days allow: a gamma distribution, since
// delays are longer than gains.
func (t Terms) leads() []int {
	const n = 20
	if t.LeadMean <= 0 || t.LeadSD <= 0 {
		return []int{int(math.Round(t.LeadMean))}
	}
	g := distuv.Gamma{
		Alpha: t.LeadMean * t.LeadMean / (t.LeadSD * t.LeadSD),
		Beta:  t.LeadMean / (t.LeadSD * t.LeadSD),
	}
	out, carry := make([]int, n), 0.0
	for i := range out {
		exact := g.Quantile((float64(i) + .5) / n)
		out[i] = max(0, int(math.Round(exact+carry)))
		carry += exact - float64(out[i]) // the mean survives the rounding
	}
	return out
}
