package outbox

import (
	"strconv"
	"time"

	"shopwatch/internal/chat"
	"shopwatch/internal/market"
)

// Route says what one place is told, and in which language.
type Route struct {
	Target  chat.Target
	Lang    string
	Digests []string // names of digests
	// Unit is what a team looks after; empty is the whole shop.
	Unit market.Unit
	// Hold keeps what is sent here until then; zero holds nothing.
	Hold time.Time
}

// Name is the place as part of a key.
func (r Route) Name() string {
	if r.Target.Channel != "" {
		return r.Target.Channel
	}
	return "@" + r.Target.User
}

// Root makes the entry of a new message with the given key.
func (r Route) Root(key string, m chat.Message, now time.Time) Entry {
	return Entry{Key: r.Key(key), Act: chat.Post, Target: r.Target, Message: m, Lang: r.Lang, State: Queued, Created: now, Hold: r.Hold, NotUntil: r.Hold}
}

// Under makes the entry of the n-th message in the thread of the root with key.
func (r Route) Under(key string, n int, m chat.Message, now time.Time) Entry {
	root := r.Key(key)
	return Entry{
		Key: root + "/" + strconv.Itoa(n), Act: chat.Reply, Target: r.Target, RootKey: root,
		Message: m, Lang: r.Lang, State: Queued, Created: now, Hold: r.Hold, NotUntil: r.Hold,
	}
}

// Edit makes the entry of the n-th edit of the root with key.
func (r Route) Edit(key string, n int, m chat.Message, now time.Time) Entry {
	root := r.Key(key)
	return Entry{
		Key: root + "/edit/" + strconv.Itoa(n), Act: chat.Update, Target: r.Target, RootKey: root,
		Message: m, Lang: r.Lang, State: Queued, Created: now,
	}
}

// Key is the delivery key of the root with the given key in this place.
func (r Route) Key(key string) string { return key + "/" + r.Name() }
