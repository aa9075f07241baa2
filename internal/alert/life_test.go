package alert

import (
	"errors"
	"slices"
	"testing"
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
)

func out1(risk market.Fen) analysis.Finding {
	return finding(analysis.RuleStockOut, "x", analysis.Critical, risk)
}

// An acknowledged alert reminds its owner, lapses, climbs its ladder rung by
// rung, and stops climbing when it is assigned.
func TestAckRunsOutAndEscalates(t *testing.T) {
	s := newShop(DefaultPolicy())
	s.step(nil, nil, out1(100))
	fp := Fingerprint("s", analysis.RuleStockOut, analysis.Subject{SKU: "x"})
	ladder := []Rung{{After: 20 * time.Minute, To: Contact{User: "LEAD"}}, {After: 30 * time.Minute, To: Contact{Group: "OPS"}}}
	check := func(after time.Duration, want ...Kind) {
		t.Helper()
		if got := s.wait(after, ladder...); !slices.Equal(got, want) {
			t.Fatalf("%v, want %v; alert %+v", got, want, s.alerts[fp])
		}
	}
	check(19 * time.Minute)
	check(time.Minute, Escalated)
	if err := s.do(fp, Act{Kind: ActAck, By: "U1"}); err != nil {
		t.Fatal(err)
	}
	check(3*time.Hour + 29*time.Minute)
	check(time.Minute, Reminded)
	check(29 * time.Minute)
	check(time.Minute, Lapsed)
	if a := s.alerts[fp]; a.State != Firing || a.Lapses != 1 || a.Holder() != "" {
		t.Fatalf("lapsed %+v", a)
	}
	check(29 * time.Minute)
	check(time.Minute, Escalated)
	check(24 * time.Hour)
	if err := s.do(fp, Act{Kind: ActAssign, By: "U1", Owner: "U2"}); err != nil {
		t.Fatal(err)
	}
	if a := s.alerts[fp]; a.State != Assigned || a.Holder() != "U2" || a.Level != 2 {
		t.Fatalf("assigned %+v", a)
	}
	// A long sleep of the machine brings reminder, lapse and nothing more.
	check(5*time.Hour, Reminded, Lapsed)
}

func TestSnooze(t *testing.T) {
	s := newShop(DefaultPolicy())
	s.step(nil, nil, finding(analysis.RuleStockOut, "x", analysis.Warning, 100))
	fp := Fingerprint("s", analysis.RuleStockOut, analysis.Subject{SKU: "x"})
	for _, until := range []time.Time{s.now, s.now.Add(-time.Hour), s.now.Add(MaxSnooze + time.Second)} {
		if err := s.do(fp, Act{Kind: ActSnooze, By: "U1", Until: until}); !errors.Is(err, ErrPast) {
			t.Errorf("snoozed until %s: %v", until, err)
		}
	}
	hour := s.now.Add(time.Hour)
	if err := s.do(fp, Act{Kind: ActSnooze, By: "U1", Until: hour}); err != nil {
		t.Fatal(err)
	}
	if err := s.do(fp, Act{Kind: ActSnooze, By: "U2", Until: hour}); !errors.Is(err, ErrSame) {
		t.Errorf("the same again: %v", err)
	}
	if got := s.wait(59 * time.Minute); got != nil {
		t.Errorf("early: %v", got)
	}
	if got := s.wait(time.Minute); len(got) != 1 || got[0] != Woke || s.alerts[fp].State != Firing {
		t.Errorf("after the hour: %v", got)
	}
	if err := s.do(fp, Act{Kind: ActSnooze, By: "U1", Until: s.now.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if got := kinds(s.step(nil, nil, out1(100))); len(got) != 1 || got[0] != Raised || s.alerts[fp].State != Firing {
		t.Errorf("worse while snoozed: %v, %s", got, s.alerts[fp].State)
	}
	if err := s.do(fp, Act{Kind: ActRelease, By: "U1"}); !errors.Is(err, ErrSame) {
		t.Errorf("release of what nobody has: %v", err)
	}
}

// What a person has ended stays ended while the data still shows it, opens as a
// new episode when it comes back another day, and at once when it gets worse.
func TestEndedByHand(t *testing.T) {
	fp := Fingerprint("s", analysis.RuleStockOut, analysis.Subject{SKU: "x"})
	warn := finding(analysis.RuleStockOut, "x", analysis.Warning, 100)
	begin := func(act Act) *shop {
		s := newShop(DefaultPolicy())
		s.step(nil, nil, warn)
		if err := s.do(fp, act); err != nil {
			t.Fatal(err)
		}
		if err := s.do(fp, act); !errors.Is(err, ErrOver) {
			t.Errorf("second time: %v", err)
		}
		for range 40 {
			s.now = s.now.Add(10 * time.Minute)
			if got := kinds(s.step(nil, nil, warn)); got != nil {
				t.Fatalf("%s: %v while it stands", act.Kind, got)
			}
		}
		return s
	}
	s := begin(Act{Kind: ActResolve, By: "U1", Note: "restocked by hand"})
	if a := s.alerts[fp]; a.Note != "restocked by hand" || a.EndedBy != "U1" {
		t.Errorf("ended %+v", a)
	}
	s.now = s.now.Add(10 * time.Minute)
	if got := kinds(s.step(nil, nil, out1(100))); len(got) != 1 || got[0] != Opened {
		t.Errorf("critical now: %v", got)
	}
	s = begin(Act{Kind: ActResolve, By: "U1"})
	s.now = s.now.Add(6 * time.Hour)
	if got := kinds(s.step(nil, nil, warn)); len(got) != 1 || got[0] != Opened || s.alerts[fp].Episode != 2 {
		t.Errorf("back after hours: %v", got)
	}
	s = begin(Act{Kind: ActJudge, By: "U1", Verdict: NewNormal})
	s.now = s.now.Add(5 * 24 * time.Hour)
	if got := kinds(s.step(nil, nil, warn)); got != nil {
		t.Errorf("a new normal is told again: %v", got)
	}
	s.now = s.now.Add(10 * 24 * time.Hour)
	if got := kinds(s.step(nil, nil, warn)); len(got) != 1 || got[0] != Opened {
		t.Errorf("after two weeks: %v", got)
	}
}

// A problem that toggles with every look is told three times in all.
func TestFlapping(t *testing.T) {
	s := newShop(DefaultPolicy())
	var told []Kind
	for i := range 60 {
		s.now = s.now.Add(10 * time.Minute)
		var f []analysis.Finding
		if i%2 == 0 {
			f = append(f, out1(100))
		}
		told = append(told, kinds(s.step(nil, nil, f...))...)
	}
	if want := []Kind{Opened, Ended, Unsteady}; !slices.Equal(told, want) {
		t.Fatalf("told %v, want %v", told, want)
	}
	for range 11 {
		s.now = s.now.Add(10 * time.Minute)
		if got := kinds(s.step(nil, nil)); got != nil {
			t.Fatalf("told %v before two calm hours", got)
		}
	}
	s.now = s.now.Add(20 * time.Minute)
	if got := kinds(s.step(nil, nil)); len(got) != 1 || got[0] != Ended {
		t.Errorf("after two calm hours: %v", got)
	}
}

// The floor in money and in volume is higher to open than to stay.
func TestFloorWithHysteresis(t *testing.T) {
	p := DefaultPolicy()
	p.Floor = map[analysis.Rule]Floor{analysis.RuleRivalMove: {Money: 100, Volume: 10}}
	p.KeepFiring = nil
	s := newShop(p)
	move := func(risk market.Fen, sold int64) analysis.Finding {
		f := finding(analysis.RuleRivalMove, "x", analysis.Warning, risk)
		f.Price = &analysis.RivalMove{Sold7d: sold}
		return f
	}
	for _, c := range []struct {
		risk market.Fen
		sold int64
		want Kind
	}{{99, 10, ""}, {100, 9, ""}, {100, 10, Opened}, {71, 7, ""}, {69, 10, Ended}} {
		s.now = s.now.Add(3 * time.Hour)
		got := kinds(s.step(nil, nil, move(c.risk, c.sold)))
		if c.want == "" && len(got) == 0 || len(got) == 1 && got[0] == c.want {
			continue
		}
		t.Errorf("%d at risk, %d sold: %v, want %q", c.risk, c.sold, got, c.want)
	}
}

// Records from before owners and snoozes are read as what they mean.
func TestOldRecord(t *testing.T) {
	a := Alert{State: Acknowledged, AckedBy: "U1", AckedAt: began}
	if a.Holder() != "U1" {
		t.Errorf("holder %q", a.Holder())
	}
	if _, changed := Due(DefaultPolicy(), a, nil, began.AddDate(1, 0, 0)); changed {
		t.Error("an acknowledgement without an end has run out")
	}
}
