package alert

import (
	"strings"
	"time"
)

// Route is a node of the routing tree. An alert that matches a node goes to its
// first matching child, and on to further ones while they say Continue; when no
// child takes it, it goes to the node itself (Alertmanager's rules). A node
// without To takes nothing itself.
type Route struct {
	Name     string // how a configuration names it: alerts, alerts.routes[0]
	Match    Matchers
	Continue bool
	Routes   []Route
	Receiver
}

// Receiver says where and how alerts are told.
type Receiver struct {
	To       []Contact // channels and persons
	Lang     string
	GroupBy  []string // labels
	Wait     time.Duration
	Interval time.Duration
	Repeat   time.Duration
	Quiet    []Interval // nothing is opened during these; it is told after them
	Ladder   []Rung
	Mentions []Contact // who is mentioned in a root; persons and groups
}

// DefaultReceiver has Alertmanager's waits but for group_wait: the rules of a
// shop run together, so that what belongs together comes together.
func DefaultReceiver() Receiver {
	return Receiver{GroupBy: []string{LabelRule, LabelSKU}, Wait: 30 * time.Second, Interval: 5 * time.Minute, Repeat: 24 * time.Hour}
}

// Visit is one node that routing looked at.
type Visit struct {
	Route   *Route
	Depth   int
	Matched bool
	Takes   bool // the alert is told here
}

// Pick returns the routes that take an alert, in order.
func (r *Route) Pick(l Labels) []*Route {
	var out []*Route
	for _, v := range r.Trace(l) {
		if v.Takes {
			out = append(out, v.Route)
		}
	}
	return out
}

// Trace returns every node that is looked at for an alert, parents first.
func (r *Route) Trace(l Labels) []Visit {
	visits, _ := r.trace(l, 0)
	return visits
}

func (r *Route) trace(l Labels, depth int) (visits []Visit, taken bool) {
	self := Visit{Route: r, Depth: depth, Matched: r.Match.Matches(l)}
	if !self.Matched {
		return []Visit{self}, false
	}
	var below []Visit
	for i := range r.Routes {
		v, took := r.Routes[i].trace(l, depth+1)
		below = append(below, v...)
		taken = taken || took
		if took && !r.Routes[i].Continue {
			break
		}
	}
	if !taken && len(r.To) > 0 {
		self.Takes, taken = true, true
	}
	return append([]Visit{self}, below...), taken
}

// Find returns the node of that name.
func (r *Route) Find(name string) (*Route, bool) {
	if r.Name == name {
		return r, true
	}
	for i := range r.Routes {
		if found, ok := r.Routes[i].Find(name); ok {
			return found, true
		}
	}
	return nil, false
}

// LadderOf is the escalation of the first route that takes an alert and has one.
func (r *Route) LadderOf(l Labels) []Rung {
	for _, x := range r.Pick(l) {
		if len(x.Ladder) > 0 {
			return x.Ladder
		}
	}
	return nil
}

// key tells groups of one route and place apart.
func (r *Receiver) key(name string, place Contact, l Labels) string {
	parts := []string{name, place.String()}
	for _, label := range r.GroupBy {
		parts = append(parts, label+"="+l[label])
	}
	for i, p := range parts {
		parts[i] = escape.Replace(p)
	}
	return strings.Join(parts, "|")
}
