package report

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

// CampaignState is where a campaign stands.
type CampaignState string

// States of a campaign.
const (
	CampaignComing CampaignState = "coming"
	CampaignOn     CampaignState = "on"
	CampaignOver   CampaignState = "over"
)

// CampaignQuery asks how a campaign goes or went.
type CampaignQuery struct {
	Now   time.Time
	ID    string // empty: the one that is on, else the last one, else the next
	AsOf  market.Revision
	Fresh Freshness
	Cache *Cache // may be nil
}

// Campaign is a campaign day by day, set against the same days of its last
// edition.
type Campaign struct {
	Shop  market.ShopID `json:"shop"`
	Now   time.Time     `json:"now"`
	ID    string        `json:"id"`
	Name  market.Name   `json:"name"`
	State CampaignState `json:"state"`
	From  market.Day    `json:"from"`
	Peak  market.Day    `json:"peak"`
	To    market.Day    `json:"to"`
	// Phase is the one of today, Following the next to begin; nil when there is
	// none.
	Phase     *PhaseSpan `json:"phase,omitempty"`
	Following *PhaseSpan `json:"following,omitempty"`
	// GMV is of the days that have begun; nil before the first and when no data
	// reaches them.
	GMV  *GMV          `json:"gmv,omitempty"`
	Days []CampaignRow `json:"days,omitempty"`
	// Next is the campaign to come after today; nil when the calendar has none.
	Next *PhaseSpan `json:"next,omitempty"`
	// Data says what was read.
	Data Coverage `json:"-"`
}

// PhaseSpan is a phase with the campaign it belongs to.
type PhaseSpan struct {
	Campaign market.Name `json:"campaign"`
	Phase    string      `json:"phase"`
	From     market.Day  `json:"from"`
	To       market.Day  `json:"to"`
}

// CampaignRow is one day of a campaign.
type CampaignRow struct {
	Day    market.Day `json:"day"`
	Offset int        `json:"offset"` // days from the peak
	Phase  string     `json:"phase,omitempty"`
	Paid   market.Fen `json:"paid"`
	Part   bool       `json:"part,omitempty"` // the day is not over, or its data is not
	// Before is paid GMV of the same day of the last edition, cut at the same
	// time when the day is not over; meaningless unless BeforeKnown.
	Before      market.Fen `json:"before"`
	BeforeKnown bool       `json:"before_known"`
}

// ErrNoCampaign says that the calendar has no such campaign, or none at all.
var ErrNoCampaign = errors.New("no campaign")

// LoadCampaign answers q; ErrNoCampaign when the calendar has none to show.
func LoadCampaign(ctx context.Context, db *storage.DB, shop *market.Shop, q CampaignQuery) (Campaign, error) {
	return answer(ctx, db, shop, asked{q.AsOf, q.Now, q.Cache}, "campaign", func(l *loader) (Campaign, error) {
		c, err := l.campaign(q)
		c.Data.Revision = l.revision()
		l.based(&c.Data)
		return c, err
	})
}

func (l *loader) campaign(q CampaignQuery) (Campaign, error) {
	today := l.shop.Day(q.Now)
	chosen, ok := chooseCampaign(l.shop.Calendar, q.ID, today)
	if !ok {
		return Campaign{}, ErrNoCampaign
	}
	from, to := campaignDays(chosen)
	c := Campaign{
		Shop: l.shop.ID, Now: q.Now, ID: chosen.ID, Name: chosen.Name, State: CampaignOn, From: from, Peak: chosen.Peak, To: to,
		Next: nextCampaign(l.shop.Calendar, today),
	}
	switch {
	case today < from:
		c.State = CampaignComing
	case today > to:
		c.State = CampaignOver
	}
	for _, p := range chosen.Phases {
		span := &PhaseSpan{Campaign: chosen.Name, Phase: p.ID, From: p.From, To: p.To}
		if today >= p.From && today <= p.To {
			c.Phase = span
		}
		if p.From > today && (c.Following == nil || p.From < c.Following.From) {
			c.Following = span
		}
	}
	if c.State == CampaignComing {
		return c, nil
	}
	g, err := l.gmv(GMVQuery{Now: q.Now, From: from, To: to, Compare: []Compare{CampaignDay}, AsOf: q.AsOf, Fresh: q.Fresh})
	if errors.Is(err, ErrNoData) {
		return c, nil
	}
	if err != nil {
		return Campaign{}, err
	}
	c.GMV, c.Days = &g, campaignRows(chosen, &g)
	return c, nil
}

// chooseCampaign picks the named campaign; of several editions the one that
// began last, else the first to come.
func chooseCampaign(cal market.Calendar, id string, today market.Day) (market.Campaign, bool) {
	var best market.Campaign
	found := false
	for _, c := range cal.Campaigns {
		if len(c.Phases) == 0 || id != "" && c.ID != id {
			continue
		}
		from, _ := campaignDays(c)
		was, _ := campaignDays(best)
		begun, bestBegun := from <= today, was <= today
		if !found || begun && (!bestBegun || from > was) || !begun && !bestBegun && from < was {
			best, found = c, true
		}
	}
	return best, found
}

// campaignDays are the first and the last day of a campaign's phases; both are
// its peak when it has none.
func campaignDays(c market.Campaign) (from, to market.Day) {
	from, to = c.Peak, c.Peak
	for _, p := range c.Phases {
		from, to = min(from, p.From), max(to, p.To)
	}
	return from, to
}

func nextCampaign(cal market.Calendar, today market.Day) *PhaseSpan {
	var coming []PhaseSpan
	for _, c := range cal.Campaigns {
		for _, p := range c.Phases {
			if from, _ := campaignDays(c); from > today && p.From == from {
				coming = append(coming, PhaseSpan{Campaign: c.Name, Phase: p.ID, From: p.From, To: p.To})
			}
		}
	}
	if len(coming) == 0 {
		return nil
	}
	first := slices.MinFunc(coming, func(a, b PhaseSpan) int { return cmp.Compare(a.From, b.From) })
	return &first
}

// campaignRows takes the days apart again that the curves have added up.
func campaignRows(c market.Campaign, g *GMV) []CampaignRow {
	var rows []CampaignRow
	own := g.Curves[0].Values
	var before []market.Fen
	if len(g.Curves) > 1 {
		before = g.Curves[1].Values
	}
	for i := range own {
		d := g.From + market.Day(i)
		row := CampaignRow{Day: d, Offset: int(d - c.Peak), Paid: step(own, i), Part: g.Part && i == len(own)-1}
		for _, p := range c.Phases {
			if d >= p.From && d <= p.To {
				row.Phase = p.ID
			}
		}
		if row.BeforeKnown = i < len(before); row.BeforeKnown {
			row.Before = step(before, i)
			if row.Part { // the comparison is cut at the same time of its day
				row.Before = g.Comparisons[0].Sums.Paid - before[max(0, i-1)]
				if i == 0 {
					row.Before = g.Comparisons[0].Sums.Paid
				}
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// step is what the i-th step adds to a running total.
func step(total []market.Fen, i int) market.Fen {
	if i == 0 {
		return total[0]
	}
	return total[i] - total[i-1]
}
