package alert

import (
	"fmt"
	"time"

	"shopwatch/internal/market"
)

// Silence keeps the alerts that its matchers match from being told. They go on
// being watched: what still stands when it ends is told then.
type Silence struct {
	ID       string        `json:"id"`
	Shop     market.ShopID `json:"shop"`
	Matchers Matchers      `json:"matchers"`
	Author   string        `json:"author"` // chat user id
	Reason   string        `json:"reason,omitempty"`
	Created  time.Time     `json:"created"`
	Start    time.Time     `json:"start"`
	End      time.Time     `json:"end"`
	// During, when set, limits the silence to a recurring stretch.
	During Interval `json:"during,omitzero"`
	// EndedBy lifted it before End.
	EndedBy string `json:"ended_by,omitempty"`
	// Channel is where it was made and its end is announced, in Lang; Noticed
	// says that it was.
	Channel string `json:"channel,omitempty"`
	Lang    string `json:"lang,omitempty"`
	Noticed bool   `json:"noticed,omitempty"`
}

// Bounds of a silence.
const (
	MinSilence = time.Minute
	MaxSilence = 365 * 24 * time.Hour
	// NoticeSilence is how long before its end a silence is announced to end,
	// when it has lasted for several times as long.
	NoticeSilence = 15 * time.Minute
)

// Over reports whether the silence has ended.
func (s Silence) Over(now time.Time) bool { return !now.Before(s.End) }

// Active reports whether the silence mutes at now.
func (s Silence) Active(shop *market.Shop, now time.Time) bool {
	return !now.Before(s.Start) && !s.Over(now) && (s.During.Zero() || s.During.Holds(shop, now))
}

// Mutes reports whether the silence mutes an alert with these labels at now.
func (s Silence) Mutes(shop *market.Shop, l Labels, now time.Time) bool {
	return s.Active(shop, now) && s.Matchers.Matches(l)
}

// NoticeAt is when the end of the silence is announced.
func (s Silence) NoticeAt() time.Time {
	if s.End.Sub(s.Start) < 4*NoticeSilence {
		return s.End
	}
	return s.End.Add(-NoticeSilence)
}

// Preview is what a silence would do, and would have done.
type Preview struct {
	Now  int // open alerts that it mutes
	Week int // alerts told in the seven days before that it would have muted
}

// PreviewOf counts over the alerts of the last week, the open ones among them.
func PreviewOf(m Matchers, alerts []Alert, now time.Time) Preview {
	var p Preview
	for i := range alerts {
		a := &alerts[i]
		if a.FiredAt.IsZero() || !m.Matches(a.Labels()) {
			continue
		}
		if a.State.Open() {
			p.Now++
		}
		if now.Sub(a.FiredAt) <= 7*24*time.Hour {
			p.Week++
		}
	}
	return p
}

// Inhibition mutes target alerts while a source alert is open whose labels
// named by Equal are the same and known.
type Inhibition struct {
	Name   string
	Source Matchers
	Target Matchers
	Equal  []string
}

// DefaultInhibitions are built in: what is out of stock cannot sell, and a
// rival's cut does not matter for it; while orders are late nobody knows what
// was sold; a price that is wrong by itself conflicts with all others.
func DefaultInhibitions() []Inhibition {
	must := func(s string) Matchers {
		m, err := ParseMatchers(s)
		if err != nil {
			panic(fmt.Sprintf("built-in matcher: %v", err))
		}
		return m
	}
	return []Inhibition{
		{Name: "stock_out", Source: must("rule=stock_out severity=critical"), Target: must("rule=~gmv_drop|rival_move"), Equal: []string{LabelShop, LabelSKU}},
		{Name: "no_data", Source: must(`rule=no_data severity!=info`), Target: must("rule=~gmv_drop|target_pace"), Equal: []string{LabelShop}},
		{Name: "below_floor", Source: must("rule=below_floor"), Target: must("rule=price_conflict"), Equal: []string{LabelShop, LabelSKU}},
	}
}
