package series

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/column"
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
	// Pins says as of which revisions a shop must stay readable exactly, and from
	// when on its slots must be kept, because evidence needs them. nil: nothing.
	Pins func(tx *storage.Tx, shop market.ShopID) (storage.Pins, error)
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

	ready *ready // by Prepare
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
	// ErrPast: slots of that time are forgotten already, so none can be added.
	ErrPast = errors.New("the slot is older than what is kept")
	// ErrNoSlot: nothing is stored for that slot (as of that revision).
	ErrNoSlot = errors.New("no data for that slot")
)

// Store keeps the panels of all shops inside a storage.DB. It is safe for use
// by many goroutines.
type Store struct {
	db     *storage.DB
	o      Options
	codec  *column.Codec // of readers and the writer
	upkeep *column.Codec // of folds, which must not hold up the writer

	seed     maphash.Seed  // of names of what is kept decoded
	pictures atomic.Uint64 // number of the last one

	mu     sync.Mutex
	panels map[market.ShopID]*state // as committed; a state in it is never changed
	days   map[market.ShopID]*running

	// Of the one writer. A transaction that failed leaves its drafts behind;
	// the next one notices by tx.
	writing sync.Mutex
	tx      *storage.Tx
	drafts  map[market.ShopID]*state
	enc     map[*layout]*encoder
}

// state is what is in memory of a shop.
type state struct {
	record record
	names  *names
	panel  *Panel
	// chain is the base stored last of all, by which the next is shortened.
	chain      *table
	chainIndex int
	chainSlot  int
}

// record is the stored form of what is fixed about a panel.
type record struct {
	Step   int64 `json:"step"` // nanoseconds
	Series int   `json:"series"`
	// Kept is the instant, in Unix seconds, before which slots are forgotten.
	Kept int64 `json:"kept,omitempty"`
}

// Open loads the panels' dictionaries and newest two slots into memory. The
// store must be closed before the DB is.
func Open(ctx context.Context, db *storage.DB, o Options) (*Store, error) {
	if o.Ages.Slots == 0 {
		o.Ages.Slots = 90 * 24 * time.Hour
	}
	if o.Ages.Days == 0 {
		o.Ages.Days = 400 * 24 * time.Hour
	}
	if o.Ages.Cubes == 0 {
		o.Ages.Cubes = 400 * 24 * time.Hour
	}
	if o.Settle == 0 {
		o.Settle = 26 * time.Hour
	}
	s := &Store{db: db, o: o, seed: maphash.MakeSeed(), panels: map[market.ShopID]*state{}, days: map[market.ShopID]*running{}, enc: map[*layout]*encoder{}}
	s.pictures.Store(maphash.String(s.seed, "pictures")) // not those of another Store over the same DB
	var err error
	if s.codec, err = column.NewCodec(); err != nil {
		return nil, err
	}
	if s.upkeep, err = column.NewCodec(); err != nil {
		return nil, err
	}
	err = db.View(ctx, func(tx *storage.Tx) error {
		space := tx.Space(spacePanel)
		return space.Scan(storage.Range{}, func(key, payload []byte) (bool, error) {
			shop := market.ShopID(key)
			var r record
			if err := json.Unmarshal(payload, &r); err != nil || r.Step <= 0 || r.Series < 0 || r.Series > maxSeries {
				return false, space.Damaged(key, "panel record does not parse")
			}
			st, err := s.rebuild(tx, shop, r)
			s.panels[shop] = st
			return true, err
		})
	})
	if err != nil {
		s.Close()
		return nil, fmt.Errorf("open series: %w", err)
	}
	return s, nil
}

// Close gives up the store's memory. No call may follow.
func (s *Store) Close() {
	s.codec.Close()
	s.upkeep.Close()
}

// Panel is the newest committed state of a shop, or nil when it has none.
func (s *Store) Panel(shop market.ShopID) *Panel {
	s.mu.Lock()
	defer s.mu.Unlock()
	if st := s.panels[shop]; st != nil {
		return st.panel
	}
	return nil
}

// Shops lists the shops that have a panel, in no order.
func (s *Store) Shops() []market.ShopID {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []market.ShopID
	for shop := range s.panels {
		all = append(all, shop)
	}
	return all
}

// draft is the state of a shop inside a write transaction; it becomes the
// committed one with the transaction. nil when the shop has no panel yet.
func (s *Store) draft(tx *storage.Tx, shop market.ShopID) *state {
	if s.tx != tx {
		s.abandon()
		s.tx, s.drafts = tx, map[market.ShopID]*state{}
		tx.OnCommit(func() { s.publish(tx) })
	}
	if st, ok := s.drafts[shop]; ok {
		return st
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.panels[shop]; old != nil {
		st := *old
		s.drafts[shop] = &st
		return &st
	}
	return nil
}

// abandon undoes in memory what a failed transaction had begun.
func (s *Store) abandon() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for shop := range s.drafts {
		if old := s.panels[shop]; old != nil {
			old.names.cut(old.panel.n, old.panel.group)
		}
	}
	s.drafts = nil
}

func (s *Store) publish(tx *storage.Tx) {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.tx != tx {
		return
	}
	s.mu.Lock()
	maps.Copy(s.panels, s.drafts)
	s.mu.Unlock()
	s.tx, s.drafts = nil, nil
}

// refresh takes the state's panel anew, after its dictionary has grown.
func (st *state) refresh(shop market.ShopID, picture uint64) {
	p := Panel{shop: shop, picture: picture, step: time.Duration(st.record.Step), names: st.names, n: st.record.Series}
	p.skus, p.ends, p.group, p.groups = st.names.skus, st.names.ends, st.names.group, st.names.groups
	if old := st.panel; old != nil {
		p.now, p.before, p.slot, p.slotBefore = old.now, old.before, old.slot, old.slotBefore
	}
	st.panel = &p
}

func (s *Store) encoder(l *layout) *encoder {
	if s.enc[l] == nil {
		s.enc[l] = newEncoder(l, s.codec)
	}
	return s.enc[l]
}
