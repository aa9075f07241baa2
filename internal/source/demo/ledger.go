package demo

import (
	"slices"
	"sync/atomic"
)

// order is one trade. Moments that do not come are never.
type order struct {
	created, deposit, paid, shipped, ended second // ended: finished, cancelled or closed
	buyer                                  uint32
	line                                   int32 // first line in its day
	payment, postFee, coupon, stepPaid     int32 // fen; payment includes postage
	serial                                 int32 // within the day, part of the id
	lines                                  uint8
	channel, province, city                uint8
	entry, tier                            uint8 // tier 0: not a member
	flags                                  uint8
}

const (
	flagPresale uint8 = 1 << iota
	flagCancelled
	flagRefunded // closed by a refund
)

// line is one item of an order; prices are fen per piece.
type line struct {
	rank        int32
	qty         int32
	list, price int32 // price is after the item's own promotion
	share       int32 // what the buyer pays for the line, without postage
	refund      int32 // index in the day's refunds, -1 without
}

// refund is a request to pay back one line.
type refund struct {
	order, line      int32
	created, done    second // done: success or closed
	amount           int32
	reason           cause
	closed, goods    bool // closed: refused or given up; goods: sent back
	afterSale, whole bool
}

// review is one rating, filed under the day on which it appears.
type review struct {
	at     second
	day    int32 // of the order
	order  int32
	line   int32
	result uint8
	cause  cause
	text   uint32 // seed of the words
}

// Results of a review.
const (
	resultGood uint8 = iota
	resultNeutral
	resultBad
)

// ref is a moment at which an order or a refund changed.
type ref struct {
	at    second
	day   int32
	index int32
}

// move is a change of available stock other than an order: an arrival, a
// cancelled order's goods coming back, a stocktake.
type move struct {
	at      second
	slot    int32 // rank * channelCount + channel
	qty     int32
	short   int32 // ordered from the supplier, but missing from an arrival
	arrival bool
}

// dayBook is everything that began on one day.
type dayBook struct {
	orders  []order
	lines   []line
	refunds []refund
	// open and inbound are stock by slot when the day begins, after the
	// morning's orders to suppliers.
	open, inbound []int32
	moves         []move
}

// ledger is the history so far. Days are generated one after the other under
// Mall.mu; what belongs to days before `through` never changes again and is
// read without the lock.
type ledger struct {
	through atomic.Int32 // days generated
	days    []dayBook
	changes [][]ref    // of orders, by day of change
	claims  [][]ref    // of refunds, by day of change
	reviews [][]review // by day of appearance
	stock   []int32    // available by slot, at the end of the last day
	inbound []int32
	due     [][]move  // arrivals by day
	returns stockHeap // cancellations to come
}

func newLedger(m *Mall) *ledger {
	n := m.last + 1
	slots := len(m.cat.sellers) * channelCount
	return &ledger{
		days: make([]dayBook, n), changes: make([][]ref, n), claims: make([][]ref, n),
		reviews: make([][]review, n), due: make([][]move, n),
		stock: make([]int32, slots), inbound: make([]int32, slots),
	}
}

// ensure generates all days up to and including day.
func (m *Mall) ensure(day int) {
	if int(m.book.through.Load()) > day {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for d := int(m.book.through.Load()); d <= day; d++ {
		g := newDayGen(m, d)
		g.run()
		sortRefs(m.book.changes[d])
		sortRefs(m.book.claims[d])
		slices.SortFunc(m.book.reviews[d], func(a, b review) int {
			if a.at != b.at {
				return int(a.at - b.at)
			}
			return int(a.text) - int(b.text)
		})
		m.book.through.Store(int32(d + 1))
	}
}

func sortRefs(r []ref) {
	slices.SortFunc(r, func(a, b ref) int {
		switch {
		case a.at != b.at:
			return int(a.at - b.at)
		case a.day != b.day:
			return int(a.day - b.day)
		}
		return int(a.index - b.index)
	})
}

// file notes that an order changed; moments past the world are dropped.
func (b *ledger) file(list [][]ref, at second, day int, index int32) {
	if d := at.day(); at != never && d < len(list) {
		list[d] = append(list[d], ref{at: at, day: int32(day), index: index})
	}
}

// modified is the newest change of an order that is not later than now.
func (d *dayBook) modified(o *order, now second) second {
	at := o.created
	for _, t := range [...]second{o.deposit, o.paid, o.shipped, o.ended} {
		if t <= now {
			at = max(at, t)
		}
	}
	for i := range int32(o.lines) {
		l := &d.lines[o.line+i]
		if l.refund < 0 {
			continue
		}
		for _, t := range [...]second{d.refunds[l.refund].created, d.refunds[l.refund].done} {
			if t <= now {
				at = max(at, t)
			}
		}
	}
	return at
}

// stockHeap orders moves by time.
type stockHeap []move

func (h *stockHeap) push(m move) {
	*h = append(*h, m)
	s := *h
	for i := len(s) - 1; i > 0; {
		p := (i - 1) / 2
		if s[p].at <= s[i].at {
			return
		}
		s[p], s[i] = s[i], s[p]
		i = p
	}
}

func (h *stockHeap) pop() move {
	s := *h
	top := s[0]
	n := len(s) - 1
	s[0] = s[n]
	s = s[:n]
	for i := 0; ; {
		c := 2*i + 1
		if c >= n {
			break
		}
		if c+1 < n && s[c+1].at < s[c].at {
			c++
		}
		if s[i].at <= s[c].at {
			break
		}
		s[i], s[c] = s[c], s[i]
		i = c
	}
	*h = s
	return top
}
