package report

import (
	"cmp"
	"context"
	"slices"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

// LiveEntry is how visitors of a livestream come in, in traffic and order lines.
const LiveEntry = "live"

const (
	// A stretch of hours is a session when this many times the usual share of
	// visitors come through the livestream, and at least leastLive an hour.
	liveTimes = 1.6
	leastLive = 30
	liveDays  = 28 // that the usual share is from
)

// LiveQuery asks how livestream sessions went.
type LiveQuery struct {
	Now      time.Time
	From, To market.Day // both included
	Unit     market.Unit
	Channel  market.Channel
	Top      int
	AsOf     market.Revision
	Fresh    Freshness
}

// Live is the sales of livestreams: in total, and by session.
type Live struct {
	Shop market.ShopID `json:"shop"`
	From market.Day    `json:"from"`
	To   market.Day    `json:"to"`
	Data Coverage      `json:"data"`

	// Paid is what was paid through livestreams, in all hours, All by everybody.
	// Estimated is the part of Paid that order lines do not say the entry of: of
	// those the livestream gets its share of the hour's paying visitors.
	Paid      market.Fen `json:"paid"`
	All       market.Fen `json:"all"`
	Estimated market.Fen `json:"estimated,omitempty"`
	Visitors  int64      `json:"visitors"` // through livestreams
	// UsualShare is the share of visitors that livestreams bring in the median
	// hour; a session stands out against it.
	UsualShare Value         `json:"usual_share"`
	Sessions   []LiveSession `json:"sessions"` // newest first
	More       int           `json:"more,omitempty"`
	// PerSession is the mean paid GMV of the sessions.
	PerSession market.Fen `json:"per_session"`
}

// LiveSession is a run of hours in which a livestream of a unit on a channel
// stands out.
type LiveSession struct {
	Channel  market.Channel `json:"channel"`
	Unit     market.Unit    `json:"unit"`
	Start    time.Time      `json:"start"`
	End      time.Time      `json:"end"`
	Open     bool           `json:"open,omitempty"` // it goes on where the data ends
	Visitors int64          `json:"visitors"`
	// Paid is as in Live, Buyers the paying visitors through the livestream.
	Paid   market.Fen `json:"paid"`
	Buyers int64      `json:"buyers"`
	// Lift is visitors over what the same hours usually bring.
	Lift Value       `json:"lift"`
	Top  []LiveGoods `json:"top,omitempty"` // up to three, by what was paid for them on this stage
}

// LiveGoods is an item sold in a session.
type LiveGoods struct {
	SKU   market.SKU `json:"sku"`
	Title string     `json:"title"`
	Paid  market.Fen `json:"paid"`
}

// LoadLive answers q. A shop without a traffic feed gives ErrNoData.
func LoadLive(ctx context.Context, db *storage.DB, shop *market.Shop, q LiveQuery) (Live, error) {
	return answer(ctx, db, shop, asked{q.AsOf, q.Now, nil}, "livestreams", func(l *loader) (Live, error) {
		v, err := l.live(q)
		l.based(&v.Data)
		return v, err
	})
}

// stage is where a livestream plays: a unit on a channel.
type stage struct {
	channel market.Channel
	unit    market.Unit
}

// liveHours is the visitors of a stage and how many of them paid, by the hour's
// first millisecond: all, and through livestreams.
type liveHours struct {
	all, live         map[int64]int64
	buyers, liveBuyer map[int64]int64
}

// paying is the share of an hour's paying visitors that came through a
// livestream; 0 when nobody paid.
func (h *liveHours) paying(hour int64) float64 {
	if h == nil || h.buyers[hour] == 0 {
		return 0
	}
	return float64(h.liveBuyer[hour]) / float64(h.buyers[hour])
}

func (l *loader) live(q LiveQuery) (Live, error) {
	all, err := l.feeds([]string{market.Traffic.Name, market.OrderLines.Name}, q.Now, q.Fresh)
	if err != nil {
		return Live{}, err
	}
	cut := earlier(known(all, market.Traffic.Name), q.Now)
	window := l.shop.Window(q.From, q.To)
	window.End = earlier(window.End, cut)
	if cut.IsZero() || window.Empty() {
		return Live{}, ErrNoData
	}
	v := Live{Shop: l.shop.ID, From: q.From, To: q.To, Data: coverage(l.tx, all, cut, zeroTime, q.AsOf)}
	stages, err := l.liveTraffic(market.Window{Start: l.shop.Start(q.From - liveDays), End: window.End}, q)
	if err != nil {
		return v, err
	}
	var shares []float64
	for _, k := range sortedStages(stages) {
		h := stages[k]
		usual := h.usual()
		shares = append(shares, usual)
		v.Sessions = append(v.Sessions, h.sessions(k, usual, window)...)
		for at, n := range h.live {
			if window.Contains(time.UnixMilli(at)) {
				v.Visitors += n
			}
		}
	}
	if len(shares) > 0 {
		slices.Sort(shares)
		v.UsualShare = Value{V: shares[len(shares)/2], Known: true}
	}
	if err := l.liveSales(&v, stages, q, window); err != nil {
		return v, err
	}
	v.finish(q)
	return v, nil
}

func sortedStages(m map[stage]*liveHours) []stage {
	out := make([]stage, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b stage) int { return cmp.Or(cmp.Compare(a.channel, b.channel), cmp.Compare(a.unit, b.unit)) })
	return out
}

func (l *loader) liveTraffic(w market.Window, q LiveQuery) (map[stage]*liveHours, error) {
	batches, err := l.events(market.Traffic, "hour", w, []string{"channel", "unit", "entry", "visitors", "pay_users"})
	if err != nil {
		return nil, err
	}
	out := map[stage]*liveHours{}
	start, end := w.Millis()
	for _, b := range batches {
		at, channel, unit, entry, visitors := b.Column("hour"), b.Column("channel"), b.Column("unit"), b.Column("entry"), b.Column("visitors")
		pay := b.Column("pay_users")
		for i := range b.Len() {
			k := stage{market.Channel(channel.Text(i)), market.Unit(unit.Text(i))}
			n, ok := visitors.Int(i)
			if !ok || at.Ints[i] < start || at.Ints[i] >= end || q.Unit != "" && k.unit != q.Unit || q.Channel != "" && k.channel != q.Channel {
				continue
			}
			h := out[k]
			if h == nil {
				h = &liveHours{all: map[int64]int64{}, live: map[int64]int64{}, buyers: map[int64]int64{}, liveBuyer: map[int64]int64{}}
				out[k] = h
			}
			h.all[at.Ints[i]] += n
			h.buyers[at.Ints[i]] += pay.Ints[i]
			if entry.Text(i) == LiveEntry {
				h.live[at.Ints[i]] += n
				h.liveBuyer[at.Ints[i]] += pay.Ints[i]
			}
		}
	}
	return out, nil
}

// usual is the share of visitors that come through livestreams in the median
// hour: most hours are off the air, or a stream runs around the clock.
func (h *liveHours) usual() float64 {
	var shares []float64
	for at, n := range h.all {
		if n > 0 {
			shares = append(shares, float64(h.live[at])/float64(n))
		}
	}
	if len(shares) == 0 {
		return 0
	}
	slices.Sort(shares)
	return shares[len(shares)/2]
}

// sessions are the runs of hours in a window that stand out.
func (h *liveHours) sessions(k stage, usual float64, w market.Window) []LiveSession {
	hours := make([]int64, 0, len(h.live))
	for at, n := range h.live {
		if w.Contains(time.UnixMilli(at)) && n >= leastLive && float64(n) >= liveTimes*usual*float64(h.all[at]) {
			hours = append(hours, at)
		}
	}
	slices.Sort(hours)
	var out []LiveSession
	expected := 0.0
	for _, at := range hours {
		start := time.UnixMilli(at).UTC()
		if n := len(out); n == 0 || !out[n-1].End.Equal(start) {
			out, expected = append(out, LiveSession{Channel: k.channel, Unit: k.unit, Start: start}), 0
		}
		s := &out[len(out)-1]
		s.End = start.Add(time.Hour)
		s.Open = !s.End.Before(w.End)
		s.Visitors += h.live[at]
		s.Buyers += h.liveBuyer[at]
		// Without the extra visitors the hour would have had its usual share.
		rest := float64(h.all[at] - h.live[at])
		expected += rest * usual / max(1e-9, 1-usual)
		if expected > 0 {
			s.Lift = Value{V: float64(s.Visitors) / expected, Known: true}
		}
	}
	return out
}

// stageHour is an hour of a stage.
type stageHour struct {
	stage
	hour int64 // its first millisecond
}

// liveSales adds what was paid through livestreams, to the total and to the
// sessions.
func (l *loader) liveSales(v *Live, stages map[stage]*liveHours, q LiveQuery, w market.Window) error {
	batches, err := l.events(market.OrderLines, "paid_at", w, []string{"status", "sku", "channel", "paid", "entry"})
	if err != nil {
		return err
	}
	open := map[stageHour]market.Fen{} // of lines whose entry is not known
	goods := make([]map[string]market.Fen, len(v.Sessions))
	for _, b := range batches {
		l.liveLines(b, q, w, func(k stage, ms int64, sku, came string, money market.Fen) {
			v.All += money
			n := v.session(k, ms)
			switch {
			case came == "":
				open[stageHour{k, ms - ms%time.Hour.Milliseconds()}] += money
			case came != LiveEntry:
				return
			default:
				v.Paid += money
				if n >= 0 {
					v.Sessions[n].Paid += money
				}
			}
			if n >= 0 {
				if goods[n] == nil {
					goods[n] = map[string]market.Fen{}
				}
				goods[n][sku] += money
			}
		})
	}
	for k, money := range open {
		part := market.Fen(float64(money)*stages[k.stage].paying(k.hour) + .5)
		v.Paid += part
		v.Estimated += part
		if n := v.session(k.stage, k.hour); n >= 0 {
			v.Sessions[n].Paid += part
		}
	}
	for n := range v.Sessions {
		v.Sessions[n].Top = l.bestOf(goods[n])
	}
	return nil
}

// liveLines visits the lines of a batch that were paid in a window on a stage
// that the question keeps.
func (l *loader) liveLines(b *market.Batch, q LiveQuery, w market.Window, visit func(k stage, ms int64, sku, came string, money market.Fen)) {
	at, status, sku, channel := b.Column("paid_at"), b.Column("status"), b.Column("sku"), b.Column("channel")
	paid, entry := b.Column("paid"), b.Column("entry")
	start, end := w.Millis()
	for i := range b.Len() {
		ms, ok := at.Int(i)
		k := stage{market.Channel(channel.Text(i)), l.items.Unit(market.SKU(sku.Text(i)))}
		if !ok || ms < start || ms >= end || status.Text(i) == market.Placed || q.Unit != "" && k.unit != q.Unit || q.Channel != "" && k.channel != q.Channel {
			continue
		}
		visit(k, ms, sku.Text(i), entry.Text(i), market.Fen(paid.Ints[i]))
	}
}

// session is the index of the session of a stage that holds a moment, or -1.
func (v *Live) session(k stage, ms int64) int {
	return slices.IndexFunc(v.Sessions, func(s LiveSession) bool {
		return s.Channel == k.channel && s.Unit == k.unit && ms >= s.Start.UnixMilli() && ms < s.End.UnixMilli()
	})
}

// bestOf lists up to three items by what was paid for them.
func (l *loader) bestOf(goods map[string]market.Fen) []LiveGoods {
	const few = 3
	keys := keysOf(goods)
	slices.SortStableFunc(keys, func(a, b string) int { return cmp.Compare(goods[b], goods[a]) })
	var out []LiveGoods
	for _, k := range keys[:min(few, len(keys))] {
		out = append(out, LiveGoods{SKU: market.SKU(k), Title: l.items.Title(market.SKU(k)), Paid: goods[k]})
	}
	return out
}

func (v *Live) finish(q LiveQuery) {
	slices.SortStableFunc(v.Sessions, func(a, b LiveSession) int { return cmp.Or(b.Start.Compare(a.Start), cmp.Compare(b.Paid, a.Paid)) })
	sum := market.Fen(0)
	for _, s := range v.Sessions {
		sum += s.Paid
	}
	if n := len(v.Sessions); n > 0 {
		v.PerSession = sum / market.Fen(n)
	}
	if q.Top > 0 && len(v.Sessions) > q.Top {
		v.More = len(v.Sessions) - q.Top
		v.Sessions = v.Sessions[:q.Top:q.Top]
	}
}
