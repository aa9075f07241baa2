package series_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// value is one metric value, or nothing known.
type value struct {
	v     int64
	known bool
}

type frameOf [][series.Width]value // by series

// oracle is a panel as plain maps: per slot, what each revision said.
type oracle struct {
	slots map[int64]map[market.Revision]frameOf
	pins  []market.Revision
}

func (o *oracle) put(slot time.Time, rev market.Revision, f frameOf) {
	if o.slots[slot.Unix()] == nil {
		o.slots[slot.Unix()] = map[market.Revision]frameOf{}
	}
	o.slots[slot.Unix()][rev] = f
}

// at is the frame of a slot as of a revision.
func (o *oracle) at(slot int64, asOf market.Revision) (frameOf, market.Revision) {
	best := market.Revision(0)
	for rev := range o.slots[slot] {
		if rev > best && (asOf == 0 || rev <= asOf) {
			best = rev
		}
	}
	return o.slots[slot][best], best
}

func (f frameOf) value(id int, c series.Column) value {
	if id >= len(f) {
		return value{}
	}
	return f[id][c]
}

func (o *oracle) times() []int64 {
	var all []int64
	for slot := range o.slots {
		all = append(all, slot)
	}
	slices.Sort(all)
	return all
}

// drawFrame makes n rows that resemble what shops have: mostly still, with
// holes, and a column now and then that is not known at all.
func drawFrame(t *rapid.T, n int, last frameOf) frameOf {
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "frame"), 1))
	f := make(frameOf, n)
	for c := range series.Column(series.Width) {
		blank := r.IntN(8) == 0
		for id := range f {
			old := last.value(id, c)
			switch roll := r.IntN(10); {
			case blank || roll == 0:
			case roll < 5 && c.Gauge() && old.known:
				f[id][c] = old
			case roll < 7 && !c.Gauge():
				f[id][c] = value{0, true}
			case c == series.GMV && roll < 9: // as a rule, so that blocks go by it
				f[id][c] = value{f[id][series.Units].v * f[id][series.Price].v, true}
			case c == series.Orders && roll < 9:
				f[id][c] = f[id][series.Units]
			case c == series.GMV:
				f[id][c] = value{r.Int64N(1 << 50), true}
			case c.Gauge():
				f[id][c] = value{int64(int32(r.Uint32())), true}
			default:
				f[id][c] = value{r.Int64N(1 << 20), true}
			}
		}
	}
	return f
}

func (f frameOf) columns() *series.Columns {
	cols := series.NewColumns(len(f))
	for id := range f {
		for c := range series.Column(series.Width) {
			if f[id][c].known {
				cols.Set(c, uint32(id), f[id][c].v)
			} else {
				// Whatever stands under a null bit must not matter.
				cols.Set(c, uint32(id), 12345)
				cols.Forget(c, uint32(id))
			}
		}
	}
	return cols
}

// TestOracle puts frames in and out of order, restates them, folds at random
// moments, reopens, and compares every read with a plain map.
func TestOracle(t *testing.T) {
	for _, step := range []time.Duration{time.Hour, 15 * time.Minute} {
		t.Run(step.String(), func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) { play(t, rt, step) })
		})
	}
}

func play(t *testing.T, rt *rapid.T, step time.Duration) {
	o := &oracle{slots: map[int64]map[market.Revision]frameOf{}}
	w, engine := inMemory(t, series.Options{Settle: time.Hour, Pins: func(*storage.Tx, market.ShopID) (storage.Pins, error) {
		return storage.Pins{Revisions: o.pins}, nil
	}})
	defer w.close()
	start := time.Date(2025, 10, 29, 3, 0, 0, 0, time.UTC)
	now, rev, n := start, market.Revision(0), rapid.SampledFrom([]int{3, 3, 3, 140}).Draw(rt, "series")
	w.update(func(tx *storage.Tx) error { return w.s.Begin(tx, w.shop, step) })
	w.register(n)
	var last frameOf
	for range rapid.IntRange(3, 25).Draw(rt, "acts") {
		switch rapid.IntRange(0, 9).Draw(rt, "act") {
		case 0:
			n += rapid.IntRange(1, 3).Draw(rt, "more")
			w.register(n)
		case 1:
			w.reopen()
		case 2:
			if rev > 0 {
				pin := market.Revision(rapid.IntRange(1, int(rev)).Draw(rt, "pin"))
				if !folded(w, o, pin) {
					o.pins = append(o.pins, pin)
					slices.Sort(o.pins)
				}
			}
		case 3, 4:
			for range rapid.IntRange(1, 30).Draw(rt, "steps") {
				_, err := w.s.Compact(t.Context(), w.shop, now.Add(time.Duration(rapid.IntRange(0, 3).Draw(rt, "wait"))*24*time.Hour))
				must(t, err)
			}
		default:
			ahead := rapid.SampledFrom([]int{1, 1, 1, 1, 3, 24, 100, 0, -1, -30, -200}).Draw(rt, "ahead")
			slot := now.Add(time.Duration(ahead) * step)
			if ahead > 0 {
				now = slot
			}
			if slot.Before(start) {
				slot = start
			}
			rev++
			put := rev
			if old := market.Revision(rapid.IntRange(0, 8).Draw(rt, "old")); old > 0 && old < rev && len(o.pins) == 0 && ahead < 0 {
				put = old // a pull that was held up: an older revision comes later
			}
			f := drawFrame(rt, rapid.IntRange(1, n).Draw(rt, "rows"), last)
			if rapid.IntRange(0, 9).Draw(rt, "fail") == 0 {
				failOnce(rt, w, engine, slot, put, f)
			}
			frame := series.Frame{Slot: slot.Add(time.Minute), Columns: f.columns()}
			prepared := rapid.IntRange(0, 3).Draw(rt, "prepared")
			if prepared > 0 {
				must(t, w.s.Prepare(t.Context(), w.shop, &frame))
			}
			for range prepared - 1 { // what was prepared may not be of use any more
				_, err := w.s.Compact(t.Context(), w.shop, now.Add(30*24*time.Hour))
				must(t, err)
			}
			frame.Revision = put
			w.update(func(tx *storage.Tx) error { return w.s.Put(tx, w.shop, frame) })
			o.put(slot, put, f)
			last = f
		}
		compare(rt, w, o, 0, market.Revision(rapid.IntRange(0, int(rev)).Draw(rt, "as of")))
	}
	w.compact(now.AddDate(0, 3, 0))
	var all []market.Revision
	for r := range rev + 1 {
		all = append(all, r)
	}
	compare(rt, w, o, all...)
	w.reopen()
	compare(rt, w, o, 0)
}

// failOnce puts a frame, and series, in a transaction that does not commit.
func failOnce(rt *rapid.T, w *world, engine *memory, slot time.Time, rev market.Revision, f frameOf) {
	engine.fail = true
	err := w.db.Update(w.t.Context(), func(tx *storage.Tx) error {
		if _, err := w.s.Register(tx, w.shop, []series.Series{{SKU: "ghost", Channel: "tmall"}, {SKU: made(0).SKU, Channel: made(0).Channel, Unit: "ghost"}}); err != nil {
			return err
		}
		cols := f.columns()
		cols.Set(series.Price, 0, 666)
		return w.s.Put(tx, w.shop, series.Frame{Revision: rev, Slot: slot, Columns: cols})
	})
	if !errors.Is(err, errCommit) {
		rt.Fatalf("update: %v", err)
	}
	if _, found := w.s.Panel(w.shop.ID).Find("ghost", "tmall"); found {
		rt.Fatal("a series of a failed transaction is found")
	}
}

// folded reports whether the panel cannot be read as of a revision any more.
func folded(w *world, o *oracle, asOf market.Revision) bool {
	gone := false
	w.view(func(tx *storage.Tx) error {
		for _, slot := range o.times() {
			_, _, err := w.s.Read(tx, w.shop.ID, time.Unix(slot, 0), asOf)
			gone = gone || errors.Is(err, series.ErrFolded)
		}
		return nil
	})
	return gone
}

// compare reads everything as of some revisions.
func compare(rt *rapid.T, w *world, o *oracle, revs ...market.Revision) {
	w.view(func(tx *storage.Tx) error {
		for _, asOf := range revs {
			pinned := asOf == 0 || slices.Contains(o.pins, asOf)
			for _, slot := range o.times() {
				want, wantRev := o.at(slot, asOf)
				got, is, err := w.s.Read(tx, w.shop.ID, time.Unix(slot, 0), asOf)
				switch {
				case errors.Is(err, series.ErrFolded) && !pinned:
					continue
				case want == nil:
					if !errors.Is(err, series.ErrNoSlot) {
						rt.Fatalf("slot %d as of %d: %v, want none", slot, asOf, err)
					}
					continue
				case err != nil:
					rt.Fatalf("slot %d as of %d: %v", slot, asOf, err)
				case is.Revision != wantRev:
					rt.Fatalf("slot %d as of %d is of revision %d, want %d", slot, asOf, is.Revision, wantRev)
				}
				same(rt, fmt.Sprintf("slot %d as of %d", slot, asOf), got, want)
			}
			compareSpans(rt, tx, w, o, asOf, pinned)
		}
		compareLines(rt, tx, w, o)
		compareDays(rt, tx, w, o)
		return nil
	})
	comparePanel(rt, w, o)
}

func same(rt *rapid.T, where string, got *series.Columns, want frameOf) {
	for id := range max(got.Len(), len(want)) {
		for c := range series.Column(series.Width) {
			v, known := got.Value(c, uint32(id))
			if x := want.value(id, c); v != x.v && known || known != x.known {
				rt.Fatalf("%s: %v of %d is %d (known %v), want %v", where, c, id, v, known, x)
			}
		}
	}
}

// linesAt are ids that share the blocks of every level, of some, and of none;
// the last of them often does not exist.
var linesAt = []uint32{1, 0, 4, 67, 130, 1030}

func compareLines(rt *rapid.T, tx *storage.Tx, w *world, o *oracle) {
	times := o.times()
	if len(times) == 0 {
		return
	}
	all := market.Window{Start: time.Unix(times[0], 0), End: time.Unix(times[len(times)-1]+1, 0)}
	lines, err := w.s.Lines(tx, w.shop.ID, linesAt, all, 0)
	if err != nil {
		rt.Fatal(err)
	}
	for k, id := range linesAt {
		compareLine(rt, lines[k], int(id), times, o)
	}
}

func compareLine(rt *rapid.T, line *series.Line, id int, times []int64, o *oracle) {
	if len(line.Slots) != len(times) {
		rt.Fatalf("line has %d slots, want %d", len(line.Slots), len(times))
	}
	for i, slot := range times {
		f, _ := o.at(slot, 0)
		for c := range series.Column(series.Width) {
			want := f.value(id, c)
			if known := !line.Null[c].Get(i); known != want.known || known && line.Values[c][i] != want.v {
				rt.Fatalf("line of %d at %v: %v is %d (known %v), want %v", id, line.Slots[i].Start, c, line.Values[c][i], known, want)
			}
		}
	}
}

func compareDays(rt *rapid.T, tx *storage.Tx, w *world, o *oracle) {
	days := map[market.Day][]int64{}
	for _, slot := range o.times() {
		d := w.shop.Day(time.Unix(slot, 0))
		days[d] = append(days[d], slot)
	}
	for day, slots := range days {
		got, err := w.s.ReadDay(tx, w.shop, day, 0)
		if err != nil {
			rt.Fatalf("day %s: %v", day, err)
		}
		for id := range got.Len() {
			for c := range series.Column(series.Width) {
				sum, last, known := int64(0), int64(0), false
				for _, slot := range slots {
					f, _ := o.at(slot, 0)
					if x := f.value(id, c); x.known {
						known = true
						sum += x.v
						last = x.v
					}
				}
				want, col := last, series.DayColumn(0)
				if sumCol, flow := series.SumOf(c); flow {
					want, col = sum, sumCol
				} else {
					col, _ = series.CloseOf(c)
				}
				v, is := got.Value(col, uint32(id))
				if is != known || known && v != want {
					rt.Fatalf("day %s: %v of %d is %d (known %v), want %d (%v)", day, c, id, v, is, want, known)
				}
			}
		}
	}
}

// compareSpans reads the flows of each day by itself, and of the days from it on.
func compareSpans(rt *rapid.T, tx *storage.Tx, w *world, o *oracle, asOf market.Revision, pinned bool) {
	times := o.times()
	if len(times) == 0 {
		return
	}
	last := w.shop.Day(time.Unix(times[len(times)-1], 0))
	for i, slot := range times {
		day := w.shop.Day(time.Unix(slot, 0))
		if i > 0 && day == w.shop.Day(time.Unix(times[i-1], 0)) {
			continue
		}
		for _, to := range []market.Day{day, last} {
			span, err := w.s.Span(tx, w.shop, day, to, asOf)
			if errors.Is(err, series.ErrFolded) && !pinned {
				continue
			}
			if err != nil {
				rt.Fatalf("span %s to %s as of %d: %v", day, to, asOf, err)
			}
			for _, c := range []series.Column{series.Units, series.GMV} {
				compareSum(rt, span, c, o.sums(w.shop, day, to, asOf, c))
			}
		}
	}
}

// sums is a flow of each series over days as of a revision.
func (o *oracle) sums(shop *market.Shop, from, to market.Day, asOf market.Revision, c series.Column) []value {
	var out []value
	for _, slot := range o.times() {
		if day := shop.Day(time.Unix(slot, 0)); day < from || day > to {
			continue
		}
		f, _ := o.at(slot, asOf)
		for len(out) < len(f) {
			out = append(out, value{})
		}
		for id := range f {
			if x := f.value(id, c); x.known {
				out[id] = value{out[id].v + x.v, true}
			}
		}
	}
	return out
}

func compareSum(rt *rapid.T, span *series.Span, c series.Column, want []value) {
	sum, err := span.Sum(c)
	if err != nil {
		rt.Fatal(err)
	}
	v := make([]int64, 128)
	for from := 0; from < len(want)+128; from += len(v) {
		null := sum.Part(from, v)
		for i, x := range v {
			x := value{x, !null.Get(i)}
			one, known := sum.Value(uint32(from + i))
			if w := at(want, from+i); x != w && (x.known || w.known) || known != w.known || known && one != w.v {
				rt.Fatalf("%v of %d from %s to %s is %v, %d (known %v), want %v", c, from+i, span.From, span.To, x, one, known, w)
			}
		}
	}
	// What the first has picked is of use to the second.
	for _, ids := range [][]uint32{slices.Concat(linesAt[len(linesAt)/2:], linesAt[:1], linesAt[:1]), linesAt} {
		some, err := span.Some(c, ids)
		if err != nil {
			rt.Fatal(err)
		}
		for i, id := range ids {
			if w := at(want, int(id)); (some[i] != nil) != w.known || w.known && *some[i] != w.v {
				rt.Fatalf("%v of some, %d from %s to %s: %v, want %v", c, id, span.From, span.To, some[i], w)
			}
		}
	}
}

func at(all []value, i int) value {
	if i >= len(all) {
		return value{}
	}
	return all[i]
}

func comparePanel(rt *rapid.T, w *world, o *oracle) {
	times := o.times()
	p := w.s.Panel(w.shop.ID)
	if len(times) == 0 {
		return
	}
	now, is := p.Now()
	if is.Start.Unix() != times[len(times)-1] {
		rt.Fatalf("newest slot is %v", is.Start)
	}
	f, _ := o.at(times[len(times)-1], 0)
	same(rt, "now", now, f)
	before, _ := p.Before()
	if len(times) == 1 {
		if before != nil {
			rt.Fatal("there is a slot before the first")
		}
		return
	}
	f, _ = o.at(times[len(times)-2], 0)
	same(rt, "before", before, f)
}
