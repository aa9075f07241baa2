package metric

import "shopwatch/internal/market"

// Item is what the catalogue says of a house SKU. Cost and Floor are -1 when
// not known; LeadDays, Launched, MOQ (least order in pieces) and Pack (pieces in
// a pack) are 0 when not known.
type Item struct {
	SKU      market.SKU
	ID       string // the marketplace's item id
	Title    string
	Unit     market.Unit
	Category market.Category
	Brand    string
	Cost     market.Fen
	Floor    market.Fen
	LeadDays int64
	Launched market.Day
	MOQ      int64
	Pack     int64
}

// Catalogue finds items by SKU. The nil Catalogue is empty.
type Catalogue struct {
	items []Item
	index map[string]int32
}

// NewCatalogue reads a picture of market.Items; a nil batch gives an empty one.
func NewCatalogue(b *market.Batch) *Catalogue {
	n := b.Len()
	c := &Catalogue{items: make([]Item, n), index: make(map[string]int32, n)}
	if n == 0 {
		return c
	}
	sku, id, title := b.Column("sku"), b.Column("item"), b.Column("title")
	unit, category, brand := b.Column("unit"), b.Column("category"), b.Column("brand")
	cost, floor, lead := b.Column("cost"), b.Column("floor"), b.Column("lead_days")
	launched := b.Column("launched")
	moq, pack := b.Column("moq"), b.Column("pack")
	for i := range n {
		c.items[i] = Item{
			SKU: market.SKU(sku.Text(i)), ID: id.Text(i), Title: title.Text(i),
			Unit: market.Unit(unit.Text(i)), Category: market.Category(category.Text(i)), Brand: brand.Text(i),
			Cost: known(cost, i), Floor: known(floor, i), LeadDays: lead.Ints[i],
			Launched: market.Day(launched.Ints[i]),
			MOQ:      moq.Ints[i], Pack: pack.Ints[i],
		}
		c.index[sku.Text(i)] = int32(i)
	}
	return c
}

func known(v *market.Vector, i int) market.Fen {
	if x, ok := v.Int(i); ok {
		return market.Fen(x)
	}
	return -1
}

// Find returns the item of sku, and false when the catalogue lacks it.
func (c *Catalogue) Find(sku market.SKU) (*Item, bool) {
	if c == nil {
		return nil, false
	}
	i, ok := c.index[string(sku)]
	if !ok {
		return nil, false
	}
	return &c.items[i], true
}

// Items lists the catalogue in the order of its picture; read-only.
func (c *Catalogue) Items() []Item {
	if c == nil {
		return nil
	}
	return c.items
}

// Title is the title of sku, or the SKU itself when there is none.
func (c *Catalogue) Title(sku market.SKU) string {
	if it, ok := c.Find(sku); ok && it.Title != "" {
		return it.Title
	}
	return string(sku)
}

// Unit is the unit of sku, "" when it is not known.
func (c *Catalogue) Unit(sku market.SKU) market.Unit {
	if it, ok := c.Find(sku); ok {
		return it.Unit
	}
	return ""
}
