package alert

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
)

// channelDesk is a shop whose alerts are told in one channel, as a caller keeps
// it between looks.
type channelDesk struct {
	*shop
	t        testing.TB
	root     *Route
	storm    Storm
	silences []Silence
	inhibits []Inhibition
	groups   map[string]Group
	last     map[string]string
	roots    []time.Time
}

func newChannel(t testing.TB, edit func(*Route)) *channelDesk {
	t.Helper()
	r := &Route{Name: "alerts", Receiver: DefaultReceiver()}
	r.To, r.Wait = []Contact{{Channel: "C1"}}, 0
	if edit != nil {
		edit(r)
	}
	return &channelDesk{shop: newShop(DefaultPolicy()), t: t, root: r, storm: DefaultStorm(), groups: map[string]Group{}, last: map[string]string{}}
}

var lanli = &market.Shop{ID: "s", Zone: time.FixedZone("CST", 8*3600)}

// look does one look and returns what was written, a word each.
func (c *channelDesk) look(findings ...analysis.Finding) []string {
	return c.dispatch(c.step(nil, nil, findings...)...)
}

func (c *channelDesk) dispatch(list ...Transition) []string {
	d := Dispatch{
		Shop: lanli, Now: c.now, Root: c.root, Storm: c.storm, Silences: c.silences, Inhibitions: c.inhibits,
		Memory: Memory{
			Alert: func(id string) (Alert, bool) {
				for _, a := range c.alerts {
					if a.ID == id {
						return a, true
					}
				}
				return Alert{}, false
			},
			Group: func(id string) (Group, bool) { g, ok := c.groups[id]; return g, ok },
			Last:  func(key string) (Group, bool) { g, ok := c.groups[c.last[key]]; return g, ok },
		},
	}
	for _, a := range c.open() {
		if a.State.Open() {
			d.Open = append(d.Open, a)
		}
	}
	ids := make([]string, 0, len(c.groups))
	for id := range c.groups {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int {
		return strings.Compare(c.groups[a].Created.String()+a, c.groups[b].Created.String()+b)
	})
	for _, id := range ids {
		if g := c.groups[id]; g.InView(c.now) {
			d.Groups = append(d.Groups, g)
		}
	}
	for _, t := range list {
		d.Take(t)
	}
	var out []string
	for _, p := range d.Flush() {
		w := fmt.Sprintf("%s %d", p.Kind, len(p.Alerts))
		if p.Group.Muted > 0 {
			w += fmt.Sprintf(" muted %d", p.Group.Muted)
		}
		for _, n := range p.News {
			w += " " + string(n.Kind)
		}
		if p.Kind == PostRoot {
			c.roots = append(c.roots, c.now)
			if p.Group.Folded {
				w += " folded"
			}
			if p.Group.Previous != "" {
				w += " linked"
			}
		}
		out = append(out, w)
	}
	for _, g := range d.Changed() {
		c.groups[g.ID] = g
		if !g.Merged {
			c.last[g.Key] = g.ID
		}
	}
	for _, a := range d.Moved() {
		c.alerts[a.Fingerprint] = a
	}
	return out
}

func (c *channelDesk) wants(got []string, want ...string) {
	c.t.Helper()
	if !slices.Equal(got, want) {
		c.t.Fatalf("at %s: wrote %q, want %q", c.now.Format(time.TimeOnly), got, want)
	}
}

func (c *channelDesk) person(fp string, act Act) []string {
	c.t.Helper()
	act.At = c.now
	x, err := Do(c.policy, c.alerts[fp], act)
	if err != nil {
		c.t.Fatal(err)
	}
	c.alerts[fp] = x.Alert
	return c.dispatch(x)
}

func item(sku string, risk market.Fen) analysis.Finding {
	return finding(analysis.RuleStockOut, sku, analysis.Warning, risk)
}

func fpOf(sku string) string {
	return Fingerprint("s", analysis.RuleStockOut, analysis.Subject{SKU: market.SKU(sku)})
}

// One problem is one root: it waits for group_wait, is edited when somebody
// takes it, ends with an edit and one line, reopens in its thread soon after,
// and is a new root that links the old one later.
func TestOneRootEdited(t *testing.T) {
	c := newChannel(t, func(r *Route) { r.Wait = 30 * time.Second })
	c.wants(c.look(item("x", 100)))
	c.now = c.now.Add(30 * time.Second)
	c.wants(c.dispatch(), "root 1")
	c.wants(c.dispatch())
	c.now = c.now.Add(time.Minute)
	c.wants(c.person(fpOf("x"), Act{Kind: ActAck, By: "U1"}), "edit 1", "line 1 acknowledged")
	c.now = c.now.Add(time.Hour)
	c.wants(c.look(), "edit 1", "line 1 resolved")
	c.now = c.now.Add(time.Hour)
	c.wants(c.look(item("x", 100)), "edit 1", "line 1 reopened")
	c.now = c.now.Add(time.Hour)
	c.wants(c.look(), "edit 1", "line 1 resolved")
	c.now = c.now.Add(10 * time.Hour)
	c.wants(c.look(item("x", 100)))
	c.now = c.now.Add(30 * time.Second)
	c.wants(c.dispatch(), "root 1 linked")
}

// A group nobody looks after is mentioned again after repeat_interval.
func TestRepeat(t *testing.T) {
	c := newChannel(t, nil)
	c.look(item("x", 100))
	c.now = c.now.Add(24*time.Hour - time.Minute)
	c.wants(c.look(item("x", 100)))
	c.now = c.now.Add(time.Minute)
	c.wants(c.look(item("x", 100)), "edit 1", "line 1 repeated")
	c.person(fpOf("x"), Act{Kind: ActSnooze, By: "U1", Until: c.now.Add(72 * time.Hour)})
	c.now = c.now.Add(48 * time.Hour)
	c.wants(c.look(item("x", 100)))
}

// Five hundred at once are one root; what comes later joins it, what ends is
// gathered, and the last end ends it.
func TestManyAtOnce(t *testing.T) {
	c := newChannel(t, nil)
	var all []analysis.Finding
	for i := range 500 {
		all = append(all, item(fmt.Sprintf("sku-%03d", i), market.Fen(1000+i)))
	}
	c.wants(c.look(all...), "root 500 folded")
	c.now = c.now.Add(10 * time.Minute)
	all = append(all, item("late", 5))
	c.wants(c.look(all...), "edit 501", "line 501 opened")
	c.now = c.now.Add(10 * time.Minute)
	got := c.look(all[:2]...)
	if len(got) != 2 || got[0] != "edit 501" || strings.Count(got[1], "resolved") != 499 {
		t.Fatalf("wrote %.100q", got)
	}
	c.now = c.now.Add(10 * time.Minute)
	c.wants(c.look(), "edit 501", "line 501 resolved resolved")
	for _, g := range c.groups {
		if !g.Over() {
			t.Errorf("group %s is not over", g.Key)
		}
	}
}

// Whatever breaches, whenever: a place gets no more roots in its stretch than
// the storm cap, and every open alert stands in a root.
func TestStormCap(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := newChannel(t, func(r *Route) {
			r.GroupBy = rapid.SampledFrom([][]string{{LabelRule}, {LabelSKU}, {LabelRule, LabelSKU}, {LabelRule, LabelUnit, LabelSKU}}).Draw(rt, "by")
		})
		for range rapid.IntRange(1, 20).Draw(rt, "looks") {
			c.now = c.now.Add(time.Duration(rapid.IntRange(1, 600).Draw(rt, "seconds")) * time.Second)
			var f []analysis.Finding
			for _, rule := range []analysis.Rule{analysis.RuleStockOut, analysis.RuleRivalMove, analysis.RuleComplaintSpike} {
				for range rapid.IntRange(0, 6).Draw(rt, "n") {
					f = append(f, finding(rule, fmt.Sprint(rapid.IntRange(0, 60).Draw(rt, "sku")), analysis.Warning, 10))
				}
			}
			c.look(f...)
			recent := 0
			for _, at := range c.roots {
				if c.now.Sub(at) < c.storm.Within {
					recent++
				}
			}
			if recent > c.storm.Roots {
				rt.Fatalf("%d roots within %s", recent, c.storm.Within)
			}
			for _, a := range c.alerts {
				if !a.State.Open() {
					continue
				}
				if len(a.Groups) != 1 {
					rt.Fatalf("alert %s stands in %d roots", a.Fingerprint, len(a.Groups))
				}
				g := c.groups[a.Groups[0]]
				i := g.member(a.ID)
				if !g.Told() || g.Over() || i < 0 || !g.Members[i].Shown {
					rt.Fatalf("alert %s is not told: %+v", a.Fingerprint, g)
				}
			}
		}
	})
}

// A silence keeps a problem from being told, and the problem is told when it
// still stands at the silence's end. Muted members of a group are counted.
func TestSilencedAlert(t *testing.T) {
	c := newChannel(t, func(r *Route) { r.GroupBy = []string{LabelRule} })
	m, err := ParseMatchers("sku=x")
	if err != nil {
		t.Fatal(err)
	}
	c.silences = []Silence{{ID: "s1", Matchers: m, Start: c.now, End: c.now.Add(time.Hour)}}
	c.wants(c.look(item("x", 100)))
	c.wants(c.look(item("x", 100), item("y", 50)), "root 1 muted 1")
	c.now = c.now.Add(time.Hour)
	c.wants(c.dispatch(), "edit 2", "line 2 opened")
	// What was told before a silence stays in view; its news is not told.
	c.silences[0].End = c.now.Add(time.Hour)
	c.wants(c.look(item("x", 100), finding(analysis.RuleStockOut, "y", analysis.Critical, 50)), "edit 2", "line 2 raised")
	c.now = c.now.Add(10 * time.Minute)
	c.wants(c.look(finding(analysis.RuleStockOut, "x", analysis.Critical, 100), finding(analysis.RuleStockOut, "y", analysis.Critical, 50)), "edit 2")
}

// What comes and goes while it is silenced is never told.
func TestSilencedThroughout(t *testing.T) {
	c := newChannel(t, nil)
	c.silences = []Silence{{ID: "s1", Start: c.now, End: c.now.Add(time.Hour)}}
	c.wants(c.look(item("x", 100)))
	c.now = c.now.Add(10 * time.Minute)
	c.wants(c.look())
	c.now = c.now.Add(2 * time.Hour)
	c.wants(c.look())
}

func TestInhibition(t *testing.T) {
	c := newChannel(t, nil)
	c.inhibits = DefaultInhibitions()
	out := finding(analysis.RuleStockOut, "x", analysis.Critical, 100)
	cut := finding(analysis.RuleRivalMove, "x", analysis.Warning, 100)
	other := finding(analysis.RuleRivalMove, "y", analysis.Warning, 100)
	c.wants(c.look(out, cut, other), "root 1", "root 1")
	c.now = c.now.Add(time.Hour)
	c.wants(c.look(cut, other), "root 1", "edit 1", "line 1 resolved")
}

// Three roots of a rule stand; what comes then shares a fourth, and has one of its
// own again when there is room.
func TestStandingRoots(t *testing.T) {
	c := newChannel(t, nil)
	open := []analysis.Finding{item("a", 100)}
	c.wants(c.look(open...), "root 1")
	for _, step := range []struct{ name, want string }{
		{"b", "root 1"}, {"c", "root 1"}, {"d", "root 1 folded"}, {"e", "edit 2"},
	} {
		c.now = c.now.Add(10 * time.Minute)
		open = append(open, item(step.name, 100))
		if got := c.look(open...); len(got) == 0 || got[0] != step.want {
			t.Fatalf("%s: wrote %q, want first %q", step.name, got, step.want)
		}
	}
	c.now = c.now.Add(7 * time.Hour) // the shared root takes nobody any more
	open = append(open[2:], item("f", 100))
	if got := c.look(open...); !slices.Contains(got, "root 1") {
		t.Errorf("with two standing wrote %q", got)
	}
}

// A slip of a price is under its floor and conflicts with every other channel.
// Both end together, the conflict is kept firing a while longer: nothing is told
// of what is not there any more, and all of it when it comes back.
func TestInhibitedAndGone(t *testing.T) {
	c := newChannel(t, nil)
	c.inhibits = DefaultInhibitions()
	low, conflict := finding(analysis.RuleBelowFloor, "x", analysis.Critical, 100), finding(analysis.RulePriceConflict, "x", analysis.Warning, 100)
	c.wants(c.look(low, conflict), "root 1")
	c.now = c.now.Add(10 * time.Minute)
	c.wants(c.look(), "edit 1", "line 1 resolved")
	c.now = c.now.Add(10 * time.Minute)
	c.wants(c.look(conflict), "root 1")
}

// Quiet hours hold roots back. In the morning what still stands is told, and
// what came and went is told in one message.
func TestQuietHours(t *testing.T) {
	night, err := ParseInterval("daily 22:00-08:00")
	if err != nil {
		t.Fatal(err)
	}
	c := newChannel(t, func(r *Route) { r.Quiet = []Interval{night} })
	c.now = time.Date(2026, 11, 21, 23, 0, 0, 0, lanli.Zone)
	c.wants(c.look(item("x", 100), item("y", 100)))
	c.now = c.now.Add(3 * time.Hour)
	c.wants(c.look(item("x", 100)))
	c.now = time.Date(2026, 11, 22, 7, 59, 0, 0, lanli.Zone)
	c.wants(c.look(item("x", 100)))
	c.now = c.now.Add(time.Minute)
	c.wants(c.look(item("x", 100)), "root 1", "night 1")
	c.now = c.now.Add(time.Minute)
	c.wants(c.look(item("x", 100)))
}

// An alert told before there were groups goes on in its own root.
func TestLegacyRoot(t *testing.T) {
	a := Alert{ID: "k7q2m9x4a7q2", Fingerprint: fpOf("x"), Shop: "s", Rule: analysis.RuleStockOut, State: Firing, FiredAt: began, Posts: 4}
	a.First.Subject.SKU = "x"
	d := Dispatch{
		Shop: lanli, Now: began.Add(time.Hour), Root: newChannel(t, nil).root, Storm: DefaultStorm(),
		Memory: Memory{Root: func(key string, to Contact) bool { return key == "alert/k7q2m9x4a7q2" && to.Channel == "C1" }},
	}
	x, err := Do(DefaultPolicy(), a, Act{Kind: ActAck, By: "U1", At: d.Now})
	if err != nil {
		t.Fatal(err)
	}
	d.Take(x)
	posts := d.Flush()
	if len(posts) != 2 || posts[0].Kind != PostEdit || posts[0].Group.RootKey() != "alert/k7q2m9x4a7q2" || posts[0].N != 5 || len(posts[1].News) != 1 {
		t.Errorf("wrote %+v", posts)
	}
}
