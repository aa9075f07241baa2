package alert

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
)

var began = time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)

// shop is a store of alerts as a caller keeps it.
type shop struct {
	policy Policy
	now    time.Time
	alerts map[string]Alert // newest episode by fingerprint
}

func newShop(p Policy) *shop { return &shop{policy: p, now: began, alerts: map[string]Alert{}} }

func (s *shop) open() []Alert {
	var out []Alert
	for _, a := range s.alerts {
		if a.State == Pending || a.State.Open() {
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b Alert) int { return a.Since.Compare(b.Since) })
	return out
}

func (s *shop) step(muted map[analysis.Rule]string, restated map[string]bool, findings ...analysis.Finding) Outcome {
	out := Step(s.policy, Pass{
		Shop: "s", Now: s.now, Open: s.open(), Findings: findings, Muted: muted, Restated: restated,
		Last: func(fp string) (Alert, bool) { a, ok := s.alerts[fp]; return a, ok },
	})
	for _, t := range out.Transitions {
		s.alerts[t.Alert.Fingerprint] = t.Alert
	}
	return out
}

func kinds(o Outcome) (out []Kind) {
	for _, t := range o.Transitions {
		if t.Kind != Quiet {
			out = append(out, t.Kind)
		}
	}
	return out
}

func finding(rule analysis.Rule, sku string, severity analysis.Severity, risk market.Fen) analysis.Finding {
	return analysis.Finding{Rule: rule, Subject: analysis.Subject{SKU: market.SKU(sku)}, Severity: severity, AtRisk: risk}
}

// A drop is told after ten minutes, acknowledged, grows, gets critical, clears
// for half an hour, and comes back as a second episode.
func TestLifeOfAnAlert(t *testing.T) {
	s := newShop(DefaultPolicy())
	see := func(after time.Duration, want Kind, findings ...analysis.Finding) {
		t.Helper()
		s.now = s.now.Add(after)
		got := kinds(s.step(nil, nil, findings...))
		if want == Quiet && len(got) == 0 || len(got) == 1 && got[0] == want {
			return
		}
		t.Fatalf("at %s: %v, want %s", s.now.Format(time.TimeOnly), got, want)
	}
	drop := func(severity analysis.Severity, risk market.Fen) analysis.Finding {
		return finding(analysis.RuleGMVDrop, "", severity, risk)
	}
	see(0, Quiet, drop(analysis.Warning, 100))
	see(10*time.Minute, Opened, drop(analysis.Warning, 100))
	fp := Fingerprint("s", analysis.RuleGMVDrop, analysis.Subject{})
	acked, changed := Ack(s.alerts[fp], "U1", s.now)
	again, twice := Ack(acked, "U2", s.now.Add(time.Minute))
	if !changed || twice || again.AckedBy != "U1" {
		t.Fatalf("first press %v, second %v by %s", changed, twice, again.AckedBy)
	}
	s.alerts[fp] = acked
	see(10*time.Minute, Quiet, drop(analysis.Warning, 200)) // worse, but told a moment ago
	see(60*time.Minute, Updated, drop(analysis.Warning, 200))
	see(10*time.Minute, Escalated, drop(analysis.Critical, 210))
	see(10*time.Minute, Quiet, drop(analysis.Warning, 100))
	see(10*time.Minute, Quiet, drop(analysis.Critical, 220)) // told as critical before
	see(10*time.Minute, Quiet)
	see(20*time.Minute, Quiet, drop(analysis.Warning, 100)) // not over yet
	see(10*time.Minute, Quiet)
	see(29*time.Minute, Quiet)
	see(1*time.Minute, Ended)
	a := s.alerts[fp]
	if a.State != Resolved || a.AckedBy != "U1" || a.Worst != 220 || a.Posts != 3 {
		t.Errorf("ended as %+v", a)
	}
	see(time.Hour, Quiet, drop(analysis.Warning, 100))
	see(10*time.Minute, Opened, drop(analysis.Warning, 100))
	b := s.alerts[fp]
	if b.Episode != 2 || b.ID == a.ID || len(b.ID) != 12 || b.AckedBy != "" {
		t.Errorf("second episode %+v", b)
	}
	s.now = s.now.Add(time.Minute)
	if got := kinds(s.step(nil, map[string]bool{fp: true})); len(got) != 1 || got[0] != Retracted || s.alerts[fp].State != Withdrawn {
		t.Errorf("restated data: %v", got)
	}
}

func TestStormOpensTheWorstFirst(t *testing.T) {
	s := newShop(DefaultPolicy())
	var all []analysis.Finding
	for i := range 12 {
		all = append(all, finding(analysis.RuleStockOut, string(rune('a'+i)), analysis.Warning, market.Fen(i)))
	}
	out := s.step(nil, nil, all...)
	if got := kinds(out); len(got) != 5 || out.Waiting[analysis.RuleStockOut] != 7 || out.Transitions[0].Alert.Latest.AtRisk != 11 {
		t.Fatalf("%v opened, %d wait, first at risk %d", got, out.Waiting[analysis.RuleStockOut], out.Transitions[0].Alert.Latest.AtRisk)
	}
	for _, want := range []int{5, 2, 0} {
		s.now = s.now.Add(10 * time.Minute)
		if got := kinds(s.step(nil, nil, all...)); len(got) != want {
			t.Errorf("%d opened, want %d", len(got), want)
		}
	}
}

func TestFingerprintSeparatesSubjects(t *testing.T) {
	a := Fingerprint("s", analysis.RuleStockOut, analysis.Subject{SKU: "x|y"})
	b := Fingerprint("s", analysis.RuleStockOut, analysis.Subject{SKU: "x", Channel: "y"})
	c := Fingerprint("s", analysis.RuleStockOut, analysis.Subject{SKU: "x", Channel: "y", Title: "renamed"})
	if a == b || b != c {
		t.Errorf("%q %q %q", a, b, c)
	}
}

// Whatever is seen, muted, restated and acknowledged in whatever order: nothing
// opens twice or ends twice, nothing begins or ends while its rule is muted, and
// an acknowledgement stays to the end.
func TestStepModel(t *testing.T) {
	rules := []analysis.Rule{analysis.RuleStockOut, analysis.RuleGMVDrop}
	rapid.Check(t, func(rt *rapid.T) {
		policy := DefaultPolicy()
		policy.MaxOpen = rapid.IntRange(0, 2).Draw(rt, "max open")
		policy.KeepFiring[analysis.RuleStockOut] = time.Duration(rapid.IntRange(0, 30).Draw(rt, "keep")) * time.Minute
		s := newShop(policy)
		ended := map[string]bool{}
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			s.now = s.now.Add(time.Duration(rapid.IntRange(1, 90).Draw(rt, "minutes")) * time.Minute)
			muted, restated := map[analysis.Rule]string{}, map[string]bool{}
			if rapid.IntRange(0, 3).Draw(rt, "mute") == 0 {
				muted[rapid.SampledFrom(rules).Draw(rt, "muted")] = "late"
			}
			var findings []analysis.Finding
			for _, rule := range rules {
				for _, sku := range []string{"a", "b", "c"} {
					if rapid.Bool().Draw(rt, "seen") {
						severity := rapid.SampledFrom([]analysis.Severity{analysis.Info, analysis.Warning, analysis.Critical}).Draw(rt, "severity")
						findings = append(findings, finding(rule, sku, severity, market.Fen(rapid.IntRange(0, 1000).Draw(rt, "risk"))))
					}
					if rapid.IntRange(0, 9).Draw(rt, "restate") == 0 {
						restated[Fingerprint("s", rule, analysis.Subject{SKU: market.SKU(sku)})] = true
					}
				}
			}
			before := map[string]Alert{}
			for fp, a := range s.alerts {
				if rapid.IntRange(0, 3).Draw(rt, "ack") == 0 {
					a, _ = Ack(a, "U1", s.now)
					s.alerts[fp] = a
				}
				before[fp] = s.alerts[fp]
			}
			out := s.step(muted, restated, findings...)
			checkStep(rt, policy, before, out, muted, ended)
		}
	})
}

func checkStep(rt *rapid.T, policy Policy, before map[string]Alert, out Outcome, muted map[analysis.Rule]string, ended map[string]bool) {
	opened, seen := map[analysis.Rule]int{}, map[string]bool{}
	for _, x := range out.Transitions {
		a, old := x.Alert, before[x.Alert.Fingerprint]
		if _, ok := muted[a.Rule]; ok {
			rt.Fatalf("%s of a muted rule", x.Kind)
		}
		if seen[a.Fingerprint] || ended[a.ID] {
			rt.Fatalf("%s: a second transition, or one after the end: %s", a.ID, x.Kind)
		}
		seen[a.Fingerprint] = true
		switch x.Kind {
		case Opened:
			opened[a.Rule]++
			if old.State.Open() || a.State != Firing || a.FiredAt.Sub(a.Since) < policy.For[a.Rule] {
				rt.Fatalf("opened %+v out of %s", a, old.State)
			}
		case Ended, Retracted, Escalated, Updated:
			if !old.State.Open() || a.Posts != old.Posts+1 {
				rt.Fatalf("%s of an alert that nobody knows: %+v", x.Kind, old)
			}
		}
		if old.ID == a.ID && old.State == Acknowledged && (a.AckedBy != "U1" || !a.AckedAt.Equal(old.AckedAt) || a.State == Firing) {
			rt.Fatalf("the acknowledgement is lost: %+v", a)
		}
		if (a.State == Resolved || a.State == Withdrawn) && !a.FiredAt.IsZero() {
			ended[a.ID] = true
		}
	}
	for rule, n := range opened {
		if policy.MaxOpen > 0 && n > policy.MaxOpen {
			rt.Fatalf("%d of %s opened", n, rule)
		}
	}
}
