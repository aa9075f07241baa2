package report

import (
	"context"
	"fmt"
	"slices"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
	"shopwatch/storage"
)

// NoiseQuery asks what the alerts of some days were worth.
type NoiseQuery struct {
	Now    time.Time
	Days   int // 0 means 7
	Rules  Rules
	Policy alert.Policy
}

// Noise is what each rule told of in some days and what people made of it.
type Noise struct {
	Shop  market.ShopID `json:"shop"`
	From  time.Time     `json:"from"`
	To    time.Time     `json:"to"`
	Rules []NoiseRule   `json:"rules"` // by alerts, most first
	// Proposals are changes that would have told less of what was no problem. A
	// person decides; nothing is changed here.
	Proposals []Proposal `json:"proposals,omitempty"`
}

// NoiseRule is the alerts of one rule.
type NoiseRule struct {
	Rule     analysis.Rule `json:"rule"`
	Fired    int           `json:"fired"`
	Acted    int           `json:"acted"` // taken or ended by somebody, without a verdict against it
	False    int           `json:"false_alarms"`
	Expected int           `json:"expected"`
	Ignored  int           `json:"ignored"` // nobody did anything
	// Ack is the median time until somebody took it; AckKnown is false when
	// nobody took any.
	Ack      time.Duration `json:"ack"`
	AckKnown bool          `json:"ack_known"`
	// MutedHours is how many hours a silence held for some or all of it.
	MutedHours float64 `json:"muted_hours"`
}

// Useless is the share of alerts that people called false or expected.
func (n NoiseRule) Useless() float64 {
	if n.Fired == 0 {
		return 0
	}
	return float64(n.False+n.Expected) / float64(n.Fired)
}

// Proposal is one number of one rule, and what another would have done in the
// days of the report.
type Proposal struct {
	Rule analysis.Rule `json:"rule"`
	Key  string        `json:"key"` // as the configuration writes it
	From float64       `json:"from"`
	To   float64       `json:"to"`
	// Fired is how many alerts the back-test had with the old number, Left with
	// the new one. Of those no longer told, Useless were called false or
	// expected and Acted were acted on.
	Fired   int `json:"fired"`
	Left    int `json:"left"`
	Useless int `json:"useless"`
	Acted   int `json:"acted"`
}

const (
	// noisyFew is from how many verdicts on a change is proposed, noisyShare the
	// share of them against the rule.
	noisyFew   = 3
	noisyShare = 0.5
	// noiseStep is the time between two looks of a proposal's back-test.
	noiseStep = 2 * time.Hour
)

// LoadNoise answers q. The back-tests of proposals read history and take some
// seconds.
func LoadNoise(ctx context.Context, db *storage.DB, shop *market.Shop, q NoiseQuery) (n Noise, err error) {
	if q.Days <= 0 {
		q.Days = 7
	}
	n = Noise{Shop: shop.ID, From: q.Now.AddDate(0, 0, -q.Days), To: q.Now}
	var list []alert.Alert
	var silences []alert.Silence
	err = db.View(ctx, func(tx *storage.Tx) error {
		const before = 14 // an alert may have begun some days before it was told of
		all, err := tx.Alerts(shop.ID, market.Window{Start: n.From.AddDate(0, 0, -before), End: n.To.Add(time.Minute)})
		if err != nil {
			return err
		}
		for _, a := range all {
			if !a.FiredAt.IsZero() && !a.FiredAt.Before(n.From) && !a.FiredAt.After(n.To) {
				list = append(list, a)
			}
		}
		silences, err = tx.Silences(shop.ID)
		return err
	})
	if err != nil {
		return n, fmt.Errorf("noise of %s: %w", shop.ID, err)
	}
	n.count(shop, list, silences)
	for _, r := range n.Rules {
		if judged := r.Acted + r.False + r.Expected; judged < noisyFew || float64(r.False+r.Expected) < noisyShare*float64(judged) {
			continue
		}
		p, ok, err := propose(ctx, db, shop, q, r.Rule, list)
		if err != nil {
			return n, err
		}
		if ok {
			n.Proposals = append(n.Proposals, p)
		}
	}
	return n, nil
}

// count fills the rules.
func (n *Noise) count(shop *market.Shop, list []alert.Alert, silences []alert.Silence) {
	rules := map[string]*NoiseRule{}
	waits := map[string][]time.Duration{}
	for _, a := range list {
		key := string(a.Rule)
		r := rules[key]
		if r == nil {
			r = &NoiseRule{Rule: a.Rule}
			rules[key] = r
		}
		r.Fired++
		switch alert.FeedbackOf(a) {
		case string(alert.FalseAlarm):
			r.False++
		case string(alert.Expected):
			r.Expected++
		case "":
			r.Ignored++
		default:
			r.Acted++
		}
		if !a.AckedAt.IsZero() {
			waits[key] = append(waits[key], a.AckedAt.Sub(a.FiredAt))
		}
	}
	for _, key := range keysOf(rules) {
		r := rules[key]
		if w := waits[key]; len(w) > 0 {
			slices.Sort(w)
			r.Ack, r.AckKnown = w[len(w)/2], true
		}
		r.MutedHours = mutedHours(shop, r.Rule, silences, n.From, n.To)
		n.Rules = append(n.Rules, *r)
	}
	slices.SortStableFunc(n.Rules, func(a, b NoiseRule) int { return b.Fired - a.Fired })
}

// mutedHours is how long a silence held that could match alerts of a rule.
func mutedHours(shop *market.Shop, rule analysis.Rule, silences []alert.Silence, from, to time.Time) float64 {
	const grain = 30 * time.Minute
	about := slices.DeleteFunc(slices.Clone(silences), func(s alert.Silence) bool {
		for _, m := range s.Matchers {
			if m.Name == alert.LabelRule && !(alert.Matchers{m}).Matches(alert.Labels{alert.LabelRule: string(rule)}) {
				return true
			}
		}
		return false
	})
	held := time.Duration(0)
	for t := from; t.Before(to) && len(about) > 0; t = t.Add(grain) {
		if slices.ContainsFunc(about, func(s alert.Silence) bool { return s.Active(shop, t) }) {
			held += grain
		}
	}
	return held.Hours()
}

// stricter is a rule's number one step less eager; ok is false when it has none.
func stricter(r analysis.Rules, id analysis.Rule) (out analysis.Rules, p Proposal, ok bool) {
	p = Proposal{Rule: id}
	out = r
	switch id {
	case analysis.RuleGMVDrop:
		p.Key, p.From, p.To = "rules.gmv_drop.min_drop", r.GMV.Drop, min(0.9, r.GMV.Drop+0.1)
		out.GMV.Drop = p.To
	case analysis.RuleRivalMove:
		p.Key, p.From, p.To = "rules.rival_move.min_cut", r.Price.Cut, min(0.9, r.Price.Cut*1.6)
		out.Price.Cut = p.To
	case analysis.RuleStockOut:
		p.Key, p.From, p.To = "rules.stock_out.top", float64(r.Stock.Hits), float64(max(1, r.Stock.Hits*3/5))
		out.Stock.Hits, out.Stock.Wider = int(p.To), min(r.Stock.Wider, int(p.To))
	case analysis.RuleComplaintSpike:
		p.Key, p.From, p.To = "rules.complaint_spike.min_count", float64(r.Complaints.Min), float64(r.Complaints.Min+2)
		out.Complaints.Min = int64(p.To)
	default:
		return declaredStricter(r, p)
	}
	return out, p, p.To != p.From
}

func declaredStricter(r analysis.Rules, p Proposal) (analysis.Rules, Proposal, bool) {
	out := r
	out.Specs = slices.Clone(r.All())
	i := slices.IndexFunc(out.Specs, func(s analysis.Spec) bool { return s.ID == p.Rule })
	if i < 0 {
		return r, p, false
	}
	switch s := &out.Specs[i]; {
	case s.Limits.Change > 0:
		p.Key, p.From, p.To = "change", s.Limits.Change, s.Limits.Change*1.5
		s.Limits.Change = p.To
	case s.Kind == analysis.KindConflict, s.ID == analysis.RuleAdsOut:
		p.Key, p.From, p.To = "limit", s.Limits.Limit, s.Limits.Limit*2
		s.Limits.Limit = p.To
	case s.ID == analysis.RuleSellThrough, s.Kind == analysis.KindTarget:
		p.Key, p.From, p.To = "limit", s.Limits.Limit, s.Limits.Limit*0.8
		s.Limits.Limit = p.To
	default:
		return r, p, false
	}
	p.Key = "rules.watch[" + string(p.Rule) + "]." + p.Key
	return out, p, p.To != p.From
}

// propose makes a rule one step stricter and plays both over the days of the
// report. A step that would change nothing is no proposal.
func propose(ctx context.Context, db *storage.DB, shop *market.Shop, q NoiseQuery, id analysis.Rule, kept []alert.Alert) (Proposal, bool, error) {
	rules, p, ok := stricter(q.Rules.Rules, id)
	if !ok {
		return p, false, nil
	}
	play := func(r analysis.Rules) (map[string]bool, int, error) {
		test := BackTestQuery{Rules: q.Rules, Only: []analysis.Rule{id}, Policy: q.Policy, From: q.Now.AddDate(0, 0, -q.Days), To: q.Now, Step: noiseStep}
		test.Rules.Rules, test.Rules.Cache = r, NewCache()
		list, err := BackTest(ctx, db, shop, test)
		seen := map[string]bool{}
		for _, a := range list {
			seen[a.Fingerprint] = true
		}
		return seen, len(list), err
	}
	before, fired, err := play(q.Rules.Rules)
	if err != nil {
		return p, false, err
	}
	after, left, err := play(rules)
	if err != nil {
		return p, false, err
	}
	p.Fired, p.Left = fired, left
	for _, a := range kept {
		if a.Rule != id || !before[a.Fingerprint] || after[a.Fingerprint] {
			continue
		}
		switch alert.FeedbackOf(a) {
		case string(alert.FalseAlarm), string(alert.Expected):
			p.Useless++
		case "":
		default:
			p.Acted++
		}
	}
	return p, p.Useless > p.Acted, nil
}
