package audience

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/outbox"
)

// Kind is a digest that can be subscribed to.
type Kind string

// Kinds of digest. Their names are those of post[].digests in the configuration
// and part of delivery keys.
const (
	Morning  Kind = "morning"  // the day before, every morning
	Intraday Kind = "intraday" // the day so far, on days of a campaign
	Weekly   Kind = "weekly"   // the week before
	Monthly  Kind = "monthly"  // the month before
	Campaign Kind = "campaign" // what a campaign has brought
)

// Kinds are all kinds in the order in which they are shown.
func Kinds() []Kind { return []Kind{Morning, Intraday, Weekly, Monthly, Campaign} }

// Subscription is the wish of a person, or of an operator for a channel, to
// receive a kind of digest about a shop. A place has at most one of a kind.
type Subscription struct {
	Shop  market.ShopID `json:"shop"`
	Place chat.Target   `json:"place"`
	Kind  Kind          `json:"kind"`
	Lang  string        `json:"lang"` // language tag
	By    string        `json:"by"`   // chat user id of who made it
	At    time.Time     `json:"at"`
}

// Check reports what a subscription lacks; nil when it can be kept.
func (s Subscription) Check() error {
	switch {
	case s.Shop == "":
		return fmt.Errorf("subscription to %q: no shop", s.Kind)
	case (s.Place.Channel == "") == (s.Place.User == ""):
		return fmt.Errorf("subscription to %q: a channel or a person must be named, not both", s.Kind)
	case !slices.Contains(Kinds(), s.Kind):
		return fmt.Errorf("subscription: no digest %q", s.Kind)
	case s.Lang == "" || s.By == "":
		return fmt.Errorf("subscription to %q: language and author are required", s.Kind)
	}
	return nil
}

// Person is how somebody likes to be spoken to. The zero Person follows the
// chat's own settings and is never quiet.
type Person struct {
	User string `json:"user"` // chat user id
	// Lang is the language the person has chosen; empty follows the chat client,
	// the channel and the bot, in this order.
	Lang string `json:"lang,omitempty"`
	// Quiet is when nothing that was subscribed to is sent, on the clock of the
	// shop.
	Quiet alert.Interval `json:"quiet,omitzero"`
}

// TooLate is how long after its time a digest may reach a person whose quiet
// hours hold it; one that would come later than that is left out.
const TooLate = 12 * time.Hour

// Holds returns until when p's quiet hours hold what is due at now: the zero
// time when they do not. skip says that it would come too late to be of use.
func (p Person) Holds(shop *market.Shop, now time.Time) (until time.Time, skip bool) {
	if !p.Quiet.Holds(shop, now) {
		return time.Time{}, false
	}
	until = p.Quiet.End(shop, now)
	return until, until.Sub(now) > TooLate
}

// Receivers are the places that receive a kind of digest of a shop at now, each
// once: those that posts name, in their order, then those that have subscribed,
// channels before people, each in the order of ids. What the configuration says
// of a place wins. people are by user id; who is not in it has no wishes.
func Receivers(shop *market.Shop, kind Kind, posts []outbox.Route, subs []Subscription, people map[string]Person, now time.Time) []outbox.Route {
	var out []outbox.Route
	told := map[chat.Target]bool{}
	for _, r := range posts {
		if slices.Contains(r.Digests, string(kind)) && !told[r.Target] {
			told[r.Target] = true
			out = append(out, r)
		}
	}
	for _, s := range sorted(subs) {
		if s.Kind != kind || s.Shop != shop.ID || told[s.Place] {
			continue
		}
		told[s.Place] = true
		r := outbox.Route{Target: s.Place, Lang: s.Lang, Digests: []string{string(kind)}}
		if s.Place.User != "" {
			until, skip := people[s.Place.User].Holds(shop, now)
			if skip {
				continue
			}
			r.Hold = until
		}
		out = append(out, r)
	}
	return out
}

func sorted(subs []Subscription) []Subscription {
	subs = slices.Clone(subs)
	slices.SortStableFunc(subs, func(a, b Subscription) int {
		return cmp.Or(boolInt(a.Place.Channel == "")-boolInt(b.Place.Channel == ""),
			strings.Compare(a.Place.Channel, b.Place.Channel), strings.Compare(a.Place.User, b.Place.User))
	})
	return subs
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
