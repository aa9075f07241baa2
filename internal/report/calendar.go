package report

import (
	"cmp"
	"slices"

	"shopwatch/internal/market"
)

// PlannedDays is the calendar of a stretch: campaigns that touch it and days that
// are not what their weekday says.
type PlannedDays struct {
	Shop      market.ShopID     `json:"shop"`
	Today     market.Day        `json:"today"`
	From      market.Day        `json:"from"`
	To        market.Day        `json:"to"`
	Campaigns []market.Campaign `json:"campaigns,omitempty"` // by first day
	Days      []market.DayKind  `json:"days,omitempty"`      // holidays and make-up days, in order
	Workdays  int               `json:"workdays"`
	Next      *PhaseSpan        `json:"next,omitempty"` // the next phase to begin after today
}

// CalendarOf reads the calendar of from..to.
func CalendarOf(shop *market.Shop, from, to, today market.Day) PlannedDays {
	out := PlannedDays{Shop: shop.ID, Today: today, From: from, To: to}
	for _, c := range shop.Calendar.Campaigns {
		if f, t := campaignDays(c); f <= to && t >= from {
			out.Campaigns = append(out.Campaigns, c)
		}
		for _, p := range c.Phases {
			if p.From > today && (out.Next == nil || p.From < out.Next.From) {
				out.Next = &PhaseSpan{Campaign: c.Name, Phase: p.ID, From: p.From, To: p.To}
			}
		}
	}
	slices.SortStableFunc(out.Campaigns, func(a, b market.Campaign) int {
		fa, _ := campaignDays(a)
		fb, _ := campaignDays(b)
		return cmp.Or(cmp.Compare(fa, fb), cmp.Compare(a.ID, b.ID))
	})
	for d := from; d <= to; d++ {
		if shop.Calendar.Workday(d) {
			out.Workdays++
		}
		if k := KindOf(shop.Calendar, d); k != market.PlainKind {
			out.Days = append(out.Days, market.DayKind{Day: d, Kind: k})
		}
	}
	return out
}

// KindOf is what a calendar makes of a day.
func KindOf(cal market.Calendar, d market.Day) string {
	switch {
	case slices.Contains(cal.Makeup, d):
		return market.MakeupKind
	case slices.Contains(cal.Holidays, d):
		return market.HolidayKind
	}
	return market.PlainKind
}
