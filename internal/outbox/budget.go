package outbox

import (
	"time"

	"shopwatch/internal/chat"
)

// Rank is how soon a message must be there, compared with others: the lower,
// the sooner.
type Rank int

// Ranks.
const (
	Pressing  Rank = iota // a critical alert and what is said about it
	Headline              // any other new message
	Following             // what stands in a thread
	Revision              // an edit: it says how things stand, and a later one takes it in

	NumRanks int = iota
)

// Ranks are all of them, the most urgent first.
func Ranks() []Rank { return []Rank{Pressing, Headline, Following, Revision} }

// String is the name of a rank in metrics.
func (r Rank) String() string {
	return [NumRanks]string{"pressing", "headline", "following", "revision"}[r]
}

// Rank is how soon e must be there.
func (e *Entry) Rank() Rank {
	switch {
	case e.Urgent && e.Act != chat.Update:
		return Pressing
	case e.Act == chat.Update:
		return Revision
	case e.Act == chat.Reply:
		return Following
	}
	return Headline
}

// Budget is what a workspace takes in all, a token bucket over every place: no
// more than PerMinute messages leave in any minute, and up to a quarter of those
// at once. The less urgent a message, the more it must leave in the bucket, so
// that a storm of digests never takes the room of an alert. What is posted for
// people who wait goes past it and is only counted.
//
// It is not safe for concurrent use. The zero value sets no limit. Its stored
// form is what outlives the process.
type Budget struct {
	PerMinute int `json:"-"`
	// Full is when the bucket is full again; a time in the past means now.
	Full time.Time `json:"full,omitzero"`
	// Held is until when the platform wants nothing at all.
	Held time.Time `json:"held,omitzero"`
}

// maxDebt is how far ahead Full may lie: people who ask for much do not silence
// the bot for longer, nor does a clock that was set back.
const maxDebt = time.Minute

// maxHeld bounds a stored hold that a clock which was set back has made long.
const maxHeld = time.Hour

// burst is how many tokens the bucket holds.
func (b *Budget) burst() int { return max(b.PerMinute/4, 1) }

// every is how long one token takes: a full bucket and what runs into it within
// a minute are PerMinute together.
func (b *Budget) every() time.Duration {
	return time.Minute / time.Duration(max(b.PerMinute-b.burst(), 1))
}

// Free is when a message of rank r may leave; the zero time, or one in the past,
// means now.
func (b *Budget) Free(r Rank) time.Time {
	if b.PerMinute <= 0 || b.Full.IsZero() {
		return b.Held
	}
	spare := b.burst() * int(r) / (NumRanks + 1)
	return later(b.Held, b.Full.Add(-time.Duration(b.burst()-1-spare)*b.every()))
}

// Spend counts a message that leaves at now.
func (b *Budget) Spend(now time.Time) {
	if b.PerMinute <= 0 {
		return
	}
	b.Full = later(b.Full, now).Add(b.every())
	if most := now.Add(max(maxDebt, time.Duration(b.burst())*b.every())); b.Full.After(most) {
		b.Full = most
	}
}

// Return takes back a Spend for a message that did not leave.
func (b *Budget) Return() {
	if b.PerMinute > 0 {
		b.Full = b.Full.Add(-b.every())
	}
}

// Hold keeps everything back until t: a limit of the platform is one of the
// workspace, not of a place.
func (b *Budget) Hold(t time.Time) { b.Held = later(b.Held, t) }

// Resume goes on at now from what an earlier process has stored.
func (b *Budget) Resume(stored Budget, now time.Time) {
	b.Full = earlier(stored.Full, now.Add(maxDebt))
	b.Held = earlier(stored.Held, now.Add(maxHeld))
}

// Room is how many messages the bucket has left at now; less than nothing
// while people's answers have overdrawn it.
func (b *Budget) Room(now time.Time) int {
	owed := b.Full.Sub(now)
	if b.Full.IsZero() || owed <= 0 {
		return b.burst()
	}
	return b.burst() - int((owed+b.every()-1)/b.every())
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
