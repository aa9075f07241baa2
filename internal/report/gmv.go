package report

import (
	"errors"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
)

// Compare names an earlier stretch to set figures against.
type Compare string

// Comparisons. Each covers the same elapsed time as the figures themselves.
const (
	PrevPeriod  Compare = "prev_period"  // as many days right before
	SameWeekday Compare = "same_weekday" // a whole number of weeks earlier (at least one)
	LastYear    Compare = "last_year"    // the same dates of the year before
	CampaignDay Compare = "campaign_day" // the same distance from the peak of the campaign's last edition
)

// GMVQuery asks for the money of some business days.
type GMVQuery struct {
	Now      time.Time
	From, To market.Day // both included; To may be today or later
	// Until cuts the last day: nothing at or after it is counted. Zero means
	// as far as the data reaches.
	Until   time.Time
	Filter  metric.Filter
	Compare []Compare
	By      metric.Dim
	Top     int // parts to list, the rest is summed; 0 lists all
	AsOf    market.Revision
	Fresh   Freshness
	Cache   *Cache // may be nil
}

// GMV is the money of some business days.
type GMV struct {
	Shop   market.ShopID `json:"shop"`
	From   market.Day    `json:"from"`
	To     market.Day    `json:"to"`
	Window market.Window `json:"window"` // the days asked for, whole
	// Covered is the part of Window that the figures hold: it ends at the data
	// cut. Part says that it is shorter than Window.
	Covered market.Window `json:"covered"`
	Part    bool          `json:"part"`
	Data    Coverage      `json:"data"`
	Filter  metric.Filter `json:"filter,omitzero"`

	Sums metric.Sums `json:"sums"`
	// TrafficTo: visitors are counted up to here, which can be earlier than
	// Covered.End; zero when traffic is not known.
	TrafficTo   time.Time     `json:"traffic_to,omitzero"`
	Comparisons []Comparison  `json:"comparisons,omitempty"` // in the order asked for
	Campaign    *CampaignNote `json:"campaign,omitempty"`    // of the last day
	Target      *TargetPace   `json:"target,omitempty"`

	By        metric.Dim `json:"by,omitempty"`
	Parts     []Part     `json:"parts,omitempty"` // by paid GMV, largest first; hours and days in time order
	Rest      *Part      `json:"rest,omitempty"`  // what Top left out
	RestCount int        `json:"rest_count,omitempty"`

	// Curves are cumulative paid GMV: the first is of the window itself, then
	// one per known comparison. Steps are hours for one day, days for several.
	Curves []Curve `json:"curves,omitempty"`
	// Hours are the days hour by hour, when parts are hours and there are
	// several days.
	Hours []DayHours `json:"hours,omitempty"`
}

// DayHours is paid GMV in minor units of each hour since a business day began.
// An hour that is not over, and one of a day on which nothing at all was paid,
// is not known.
type DayHours struct {
	Day  market.Day `json:"day"`
	Paid []Value    `json:"paid"`
}

// Comparison is an earlier stretch with the same elapsed time.
type Comparison struct {
	Kind Compare `json:"kind"`
	// Known is false when there is no such stretch (no earlier campaign) or the
	// store's history does not reach back to it: it then has no figures.
	Known    bool          `json:"known"`
	From     market.Day    `json:"from"`
	To       market.Day    `json:"to"`
	Window   market.Window `json:"window"` // as long as GMV.Covered
	Sums     metric.Sums   `json:"sums"`
	Campaign *CampaignNote `json:"campaign,omitempty"` // of its last day: "compare with care"
}

// CampaignNote places a day in a campaign.
type CampaignNote struct {
	ID    string      `json:"id"`
	Name  market.Name `json:"name"`
	Phase string      `json:"phase"`
	// Offset is days from the peak: -1 is the day before it.
	Offset int `json:"offset"`
}

// Part is one member of a dimension. Key "" holds what has no known member, so
// that parts and Rest add up to the total.
type Part struct {
	Key   string      `json:"key"`
	Name  market.Name `json:"name"`
	Sums  metric.Sums `json:"sums"`
	Share float64     `json:"share" cell:"share"` // of paid GMV; 0 when the total is 0
	// Before is the member's sums in each comparison, in the order of
	// GMV.Comparisons; meaningless where the comparison is not known.
	Before []metric.Sums `json:"before,omitempty"`
	// Target is set when parts are units (or the shop) with a target.
	Target *TargetPace `json:"target,omitempty"`
	// Rank by attainment when all parts have targets, else by paid GMV, from 1.
	// RankBefore is the same in the first known comparison, by paid GMV; 0
	// when it has none.
	Rank       int `json:"rank"`
	RankBefore int `json:"rank_before,omitempty"`
}

// TargetPace sets paid GMV against the three tiers of a target.
type TargetPace struct {
	Unit  market.Unit `json:"unit,omitempty"`
	Paid  market.Fen  `json:"paid"`
	Tiers []Tier      `json:"tiers"` // base, sprint, challenge; tiers that are not set are left out
}

// Tier is one step of a target.
type Tier struct {
	ID      string     `json:"id"` // base, sprint, challenge
	Amount  market.Fen `json:"amount"`
	Reached bool       `json:"reached"`
	Gap     market.Fen `json:"gap"`                // still missing; 0 when reached
	Share   float64    `json:"share" cell:"share"` // of the amount; may pass 1
}

// Curve is cumulative paid GMV, one value per step that has begun. The last
// value of the first curve equals GMV.Sums.Paid; later steps are unknown.
type Curve struct {
	Kind   Compare      `json:"kind,omitempty"` // "" for the window itself
	From   market.Day   `json:"from"`
	Step   metric.Dim   `json:"step"`  // hour or day
	Steps  int          `json:"steps"` // in the whole window
	Values []market.Fen `json:"values"`
}

// ErrNoData says that the store holds no facts that could answer.
var ErrNoData = errors.New("no data")
