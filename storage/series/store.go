package series

import (
	"context"
	"errors"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
)

// DefaultStep is the clock step of a panel unless a frame says otherwise.
const DefaultStep = time.Hour

// Ages say how long each level is kept; 0 takes the default.
type Ages struct {
	Slots time.Duration // slots of the clock, whatever their level; default 90 days
	Days  time.Duration // daily and monthly rollups; default 400 days
	Cubes time.Duration // hourly and daily cubes; default 400 days
}

// Options of the series store; the zero value has sensible defaults.
type Options struct {
	Ages Ages
	// Settle is how long after its end a day, week or month is folded into
	// the next level; until then corrections are cheap. Default 26 hours.
	Settle time.Duration
	// Pins lists, in ascending order, the revisions as of which a shop must
	// stay readable exactly, because evidence points at them. nil: none.
	Pins func(tx *storage.Tx, shop market.ShopID) ([]market.Revision, error)
}

// Series names one row of a panel: an item on a channel. SKU and Channel are
// its key and never change; the others are what was said last.
type Series struct {
	SKU      market.SKU      `json:"sku"`
	Channel  market.Channel  `json:"channel"`
	Unit     market.Unit     `json:"unit,omitempty"`
	Category market.Category `json:"category,omitempty"`
	Brand    string          `json:"brand,omitempty"`
	Title    string          `json:"title,omitempty"`
	URL      string          `json:"url,omitempty"`
}

// Frame is one slot of a shop's panel.
type Frame struct {
	// Revision that brings it; of two frames of one slot the larger wins.
	Revision market.Revision
	// Slot is any instant inside the slot; it is rounded down to the step, in UTC.
	Slot time.Time
	// Step is the clock step; 0 means that of the panel, or DefaultStep for a
	// new one. A panel keeps its step for ever.
	Step time.Duration
	// At is up to when the data is complete; the zero Time means the slot's end.
	At time.Time
	// State is how far the frame can be trusted; empty means Complete.
	State market.Condition
	// Columns has a row for each registered series, or for the first of them;
	// the others are unknown. The store keeps it: it must not be changed again.
	Columns *Columns
	// Stale marks rows whose gauges were carried from the slot before because
	// their page was missing.
	Stale market.Bits
	// Regions splits flows by region, where the source has it. The rest of a
	// flow stands under the empty region.
	Regions []RegionFlow
}

// RegionFlow is the part of a flow of one series that came from a region.
type RegionFlow struct {
	Series uint32
	Region market.Region
	Column Column
	Value  int64
}

// Slot is what is known of a slot of the clock.
type Slot struct {
	Start    time.Time
	Revision market.Revision
	At       time.Time // data is complete up to here
	State    market.Condition
	Rows     int
}

// Errors that callers tell apart with errors.Is.
var (
	// ErrStep: the frame has another clock step than the panel.
	ErrStep = errors.New("clock step differs from the panel's")
	// ErrFolded: the panel can no longer be read as of that revision, since
	// compaction has dropped a version that no evidence pointed at.
	ErrFolded = errors.New("that version was folded away")
	// ErrNoSlot: nothing is stored for that slot (as of that revision).
	ErrNoSlot = errors.New("no data for that slot")
)

// Store keeps the panels of all shops inside a storage.DB. It is safe for use
// by many goroutines.
type Store struct {
	db *storage.DB
	o  Options
}

// Open loads the panels' dictionaries and newest two slots into memory.
func Open(ctx context.Context, db *storage.DB, o Options) (*Store, error) {
	return nil, errors.ErrUnsupported
}

// Panel is the newest published state of a shop, or nil when it has none. It
// stays valid, and unchanged, for as long as the caller holds it.
func (s *Store) Panel(shop market.ShopID) *Panel { return nil }

// Register gives each series its id, a dense number from 0 that is never given
// to another; new ones are added, changed attributes are stored.
func (s *Store) Register(tx *storage.Tx, shop *market.Shop, all []Series) ([]uint32, error) {
	return nil, errors.ErrUnsupported
}

// Put stores a frame. It becomes visible, and the panel's columns are swapped,
// when the transaction commits.
func (s *Store) Put(tx *storage.Tx, shop *market.Shop, f Frame) error {
	return errors.ErrUnsupported
}

// Read returns the named columns (none named: all) of a slot as of a revision;
// asOf 0 is the newest. The error is ErrNoSlot when nothing is stored.
func (s *Store) Read(tx *storage.Tx, shop market.ShopID, slot time.Time, asOf market.Revision, cols ...Column) (*Columns, Slot, error) {
	return nil, Slot{}, errors.ErrUnsupported
}

// Slots lists what is stored in a window as of a revision, oldest first.
func (s *Store) Slots(tx *storage.Tx, shop market.ShopID, w market.Window, asOf market.Revision) ([]Slot, error) {
	return nil, errors.ErrUnsupported
}

// Line is a window of one series. Values[c][i] and Null[c] belong to Slots[i];
// a slot that was never stored is not in Slots.
type Line struct {
	Slots  []Slot
	Values [Width][]int64 // nil for columns that were not asked for
	Null   [Width]market.Bits
}

// Line reads the named columns (none named: all) of one series over a window.
func (s *Store) Line(tx *storage.Tx, shop market.ShopID, id uint32, w market.Window, asOf market.Revision, cols ...Column) (*Line, error) {
	return nil, errors.ErrUnsupported
}

// Compact folds one bounded step of what has settled by now, and reports
// whether there is more to do. Commands and collections run between steps.
func (s *Store) Compact(ctx context.Context, shop *market.Shop, now time.Time) (more bool, err error) {
	return false, errors.ErrUnsupported
}

// Prune drops whole periods that are older than Options.Ages and returns how many.
func (s *Store) Prune(ctx context.Context, shop *market.Shop, now time.Time) (int, error) {
	return 0, errors.ErrUnsupported
}
