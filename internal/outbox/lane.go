package outbox

import (
	"time"

	"shopwatch/internal/chat"
)

// Pace is the least time between two messages to one place.
const Pace = time.Second

// Lanes keeps the pace of every place. It is not safe for concurrent use: the
// deliver job guards it.
type Lanes struct {
	free map[chat.Target]time.Time
	all  time.Time // before which no lane is free
}

// Free is when the lane of target may carry its next message; the zero time
// means now.
func (l *Lanes) Free(target chat.Target) time.Time {
	if l.all.After(l.free[target]) {
		return l.all
	}
	return l.free[target]
}

// Used notes that a message went to target at now.
func (l *Lanes) Used(target chat.Target, now time.Time) { l.hold(target, now.Add(Pace)) }

// HoldAll keeps every lane shut until t, also of places that nothing was sent to
// yet: the platform's limit is per workspace, not per place.
func (l *Lanes) HoldAll(t time.Time) {
	if t.After(l.all) {
		l.all = t
	}
}

func (l *Lanes) hold(target chat.Target, t time.Time) {
	if l.free == nil {
		l.free = map[chat.Target]time.Time{}
	}
	if t.After(l.free[target]) {
		l.free[target] = t
	}
}

// line is what leaves one after the other: everything for a place, apart from
// what is held until the same moment.
type line struct {
	target chat.Target
	hold   int64
}

// Heads returns, for each place, the first entry that is not done, in order of
// Seq. Whatever stands behind it in the same place waits. What is held for a
// quiet reader is a line of its own, for which nothing else waits.
func Heads(undone []Entry) []Entry {
	seen := map[line]bool{}
	var out []Entry
	for _, e := range undone {
		l := line{target: e.Target}
		if !e.Hold.IsZero() {
			l.hold = e.Hold.UnixNano()
		}
		if !seen[l] {
			seen[l] = true
			out = append(out, e)
		}
	}
	return out
}
