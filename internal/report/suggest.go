package report

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/analysis/pricing"
	"shopwatch/internal/market"
	"shopwatch/storage"
)

// SuggestQuery asks which prices to think about.
type SuggestQuery struct {
	Now   time.Time
	Unit  market.Unit
	SKU   market.SKU // empty looks at the best sellers
	Top   int
	AsOf  market.Revision
	Fresh Freshness
	Cache *Cache // may be nil
}

// Suggestions are prices to think about with what other ones would bring. Nothing
// is ever changed by them.
type Suggestions struct {
	Shop market.ShopID `json:"shop"`
	At   time.Time     `json:"at"` // of the prices
	Data Coverage      `json:"data"`

	Looked int          `json:"looked"` // items that were thought about
	Items  []Suggestion `json:"items"`  // those where another price is better, or the one asked for; most gain first
	More   int          `json:"more,omitempty"`
}

// Suggestion is an item on its leading channel.
type Suggestion struct {
	SKU     market.SKU     `json:"sku"`
	Title   string         `json:"title"`
	Unit    market.Unit    `json:"unit,omitempty"`
	Channel market.Channel `json:"channel"`
	Price   market.Fen     `json:"price"` // landed, now
	PerDay  float64        `json:"per_day"`
	// Rival is the lowest credible one in stock; RivalPrice, Floor and Cost are
	// -1 when not known.
	Rival      string     `json:"rival,omitempty"`
	RivalPrice market.Fen `json:"rival_price"`
	Floor      market.Fen `json:"floor"`
	Cost       market.Fen `json:"cost"`
	Available  int64      `json:"available"`
	Inbound    int64      `json:"inbound"`
	LeadDays   float64    `json:"lead_days"`
	Rank       int        `json:"rank"` // by 7-day paid GMV
	Core       bool       `json:"core"`
	// Elasticity is what stands behind the effects.
	Elasticity     float64 `json:"elasticity"`
	ElasticityDays int     `json:"elasticity_days"`

	Options []pricing.Option `json:"options"` // holding first
}

// Best is the option that is best.
func (s Suggestion) Best() pricing.Option {
	for _, o := range s.Options {
		if o.Best {
			return o
		}
	}
	return pricing.Option{}
}

// gain is what the best option brings a day over holding.
func (s Suggestion) gain() market.Fen {
	b, hold := s.Best(), s.Options[0]
	if b.ProfitKnown {
		return b.Profit - hold.Profit
	}
	return b.GMV - hold.GMV
}

const (
	suggestLooks = 200 // best sellers that are looked at
	suggestCore  = 50
	suggestDays  = 56 // of sales behind an elasticity
)

// LoadSuggestions answers q. A shop without a complete picture of its prices
// gives ErrNoData.
func LoadSuggestions(ctx context.Context, db *storage.DB, shop *market.Shop, q SuggestQuery) (Suggestions, error) {
	return answer(ctx, db, shop, asked{q.AsOf, q.Now, q.Cache}, "prices", func(l *loader) (Suggestions, error) {
		s, err := l.suggest(q)
		l.based(&s.Data)
		return s, err
	})
}

func (l *loader) suggest(q SuggestQuery) (Suggestions, error) {
	s, err := l.shelfPrices(q.Now, q.Fresh, market.RivalOffers.Name, market.Inventory.Name)
	if err != nil {
		return Suggestions{}, err
	}
	out := Suggestions{Shop: l.shop.ID, At: s.at, Data: s.data}
	for _, sku := range l.suggestible(q, s.own, &s.week) {
		p := l.byChannel(s.own[sku])[0]
		out.Items = append(out.Items, Suggestion{
			SKU: sku, Title: l.items.Title(sku), Unit: l.items.Unit(sku), Channel: p.Channel, Price: p.Landed, RivalPrice: -1, Floor: -1, Cost: -1,
		})
	}
	out.Looked = len(out.Items)
	if err := l.suggestFacts(out.Items, s.own, &s.week, q.Now); err != nil {
		return out, err
	}
	if err := l.weigh(out.Items, s.feeds, q.Now); err != nil {
		return out, err
	}
	if q.SKU == "" {
		out.Items = slices.DeleteFunc(out.Items, func(s Suggestion) bool { return s.Best().ID == pricing.Hold || s.gain() <= 0 })
	}
	slices.SortFunc(out.Items, func(a, b Suggestion) int { return cmp.Or(cmp.Compare(b.gain(), a.gain()), cmp.Compare(a.SKU, b.SKU)) })
	if q.Top > 0 && len(out.Items) > q.Top {
		out.More = len(out.Items) - q.Top
		out.Items = out.Items[:q.Top:q.Top]
	}
	return out, nil
}

// suggestible are the items asked for that have a price: the one named, else the
// best sellers of the week.
func (l *loader) suggestible(q SuggestQuery, own map[market.SKU][]OwnPrice, week *sales) []market.SKU {
	rank := ranks(week.bySKU, compareText)
	var out []market.SKU
	for sku, prices := range own {
		listed := slices.DeleteFunc(slices.Clone(prices), func(p OwnPrice) bool { return !p.Listed || p.Landed <= 0 })
		if len(listed) == 0 || q.SKU != "" && sku != q.SKU || q.Unit != "" && l.items.Unit(sku) != q.Unit {
			continue
		}
		if n := rank[string(sku)]; q.SKU == "" && (n == 0 || n > suggestLooks) {
			continue
		}
		own[sku] = listed
		out = append(out, sku)
	}
	slices.Sort(out)
	return out
}

// suggestFacts fills in what the suggestions rest on besides sales.
func (l *loader) suggestFacts(items []Suggestion, own map[market.SKU][]OwnPrice, week *sales, now time.Time) error {
	index := map[market.SKU]*Suggestion{}
	rank := ranks(week.bySKU, compareText)
	for i := range items {
		s := &items[i]
		index[s.SKU] = s
		s.Rank = rank[string(s.SKU)]
		s.Core = s.Rank > 0 && s.Rank <= suggestCore
		if it, ok := l.items.Find(s.SKU); ok {
			s.Floor, s.Cost = it.Floor, it.Cost
		}
	}
	same := analysis.Defaults().Price
	_, offers, err := l.offers(now, own, week)
	if err != nil && !errors.Is(err, ErrNoData) {
		return err
	}
	for i := range offers {
		o := &offers[i]
		s := index[o.SKU]
		if s == nil || !same.Same(&o.Offer) || !o.InStock || o.Now <= 0 || s.RivalPrice >= 0 && o.Now >= s.RivalPrice {
			continue
		}
		s.Rival, s.RivalPrice = o.Rival, o.Now
	}
	_, lines, err := l.stockLines(week, now)
	if err != nil && !errors.Is(err, ErrNoData) {
		return err
	}
	for _, x := range lines {
		if s := index[x.SKU]; s != nil && (x.Channel == s.Channel || x.Channel == "") {
			s.Available, s.Inbound, s.LeadDays, s.PerDay = x.Available, x.Inbound, float64(x.LeadDays), x.PerDay
		}
	}
	return nil
}

// weigh computes the elasticity and the options of each item.
func (l *loader) weigh(items []Suggestion, all []feed, now time.Time) error {
	at := make([]line, len(items))
	for i, s := range items {
		at[i] = line{string(s.SKU), string(s.Channel)}
	}
	history, err := l.soldDays(at, all, now)
	if err != nil {
		return err
	}
	for i := range items {
		s := &items[i]
		e := pricing.ElasticityOf(history[i])
		s.Elasticity, s.ElasticityDays = e.Mean, e.Days
		if s.LeadDays <= 0 {
			s.LeadDays = assumedLead
		}
		c := pricing.Case{
			Price: s.Price, Step: l.priceStep(s.Price), Units: s.PerDay, Elasticity: e, Rival: s.RivalPrice, RivalKnown: s.RivalPrice >= 0, Floor: s.Floor, FloorKnown: s.Floor >= 0,
			Cost: s.Cost, CostKnown: s.Cost >= 0, Core: s.Core, Available: s.Available, Inbound: s.Inbound, LeadDays: s.LeadDays,
		}
		s.Options = pricing.Options(c)
	}
	return nil
}

// priceStep is what a price is rounded to: whole units of the currency, tenths where
// there are few of them.
func (l *loader) priceStep(price market.Fen) market.Fen {
	step := market.Fen(1)
	for range l.shop.Currency.Exponent() {
		step *= 10
	}
	if price < 10*step {
		return max(1, step/10)
	}
	return step
}
