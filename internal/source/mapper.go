package source

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"shopwatch/internal/market"
)

const (
	maxSamples   = 100 // refused rows that are kept as samples; all are counted
	sampleLength = 200 // characters
)

// mapper builds the rows of one pull.
type mapper struct {
	m        *mapping
	rows     *market.Batch
	dead     market.Bits // rows taken back
	paid     []cell      // order_paid and line_weight of each row, when shared
	weight   []cell
	scratch  []cell
	seen     []uint8 // forms met per field, for the schema hash
	rejects  []market.Reject
	rejected int
	skipped  int
	strange  bool // an enum value nobody mapped was met
	// broken are orders of which a line was refused since the last settle.
	broken map[string]bool
	unit   int // first row since the last settle
	// counts numbers rows by the text of the counted columns.
	counts  map[string]int
	counted []int
	words   map[string]string
	bounds  bounds
}

// bounds is the stretch that is being asked for, in the shop's time.
type bounds struct {
	market.Window
	shop *market.Shop
}

// cell is the bound that a field names; the business day for a date. A stretch
// that ends at the very end of a day ends on that day.
func (b *bounds) cell(f *field) cell {
	at := b.Start
	if f.bound == "end" {
		at = b.End.Add(-time.Millisecond)
	}
	if b.shop == nil || b.End.IsZero() {
		return cell{}
	}
	if f.conv.kind == market.Date {
		return cell{n: int64(b.shop.Day(at)), known: true}
	}
	return cell{n: at.UnixMilli(), known: true}
}

func newMapper(m *mapping) *mapper {
	return &mapper{
		m: m, rows: market.NewBatch(m.table, 256), scratch: make([]cell, len(m.fields)),
		seen: make([]uint8, len(m.fields)), broken: map[string]bool{}, counts: map[string]int{}, words: map[string]string{},
	}
}

// refusal is why a record does not become a row.
type refusal struct {
	field string
	err   error
}

// add makes a row of rec, or notes why not. place is asked only when it is
// needed. The error is that of a cancelled context or a program out of time.
func (mp *mapper) add(ctx context.Context, rec *record, place func() string) error {
	number := ""
	if mp.m.occurrence != nil {
		number = mp.occurrence(rec)
	}
	if mp.m.where != nil {
		ok, err := mp.m.where.truthy(ctx, rec)
		if err != nil {
			mp.refuse(ctx, rec, place, refusal{"where", err})
			return ctx.Err()
		}
		if !ok {
			mp.skipped++
			return nil
		}
	}
	if bad, ok := mp.read(ctx, rec, number); !ok {
		if ctx.Err() != nil {
			return fmt.Errorf("jq: %w", ctx.Err())
		}
		mp.refuse(ctx, rec, place, bad)
		return nil
	}
	mp.append()
	return nil
}

// occurrence numbers the record among those with the same text in the counted
// columns, from 1, in the order of the file.
func (mp *mapper) occurrence(rec *record) string {
	var key strings.Builder
	for _, at := range mp.counted {
		key.WriteString(rec.line[at])
		key.WriteByte(0x1f)
	}
	mp.counts[key.String()]++
	return fmt.Sprintf("/%d", mp.counts[key.String()])
}

// read converts every field into scratch.
func (mp *mapper) read(ctx context.Context, rec *record, number string) (refusal, bool) {
	for i := range mp.m.fields {
		f := &mp.m.fields[i]
		if f.fixed != nil {
			mp.scratch[i] = *f.fixed
			continue
		}
		if f.bound != "" {
			mp.scratch[i] = mp.bounds.cell(f)
			continue
		}
		v, err := f.from.eval(ctx, rec)
		if err != nil {
			return refusal{f.name, err}, false
		}
		mp.seen[i] |= 1 << v.form
		var factor value
		if f.conv.times != nil {
			if factor, err = f.conv.times.eval(ctx, rec); err != nil {
				return refusal{f.name, err}, false
			}
		}
		c, err := f.conv.convert(v, factor)
		if err != nil {
			return refusal{f.name, err}, false
		}
		if f.occurrence && c.known {
			c.s += number
		}
		if f.required && !c.known {
			return refusal{f.name, errors.New("missing, and no row is complete without it")}, false
		}
		mp.scratch[i] = c
	}
	return refusal{}, true
}

// append adds scratch as a row.
func (mp *mapper) append() {
	row := mp.rows.Append()
	var paid, weight cell
	for i := range mp.m.fields {
		c := mp.scratch[i]
		switch target := mp.m.fields[i].target; {
		case target == toOrderPaid:
			paid = c
		case target == toLineWeight:
			weight = c
		case !c.known:
		case mp.m.table.Columns[target].Kind.Number():
			mp.rows.SetInt(row, target, c.n)
		default:
			mp.rows.SetText(row, target, mp.own(c.s))
		}
	}
	if mp.m.share {
		mp.paid = append(mp.paid, paid)
		mp.weight = append(mp.weight, weight)
	}
}

// maxWords bounds the texts that rows share.
const maxWords = 1 << 16

// own copies a text out of the document it was read from, which would otherwise
// stay in memory as long as the row; rows with equal texts share one copy.
func (mp *mapper) own(s string) string {
	if w, ok := mp.words[s]; ok {
		return w
	}
	s = strings.Clone(s)
	if len(mp.words) < maxWords && len(s) <= 32 {
		mp.words[s] = s
	}
	return s
}

// refuse counts a record that did not become a row, with a sample.
func (mp *mapper) refuse(ctx context.Context, rec *record, place func() string, why refusal) {
	if unknown := (unknownWord{}); errors.As(why.err, &unknown) {
		mp.strange = true
	}
	if mp.m.share {
		for i := range mp.m.fields {
			if f := &mp.m.fields[i]; f.name == "order_id" && f.fixed == nil {
				if v, err := f.from.eval(ctx, rec); err == nil {
					mp.broken[strings.TrimSpace(v.s)] = true
				}
			}
		}
	}
	mp.note(market.Reject{Place: place(), Field: why.field, Reason: why.err.Error(), Sample: rec.sample()}, 1)
}

// note adds a refusal that stands for n rows.
func (mp *mapper) note(r market.Reject, n int) {
	mp.rejected += n
	if len(mp.rejects) < maxSamples {
		mp.rejects = append(mp.rejects, r)
	}
}

func (rec *record) sample() string {
	text := strings.Join(rec.line, ",")
	if rec.line == nil {
		b, err := json.Marshal(rec.whole())
		if err != nil {
			return ""
		}
		text = string(b)
	}
	return cut(text, sampleLength)
}

// cut shortens s to n characters.
func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// finish drops rows that were taken back and, of rows with one key, all but the
// newest version (of equal versions the first, without versions the last).
func (mp *mapper) finish() *market.Batch {
	b, n := mp.rows, mp.rows.Len()
	keep := make([]int32, 0, n)
	index := make(map[string]int32, n)
	var buf []byte
	for i := range n {
		if mp.dead.Get(i) {
			continue
		}
		buf = rowKey(buf[:0], b, i, b.Table.Key)
		at, twice := index[string(buf)]
		if !twice {
			index[string(buf)] = int32(len(keep))
			keep = append(keep, int32(i))
		} else if newer(b, i, int(keep[at])) {
			keep[at] = int32(i)
		}
	}
	if len(keep) == n {
		return b
	}
	out := market.NewBatch(b.Table, len(keep))
	for _, i := range keep {
		out.AppendRow(b, int(i))
	}
	return out
}

// rowKey appends the values of key columns of row i.
func rowKey(buf []byte, b *market.Batch, i int, key []string) []byte {
	for _, name := range key {
		c := b.Table.MustCol(name)
		v := b.Col(c)
		if b.Table.Columns[c].Kind.Number() {
			buf = binary.BigEndian.AppendUint64(buf, uint64(v.Ints[i]))
		} else {
			buf = append(append(buf, v.Texts[i]...), 0x1f)
		}
	}
	return buf
}

// newer reports whether row i replaces row j of the same key.
func newer(b *market.Batch, i, j int) bool {
	if b.Table.Version == "" {
		return true
	}
	v := b.Column(b.Table.Version)
	x, knowX := v.Int(i)
	y, knowY := v.Int(j)
	if !knowX || !knowY {
		return knowX || !knowY
	}
	return x > y
}

// mark is a point that the mapper can go back to.
type mark struct{ rows, rejected, skipped, samples int }

func (mp *mapper) mark() mark {
	return mark{mp.rows.Len(), mp.rejected, mp.skipped, len(mp.rejects)}
}

// rewind takes back everything since m.
func (mp *mapper) rewind(m mark) {
	for i := m.rows; i < mp.rows.Len(); i++ {
		mp.dead.Set(i)
	}
	mp.rejected, mp.skipped, mp.rejects = m.rejected, m.skipped, mp.rejects[:m.samples]
}

// got is how many different items came since m, of items that were read. One
// item read twice, because it moved to the next page, counts once. Where a
// record is part of an item, the first key column tells the items apart.
func (mp *mapper) got(m mark, items int) int {
	refused := mp.rejected - m.rejected + mp.skipped - m.skipped
	r := mp.m.records
	parts := r == nil || !r.fast || r.layout.inner != ""
	if parts && (refused > 0 || r == nil || !r.fast) {
		return items
	}
	keys := mp.m.table.Key
	if parts {
		keys = keys[:1]
	}
	seen := map[string]struct{}{}
	var buf []byte
	for i := m.rows; i < mp.rows.Len(); i++ {
		if mp.dead.Get(i) {
			continue
		}
		buf = rowKey(buf[:0], mp.rows, i, keys)
		seen[string(buf)] = struct{}{}
	}
	return min(items, len(seen)+refused)
}
