package jobs

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"shopwatch/internal/gate"
	"shopwatch/internal/market"
	"shopwatch/internal/source"
	"shopwatch/storage"
)

// history is how far back the gate looks for a picture's usual size, and how
// many complete pulls it takes.
const (
	history      = 7 * 24 * time.Hour
	historyPulls = 7
)

// unmatchedNames is how many SKUs that no catalogue has are named.
const unmatchedNames = 5

// judge passes a pull through the data gate: its state, the reason and the
// number of rows without a known SKU are set in the pull. The cursor returned
// remembers the doubt and the usual amounts. With believe, what the gate doubts
// is taken all the same, and the reason says so.
func (c *Collector) judge(ctx context.Context, f Feed, p *market.Pull, believe bool) (cur cursor, v gate.Verdict, err error) {
	if cur, err = c.cursor(ctx, f); err != nil {
		return cur, v, err
	}
	v.State = p.Snapshot.State
	if v.State != market.Complete {
		return cur, v, nil
	}
	now := c.Now()
	past := gate.Past{Medians: cur.Medians, Known: cur.Known, Pulls: cur.Pulls, Doubt: cur.Doubt}
	skus := map[string]bool{}
	err = c.DB.View(ctx, func(tx *storage.Tx) error {
		if err := c.past(tx, f, now, &past); err != nil {
			return err
		}
		skus, err = c.known.of(tx, f.Shop, now)
		return err
	})
	if err != nil {
		return cur, v, fmt.Errorf("data gate of %s: %w", f.Source.ID(), err)
	}
	m := &p.Snapshot.Manifest
	_, file := f.Source.(*source.File)
	_, push := f.Source.(*source.Push)
	past.Again = (file || push) && m.Digest != "" && cur.Doubted == m.Digest
	v = gate.Judge(*p, past, now)
	v.Soon = v.Soon && !file
	if believe && v.State != market.Complete {
		v = gate.Verdict{State: market.Complete, Reason: v.Reason + "; taken by hand"}
	}
	cur.Doubt, cur.Doubted = v.Doubt, ""
	if v.Doubt != nil {
		cur.Doubted = m.Digest
	}
	p.Snapshot.State = v.State
	if d := v.Doubt; d != nil && (d.Kind == gate.Gone || d.Kind == gate.Drift) {
		v.Reason += "; it is taken from " + source.From(f.Source, d.What)
	}
	if v.Reason != "" {
		m.Reasons = append(m.Reasons, v.Reason)
	}
	if v.State == market.Complete {
		cur.learn(p.Rows)
	} else {
		p.Snapshot.Watermark = time.Time{}
	}
	if len(skus) > 0 {
		n, names := gate.Unmatched(p.Rows, skus, unmatchedNames)
		m.Unmatched = n
		if n > 0 && len(names) > 0 {
			p.Rejects = append(p.Rejects, market.Reject{Place: f.Source.ID(), Field: "sku", Reason: "not in the catalogue, kept", Sample: strings.Join(names, ", ")})
		}
	}
	return cur, v, nil
}

// learn notes what is usual in rows that are believed.
func (cur *cursor) learn(rows *market.Batch) {
	medians := maps.Clone(cur.Medians)
	if medians == nil {
		medians = map[string]int64{}
	}
	maps.Copy(medians, gate.Medians(rows))
	cur.Medians = medians
	known := gate.Known(rows)
	if known == nil {
		return
	}
	for name, share := range cur.Known {
		if now, is := known[name]; is {
			known[name] = min(now, share)
		}
	}
	cur.Known, cur.Pulls = known, min(cur.Pulls+1, historyPulls)
}

// past loads what the gate compares with.
func (c *Collector) past(tx *storage.Tx, f Feed, now time.Time, into *gate.Past) error {
	t := f.Source.Table()
	if t.Shape != market.State {
		return nil
	}
	all, err := tx.Snapshots(f.Shop.ID, t.Name, market.Window{Start: now.Add(-history), End: now.Add(time.Nanosecond)})
	if err != nil {
		return err
	}
	for i := len(all) - 1; i >= 0 && len(into.Rows) < historyPulls; i-- {
		if all[i].State == market.Complete && all[i].Source == f.Source.ID() {
			into.Rows = append(into.Rows, all[i].Manifest.Rows)
		}
	}
	snap, rows, found, err := tx.State(f.Shop.ID, t, now, 0)
	if err == nil && found {
		into.Picture, into.At = rows, snap.Window.End
		if snap.Source == f.Source.ID() {
			into.Mark = snap.Watermark
		}
	}
	return err
}

// catalogue remembers the SKUs of each shop's newest catalogue.
type catalogue struct {
	mu   sync.Mutex
	shop map[market.ShopID]skuSet
}

type skuSet struct {
	rev  market.Revision
	skus map[string]bool
}

// of is the SKUs of a shop's catalogue; empty when it has none. The set is
// shared and must not be changed.
func (k *catalogue) of(tx *storage.Tx, shop *market.Shop, now time.Time) (map[string]bool, error) {
	snap, rows, found, err := tx.State(shop.ID, market.Items, now, 0)
	if err != nil || !found {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if old, ok := k.shop[shop.ID]; ok && old.rev == snap.Revision {
		return old.skus, nil
	}
	out := make(map[string]bool, rows.Len())
	v := rows.Column("sku")
	for i := range rows.Len() {
		out[v.Text(i)] = true
	}
	if k.shop == nil {
		k.shop = map[market.ShopID]skuSet{}
	}
	k.shop[shop.ID] = skuSet{snap.Revision, out}
	return out, nil
}
