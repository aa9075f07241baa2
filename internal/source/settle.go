package source

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"shopwatch/internal/market"
)

// settle ends a unit whose orders are whole: a page, or a file. It shares each
// order's payment less postage out over its lines. An order of which a line was
// refused is refused whole, because its lines could not add up.
func (mp *mapper) settle(place string) {
	if mp.m.share {
		for _, lines := range mp.orders() {
			if err := mp.allocate(lines); err != nil {
				mp.takeBack(lines, place, err)
			}
		}
	}
	mp.unit = mp.rows.Len()
	clear(mp.broken)
}

// orders groups the rows of the unit by order and version, in order of
// appearance: a page may hold two versions of one order, or the same twice.
func (mp *mapper) orders() [][]int {
	type id struct {
		order string
		at    int64
	}
	order, line, modified := mp.rows.Column("order_id"), mp.rows.Column("line_id"), mp.rows.Column("modified")
	index := map[id]int{}
	var groups [][]int
	for i := mp.unit; i < mp.rows.Len(); i++ {
		k := id{order.Text(i), modified.Ints[i]}
		g, ok := index[k]
		if !ok || slices.ContainsFunc(groups[g], func(j int) bool { return line.Text(j) == line.Text(i) }) {
			g = len(groups)
			index[k] = g
			groups = append(groups, nil)
		}
		groups[g] = append(groups[g], i)
	}
	return groups
}

// maxWeight keeps the sum of weights far from the end of int64.
const maxWeight = int64(1e15)

// allocate sets amount and, where the order is paid, paid of the lines of one
// order, and replaces the order's postage on each line by the line's part.
func (mp *mapper) allocate(lines []int) error {
	if mp.broken[mp.rows.Column("order_id").Text(lines[0])] {
		return errors.New("another line of the order was refused")
	}
	post := mp.rows.Column("post_fee")
	total := mp.paid[lines[0]]
	fee, _ := post.Int(lines[0])
	weights := make([]int64, len(lines))
	for n, i := range lines {
		if mp.paid[i] != total || post.Ints[i] != fee {
			return errors.New("the lines of the order do not agree on what was paid for it")
		}
		weights[n] = mp.weight[i].n
		if weights[n] < 0 || weights[n] > maxWeight {
			return fmt.Errorf("a line weighs %d", weights[n])
		}
	}
	if !total.known {
		return nil
	}
	if total.n < fee || fee < 0 {
		return fmt.Errorf("the order's payment of %d is less than its postage of %d", total.n, fee)
	}
	mp.set(lines, "amount", share(total.n-fee, weights), mp.m.has("amount"), nil)
	mp.set(lines, "paid", share(total.n-fee, weights), false, mp.rows.Column("paid_at"))
	if post.Known(lines[0]) {
		mp.set(lines, "post_fee", share(fee, weights), false, nil)
	}
	return nil
}

// set writes a column of the lines, unless the mapping gave it, and only where
// gate (if any) is known.
func (mp *mapper) set(lines []int, column string, parts []int64, mapped bool, gate *market.Vector) {
	if mapped {
		return
	}
	col := mp.m.table.MustCol(column)
	for n, i := range lines {
		if gate == nil || gate.Known(i) {
			mp.rows.SetInt(i, col, parts[n])
		}
	}
}

func (mp *mapper) takeBack(lines []int, place string, why error) {
	for _, i := range lines {
		mp.dead.Set(i)
	}
	order := mp.rows.Column("order_id").Text(lines[0])
	mp.note(market.Reject{Place: place, Field: "order_paid", Reason: why.Error(), Sample: "order " + order}, len(lines))
}

// has reports whether the mapping gives a column.
func (m *mapping) has(name string) bool {
	for i := range m.fields {
		if m.fields[i].name == name {
			return true
		}
	}
	return false
}

// schemaHash tells two shapes of the upstream's answer apart: which kind of
// JSON value each mapped field had. "" when no row was seen.
func (mp *mapper) schemaHash() string {
	var text strings.Builder
	any := false
	for i := range mp.m.fields {
		any = any || mp.seen[i] != 0
		fmt.Fprintf(&text, "%s=%d;", mp.m.fields[i].name, mp.seen[i]&^(1<<isNull))
	}
	if !any {
		return ""
	}
	sum := sha256.Sum256([]byte(text.String()))
	return hex.EncodeToString(sum[:8])
}

// digest names the contents of rows.
func digest(b *market.Batch) string {
	h := sha256.New()
	var buf []byte
	for i := range b.Len() {
		buf = buf[:0]
		for c := range b.Table.Columns {
			v := b.Col(c)
			buf = append(buf, 0)
			switch {
			case !v.Known(i):
				buf[len(buf)-1] = 1
			case v.Ints != nil:
				buf = binary.BigEndian.AppendUint64(buf, uint64(v.Ints[i]))
			default:
				buf = binary.BigEndian.AppendUint32(buf, uint32(len(v.Texts[i])))
				buf = append(buf, v.Texts[i]...)
			}
		}
		h.Write(buf)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// verdict says what the refusals mean for the whole pull: nothing, or reasons
// why it is not complete.
func (mp *mapper) verdict(taken int, maxReject float64) []string {
	var reasons []string
	if all := taken + mp.rejected; mp.rejected > 0 && float64(mp.rejected) > maxReject*float64(all) {
		reasons = append(reasons, fmt.Sprintf("%d of %d rows were refused, more than %.3g %%", mp.rejected, all, maxReject*100))
	}
	if mp.strange {
		reasons = append(reasons, "a value was met that the map of its field does not have")
	}
	if len(reasons) > 0 && len(mp.rejects) > 0 {
		r := mp.rejects[0]
		field := r.Field
		if from := mp.m.from(r.Field); from != "" {
			field += " (" + from + ")"
		}
		reasons = append(reasons, fmt.Sprintf("first refused: %s: %s: %s", r.Place, field, r.Reason))
	}
	return reasons
}
