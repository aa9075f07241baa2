package report

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"shopwatch/internal/analysis/voice"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/storage"
)

// NPSQuery asks how content buyers are.
type NPSQuery struct {
	Now      time.Time
	From, To market.Day // both included
	Unit     market.Unit
	Category market.Category
	Channel  market.Channel
	SKU      market.SKU
	By       metric.Dim // ByUnit, ByChannel, ByCategory or BySKU; None lists no parts
	Top      int
	AsOf     market.Revision
	Fresh    Freshness
	Lexicon  *voice.Lexicon // nil is the built-in one
}

// NPS is promoters less detractors among those who rated a purchase. Marketplaces
// ask for good, neutral or bad, not for 0 to 10: good counts as a promoter,
// neutral as a passive, bad as a detractor.
type NPS struct {
	Shop market.ShopID `json:"shop"`
	From market.Day    `json:"from"`
	To   market.Day    `json:"to"`
	Data Coverage      `json:"data"`

	Ratings
	// Before is the stretch of as many days right before.
	Before Ratings `json:"before"`
	// Weeks are the last eight, seven days each, the newest ending with To.
	Weeks  []RatedWeek `json:"weeks"`
	By     metric.Dim  `json:"by,omitempty"`
	Parts  []RatedPart `json:"parts,omitempty"` // by what they take from the score, most first
	More   int         `json:"more,omitempty"`
	Causes []CauseLine `json:"causes"` // of the detractors; Usual is their number in the stretch before
}

// Ratings counts ratings.
type Ratings struct {
	Good    int64 `json:"good"`
	Neutral int64 `json:"neutral"`
	Bad     int64 `json:"bad"`
	// Score is from -100 to 100, Satisfied the share of good ratings; not known
	// without ratings. Margin is how far chance alone moves the score, 19 times
	// in 20.
	Score     Value   `json:"score" cell:"number"`
	Satisfied Value   `json:"satisfied"`
	Margin    float64 `json:"margin"`
}

// RatedWeek is the ratings of seven days.
type RatedWeek struct {
	From market.Day `json:"from"`
	Ratings
}

// RatedPart is the ratings of one member of the dimension.
type RatedPart struct {
	Key  string      `json:"key"`
	Name market.Name `json:"name"`
	Ratings
}

// All is how many ratings there are.
func (r Ratings) All() int64 { return r.Good + r.Neutral + r.Bad }

func (r *Ratings) add(result string) {
	switch result {
	case "good":
		r.Good++
	case "neutral":
		r.Neutral++
	case "bad":
		r.Bad++
	}
}

// done computes the ratios. The margin is 1.96 standard errors of the mean of
// +1, 0 and -1.
func (r *Ratings) done() {
	n := float64(r.All())
	if n == 0 {
		return
	}
	mean := float64(r.Good-r.Bad) / n
	r.Score, r.Satisfied = Value{V: 100 * mean, Known: true}, Value{V: float64(r.Good) / n, Known: true}
	const twoSided = 1.959963984540054
	r.Margin = 100 * twoSided * math.Sqrt(max(0, float64(r.Good+r.Bad)/n-mean*mean)/n)
}

const ratedWeeks = 8

// LoadNPS answers q. A shop whose review feed has never delivered gives ErrNoData.
func LoadNPS(ctx context.Context, db *storage.DB, shop *market.Shop, q NPSQuery) (NPS, error) {
	return answer(ctx, db, shop, asked{q.AsOf, q.Now, nil}, "nps", func(l *loader) (NPS, error) {
		l.lexicon = q.Lexicon
		n, err := l.nps(q)
		l.based(&n.Data)
		return n, err
	})
}

func (l *loader) nps(q NPSQuery) (NPS, error) {
	all, err := l.feeds([]string{market.Reviews.Name}, q.Now, q.Fresh)
	if err != nil {
		return NPS{}, err
	}
	asOf := earlier(known(all, market.Reviews.Name), q.Now)
	window := l.shop.Window(q.From, q.To)
	if asOf.IsZero() || !asOf.After(window.Start) {
		return NPS{}, ErrNoData
	}
	n := NPS{Shop: l.shop.ID, From: q.From, To: q.To, By: q.By, Data: coverage(l.tx, all, asOf, zeroTime, q.AsOf)}
	length := q.To - q.From + 1
	for w := range ratedWeeks {
		n.Weeks = append(n.Weeks, RatedWeek{From: q.To - market.Day(7*(ratedWeeks-w)) + 1})
	}
	first := min(q.From-length, n.Weeks[0].From)
	read := l.shop.Window(first, q.To)
	read.End = earlier(read.End, asOf)
	batches, err := l.events(market.Reviews, "created", read, []string{"sku", "channel", "result"})
	if err != nil {
		return n, err
	}
	parts := map[string]*RatedPart{}
	for _, b := range batches {
		l.rate(&n, q, parts, b, read)
	}
	n.finish(l, q, parts)
	return n, l.detractors(&n, q, asOf)
}

// rate counts the ratings of a batch.
func (l *loader) rate(n *NPS, q NPSQuery, parts map[string]*RatedPart, b *market.Batch, read market.Window) {
	at, sku, channel, result := b.Column("created"), b.Column("sku"), b.Column("channel"), b.Column("result")
	start, end := read.Millis()
	keep := ComplaintsQuery{Unit: q.Unit, Category: q.Category, Channel: q.Channel, SKU: q.SKU}
	for i := range b.Len() {
		if at.Ints[i] < start || at.Ints[i] >= end || !l.keepsComplaint(keep, sku.Text(i), channel.Text(i)) {
			continue
		}
		d, said := l.shop.Day(time.UnixMilli(at.Ints[i])), result.Text(i)
		if w := int(d-n.Weeks[0].From) / 7; d >= n.Weeks[0].From && w < len(n.Weeks) {
			n.Weeks[w].add(said)
		}
		switch {
		case d >= q.From:
			n.add(said)
			key := l.ratedKey(q.By, sku.Text(i), channel.Text(i))
			if parts[key] == nil {
				parts[key] = &RatedPart{Key: key, Name: l.name(q.By, key)}
			}
			parts[key].add(said)
		case d >= q.From-(q.To-q.From+1):
			n.Before.add(said)
		}
	}
}

func (l *loader) ratedKey(by metric.Dim, sku, channel string) string {
	switch by {
	case metric.ByChannel:
		return channel
	case metric.BySKU:
		return sku
	case metric.ByUnit:
		return string(l.items.Unit(market.SKU(sku)))
	case metric.ByCategory:
		it, _ := l.items.Find(market.SKU(sku))
		return string(it.Category)
	}
	return ""
}

// finish computes the scores and orders the parts by what they take from the
// score: their detractors and passives, against what their size would bring.
func (n *NPS) finish(_ *loader, q NPSQuery, parts map[string]*RatedPart) {
	n.done()
	n.Before.done()
	for i := range n.Weeks {
		n.Weeks[i].done()
	}
	if q.By == metric.None {
		return
	}
	for _, p := range parts {
		p.done()
		n.Parts = append(n.Parts, *p)
	}
	lost := func(p RatedPart) float64 { return float64(p.All()) * (n.Score.V - p.Score.V) }
	slices.SortFunc(n.Parts, func(a, b RatedPart) int {
		return cmp.Or(cmp.Compare(lost(b), lost(a)), cmp.Compare(a.Key, b.Key))
	})
	if q.Top > 0 && len(n.Parts) > q.Top {
		n.More = len(n.Parts) - q.Top
		n.Parts = n.Parts[:q.Top:q.Top]
	}
}

// detractors names the causes in bad ratings, now and in the stretch before.
func (l *loader) detractors(n *NPS, q NPSQuery, asOf time.Time) error {
	keep := func(sku, channel string) bool {
		return l.keepsComplaint(ComplaintsQuery{Unit: q.Unit, Category: q.Category, Channel: q.Channel, SKU: q.SKU}, sku, channel)
	}
	length := q.To - q.From + 1
	counts, before := map[string]int64{}, map[string]int64{}
	for _, look := range []struct {
		from, to market.Day
		into     map[string]int64
	}{{q.From, q.To, counts}, {q.From - length, q.From - 1, before}} {
		w := l.shop.Window(look.from, look.to)
		w.End = earlier(w.End, asOf)
		if w.Empty() {
			continue
		}
		v, err := l.voices(w, keep)
		if err != nil {
			return err
		}
		for i := range v.complaints {
			if x := &v.complaints[i]; x.kind == badReview {
				for _, h := range x.read() {
					look.into[h.Cause]++
				}
			}
		}
	}
	for _, k := range voice.Rank(counts) {
		n.Causes = append(n.Causes, CauseLine{Cause: k.Cause, Count: k.Count, Usual: float64(before[k.Cause])})
	}
	return nil
}
