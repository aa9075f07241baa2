package alert

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Flush returns what is to be written now, roots first in each place, and marks
// it as written.
func (d *Dispatch) Flush() []Post {
	d.init()
	d.findMuted()
	var out []Post
	ripe := map[Contact][]*Group{}
	var places []Contact
	for _, id := range slices.Clone(d.order) {
		g := d.groups[id]
		if g.Told() || g.Over() || g.Merged {
			continue
		}
		if !d.endUntold(g) && d.ready(g) {
			if ripe[g.Place] == nil {
				places = append(places, g.Place)
			}
			ripe[g.Place] = append(ripe[g.Place], g)
		}
	}
	for _, p := range places {
		for _, g := range d.fold(ripe[p]) {
			out = append(out, d.openRoot(g))
		}
	}
	out = append(out, d.nights()...)
	for _, id := range slices.Clone(d.order) {
		if g := d.groups[id]; g.Told() && !g.OpenedAt.Equal(d.Now) {
			out = append(out, d.tell(g)...)
		}
	}
	return out
}

// Next is when Flush may have something to write again; the zero time when
// nothing is waiting for time alone.
func (d *Dispatch) Next() time.Time {
	d.init()
	var next time.Time
	sooner := func(t time.Time) {
		if t.After(d.Now) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	for _, id := range d.order {
		g := d.groups[id]
		r := d.receiver(g)
		switch {
		case g.Merged || g.Over() && !g.Held:
		case !g.Told():
			sooner(g.WaitTill)
			sooner(EndOf(r.Quiet, d.Shop, d.Now))
		default:
			if len(g.News) > 0 {
				sooner(g.NewsAt.Add(r.Interval))
			}
			if r.Repeat > 0 && !g.Over() {
				sooner(later(g.NewsAt, g.OpenedAt).Add(r.Repeat))
			}
		}
	}
	for _, s := range d.Silences {
		if len(d.muted) > 0 {
			sooner(s.End)
			if !s.During.Zero() {
				sooner(s.During.End(d.Shop, d.Now))
			}
		}
	}
	return next
}

// Changed returns the groups that are to be stored, in the order they came.
func (d *Dispatch) Changed() []Group {
	var out []Group
	for _, id := range d.order {
		g := d.groups[id]
		if d.changed[id] && !(g.Merged && d.begun[id]) { // nobody has heard of that one
			out = append(out, *g)
		}
	}
	return out
}

// Moved returns the alerts whose groups have changed, by id.
func (d *Dispatch) Moved() []Alert {
	ids := make([]string, 0, len(d.moved))
	for id := range d.moved {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	out := make([]Alert, len(ids))
	for i, id := range ids {
		out[i] = *d.alerts[id]
	}
	return out
}

// findMuted notes which open alerts are silenced or inhibited.
func (d *Dispatch) findMuted() {
	if len(d.Silences) == 0 && len(d.Inhibitions) == 0 {
		return
	}
	clear(d.muted)
	labels := map[string]Labels{}
	for id, a := range d.alerts {
		if a.State.Open() {
			labels[id] = a.Labels()
		}
	}
	for _, x := range d.Inhibitions {
		d.inhibit(x, labels)
	}
	for id, l := range labels {
		for _, s := range d.Silences {
			if s.Mutes(d.Shop, l, d.Now) {
				d.muted[id] = "silence " + s.ID
				break
			}
		}
	}
}

// inhibit marks the targets of one inhibition. Sources are looked up by the
// values of the labels that must be equal, so that many alerts stay cheap.
func (d *Dispatch) inhibit(x Inhibition, labels map[string]Labels) {
	sources := map[string]bool{}
	key := func(l Labels) string {
		values := []string{"."}
		for _, name := range x.Equal {
			if l[name] == "" {
				return ""
			}
			values = append(values, escape.Replace(l[name]))
		}
		return strings.Join(values, "|")
	}
	for _, l := range labels {
		if k := key(l); k != "" && x.Source.Matches(l) {
			sources[k] = true
		}
	}
	for id, l := range labels {
		if sources[key(l)] && x.Target.Matches(l) && !x.Source.Matches(l) {
			d.muted[id] = "inhibited " + x.Name
		}
	}
}

// members are the alerts of a group, split into those that may be shown, worst
// first and open ones before the rest, and the number that is muted. One that is
// gone and only kept firing is not shown for the first time: what muted it may
// have ended a moment before it.
func (d *Dispatch) members(g *Group) (shown []Alert, muted int) {
	for _, m := range g.Members {
		a := d.alert(m.ID)
		switch {
		case a == nil:
		case a.State.Open() && !m.Shown && !a.ClearAt.IsZero():
		case a.State.Open() && d.muted[a.ID] != "" && !m.Shown:
			muted++
		case a.State.Open() || m.Shown:
			shown = append(shown, *a)
		}
	}
	slices.SortStableFunc(shown, func(a, b Alert) int {
		return cmp.Or(-compareBool(a.State.Open(), b.State.Open()), compare(a.Latest, b.Latest), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
	return shown, muted
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// endUntold ends a group none of whose members stands any more and that nobody
// was told of.
func (d *Dispatch) endUntold(g *Group) bool {
	if g.awaits(d.Now) {
		return false
	}
	if d.stands(g) {
		return false
	}
	g.EndedAt = d.Now
	d.changed[g.ID] = true
	return true
}

// ready reports whether the root of a group may be written now.
func (d *Dispatch) ready(g *Group) bool {
	r := d.receiver(g)
	if d.quiet(r) {
		if !g.Held {
			g.Held = true
			d.changed[g.ID] = true
		}
		return false
	}
	if d.Now.Before(g.WaitTill) {
		return false
	}
	shown, _ := d.members(g)
	return len(shown) > 0 || g.Mass != nil
}

// receiver is the receiver of a group's route as it is configured now; a route
// that is gone has the usual waits and no escalation.
func (d *Dispatch) receiver(g *Group) Receiver {
	if d.Root != nil {
		if r, ok := d.Root.Find(g.Route); ok {
			return r.Receiver
		}
	}
	return DefaultReceiver()
}

func (d *Dispatch) quiet(r Receiver) bool {
	return slices.ContainsFunc(r.Quiet, func(v Interval) bool { return v.Holds(d.Shop, d.Now) })
}

// fold turns too many ripe groups of one place into fewer.
func (d *Dispatch) fold(ripe []*Group) []*Group {
	byRule := map[string][]*Group{}
	var rules []string
	var mass []*Group // of which there are few, and each has its say
	for _, g := range ripe {
		if g.Mass != nil {
			mass = append(mass, g)
			continue
		}
		rule := d.ruleOf(g)
		if byRule[rule] == nil {
			rules = append(rules, rule)
		}
		byRule[rule] = append(byRule[rule], g)
	}
	var out []*Group
	for _, rule := range rules {
		out = append(out, d.foldRule(byRule[rule], rule)...)
	}
	return append(mass, d.cap(out)...)
}

// foldRule keeps a place within its roots of one rule: what comes all at once is
// one root, and so is what comes on top of those that stand.
func (d *Dispatch) foldRule(list []*Group, rule string) []*Group {
	most := d.Storm.Fold
	if most <= 0 {
		return list
	}
	if len(list) > most {
		return []*Group{d.merge(list, rule)}
	}
	free := max(0, most-d.standing(list[0].Place, rule))
	if len(list) <= free {
		return list
	}
	slices.SortStableFunc(list, func(a, b *Group) int { return d.compareGroups(a, b) })
	rest := d.merge(list[free:], rule)
	if rest.Told() {
		return list[:free]
	}
	return append(list[:free:free], rest)
}

// standing counts the roots of a rule's own that stand in a place.
func (d *Dispatch) standing(place Contact, rule string) (n int) {
	for _, id := range d.order {
		if g := d.groups[id]; g.Place == place && g.Told() && !g.Folded && !g.Merged && d.ruleOf(g) == rule && d.stands(g) {
			n++
		}
	}
	return n
}

// stands reports whether a member of a group is open.
func (d *Dispatch) stands(g *Group) bool {
	return slices.ContainsFunc(g.Members, func(m Member) bool {
		a := d.alert(m.ID)
		return a != nil && a.State.Open()
	})
}

// ruleOf is the rule of a group's first member.
func (d *Dispatch) ruleOf(g *Group) string {
	if len(g.Members) > 0 {
		if a := d.alert(g.Members[0].ID); a != nil {
			return string(a.Rule)
		}
	}
	return ""
}

// cap keeps a place within its number of roots: the last one takes the rest.
func (d *Dispatch) cap(ripe []*Group) []*Group {
	if d.Storm.Roots == 0 || len(ripe) == 0 {
		return ripe
	}
	place, recent := ripe[0].Place, 0
	for _, id := range d.order {
		if g := d.groups[id]; g.Place == place && g.Told() && d.Now.Sub(g.OpenedAt) < d.Storm.Within {
			recent++
		}
	}
	free := d.Storm.Roots - recent
	if len(ripe) <= free-1 {
		return ripe
	}
	slices.SortStableFunc(ripe, func(a, b *Group) int { return d.compareGroups(a, b) })
	n := max(free-1, 0)
	rest := d.merge(ripe[n:], "")
	if rest.Told() {
		return ripe[:n]
	}
	return append(ripe[:n:n], rest)
}

func (d *Dispatch) compareGroups(a, b *Group) int {
	x, _ := d.members(a)
	y, _ := d.members(b)
	if len(x) == 0 || len(y) == 0 {
		return len(y) - len(x)
	}
	return compare(x[0].Latest, y[0].Latest)
}

// merge moves the members of untold groups into the folded group of a place,
// which may be an open one.
func (d *Dispatch) merge(list []*Group, rule string) *Group {
	key := foldKey(list[0].Place, rule)
	into := d.last(key)
	switch {
	case into != nil && rule == "" && into.Told() && into.Over() && d.Now.Sub(into.EndedAt) < d.Storm.Within:
		into.EndedAt = time.Time{} // the place has no root to spare for another
	case into == nil, into.Over(), rule != "" && d.Now.Sub(into.Created) >= d.Storm.FoldFor:
		r, ok := d.Root.Find(list[0].Route)
		if !ok {
			r = &Route{Name: list[0].Route, Receiver: Receiver{Lang: list[0].Lang}}
		}
		into = d.begin(key, r, list[0].Place, into)
		into.Folded = true
	}
	for _, g := range list {
		if g == into {
			continue
		}
		into.Members = append(into.Members, g.Members...)
		for _, m := range g.Members {
			if a := d.alert(m.ID); a != nil {
				a.Groups = append(slices.DeleteFunc(slices.Clone(a.Groups), func(id string) bool { return id == g.ID || id == into.ID }), into.ID)
				d.moved[m.ID] = true
			}
		}
		g.Merged, g.EndedAt = true, d.Now
		d.changed[g.ID] = true
	}
	d.changed[into.ID] = true
	return into
}

// openRoot writes the root of a group.
func (d *Dispatch) openRoot(g *Group) Post {
	shown, muted := d.members(g)
	for _, fresh := range d.show(g, shown) {
		a := d.alert(fresh.ID)
		if g.Held && a.State == Firing { // its escalation begins when people can know of it
			a.LevelAt = d.Now
			d.moved[a.ID] = true
		}
	}
	g.OpenedAt, g.EditedAt, g.NewsAt, g.Held, g.Muted = d.Now, d.Now, d.Now, false, muted
	g.News = slices.DeleteFunc(g.News, func(n News) bool { return n.By == "" && n.Kind != Escalated })
	d.changed[g.ID] = true
	return Post{Kind: PostRoot, Group: *g, Alerts: shown}
}

// show marks members as told.
func (d *Dispatch) show(g *Group, shown []Alert) (fresh []Alert) {
	in := make(map[string]bool, len(shown))
	for i := range shown {
		in[shown[i].ID] = true
	}
	for i := range g.Members {
		m := &g.Members[i]
		if in[m.ID] && !m.Shown {
			m.Shown = true
			fresh = append(fresh, *d.alert(m.ID))
		}
	}
	return fresh
}

// nights tells, once quiet hours are over in a place, what came and went in
// them.
func (d *Dispatch) nights() []Post {
	byPlace := map[Contact][]*Group{}
	var places []Contact
	for _, id := range d.order {
		g := d.groups[id]
		if !g.Held || !g.Over() || g.Told() || g.Merged || d.quiet(d.receiver(g)) {
			continue
		}
		if byPlace[g.Place] == nil {
			places = append(places, g.Place)
		}
		byPlace[g.Place] = append(byPlace[g.Place], g)
	}
	var out []Post
	for _, p := range places {
		list := byPlace[p]
		post := Post{Kind: PostNight, Group: *list[0]}
		for _, g := range list {
			g.Held = false
			d.changed[g.ID] = true
			for _, m := range g.Members {
				if a := d.alert(m.ID); a != nil {
					post.Alerts = append(post.Alerts, *a)
				}
			}
		}
		out = append(out, post)
	}
	return out
}
