package alert

import (
	"errors"
	"slices"
	"testing"
	"time"

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

func (s *shop) step(muted map[analysis.Rule]string, restated map[string]bool, findings ...analysis.Finding) []Transition {
	out := Step(s.policy, Pass{
		Shop: "s", Now: s.now, Open: s.open(), Findings: findings, Muted: muted, Restated: restated,
		Last: func(fp string) (Alert, bool) { a, ok := s.alerts[fp]; return a, ok },
	})
	for _, t := range out {
		s.alerts[t.Alert.Fingerprint] = t.Alert
	}
	return out
}

// do lets a person act on the newest episode of a problem.
func (s *shop) do(fp string, act Act) error {
	act.At = s.now
	t, err := Do(s.policy, s.alerts[fp], act)
	if err == nil {
		s.alerts[fp] = t.Alert
	}
	return err
}

// wait lets time pass and returns what it brought about, in order.
func (s *shop) wait(after time.Duration, ladder ...Rung) (out []Kind) {
	s.now = s.now.Add(after)
	for fp := range s.alerts {
		for {
			t, changed := Due(s.policy, s.alerts[fp], ladder, s.now)
			if !changed {
				break
			}
			s.alerts[fp] = t.Alert
			out = append(out, t.Kind)
		}
	}
	return out
}

func kinds(list []Transition) (out []Kind) {
	for _, t := range list {
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
	if err := s.do(fp, Act{Kind: ActAck, By: "U1"}); err != nil {
		t.Fatal(err)
	}
	if again, other := s.do(fp, Act{Kind: ActAck, By: "U1"}), s.do(fp, Act{Kind: ActAck, By: "U2"}); !errors.Is(again, ErrSame) || !errors.Is(other, ErrTaken) || s.alerts[fp].AckedBy != "U1" {
		t.Fatalf("second press %v, of another %v, taken by %s", again, other, s.alerts[fp].AckedBy)
	}
	see(10*time.Minute, Quiet, drop(analysis.Warning, 200)) // worse, but told a moment ago
	see(60*time.Minute, Updated, drop(analysis.Warning, 200))
	see(10*time.Minute, Raised, drop(analysis.Critical, 210))
	see(10*time.Minute, Quiet, drop(analysis.Warning, 100))
	see(10*time.Minute, Quiet, drop(analysis.Critical, 220)) // told as critical before
	see(10*time.Minute, Quiet)
	see(20*time.Minute, Quiet, drop(analysis.Warning, 100)) // not over yet
	see(10*time.Minute, Quiet)
	see(29*time.Minute, Quiet)
	see(1*time.Minute, Ended)
	a := s.alerts[fp]
	if a.State != Resolved || a.AckedBy != "U1" || a.Worst != 220 {
		t.Errorf("ended as %+v", a)
	}
	see(time.Hour, Quiet, drop(analysis.Warning, 100))
	see(10*time.Minute, Reopened, drop(analysis.Warning, 100))
	if b := s.alerts[fp]; b.ID != a.ID || b.AckedBy != "" || b.Holder() != "" || b.Reopened != 1 || b.State != Firing {
		t.Errorf("reopened %+v", b)
	}
	see(10*time.Minute, Quiet)
	see(30*time.Minute, Ended)
	see(3*time.Hour, Quiet, drop(analysis.Warning, 100))
	see(10*time.Minute, Opened, drop(analysis.Warning, 100))
	b := s.alerts[fp]
	if b.Episode != 2 || b.ID == a.ID || len(b.ID) != 12 || b.AckedBy != "" || b.Previous != a.ID {
		t.Errorf("second episode %+v", b)
	}
	s.now = s.now.Add(time.Minute)
	if got := kinds(s.step(nil, map[string]bool{fp: true})); len(got) != 1 || got[0] != Retracted || s.alerts[fp].State != Withdrawn {
		t.Errorf("restated data: %v", got)
	}
}

func TestWorstOpensFirst(t *testing.T) {
	s := newShop(DefaultPolicy())
	var all []analysis.Finding
	for i := range 12 {
		all = append(all, finding(analysis.RuleStockOut, string(rune('a'+i)), analysis.Warning, market.Fen(i)))
	}
	out := s.step(nil, nil, all...)
	if got := kinds(out); len(got) != 12 || out[0].Alert.Latest.AtRisk != 11 {
		t.Fatalf("%v opened, first at risk %d", got, out[0].Alert.Latest.AtRisk)
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
