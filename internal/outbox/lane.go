package outbox

import (
	"cmp"
	"slices"
	"time"

	"shopwatch/internal/chat"
)

// Pace is the least time between two messages to one place.
const Pace = time.Second

// Lanes keeps the pace of every place. It is not safe for concurrent use: the
// deliver job guards it.
type Lanes struct{ free map[chat.Target]time.Time }

// Free is when the lane of target may carry its next message; the zero time
// means now.
func (l *Lanes) Free(target chat.Target) time.Time { return l.free[target] }

// Used notes that a message went to target at now.
func (l *Lanes) Used(target chat.Target, now time.Time) { l.hold(target, now.Add(Pace)) }

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

func lineOf(e *Entry) line {
	l := line{target: e.Target}
	if !e.Hold.IsZero() {
		l.hold = e.Hold.UnixNano()
	}
	return l
}

// Head is what is next in a place, and how soon it must be there: an entry of a
// thread that has something urgent to say is as urgent as that.
type Head struct {
	Entry
	Rank Rank
}

// Heads returns what is next in each place, the more urgent places first. A
// place is served in order of Seq, but a thread that has something urgent to say
// goes before the others there, from its beginning on. What is held for a quiet
// reader is a line of its own, for which nothing else waits.
func Heads(undone []Entry) []Head {
	urgent := map[string]bool{} // threads, by the key of their root
	for i := range undone {
		if e := &undone[i]; e.Rank() == Pressing {
			urgent[e.thread()] = true
		}
	}
	at := map[line]int{} // where in out the head of a line is
	var out []Head
	for i := range undone {
		h := Head{Entry: undone[i], Rank: undone[i].Rank()}
		if urgent[h.thread()] {
			h.Rank = Pressing
		}
		l := lineOf(&h.Entry)
		n, seen := at[l]
		switch {
		case !seen:
			at[l] = len(out)
			out = append(out, h)
		case h.Rank == Pressing && out[n].Rank != Pressing:
			out[n] = h
		}
	}
	slices.SortStableFunc(out, func(a, b Head) int {
		return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Seq, b.Seq))
	})
	return out
}

// thread names the thread of e by the key of its root.
func (e *Entry) thread() string { return cmp.Or(e.RootKey, e.Key) }
