package series

import (
	"time"

	"shopwatch/internal/market"
)

// Panel is a shop's newest two slots in memory, with its dictionary.
type Panel struct {
	shop          market.ShopID
	step          time.Duration
	now, before   *Columns
	slot, earlier Slot
}

// Shop is whose panel it is.
func (p *Panel) Shop() market.ShopID { return p.shop }

// Step is the clock step.
func (p *Panel) Step() time.Duration { return p.step }

// Len is the number of series that have an id.
func (p *Panel) Len() int { return 0 }

// Now is the newest slot; nil before the first.
func (p *Panel) Now() (*Columns, Slot) { return p.now, p.slot }

// Before is the slot stored before the newest; nil when there is none.
func (p *Panel) Before() (*Columns, Slot) { return p.before, p.earlier }

// Find returns the id of a series.
func (p *Panel) Find(sku market.SKU, channel market.Channel) (uint32, bool) { return 0, false }

// FindBytes is Find for a page scanner: it makes no strings.
func (p *Panel) FindBytes(sku, channel []byte) (uint32, bool) { return 0, false }

// SKU, Channel, Unit and Category of a series are kept in memory.
func (p *Panel) SKU(id uint32) market.SKU { return "" }

// Channel of a series.
func (p *Panel) Channel(id uint32) market.Channel { return "" }

// Unit of a series.
func (p *Panel) Unit(id uint32) market.Unit { return "" }

// Category of a series.
func (p *Panel) Category(id uint32) market.Category { return "" }
