package report

import (
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
)

// DigestQuery asks for the report of a kind about some business days.
type DigestQuery struct {
	Kind DigestKind // empty is DigestMorning
	// From and Day are the first and the last day; From 0 is Day.
	From  market.Day
	Day   market.Day
	Now   time.Time
	Unit  market.Unit // of a team that looks after one; empty is the whole shop
	Top   int         // actions to list; 0 means 3
	AsOf  market.Revision
	Fresh Freshness
	Cache *Cache // may be nil
	// Alerts, when set, are shown instead of those in the store: an old digest
	// is computed again with the alerts of its time.
	Alerts *DigestAlerts
}

// Digest is the report of a kind about some business days.
type Digest struct {
	Kind DigestKind    `json:"kind"`
	Shop market.ShopID `json:"shop"`
	Unit market.Unit   `json:"unit,omitempty"`
	From market.Day    `json:"from"`
	Day  market.Day    `json:"day"` // the last
	Now  time.Time     `json:"now"`
	// Complete: every needed feed that has ever delivered reaches the day's
	// end. A job may hold the digest while it is false.
	Complete bool     `json:"complete"`
	Data     Coverage `json:"data"` // Gaps names what is missing

	// GMV is split by unit (that of one unit by category) and compared with what
	// the kind is set against: a day with the same weekday, in a campaign also
	// with the same day of its last edition.
	GMV GMV `json:"gmv"`
	// Change is GMV against the first comparison; Why accounts for it: the parts
	// sum to Change exactly, and what is not named is the last of them. Both
	// are empty when the comparison is not known, Why also without units.
	Change   market.Fen `json:"change"`
	Why      []WhyPart  `json:"why,omitempty"`
	Channels []Part     `json:"channels,omitempty"`

	// Outlook is where the month will end; nil when too few days are known.
	Outlook *MonthEnd `json:"outlook,omitempty"`
	// Campaign is what the kind DigestCampaign is about.
	Campaign *Campaign `json:"campaign,omitempty"`
	Brief    Brief     `json:"brief"`
	// Rules is how the alerts of a week or a month went, by rule.
	Rules []RuleRecord `json:"rules,omitempty"`

	Actions []alert.Alert `json:"actions,omitempty"` // firing first, then by money at risk
	More    int           `json:"more,omitempty"`    // open alerts beyond Actions
	Acked   []alert.Alert `json:"acked,omitempty"`   // acknowledged during the days, with what became of them
	// AckedDone counts those of Acked that are resolved or withdrawn.
	AckedDone int `json:"acked_done,omitempty"`
	// Overnight holds what opened or ended between the end of Day and Now and
	// is not in Actions.
	Overnight []alert.Alert `json:"overnight,omitempty"`
	// Promises is what people did about alerts during the days, in that order.
	Promises []Promise `json:"promises,omitempty"`
}

// Promise is an alert that people took on, with what became of it since.
type Promise struct {
	Alert alert.Alert `json:"alert"`
	By    string      `json:"by"`  // chat user id of who acted last
	Act   alert.Kind  `json:"act"` // what they did last
	At    time.Time   `json:"at"`
}

// RuleRecord is how the alerts of one rule went.
type RuleRecord struct {
	Rule    analysis.Rule `json:"rule"`
	Fired   int           `json:"fired"`
	Taken   int           `json:"taken"` // by a person: acknowledged, assigned or ended
	False   int           `json:"false"` // judged a false alarm
	AtRisk  market.Fen    `json:"at_risk"`
	StillOn int           `json:"still_on"`
}

// DigestAlerts is what a digest says of alerts.
type DigestAlerts struct {
	Actions   []alert.Alert `json:"actions,omitempty"`
	More      int           `json:"more,omitempty"`
	Acked     []alert.Alert `json:"acked,omitempty"`
	AckedDone int           `json:"acked_done,omitempty"`
	Overnight []alert.Alert `json:"overnight,omitempty"`
	Promises  []Promise     `json:"promises,omitempty"`
	Rules     []RuleRecord  `json:"rules,omitempty"`
}

// Alerts is what d says of alerts.
func (d Digest) Alerts() DigestAlerts {
	return DigestAlerts{
		Actions: d.Actions, More: d.More, Acked: d.Acked, AckedDone: d.AckedDone, Overnight: d.Overnight,
		Promises: d.Promises, Rules: d.Rules,
	}
}

// WhyPart accounts for a share of the change of GMV.
type WhyPart struct {
	Unit   market.Unit `json:"unit,omitempty"` // empty when parts are categories
	Name   market.Name `json:"name"`
	Change market.Fen  `json:"change"`
	Other  bool        `json:"other,omitempty"` // everything not named
	// OutOfStock is how many of the unit's selling items ran out that day, and
	// Lost what they would have sold; both 0 when none or not known.
	OutOfStock int        `json:"out_of_stock,omitempty"`
	Lost       market.Fen `json:"lost,omitempty"`
	// Items are the titles of the items that moved the unit most, at most 2.
	Items []ItemChange `json:"items,omitempty"`
}

// ItemChange is how much one item moved.
type ItemChange struct {
	SKU    market.SKU `json:"sku"`
	Title  string     `json:"title"`
	Change market.Fen `json:"change"`
}
