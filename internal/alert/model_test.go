package alert

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
)

// Whatever is seen, muted, restated, done by people and brought about by time,
// in whatever order: nothing opens twice or ends twice, nothing begins or ends
// by itself while its rule is muted, whoever has an alert keeps it until it is
// given away, lapses or ends, and a refused act changes nothing.
func TestModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := newModel(rt)
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			m.now = m.now.Add(time.Duration(rapid.IntRange(1, 90).Draw(rt, "minutes")) * time.Minute)
			switch rapid.IntRange(0, 3).Draw(rt, "what") {
			case 0:
				m.act(rt)
			case 1:
				m.due(rt)
			default:
				m.look(rt)
			}
		}
	})
}

type model struct {
	*shop
	told map[string]bool // episodes that people know to be open
}

var modelRules = []analysis.Rule{analysis.RuleStockOut, analysis.RuleGMVDrop}

func newModel(rt *rapid.T) *model {
	p := DefaultPolicy()
	p.KeepFiring[analysis.RuleStockOut] = time.Duration(rapid.IntRange(0, 30).Draw(rt, "keep")) * time.Minute
	p.Floor = map[analysis.Rule]Floor{analysis.RuleGMVDrop: {Money: market.Fen(rapid.IntRange(0, 300).Draw(rt, "floor"))}}
	p.Flap.Turns = rapid.SampledFrom([]int{0, 3, 4}).Draw(rt, "turns")
	return &model{shop: newShop(p), told: map[string]bool{}}
}

func (m *model) look(rt *rapid.T) {
	muted, restated := map[analysis.Rule]string{}, map[string]bool{}
	if rapid.IntRange(0, 3).Draw(rt, "mute") == 0 {
		muted[rapid.SampledFrom(modelRules).Draw(rt, "muted")] = "late"
	}
	var findings []analysis.Finding
	for _, rule := range modelRules {
		for _, sku := range []string{"a", "b"} {
			if rapid.Bool().Draw(rt, "seen") {
				severity := rapid.SampledFrom([]analysis.Severity{analysis.Info, analysis.Warning, analysis.Critical}).Draw(rt, "severity")
				findings = append(findings, finding(rule, sku, severity, market.Fen(rapid.IntRange(0, 1000).Draw(rt, "risk"))))
			}
			if rapid.IntRange(0, 9).Draw(rt, "restate") == 0 {
				restated[Fingerprint("s", rule, analysis.Subject{SKU: market.SKU(sku)})] = true
			}
		}
	}
	before := maps.Clone(m.alerts)
	seen := map[string]bool{}
	for _, x := range m.step(muted, restated, findings...) {
		if seen[x.Alert.Fingerprint] {
			rt.Fatalf("two transitions of %s in one look", x.Alert.Fingerprint)
		}
		seen[x.Alert.Fingerprint] = true
		if _, ok := muted[x.Alert.Rule]; ok {
			rt.Fatalf("%s of a muted rule", x.Kind)
		}
		m.check(rt, before[x.Alert.Fingerprint], x)
	}
}

func (m *model) act(rt *rapid.T) {
	for _, fp := range slices.Sorted(maps.Keys(m.alerts)) {
		old := m.alerts[fp]
		act := Act{
			Kind:    rapid.SampledFrom([]ActKind{ActAck, ActAssign, ActSnooze, ActRelease, ActResolve, ActJudge, ActNote}).Draw(rt, "act"),
			By:      rapid.SampledFrom([]string{"U1", "U2"}).Draw(rt, "by"),
			Owner:   rapid.SampledFrom([]string{"U1", "U2", "U3"}).Draw(rt, "owner"),
			Until:   m.now.Add(time.Duration(rapid.IntRange(-60, 600).Draw(rt, "until")) * time.Minute),
			Verdict: rapid.SampledFrom([]Verdict{FalseAlarm, Expected, NewNormal}).Draw(rt, "verdict"),
			Note:    "n", At: m.now,
		}
		x, err := Do(m.policy, old, act)
		if err != nil {
			if got := x.Alert; got.State != old.State || got.Owner != old.Owner || !got.SnoozedUntil.Equal(old.SnoozedUntil) || got.Note != old.Note {
				rt.Fatalf("refused %s (%v) changed %+v to %+v", act.Kind, err, old, got)
			}
			continue
		}
		m.check(rt, old, x)
		m.alerts[fp] = x.Alert
		again, err := Do(m.policy, x.Alert, act)
		if err == nil || errors.Is(err, ErrPast) {
			rt.Fatalf("%s twice: %v, %+v", act.Kind, err, again.Alert)
		}
	}
}

func (m *model) due(rt *rapid.T) {
	ladder := []Rung{{After: 20 * time.Minute}, {After: time.Hour}}
	for _, fp := range slices.Sorted(maps.Keys(m.alerts)) {
		for n := 0; ; n++ {
			old := m.alerts[fp]
			x, changed := Due(m.policy, old, ladder, m.now)
			if !changed {
				if at := NextDue(m.policy, old, ladder); !at.IsZero() && !at.After(m.now) {
					rt.Fatalf("nothing done though %s is due at %s", old.State, at)
				}
				break
			}
			if n > 4 {
				rt.Fatalf("time never stops bringing things about: %s", x.Kind)
			}
			m.check(rt, old, x)
			m.alerts[fp] = x.Alert
		}
	}
}

// check holds one transition against what must always be true.
func (m *model) check(rt *rapid.T, old Alert, x Transition) {
	a := x.Alert
	opens := x.Kind == Opened || x.Kind == Reopened || x.Kind == Unsteady
	if opens == m.told[a.ID] && x.Kind != Quiet && x.Kind != Noted {
		rt.Fatalf("%s of an episode that is told %v: %+v", x.Kind, m.told[a.ID], old)
	}
	switch {
	case opens:
		m.told[a.ID] = true
		if a.State != Firing || x.Kind == Opened && a.FiredAt.Sub(a.Since) < m.policy.For[a.Rule] {
			rt.Fatalf("%s as %+v", x.Kind, a)
		}
	case x.Kind == Ended, x.Kind == Retracted, x.Kind == Judged:
		delete(m.told, a.ID)
		if !a.State.Over() {
			rt.Fatalf("%s as %s", x.Kind, a.State)
		}
	}
	if m.told[a.ID] != a.State.Open() && x.Kind != Noted {
		rt.Fatalf("%s leaves %s, told %v", x.Kind, a.State, m.told[a.ID])
	}
	if held := old.Holder(); old.ID == a.ID && held != "" && a.State.Open() && a.Holder() != held {
		switch x.Kind {
		case Taken, Given, Hushed, Released, Lapsed:
		default:
			rt.Fatalf("%s took the alert from %s: %+v", x.Kind, held, a)
		}
	}
	if a.State == Snoozed && a.Holder() != "" {
		rt.Fatalf("snoozed and held: %+v", a)
	}
}
