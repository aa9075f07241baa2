package notify

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"shopwatch/internal/access"
	"shopwatch/internal/alert"
	"shopwatch/internal/card"
	"shopwatch/internal/chat"
	"shopwatch/internal/i18n"
	"shopwatch/internal/market"
	"shopwatch/internal/outbox"
	"shopwatch/storage"
)

// Notifier tells of the alerts of one shop. It is set up once and only read.
type Notifier struct {
	Shop        *market.Shop
	Root        *alert.Route
	Policy      alert.Policy
	Storm       alert.Storm
	Inhibitions []alert.Inhibition
}

// New makes a notifier with the usual patience.
func New(shop *market.Shop, root *alert.Route) *Notifier {
	return &Notifier{
		Shop: shop, Root: root, Policy: alert.DefaultPolicy(), Storm: alert.DefaultStorm(), Inhibitions: alert.DefaultInhibitions(),
	}
}

// refresh is how often a root is edited only to bring its figures up to date.
const refresh = time.Hour

// bot is the actor of audit entries about what happens by itself.
const bot = "shopwatch"

// Apply stores transitions and tells of them. channel is where a person did it;
// empty for what happened by itself. next is when time alone will have
// something told, as far as the groups know; see Tick for the rest.
func (n *Notifier) Apply(tx *storage.Tx, list []alert.Transition, channel string, now time.Time) (next time.Time, err error) {
	for _, t := range list {
		if err := tx.PutAlert(t.Alert); err != nil {
			return next, fmt.Errorf("alert %s: %w", t.Alert.ID, err)
		}
		if t.Kind == alert.Quiet {
			continue
		}
		if err := tx.Audit(entry(t, channel, now)); err != nil {
			return next, err
		}
	}
	if err := n.sweep(tx, now); err != nil {
		return next, err
	}
	d, keep, err := n.dispatch(tx, now)
	if err != nil {
		return next, err
	}
	for _, t := range list {
		d.Take(t)
	}
	if next, err = n.flush(tx, d, now); err != nil {
		return next, err
	}
	return next, *keep
}

// flush writes what a dispatch has decided and stores what it has changed.
func (n *Notifier) flush(tx *storage.Tx, d *alert.Dispatch, now time.Time) (next time.Time, err error) {
	for _, p := range d.Flush() {
		if err := n.write(tx, p, now); err != nil {
			return next, fmt.Errorf("alert group %s: %w", p.Group.ID, err)
		}
	}
	next = d.Next()
	for _, a := range d.Moved() {
		if err := tx.PutAlert(a); err != nil {
			return next, fmt.Errorf("alert %s: %w", a.ID, err)
		}
	}
	for _, g := range d.Changed() {
		if err := tx.PutGroup(g, g.InView(now)); err != nil {
			return next, err
		}
	}
	return next, nil
}

// sweep takes groups out of view that have been over for long enough.
func (n *Notifier) sweep(tx *storage.Tx, now time.Time) error {
	groups, err := tx.Groups(n.Shop.ID)
	if err != nil {
		return err
	}
	for _, g := range groups {
		if !g.InView(now) {
			if err := tx.PutGroup(g, false); err != nil {
				return err
			}
		}
	}
	return nil
}

// entry is the audit entry of a transition.
func entry(t alert.Transition, channel string, now time.Time) access.Entry {
	detail := string(t.Alert.Rule) + " episode " + strconv.Itoa(t.Alert.Episode)
	if t.Was != "" {
		detail += ", was " + string(t.Was)
	}
	if t.Kind == alert.Given {
		detail += ", to " + t.Alert.Owner
	}
	if !t.Contact.Zero() {
		detail += ", told " + t.Contact.String()
	}
	return access.Entry{
		At: now, Actor: cmp.Or(t.By, bot), Act: "alert." + string(t.Kind), Subject: t.Alert.ID, Channel: channel, Detail: detail,
	}
}

// dispatch loads what a dispatch needs. keep holds the first error of a lookup
// that it makes later.
func (n *Notifier) dispatch(tx *storage.Tx, now time.Time) (d *alert.Dispatch, keep *error, err error) {
	keep = new(error)
	d = &alert.Dispatch{
		Shop: n.Shop, Now: now, Root: n.Root, Storm: n.Storm, Inhibitions: n.Inhibitions, Refresh: refresh,
		Memory: alert.Memory{
			Alert: func(id string) (alert.Alert, bool) { return kept(keep)(tx.Alert(id)) },
			Group: func(id string) (alert.Group, bool) { return kept2(keep)(tx.Group(id)) },
			Last:  func(key string) (alert.Group, bool) { return kept2(keep)(tx.LastGroup(key)) },
			Root: func(key string, place alert.Contact) bool {
				_, ok, err := tx.Entry(routeOf(place).Key(key))
				note(keep, err)
				return ok
			},
		},
	}
	if d.Groups, err = tx.Groups(n.Shop.ID); err != nil {
		return nil, nil, err
	}
	d.Groups = slices.DeleteFunc(d.Groups, func(g alert.Group) bool { return !g.InView(now) })
	open, err := tx.OpenAlerts(n.Shop.ID)
	if err != nil {
		return nil, nil, err
	}
	for _, a := range open {
		if a.State.Open() {
			d.Open = append(d.Open, a)
		}
	}
	silences, err := tx.Silences(n.Shop.ID)
	for _, s := range silences {
		if !s.Over(now) {
			d.Silences = append(d.Silences, s)
		}
	}
	return d, keep, err
}

// note keeps the first error.
func note(keep *error, err error) {
	if *keep == nil {
		*keep = err
	}
}

func kept(keep *error) func(alert.Alert, bool, error) (alert.Alert, bool) {
	return func(a alert.Alert, ok bool, err error) (alert.Alert, bool) {
		note(keep, err)
		return a, ok && err == nil
	}
}

func kept2(keep *error) func(alert.Group, bool, error) (alert.Group, bool) {
	return func(g alert.Group, ok bool, err error) (alert.Group, bool) {
		note(keep, err)
		return g, ok && err == nil
	}
}

// routeOf is a place as the outbox writes it.
func routeOf(c alert.Contact) outbox.Route {
	return outbox.Route{Target: chat.Target{Channel: c.Channel, User: c.User}}
}

// write puts one post into the outbox.
func (n *Notifier) write(tx *storage.Tx, p alert.Post, now time.Time) error {
	g, pen, place := p.Group, card.New(i18n.For(p.Group.Lang), n.Shop), routeOf(p.Group.Place)
	var list []outbox.Entry
	switch p.Kind {
	case alert.PostRoot, alert.PostEdit:
		root, err := n.root(tx, p)
		if err != nil {
			return err
		}
		m := pen.AlertRoot(root, now)
		if p.Kind == alert.PostEdit {
			list = append(list, place.Edit(g.RootKey(), p.N, m, now))
		} else {
			list = append(list, place.Root(g.RootKey(), m, now))
		}
		// The alerts of a mass change come after its root; the outbox takes the
		// list once, under whichever post it comes first.
		if g.Folded && len(p.Alerts) > 1 && (p.Kind == alert.PostRoot || g.Mass != nil) {
			f := pen.AlertFile(p.Alerts, fileName(p.Alerts, now))
			list = append(list, place.Under(g.RootKey(), 0, pen.FileNote(f), now))
		}
	case alert.PostLine:
		if m := pen.AlertNews(p.News, p.Alerts, now); m.Text != "" {
			list = append(list, place.Under(g.RootKey(), p.N, m, now))
		}
	case alert.PostNight:
		list = append(list, place.Root("night/"+g.ID, pen.Overnight(p.Alerts), now))
	}
	for _, e := range list {
		e.Urgent = p.Pressing()
		if _, err := tx.Enqueue(e); err != nil {
			return err
		}
	}
	return nil
}

// fileName names the list of a folded root after its rule and moment.
func fileName(list []alert.Alert, now time.Time) string {
	name := "alerts"
	if len(list) > 0 {
		name = string(list[0].Rule)
	}
	return strings.ReplaceAll(name, "_", "-") + now.UTC().Format("-20060102-1504") + ".csv"
}

// root is what the root of a group shows.
func (n *Notifier) root(tx *storage.Tx, p alert.Post) (card.Root, error) {
	g := p.Group
	r := card.Root{ID: g.ID, Alerts: p.Alerts, Muted: g.Muted, Mass: g.Mass}
	if route, ok := n.Root.Find(g.Route); ok {
		r.Mentions = route.Mentions
	}
	if g.Previous == "" {
		return r, nil
	}
	before, ok, err := tx.Group(g.Previous)
	if err != nil || !ok {
		return r, err
	}
	e, ok, err := tx.Entry(routeOf(before.Place).Key(before.RootKey()))
	if ok && !e.Receipt.Ref.Zero() {
		r.Previous = &e.Receipt.Ref
	}
	return r, err
}
