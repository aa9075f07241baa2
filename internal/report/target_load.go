package report

import (
	"cmp"
	"context"
	"slices"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/storage"
)

// LoadTargets answers q. A shop without orders gives ErrNoData; a stretch without
// a target gives no rows.
func LoadTargets(ctx context.Context, db *storage.DB, shop *market.Shop, q TargetsQuery) (Targets, error) {
	return answer(ctx, db, shop, asked{q.AsOf, q.Now, nil}, "targets", func(l *loader) (Targets, error) {
		t, err := l.targets(q)
		l.based(&t.Data)
		return t, err
	})
}

func (l *loader) targets(q TargetsQuery) (Targets, error) {
	all, err := l.feeds([]string{market.OrderLines.Name}, q.Now, q.Fresh)
	if err != nil {
		return Targets{}, err
	}
	cut := earlier(known(all, market.OrderLines.Name), q.Now)
	if cut.IsZero() {
		return Targets{}, ErrNoData
	}
	today := l.shop.Day(q.Now)
	t := Targets{
		Shop: l.shop.ID, From: q.From, To: q.To, Campaign: campaignOf(l.shop.Calendar, q.From, q.To), At: cut,
		Data: coverage(l.tx, all, cut, zeroTime, q.AsOf), Left: max(0, int(q.To-max(q.From, today))+1),
	}
	wanted := aims(l.shop, q)
	if len(wanted) == 0 {
		t.Others = otherStretches(l.shop, q)
		return t, nil
	}
	views := map[side]map[string]*view{}
	units := slices.ContainsFunc(wanted, func(a aim) bool { return a.side().by == metric.ByUnit })
	for _, a := range wanted {
		s := a.side()
		if s.by == metric.None && units {
			s.by = metric.ByUnit // which knows the whole too, so that orders are read once
		}
		if views[s] == nil {
			o := &outlook{
				loader: l, q: ForecastQuery{Now: q.Now, By: s.by, AsOf: q.AsOf}, cut: cut, first: min(today-forecastDays, q.From), today: today,
				month: q.From, to: min(max(q.To, today), today+longestAhead-1),
			}
			o.q.Filter.Unit = s.within
			if err := o.read(); err != nil {
				return Targets{}, err
			}
			views[s] = o.views()
		}
		v := views[s][a.key()]
		if v == nil { // it has never sold anything
			v = views[s][nothingSold]
		}
		t.Rows = append(t.Rows, a.row(v, q))
	}
	return t, nil
}

// side is how orders are added up for a target: by a dimension, of one unit or
// of all.
type side struct {
	by     metric.Dim
	within market.Unit
}

// nothingSold is the key of a member without sales.
const nothingSold = "\x00"

// views looks at every member of the dimension, the whole under the empty key.
func (o *outlook) views() map[string]*view {
	out := map[string]*view{"": o.view(o.daily.Total())}
	n := int(o.today-o.first) + 1
	out[nothingSold] = o.view(metric.DailyPart{Key: nothingSold, Paid: make([]market.Fen, n), ByNow: make([]market.Fen, n)})
	if o.q.By == metric.None {
		return out
	}
	for _, p := range o.daily.Parts() {
		if p.Key != "" {
			out[p.Key] = o.view(p)
		}
	}
	return out
}

// aim is a target that an answer is about: one of exactly its days, or the part
// of a longer one that falls on them.
type aim struct {
	target market.Target
	part   bool
}

func (a aim) side() side {
	switch {
	case a.target.Category != "":
		return side{metric.ByCategory, a.target.Unit}
	case a.target.Unit != "":
		return side{by: metric.ByUnit}
	}
	return side{by: metric.None}
}

// key is its member of the dimension, empty for the whole.
func (a aim) key() string { return cmp.Or(string(a.target.Category), string(a.target.Unit)) }

// aims finds the target of each scope for the days asked for: its own, else the
// shortest one around them. The shop comes first, then units in the order of
// configuration, then categories.
func aims(shop *market.Shop, q TargetsQuery) []aim {
	best := map[market.Scope]aim{}
	for _, t := range shop.Targets {
		if q.Unit != "" && t.Unit != q.Unit || q.Category != "" && t.Category != q.Category || t.From > q.From || t.To < q.To {
			continue
		}
		who := market.Scope{Unit: t.Unit, Category: t.Category}
		a := aim{target: t, part: t.From != q.From || t.To != q.To}
		if old, ok := best[who]; !ok || t.To-t.From < old.target.To-old.target.From {
			best[who] = a
		}
	}
	out := make([]aim, 0, len(best))
	for _, a := range best {
		out = append(out, a)
	}
	place := func(a aim) int {
		return slices.IndexFunc(shop.Units, func(u market.Label) bool { return u.ID == string(a.target.Unit) })
	}
	slices.SortFunc(out, func(a, b aim) int {
		return cmp.Or(
			cmp.Compare(b2i(a.target.Category != ""), b2i(b.target.Category != "")), cmp.Compare(place(a), place(b)),
			cmp.Compare(a.target.Unit, b.target.Unit), cmp.Compare(a.target.Category, b.target.Category),
		)
	})
	return out
}

// otherStretches are up to three stretches with targets, nearest to the days
// asked for.
func otherStretches(shop *market.Shop, q TargetsQuery) []DaySpan {
	var out []DaySpan
	for _, t := range shop.Targets {
		s := DaySpan{t.From, t.To}
		if (q.Unit == "" || t.Unit == q.Unit) && (q.Category == "" || t.Category == q.Category) && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	away := func(s DaySpan) market.Day { return max(0, s.From-q.To, q.From-s.To) }
	slices.SortFunc(out, func(a, b DaySpan) int {
		return cmp.Or(cmp.Compare(away(a), away(b)), cmp.Compare(b.To-b.From, a.To-a.From), cmp.Compare(a.From, b.From))
	})
	const few = 3
	return out[:min(few, len(out))]
}

// campaignOf names the campaign whose days these are.
func campaignOf(cal market.Calendar, from, to market.Day) *market.Name {
	for _, c := range cal.Campaigns {
		if f, t := campaignDays(c); f == from && t == to {
			return &c.Name
		}
	}
	return nil
}

func (a aim) row(v *view, q TargetsQuery) TargetRow {
	o, t := v.o, a.target
	r := TargetRow{Unit: t.Unit, Category: t.Category, Week: v.lastWeek()}
	curve := t.Curve(v.usualDay(t.Unit))
	total, inside, done := 0.0, 0.0, 0.0
	for i, w := range curve {
		d := t.From + market.Day(i)
		total += w
		if d < q.From || d > q.To {
			continue
		}
		inside += w
		done += w * v.dayDone(t, d)
	}
	if inside > 0 {
		r.Done = done / inside
	}
	if a.part {
		r.Part = &DaySpan{t.From, t.To}
		share := 0.0
		if total > 0 {
			share = inside / total
		}
		for _, f := range []*market.Fen{&t.Base, &t.Sprint, &t.Challenge} {
			*f = market.Fen(float64(*f)*share + .5)
		}
	}
	r.Paid, r.Missing = o.soFar(v, q.From, q.To)
	if r.Missing == 0 && v.err == nil && q.To-o.today < longestAhead || q.To < o.today && r.Missing == 0 {
		end := v.end(q.From, q.To, r.Paid)
		r.End = &end
	}
	p := paceOf(t, r.Paid)
	if p == nil {
		return r
	}
	for _, tier := range p.Tiers {
		r.Tiers = append(r.Tiers, r.tier(tier, o, q))
	}
	return r
}

// tier tells the pace of one tier of a row.
func (r *TargetRow) tier(t Tier, o *outlook, q TargetsQuery) TargetTier {
	out := TargetTier{Chance: Chance{Tier: t}, Due: market.Fen(float64(t.Amount)*r.Done + .5)}
	out.Ahead = r.Paid - out.Due
	switch {
	case t.Reached:
		out.Chance.Chance, out.ChanceKnown = 1, true
		return out
	case q.To < o.today:
		out.ChanceKnown = r.Missing == 0
		return out
	case r.End != nil:
		out.Chance.Chance, out.ChanceKnown = chanceOf(*r.End, t.Amount, r.Paid), true
	}
	left := q.To - max(q.From, o.today) + 1
	out.Daily = t.Gap / market.Fen(left)
	if rest := float64(t.Amount) * (1 - r.Done); rest > 0 {
		out.Run = float64(t.Gap) / rest
	}
	if hours := o.shop.Start(o.today + 1).Sub(o.cut).Hours(); q.To == o.today && q.From == o.today && hours > 0 {
		out.Hourly = market.Fen(float64(t.Gap) / max(1, hours))
	}
	return out
}
