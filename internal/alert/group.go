package alert

import (
	"slices"
	"time"

	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
)

// Group is one root message in one place: one alert, or several that belong
// together. It is kept with the place and the language it was begun in, so that
// its messages stay what they are when the configuration changes.
type Group struct {
	ID      string        `json:"id"`  // opaque and short, as an alert's
	Key     string        `json:"key"` // the same for every episode of the group
	Episode int           `json:"episode"`
	Shop    market.ShopID `json:"shop"`
	Route   string        `json:"route"`
	Place   Contact       `json:"place"`
	Lang    string        `json:"lang"`
	// Folded says that the members would each have had a root of its own: they
	// came all at once, or while enough of their rule stood.
	Folded  bool     `json:"folded,omitempty"`
	Mass    *Mass    `json:"mass,omitempty"` // the change that it tells of, if it does
	Members []Member `json:"members"`

	Created  time.Time `json:"created"`
	WaitTill time.Time `json:"wait_till"`          // group_wait is over
	OpenedAt time.Time `json:"opened_at,omitzero"` // the root was written
	Held     bool      `json:"held,omitempty"`     // by quiet hours
	EndedAt  time.Time `json:"ended_at,omitzero"`  // no member stands any more
	NewsAt   time.Time `json:"news_at,omitzero"`   // of the last thread line that the bot wrote by itself
	EditedAt time.Time `json:"edited_at,omitzero"`
	Posts    int       `json:"posts"` // thread messages and edits, for delivery keys
	// News waits to be told in the thread.
	News []News `json:"news,omitempty"`
	// Muted is how many open members the root was last shown without.
	Muted int `json:"muted,omitempty"`
	// Previous is the group of the same key before, when it was told.
	Previous string `json:"previous,omitempty"`
	// Legacy is the alert whose root was written before there were groups.
	Legacy string `json:"legacy,omitempty"`
	// Merged says that its members moved to another group before it was told.
	Merged bool `json:"merged,omitempty"`
}

// Member is an alert of a group. Shown says that people were told of it here.
type Member struct {
	ID    string `json:"id"`
	Shown bool   `json:"shown,omitempty"`
}

// News is something that happened to a member.
type News struct {
	ID      string    `json:"id"`
	Kind    Kind      `json:"kind"`
	By      string    `json:"by,omitempty"`
	Contact Contact   `json:"contact,omitzero"`
	At      time.Time `json:"at"`
}

// Told reports whether the root has been written.
func (g *Group) Told() bool { return !g.OpenedAt.IsZero() }

// Over reports whether no member stands any more.
func (g *Group) Over() bool { return !g.EndedAt.IsZero() }

// InView reports whether a Dispatch must be given the group: it stands, is held
// by quiet hours, or has ended so lately that the storm cap counts it.
func (g *Group) InView(now time.Time) bool {
	return !g.Merged && (!g.Over() || g.Held || now.Sub(g.EndedAt) < DefaultStorm().Within)
}

// RootKey is the delivery key of the root message, without the place.
func (g *Group) RootKey() string {
	if g.Legacy != "" {
		return RootKey(g.Legacy)
	}
	return RootKey(g.ID)
}

func (g *Group) member(id string) int {
	return slices.IndexFunc(g.Members, func(m Member) bool { return m.ID == id })
}

// Storm bounds how many roots one place gets.
type Storm struct {
	// Fold is how many groups of one rule may open together, or stand; more
	// become one.
	Fold int
	// FoldFor is how long after its opening such a root takes further members.
	FoldFor time.Duration
	// Roots is how many roots a place gets within Within; the last of them
	// takes everything that comes then.
	Roots  int
	Within time.Duration
}

// DefaultStorm keeps a place within 10 roots in 10 minutes.
func DefaultStorm() Storm {
	return Storm{Fold: 3, FoldFor: 6 * time.Hour, Roots: 10, Within: 10 * time.Minute}
}

// PostKind is what is to be written about a group.
type PostKind string

// Posts.
const (
	PostRoot  PostKind = "root"
	PostEdit  PostKind = "edit"
	PostLine  PostKind = "line"  // in the thread: Post.News
	PostNight PostKind = "night" // a root of its own: what came and went in quiet hours
)

// Post is something to write. Alerts are the members that may be shown, worst
// first, the open ones before the ended.
type Post struct {
	Kind   PostKind
	Group  Group
	Alerts []Alert
	News   []News // of PostLine, in order
	N      int    // number within the group, for its delivery key
}

// Pressing reports whether p speaks of a critical alert that is not over: it
// then goes before everything else that waits to be sent.
func (p *Post) Pressing() bool {
	return slices.ContainsFunc(p.Alerts, func(a Alert) bool {
		return a.Latest.Severity == analysis.Critical && a.State.Open()
	})
}

// Repeated is the kind of News that says that nothing has changed for long.
const Repeated Kind = "repeated"

// Memory is where a Dispatch finds what was before. Errors of a store are kept
// by the caller.
type Memory struct {
	Alert func(id string) (Alert, bool)
	Group func(id string) (Group, bool)
	// Last is the newest group of a key.
	Last func(key string) (Group, bool)
	// Root reports whether a root message with this key was written to a place.
	Root func(key string, place Contact) bool
}

// Dispatch decides what is told where. Set the exported fields, give it every
// transition with Take, then Flush. Changed groups and alerts are to be stored.
type Dispatch struct {
	Shop        *market.Shop
	Now         time.Time
	Root        *Route
	Storm       Storm
	Silences    []Silence
	Inhibitions []Inhibition
	Memory      Memory
	// Groups are those in view: not over, or over for less than Storm.Within.
	Groups []Group
	// Open are the alerts of the shop that are open.
	Open []Alert
	// Refresh is the least time between two edits that only bring figures up
	// to date.
	Refresh time.Duration

	groups  map[string]*Group
	order   []string
	newest  map[string]*Group // by key, of groups
	asked   map[string]bool   // keys that Memory was asked for
	begun   map[string]bool   // groups that this dispatch has made
	changed map[string]bool
	alerts  map[string]*Alert
	moved   map[string]bool // alerts whose groups changed
	muted   map[string]string
}

func (d *Dispatch) init() {
	if d.groups != nil {
		return
	}
	d.groups, d.changed = map[string]*Group{}, map[string]bool{}
	d.newest, d.asked, d.begun = map[string]*Group{}, map[string]bool{}, map[string]bool{}
	d.alerts, d.moved, d.muted = map[string]*Alert{}, map[string]bool{}, map[string]string{}
	for i := range d.Groups {
		d.keep(d.Groups[i])
	}
	for i := range d.Open {
		a := d.Open[i]
		d.alerts[a.ID] = &a
	}
}

func (d *Dispatch) keep(g Group) *Group {
	d.groups[g.ID] = &g
	d.order = append(d.order, g.ID)
	if old := d.newest[g.Key]; !g.Merged && (old == nil || g.Episode > old.Episode) {
		d.newest[g.Key] = &g
	}
	return &g
}

// Alert is the alert as the dispatch knows it now.
func (d *Dispatch) Alert(id string) (Alert, bool) {
	a := d.alert(id)
	if a == nil {
		return Alert{}, false
	}
	return *a, true
}

func (d *Dispatch) alert(id string) *Alert {
	if a, ok := d.alerts[id]; ok {
		return a
	}
	if d.Memory.Alert == nil {
		return nil
	}
	a, ok := d.Memory.Alert(id)
	if !ok {
		return nil
	}
	d.alerts[id] = &a
	return &a
}

func (d *Dispatch) group(id string) *Group {
	if g, ok := d.groups[id]; ok {
		return g
	}
	if d.Memory.Group == nil {
		return nil
	}
	g, ok := d.Memory.Group(id)
	if !ok {
		return nil
	}
	return d.keep(g)
}

// last is the newest group of a key, those of this dispatch included.
func (d *Dispatch) last(key string) *Group {
	if d.Memory.Last != nil && !d.asked[key] {
		d.asked[key] = true
		if g, ok := d.Memory.Last(key); ok && d.groups[g.ID] == nil {
			d.keep(g)
		}
	}
	if g := d.newest[key]; g != nil && !g.Merged {
		return g
	}
	return nil
}

// Take puts what happened to an alert on the news of its groups. An opening
// finds or makes them.
func (d *Dispatch) Take(t Transition) {
	d.init()
	a := t.Alert
	old := d.alert(a.ID)
	if old != nil && len(a.Groups) == 0 {
		a.Groups = old.Groups
	}
	d.alerts[a.ID] = &a
	if t.Kind == Quiet {
		return
	}
	switch {
	case len(a.Groups) > 0:
	case t.Kind == Opened:
		d.place(&a)
		return
	default:
		d.adopt(&a)
	}
	for _, id := range a.Groups {
		g := d.group(id)
		if g == nil {
			continue
		}
		if a.State.Open() {
			g.EndedAt = time.Time{}
		}
		g.News = append(g.News, News{ID: a.ID, Kind: t.Kind, By: t.By, Contact: t.Contact, At: d.Now})
		d.changed[id] = true
	}
	if t.Kind == Escalated {
		d.escalate(&a, t.Contact)
	}
}

// escalate gives an alert a root of its own where its escalation leads: in a
// channel, or with a person. A group of persons is mentioned in the thread.
func (d *Dispatch) escalate(a *Alert, to Contact) {
	routes := d.Root.Pick(a.Labels())
	if to.Channel == "" && to.User == "" || len(routes) == 0 {
		return
	}
	for _, id := range a.Groups {
		if g := d.group(id); g != nil && g.Place == to {
			return
		}
	}
	g := d.groupFor(routes[0], to, a.Labels())
	if !g.Told() {
		g.WaitTill = d.Now
	}
	d.join(g, a)
}

// place routes a new alert into a group for each place that takes it.
func (d *Dispatch) place(a *Alert) {
	l := a.Labels()
	for _, r := range d.Root.Pick(l) {
		for _, to := range r.To {
			d.join(d.groupFor(r, to, l), a)
		}
	}
}

// adopt makes groups of the root messages that an alert got before there were
// groups.
func (d *Dispatch) adopt(a *Alert) {
	if a.FiredAt.IsZero() || d.Memory.Root == nil {
		return
	}
	for _, r := range d.Root.Pick(a.Labels()) {
		for _, to := range r.To {
			if !d.Memory.Root(RootKey(a.ID), to) {
				continue
			}
			key := "legacy|" + a.ID + "|" + to.String()
			g := d.begin(key, r, to, nil)
			g.Legacy, g.Created, g.OpenedAt, g.Posts = a.ID, a.FiredAt, a.FiredAt, a.Posts
			d.join(g, a)
			g.Members[0].Shown = true
		}
	}
}

func (d *Dispatch) join(g *Group, a *Alert) {
	g.Members = append(g.Members, Member{ID: a.ID})
	a.Groups = append(slices.Clone(a.Groups), g.ID)
	d.alerts[a.ID] = a
	d.changed[g.ID], d.moved[a.ID] = true, true
}

// groupFor is the open group that labels belong to in a place, or a new one.
func (d *Dispatch) groupFor(r *Route, to Contact, l Labels) *Group {
	key := r.key(r.Name, to, l)
	last := d.last(key)
	if last != nil && !last.Over() {
		return last
	}
	if fold := d.last(foldKey(to, l[LabelRule])); fold != nil && !fold.Over() && d.Now.Sub(fold.Created) < d.Storm.FoldFor {
		return fold
	}
	g := d.begin(key, r, to, last)
	g.WaitTill = d.Now.Add(r.Wait)
	return g
}

func foldKey(to Contact, rule string) string { return "fold|" + to.String() + "|" + rule }

// begin makes the next group of a key; last is the one before, or nil.
func (d *Dispatch) begin(key string, r *Route, to Contact, last *Group) *Group {
	g := Group{Key: key, Episode: 1, Shop: d.Shop.ID, Route: r.Name, Place: to, Lang: r.Lang, Created: d.Now, WaitTill: d.Now}
	if last != nil {
		g.Episode = last.Episode + 1
		if last.Told() {
			g.Previous = last.ID
		}
	}
	g.ID = ID("group "+string(d.Shop.ID)+" "+key, g.Episode)
	d.begun[g.ID] = true
	return d.keep(g)
}
