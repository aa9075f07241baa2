package report

import (
	"slices"
	"time"

	"shopwatch/internal/market"
)

// DigestKind is one of the reports that are sent by schedule. Its name is that
// of audience.Kind and part of delivery keys.
type DigestKind string

// Kinds of digest.
const (
	DigestMorning  DigestKind = "morning"  // the day before
	DigestIntraday DigestKind = "intraday" // the day so far, on days of a campaign
	DigestWeekly   DigestKind = "weekly"   // the last whole week
	DigestMonthly  DigestKind = "monthly"  // the last whole month
	DigestCampaign DigestKind = "campaign" // a campaign so far, and after it how it went
)

// DigestKinds are all kinds, in the order in which people meet them.
func DigestKinds() []DigestKind {
	return []DigestKind{DigestMorning, DigestIntraday, DigestWeekly, DigestMonthly, DigestCampaign}
}

// countdown is on which days before a campaign it is announced.
var countdown = []market.Day{7, 3, 1}

// Due returns the business days that a digest of kind k is about when its time
// has come at due. ok is false when there is none that day: no campaign is on,
// was on yesterday, or begins in 7, 3 or 1 days.
func (k DigestKind) Due(shop *market.Shop, due time.Time) (from, to market.Day, ok bool) {
	today := shop.Day(due)
	switch k {
	case DigestIntraday:
		_, _, ok = shop.Calendar.On(today)
		return today, today, ok
	case DigestCampaign:
		for _, c := range shop.Calendar.Campaigns {
			if len(c.Phases) == 0 {
				continue
			}
			first, last := campaignDays(c)
			if today > first && today-1 <= last {
				return first, today - 1, true
			}
			if slices.Contains(countdown, first-today) {
				return today - 1, today - 1, true
			}
		}
		return 0, 0, false
	}
	from, to = k.Latest(shop, due)
	return from, to, true
}

// Latest returns the business days that somebody means who asks for a digest of
// kind k at now.
func (k DigestKind) Latest(shop *market.Shop, now time.Time) (from, to market.Day) {
	today := shop.Day(now)
	switch k {
	case DigestIntraday:
		return today, today
	case DigestWeekly:
		return today.WeekStart() - 7, today.WeekStart() - 1
	case DigestMonthly:
		return today.MonthStart().AddMonths(-1), today.MonthStart() - 1
	case DigestCampaign:
		if c, ok := chooseCampaign(shop.Calendar, "", today); ok {
			if first, last := campaignDays(c); first < today {
				return first, min(last, today-1)
			}
		}
	}
	return today - 1, today - 1
}

// campaignNear is the id of the campaign that holds a day, of the last one before
// it when none does but none is near either, or "" for the loader's own choice.
func campaignNear(cal market.Calendar, d market.Day) string {
	for _, c := range cal.Campaigns {
		if len(c.Phases) == 0 {
			continue
		}
		first, last := campaignDays(c)
		if d >= first && d <= last || slices.Contains(countdown, first-d-1) {
			return c.ID
		}
	}
	return ""
}

// compare is what a kind is set against, the first being what its change is
// accounted for.
func (k DigestKind) compare(shop *market.Shop, last market.Day) []Compare {
	switch k {
	case DigestWeekly, DigestMonthly:
		return []Compare{PrevPeriod, LastYear}
	case DigestCampaign:
		if campaignNote(shop, last) != nil {
			return []Compare{CampaignDay, PrevPeriod}
		}
	}
	if campaignNote(shop, last) != nil {
		return []Compare{SameWeekday, CampaignDay}
	}
	return []Compare{SameWeekday}
}
