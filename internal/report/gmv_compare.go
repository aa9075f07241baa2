package report

import (
	"errors"
	"strings"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/storage"
)

// compare fills the comparisons and their curves, and returns their cubes (nil
// where the comparison is not known).
func (l *loader) compare(g *GMV, q GMVQuery, cut cuts) ([]*metric.Cube, error) {
	cubes := make([]*metric.Cube, len(q.Compare))
	for i, kind := range q.Compare {
		c := Comparison{Kind: kind}
		from, to, ok := stretch(l.shop, kind, q.From, q.To)
		if ok {
			c.From, c.To = from, to
			then := cut.shifted(l.shop, q.From, from)
			if end := l.shop.Start(to + 1); !g.Part || then.orders.After(end) {
				then.orders = end
			}
			c.Window = market.Window{Start: l.shop.Start(from), End: then.orders}
			cube, err := l.cube(then.spec(q, l.shop, l.items, from, to))
			if errors.Is(err, storage.ErrForgotten) {
				g.Comparisons = append(g.Comparisons, Comparison{Kind: kind, From: from, To: to})
				continue
			}
			if err != nil {
				return nil, err
			}
			if c.Known, err = l.reaches(cube, c.Window); err != nil {
				return nil, err
			}
			if c.Known {
				c.Sums, cubes[i] = cube.Total(), cube
				c.Campaign = campaignNote(l.shop, to)
				g.Curves = append(g.Curves, curve(cube, kind, from, to))
			}
		}
		g.Comparisons = append(g.Comparisons, c)
	}
	return cubes, nil
}

// reaches reports whether history covers the window: something happened in its
// first step, or in the week before it.
func (l *loader) reaches(c *metric.Cube, w market.Window) (bool, error) {
	if steps := c.Steps(); len(steps) > 0 && steps[0] > 0 {
		return true, nil
	}
	return l.hasOrdersBefore(w.Start)
}

// stretch finds the days to compare from..to with.
func stretch(shop *market.Shop, kind Compare, from, to market.Day) (f, t market.Day, ok bool) {
	n := to - from + 1
	switch kind {
	case PrevPeriod:
		if wholeMonth(from, to) {
			f = from.AddMonths(-1)
			return f, from - 1, true
		}
		return from - n, from - 1, true
	case SameWeekday:
		shift := (n + 6) / 7 * 7
		return from - shift, to - shift, true
	case LastYear:
		f = from.AddMonths(-12)
		return f, f + n - 1, true
	case CampaignDay:
		return lastEdition(shop.Calendar, from, to)
	}
	return 0, 0, false
}

func wholeMonth(from, to market.Day) bool {
	return from == from.MonthStart() && to == from.AddMonths(1)-1
}

// lastEdition finds the days at the same distance from the peak in the last
// campaign of the same family (its id without digits), else in the last one of
// any family that was on then.
func lastEdition(cal market.Calendar, from, to market.Day) (f, t market.Day, ok bool) {
	now, _, on := cal.On(to)
	if !on {
		return 0, 0, false
	}
	var best market.Campaign
	found, kin := false, false
	for _, c := range cal.Campaigns {
		day := c.Peak + (to - now.Peak)
		if c.Peak >= now.Peak || !holds(c, day) {
			continue
		}
		same := family(c.ID) == family(now.ID)
		if !found || same && !kin || same == kin && c.Peak > best.Peak {
			best, found, kin = c, true, kin || same
		}
	}
	shift := now.Peak - best.Peak
	return from - shift, to - shift, found
}

func holds(c market.Campaign, d market.Day) bool {
	for _, p := range c.Phases {
		if d >= p.From && d <= p.To {
			return true
		}
	}
	return false
}

func family(id string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '-' || r == '_' {
			return -1
		}
		return r
	}, id)
}

// campaignNote places a day in its campaign; nil on ordinary days.
func campaignNote(shop *market.Shop, d market.Day) *CampaignNote {
	c, p, ok := shop.Calendar.On(d)
	if !ok {
		return nil
	}
	return &CampaignNote{ID: c.ID, Name: c.Name, Phase: p.ID, Offset: int(d - c.Peak)}
}
