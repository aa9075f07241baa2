package storage

import (
	"errors"
	"fmt"
	"time"

	"shopwatch/internal/market"
)

// storedSnapshot is the record of a pull. Instants are in nanoseconds.
type storedSnapshot struct {
	Source    string           `json:"source"`
	Table     string           `json:"table"`
	Shop      market.ShopID    `json:"shop"`
	Start     int64            `json:"start"`
	End       int64            `json:"end"`
	PulledAt  int64            `json:"pulled_at"`
	Watermark int64            `json:"watermark,omitempty"`
	State     market.Condition `json:"state"`
	Rows      int              `json:"rows"`
	Keys      int              `json:"keys,omitempty"`
	Pages     int              `json:"pages,omitempty"`
	PagesWant int              `json:"pages_want,omitempty"`
	Total     *int             `json:"total,omitempty"`
	Rejected  int              `json:"rejected,omitempty"`
	Skipped   int              `json:"skipped,omitempty"`
	Unmatched int              `json:"unmatched,omitempty"`
	Reasons   []string         `json:"reasons,omitempty"`
	Schema    string           `json:"schema,omitempty"`
	Digest    string           `json:"digest,omitempty"`
}

func (s *storedSnapshot) snapshot(rev market.Revision) market.Snapshot {
	return market.Snapshot{
		Revision: rev, Source: s.Source, Table: s.Table, Shop: s.Shop,
		Window:   market.Window{Start: instant(s.Start), End: instant(s.End)},
		PulledAt: instant(s.PulledAt), Watermark: instant(s.Watermark), State: s.State,
		Manifest: market.Manifest{
			Rows: s.Rows, Keys: s.Keys, Pages: s.Pages, PagesWant: s.PagesWant, Total: s.Total,
			Rejected: s.Rejected, Skipped: s.Skipped, Unmatched: s.Unmatched, Reasons: s.Reasons, SchemaHash: s.Schema, Digest: s.Digest,
		},
	}
}

func storeForm(s *market.Snapshot) storedSnapshot {
	m := &s.Manifest
	return storedSnapshot{
		Source: s.Source, Table: s.Table, Shop: s.Shop,
		Start: nanos(s.Window.Start), End: nanos(s.Window.End),
		PulledAt: nanos(s.PulledAt), Watermark: nanos(s.Watermark), State: s.State,
		Rows: m.Rows, Keys: m.Keys, Pages: m.Pages, PagesWant: m.PagesWant, Total: m.Total,
		Rejected: m.Rejected, Skipped: m.Skipped, Unmatched: m.Unmatched, Reasons: m.Reasons, Schema: m.SchemaHash, Digest: m.Digest,
	}
}

// PutPull stores a pull as the next revision and returns that revision.
//
// Rows of events are filed when the pull is complete or partial, since each row
// is true by itself; a complete State pull becomes a picture. Rows that are not
// to be trusted (suspect, or a partial picture) are held aside for Held.
//
// A pull with the digest, source and table of an earlier one that was at least
// as good, and which reaches no further in time, is stored only once: the error
// is a *SamePullError, nothing is written, and the transaction may go on.
func (tx *Tx) PutPull(shop *market.Shop, p market.Pull) (market.Revision, error) {
	s, err := tx.checkPull(shop, &p)
	if err != nil {
		return 0, err
	}
	if err := tx.checkSame(&p.Snapshot); err != nil {
		return 0, err
	}
	rev := tx.newest + 1
	p.Snapshot.Revision = rev
	if err := tx.putSnapshot(&p.Snapshot); err != nil {
		return 0, err
	}
	if err := tx.putRejects(rev, p.Rejects); err != nil {
		return 0, err
	}
	if err := tx.putFeed(&p.Snapshot); err != nil {
		return 0, err
	}
	state := p.Snapshot.State
	switch {
	case s.table.Shape == market.State && state == market.Complete:
		err = tx.putPicture(shop, s, &p)
	case s.table.Shape == market.Events && (state == market.Complete || state == market.Partial):
		err = tx.putEvents(shop, s, &p)
	default:
		err = tx.hold(s, &p)
	}
	if err != nil {
		return 0, fmt.Errorf("store pull of %s %s: %w", shop.ID, s.table.Name, err)
	}
	tx.newest = rev
	return rev, tx.putJSON(spaceMeta, []byte("revision"), rev)
}

// checkPull refuses what cannot be filed.
func (tx *Tx) checkPull(shop *market.Shop, p *market.Pull) (*schema, error) {
	if tx.w == nil {
		return nil, ErrReadOnly
	}
	if shop == nil || shop.ID == "" || shop.Zone == nil {
		return nil, errors.New("store pull: a shop with an id and a zone is required")
	}
	s, ok := tx.db.schemas[p.Snapshot.Table]
	if !ok {
		return nil, fmt.Errorf("store pull of table %q: %w", p.Snapshot.Table, ErrUnknown)
	}
	if p.Snapshot.Shop == "" {
		p.Snapshot.Shop = shop.ID
	}
	if p.Snapshot.Shop != shop.ID {
		return nil, fmt.Errorf("store pull: it is of shop %q, not %q", p.Snapshot.Shop, shop.ID)
	}
	if p.Rows != nil && p.Rows.Table != s.table {
		return nil, fmt.Errorf("store pull of %s: rows are of another table", s.table.Name)
	}
	switch p.Snapshot.State {
	case market.Complete, market.Partial, market.Suspect:
	case market.Failed:
		p.Rows = nil
	default:
		return nil, fmt.Errorf("store pull of %s: unknown condition %q", s.table.Name, p.Snapshot.State)
	}
	if s.table.Shape == market.State && p.Snapshot.State == market.Complete && p.Snapshot.Window.End.IsZero() {
		return nil, fmt.Errorf("store pull of %s: a picture needs its instant (window end)", s.table.Name)
	}
	return s, nil
}

func digestKey(s *market.Snapshot) []byte {
	return keyText(keyText(keyText(keyText(nil, string(s.Shop)), s.Table), s.Source), s.Manifest.Digest)
}

func (tx *Tx) checkSame(s *market.Snapshot) error {
	if s.Manifest.Digest == "" {
		return nil
	}
	var rev market.Revision
	found, err := tx.getJSON(spaceSnapshotDigest, digestKey(s), &rev)
	if err != nil || !found {
		return err
	}
	old, found, err := tx.snapshot(rev)
	if err != nil || !found {
		return err
	}
	if trust(old.State) < trust(s.State) || s.Watermark.After(old.Watermark) || s.Window.End.After(old.Window.End) {
		return nil
	}
	return &SamePullError{Revision: rev}
}

// trust orders conditions from worst to best.
func trust(c market.Condition) int {
	switch c {
	case market.Complete:
		return 3
	case market.Suspect:
		return 2
	case market.Partial:
		return 1
	}
	return 0
}

func (tx *Tx) putSnapshot(s *market.Snapshot) error {
	if err := tx.putJSON(spaceSnapshot, keyUint(nil, uint64(s.Revision)), storeForm(s)); err != nil {
		return err
	}
	pulls := timelineKey(timelinePulls, s.Shop, s.Table)
	if err := tx.addMoment(pulls, moment{at: nanos(s.PulledAt), rev: s.Revision}); err != nil {
		return err
	}
	if s.Manifest.Digest == "" {
		return nil
	}
	return tx.putJSON(spaceSnapshotDigest, digestKey(s), s.Revision)
}

// snapshot returns the manifest of a revision.
func (tx *Tx) snapshot(rev market.Revision) (market.Snapshot, bool, error) {
	var s storedSnapshot
	found, err := tx.getJSON(spaceSnapshot, keyUint(nil, uint64(rev)), &s)
	if err != nil || !found {
		return market.Snapshot{}, false, err
	}
	return s.snapshot(rev), true, nil
}

// Snapshots returns the manifests of a shop's table whose PulledAt lies in w,
// whatever their condition, newest last. Times are in UTC.
func (tx *Tx) Snapshots(shop market.ShopID, table string, w market.Window) ([]market.Snapshot, error) {
	moments, err := tx.between(timelineKey(timelinePulls, shop, table), nanos(w.Start), nanos(w.End))
	if err != nil {
		return nil, err
	}
	var all []market.Snapshot
	for _, m := range moments {
		s, found, err := tx.snapshot(m.rev)
		if err == nil && !found {
			err = missingManifest(m.rev)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

func missingManifest(rev market.Revision) error {
	return damaged(spaceSnapshot, keyUint(nil, uint64(rev)), "manifest is missing")
}

// Revision is the newest revision, 0 in an empty store.
func (tx *Tx) Revision() market.Revision { return tx.newest }

// rejectSample is how many refused rows of a pull are kept.
const rejectSample = 100

func (tx *Tx) putRejects(rev market.Revision, all []market.Reject) error {
	if len(all) == 0 {
		return nil
	}
	return tx.putJSON(spaceReject, keyUint(nil, uint64(rev)), all[:min(len(all), rejectSample)])
}

// Rejects returns a sample of the rows that were refused in a pull.
func (tx *Tx) Rejects(rev market.Revision) ([]market.Reject, error) {
	var all []market.Reject
	_, err := tx.getJSON(spaceReject, keyUint(nil, uint64(rev)), &all)
	return all, err
}

// Feed is how one source of one table stands.
type Feed struct {
	Source, Table string
	Last          market.Snapshot // the newest try
	// Complete is the complete pull that reaches furthest (by watermark, then
	// by window end, then by revision); the zero Snapshot when there is none.
	Complete market.Snapshot
}

// reach compares how far two complete pulls reach.
func reach(a, b *market.Snapshot) int {
	if c := a.Watermark.Compare(b.Watermark); c != 0 {
		return c
	}
	return a.Window.End.Compare(b.Window.End)
}

// Feeds returns how the sources of a shop stand now, ordered by table, then
// source.
func (tx *Tx) Feeds(shop market.ShopID) ([]Feed, error) { return tx.FeedsAsOf(shop, 0) }

// Complete returns up to when every source of a table is known to be complete:
// the least watermark among them. The zero Time says that one has none, or
// that the table has no source.
func Complete(feeds []Feed, table string) time.Time {
	var least time.Time
	found := false
	for _, f := range feeds {
		if f.Table != table {
			continue
		}
		if !found || f.Complete.Watermark.Before(least) {
			least = f.Complete.Watermark
		}
		found = true
	}
	return least
}
