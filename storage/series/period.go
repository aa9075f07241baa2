package series

import (
	"encoding/binary"
	"slices"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/column"
)

// period says what is stored of a UTC day or a month: its level, and of each
// slot which versions there are. It is the only truth about what may be read;
// folds and corrections become visible by its change.
type period struct {
	index   int
	level   int
	changes uint64 // counts corrections and slots, so that a fold notices them
	gen     uint64 // of the late space
	slots   []slotEntry
}

// slotEntry is a slot of a period, in order of slot.
type slotEntry struct {
	slot int
	// base: the level holds a content for it, with baseRows series. It may be
	// one of the versions, or none of them any more.
	base     bool
	baseRows int
	versions []version // by revision
}

// version is what a slot was as of a revision.
type version struct {
	rev   market.Revision
	base  bool // it is the base; else it stands in the late space as differences to the base
	rows  int
	at    int64 // data is complete up to here, UTC milliseconds
	state market.Condition
	// gap: versions since this revision and before rev were folded away; 0: none.
	gap market.Revision
}

const periodVersion = 1

var conditions = []market.Condition{market.Complete, market.Partial, market.Suspect, market.Failed}

func (p *period) bytes() []byte {
	out := []byte{periodVersion, byte(p.level)}
	out = binary.AppendUvarint(out, p.changes)
	out = binary.AppendUvarint(out, p.gen)
	out = binary.AppendUvarint(out, uint64(len(p.slots)))
	for i := range p.slots {
		out = p.slots[i].append(out)
	}
	return out
}

func (e *slotEntry) append(out []byte) []byte {
	out = binary.AppendUvarint(out, uint64(e.slot))
	out = append(out, flag(e.base))
	out = binary.AppendUvarint(out, uint64(e.baseRows))
	out = binary.AppendUvarint(out, uint64(len(e.versions)))
	for _, v := range e.versions {
		out = binary.AppendUvarint(out, uint64(v.rev))
		out = append(out, flag(v.base)|byte(max(slices.Index(conditions, v.state), 0))<<1)
		out = binary.AppendUvarint(out, uint64(v.rows))
		out = binary.AppendVarint(out, v.at)
		out = binary.AppendUvarint(out, uint64(v.gap))
	}
	return out
}

func flag(set bool) byte {
	if set {
		return 1
	}
	return 0
}

// maxSeries bounds the series of a shop.
const maxSeries = 1 << 26

func (l *layout) parsePeriod(index int, b []byte) (*period, error) {
	r := column.Reader{B: b}
	if r.Byte() != periodVersion {
		return nil, column.ErrCorrupt
	}
	p := &period{index: index, level: int(r.Byte()), changes: r.Uvarint(), gen: r.Uvarint()}
	p.slots = make([]slotEntry, r.Count(min(l.slots, len(r.B))))
	last := -1
	for i := range p.slots {
		e := slotEntry{slot: r.Count(l.slots), base: r.Byte() == 1, baseRows: r.Count(maxSeries)}
		e.versions = make([]version, r.Count(len(r.B)))
		for k := range e.versions {
			v := version{rev: market.Revision(r.Uvarint())}
			mark := r.Byte()
			v.base, v.rows, v.at = mark&1 == 1, r.Count(maxSeries), r.Varint()
			v.gap = market.Revision(r.Uvarint())
			if int(mark>>1) >= len(conditions) || v.base && !e.base || k > 0 && v.rev <= e.versions[k-1].rev {
				return nil, column.ErrCorrupt
			}
			v.state = conditions[mark>>1]
			e.versions[k] = v
		}
		if e.slot <= last || e.slot >= l.slots || len(e.versions) == 0 {
			return nil, column.ErrCorrupt
		}
		last = e.slot
		p.slots[i] = e
	}
	if r.Bad || len(r.B) > 0 || p.level >= len(l.levels) {
		return nil, column.ErrCorrupt
	}
	return p, nil
}

// find returns the position of a slot, and where it would stand.
func (p *period) find(slot int) (int, bool) {
	return slices.BinarySearchFunc(p.slots, slot, func(e slotEntry, s int) int { return e.slot - s })
}

// bases is how many slots stand in the level.
func (p *period) bases() int {
	n := 0
	for i := range p.slots {
		if p.slots[i].base {
			n++
		}
	}
	return n
}

// baseRows is the largest number of series in the level.
func (p *period) baseRows() int {
	n := 0
	for i := range p.slots {
		if p.slots[i].base {
			n = max(n, p.slots[i].baseRows)
		}
	}
	return n
}

// pick chooses the version of a revision; asOf 0 is the newest. -1 says that
// the slot was not known then.
func (e *slotEntry) pick(asOf market.Revision) (int, error) {
	k := len(e.versions) - 1
	if asOf == 0 {
		return k, nil
	}
	for k >= 0 && e.versions[k].rev > asOf {
		k--
	}
	if next := k + 1; next < len(e.versions) {
		if gap := e.versions[next].gap; gap != 0 && gap <= asOf {
			return -1, ErrFolded
		}
	}
	return k, nil
}

// put adds a version in order of revision, in place of one of the same revision.
func (e *slotEntry) put(v version) {
	k, same := slices.BinarySearchFunc(e.versions, v.rev, func(a version, rev market.Revision) int {
		switch {
		case a.rev < rev:
			return -1
		case a.rev > rev:
			return 1
		}
		return 0
	})
	if same {
		v.gap = e.versions[k].gap
		e.versions[k] = v
		return
	}
	if k < len(e.versions) && e.versions[k].gap != 0 && e.versions[k].gap < v.rev {
		// Between what was folded away: what is known up to v stays a gap.
		v.gap = e.versions[k].gap
		e.versions[k].gap = v.rev + 1
		if e.versions[k].gap >= e.versions[k].rev {
			e.versions[k].gap = 0
		}
	}
	e.versions = slices.Insert(e.versions, k, v)
}

// trim drops the versions that neither are the newest nor have a pin that
// points at them, and returns the revisions that went. pins ascend.
func (e *slotEntry) trim(pins []market.Revision) (gone []version) {
	kept := e.versions[:0:0]
	gap := market.Revision(0)
	for k, v := range e.versions {
		if gap == 0 {
			gap = v.gap
		} else if v.gap != 0 {
			gap = min(gap, v.gap)
		}
		if k+1 < len(e.versions) && !pinned(pins, v.rev, e.versions[k+1].rev) {
			gone = append(gone, v)
			if gap == 0 {
				gap = v.rev
			}
			continue
		}
		v.gap, gap = gap, 0
		kept = append(kept, v)
	}
	e.versions = kept
	return gone
}

// pinned reports whether a pin lies in [from, to).
func pinned(pins []market.Revision, from, to market.Revision) bool {
	i, _ := slices.BinarySearch(pins, from)
	return i < len(pins) && pins[i] < to
}

func (v *version) complete() time.Time {
	if v.at == 0 {
		return time.Time{}
	}
	return time.UnixMilli(v.at).UTC()
}

// loadPeriod reads the record of a period; one without slots is empty.
func loadPeriod(tx *storage.Tx, l *layout, shop market.ShopID, index int) (*period, error) {
	space, key := tx.Space(spacePeriod), l.periodKey(shop, index)
	b, err := space.Get(key)
	if err != nil {
		return nil, err
	}
	if b == nil {
		return newPeriod(tx, l, shop, index)
	}
	p, err := l.parsePeriod(index, b)
	if err != nil {
		return nil, space.Damaged(key, err.Error())
	}
	return p, nil
}

// newPeriod is a period without slots. It is born on the level of its
// neighbours when these have been merged already; what comes then is late.
func newPeriod(tx *storage.Tx, l *layout, shop market.ShopID, index int) (*period, error) {
	p := &period{index: index}
	for n, lev := range l.levels {
		if lev.merges == 1 {
			continue
		}
		first := lev.first(lev.group(index))
		all, err := loadPeriods(tx, l, shop, first, first+lev.merges-1)
		if err != nil {
			return nil, err
		}
		for _, q := range all {
			if q.level == n {
				p.level = n
			}
		}
	}
	return p, nil
}

func savePeriod(tx *storage.Tx, l *layout, shop market.ShopID, p *period) error {
	return tx.Space(spacePeriod).Put(l.periodKey(shop, p.index), p.bytes())
}

// loadPeriods reads the records of the periods from..to, both included, that
// have slots.
func loadPeriods(tx *storage.Tx, l *layout, shop market.ShopID, from, to int) ([]*period, error) {
	var all []*period
	space := tx.Space(spacePeriod)
	r := storage.Range{From: l.periodKey(shop, from), To: l.periodKey(shop, to+1)}
	err := space.Scan(r, func(key, payload []byte) (bool, error) {
		p, err := l.parsePeriod(cutNumber(key), payload)
		if err != nil {
			return false, space.Damaged(key, err.Error())
		}
		all = append(all, p)
		return true, nil
	})
	return all, err
}
