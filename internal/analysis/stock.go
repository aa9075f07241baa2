package analysis

import (
	"math"
	"slices"
	"time"

	"shopwatch/internal/market"
)

// StockLine is the stock of an item on a channel and how fast it sells there.
type StockLine struct {
	SKU       market.SKU
	Title     string
	Unit      market.Unit
	Channel   market.Channel
	Available int64
	Listed    bool
	Inbound   int64
	// Comes is in how many days what is on its way should be there.
	Comes    float64
	LeadDays int64 // 0 when not known
	// PerDay is paid pieces a day over the last 7 days, time out of stock left
	// out; 0 when nothing was sold.
	PerDay float64
	Units  int64 // paid pieces of the last 7 days, which PerDay is from
	// Ahead is how the demand of each coming 24 hours stands to PerDay by the
	// calendar: 6 on a big campaign day. The last one goes on; nil is 1 for ever.
	Ahead []float64
	Price market.Fen // paid for a piece, on average over the last 7 days
	GMV7d market.Fen
	Rank  int       // by GMV7d, from 1; 0 without sales
	OutAt time.Time // since when it is out, if it is; zero when not known
	Open  bool      // a problem of this line has been told of and is not over
}

// Cover is the days until the line runs out at its pace, faster and slower as
// the calendar says; ok is false without sales: then it is not known, and not
// urgent.
func (l *StockLine) Cover() (days float64, ok bool) {
	if l.PerDay <= 0 {
		return 0, false
	}
	left, pace := float64(max(0, l.Available)), l.PerDay
	for _, factor := range l.Ahead {
		if pace = l.PerDay * factor; left <= pace {
			break
		}
		left -= pace
		days++
	}
	return days + left/pace, true
}

// StockInput is what the stock rule looks at: complete pictures only, so that a
// missing line never counts as an empty shelf.
type StockInput struct {
	At    time.Time
	Lines []StockLine
	Daily market.Fen
}

// StockOuts finds listed hits that are out of stock or will be within the rule's
// cover, sooner when nothing is on its way, and further items that are out. What is at risk is what they are
// expected to miss until a delivery can arrive (Loss). Of an item in
// trouble on several channels one line is told, the worst, unless more are open.
func StockOuts(r StockRule, m Materiality, in StockInput) []Finding {
	var out []Finding
	open, told := map[line]bool{}, map[market.SKU]bool{}
	for i := range in.Lines {
		l := &in.Lines[i]
		cover, ok := l.Cover()
		if !l.Listed || !ok {
			continue
		}
		limit := r.limit(l)
		empty := l.Available <= 0
		watched := l.Rank > 0 && (l.Rank <= r.Hits || empty && l.Rank <= r.Wider)
		if !l.Open && !watched || !empty && cover >= limit {
			continue
		}
		risk := l.Loss(r.wait(l))
		severity, material := m.Severity(risk.Money, in.Daily)
		if !l.Open && (!material || l.Rank > r.Hits && severity == Info) {
			continue
		}
		open[line{l.SKU, l.Channel}] = l.Open
		told[l.SKU] = told[l.SKU] || l.Open
		out = append(out, Finding{
			Rule: RuleStockOut, Subject: Subject{Unit: l.Unit, SKU: l.SKU, Title: l.Title, Channel: l.Channel},
			At: in.At, Severity: severity, AtRisk: risk.Money, Stock: stockEvidence(l, cover, risk, in.At),
		})
	}
	out = worstPer(out, func(s Subject) string { return string(s.SKU) + "|" + string(s.Channel) })
	return slices.DeleteFunc(out, func(f Finding) bool {
		if open[line{f.Subject.SKU, f.Subject.Channel}] {
			return false
		}
		again := told[f.Subject.SKU]
		told[f.Subject.SKU] = true
		return again
	})
}

// limit is the cover below which a line is low. A line with nothing on its way
// is low as soon as an order would come too late, and stays so until there is
// clearly more or something is on its way.
func (r StockRule) limit(l *StockLine) float64 {
	limit, margin := r.Cover, 1.0
	if l.Open {
		limit, margin = r.Clear, 1.2
	}
	if l.Inbound == 0 && l.LeadDays > 0 {
		limit = max(limit, margin*min(r.Bare, float64(l.LeadDays)))
	}
	return limit
}

// line names an item on a channel.
type line struct {
	sku     market.SKU
	channel market.Channel
}

func stockEvidence(l *StockLine, cover float64, risk Loss, now time.Time) *StockOut {
	s := &StockOut{
		Available: l.Available, PerDay: l.PerDay, CoverDays: cover, OutAt: l.OutAt,
		Inbound: l.Inbound, LeadDays: l.LeadDays, LostPerDay: LostPerDay(l.PerDay, l.Price), Loss: risk, Rank: l.Rank,
	}
	if l.Available > 0 || s.OutAt.IsZero() {
		s.OutAt = now.Add(time.Duration(cover * 24 * float64(time.Hour))).Truncate(time.Minute)
	}
	return s
}

// LostPerDay is what a day without stock costs.
func LostPerDay(perDay float64, price market.Fen) market.Fen {
	return market.Fen(math.Round(perDay * float64(price)))
}

// wait is over how many days what a line misses is at risk: until a delivery
// ordered now arrives, or as many as the rule allows when that is longer or not
// known.
func (r StockRule) wait(l *StockLine) float64 {
	if l.LeadDays > 0 {
		return min(r.Days, float64(l.LeadDays))
	}
	return r.Days
}
