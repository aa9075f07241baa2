package series

import (
	"slices"
	"strings"

	"shopwatch/internal/market"
)

// flows is how many columns a cube sums: Units and those behind it.
const flows = Width - int(Units)

// Cell is the flows of one hour or day that belong to a combination of
// dimensions. An empty dimension is what the source does not tell.
type Cell struct {
	Unit     market.Unit
	Category market.Category
	Channel  market.Channel
	Band     string // id of the price band of the item's price in that slot
	Region   market.Region
	sums     [flows]int64
	known    uint16 // bit c-Units: the flow is known of at least one series
}

// Sum is the sum of a flow, and false when it is not known, or c is a gauge.
func (c *Cell) Sum(col Column) (int64, bool) {
	if col < Units || col >= Width || c.known&(1<<(col-Units)) == 0 {
		return 0, false
	}
	return c.sums[col-Units], true
}

func (c *Cell) add(col Column, v int64) {
	c.sums[col-Units] += v
	c.known |= 1 << (col - Units)
}

type cellKey struct {
	unit     market.Unit
	category market.Category
	channel  market.Channel
	band     string
	region   market.Region
}

func (c *Cell) key() cellKey { return cellKey{c.Unit, c.Category, c.Channel, c.Band, c.Region} }

func compareCells(a, b Cell) int {
	return compareFirst(
		strings.Compare(string(a.Unit), string(b.Unit)), strings.Compare(string(a.Category), string(b.Category)),
		strings.Compare(string(a.Channel), string(b.Channel)), strings.Compare(a.Band, b.Band),
		strings.Compare(string(a.Region), string(b.Region)),
	)
}

func compareFirst(all ...int) int {
	for _, c := range all {
		if c != 0 {
			return c
		}
	}
	return 0
}

// cuber sums a frame into cells. Cells are numbered by group and band, so that
// a row costs a look at its price and an addition.
type cuber struct {
	p     *Panel
	bands []market.Band
	cells []Cell // group*(bands+1)+band; the last band is "none"
	f     *Columns
}

func cubeOf(p *Panel, shop *market.Shop, f *Frame) []Cell {
	c := &cuber{p: p, bands: shop.Bands, f: f.Columns}
	c.cells = make([]Cell, len(p.groups)*(len(shop.Bands)+1))
	for col := Units; col < Width; col++ {
		c.column(col)
	}
	out := make([]Cell, 0, len(c.cells))
	for i := range c.cells {
		if cell := c.named(i); cell.known != 0 {
			out = append(out, cell)
		}
	}
	return c.regions(out, f.Regions)
}

// named is cell i with its dimensions.
func (c *cuber) named(i int) Cell {
	cell := c.cells[i]
	g := c.p.groups[i/(len(c.bands)+1)]
	cell.Unit, cell.Category, cell.Channel = g.Unit, g.Category, g.Channel
	if b := i % (len(c.bands) + 1); b < len(c.bands) {
		cell.Band = c.bands[b].ID
	}
	return cell
}

// cell is the number of the cell of a series.
func (c *cuber) cell(id int) int {
	band := len(c.bands)
	if price, ok := c.f.Value(Price, uint32(id)); ok {
		for i := range c.bands {
			if b := &c.bands[i]; market.Fen(price) >= b.From && (b.To == 0 || market.Fen(price) < b.To) {
				band = i
				break
			}
		}
	}
	return int(c.p.group[id])*(len(c.bands)+1) + band
}

func (c *cuber) column(col Column) {
	null := *c.f.Null(col)
	if null.Any() {
		if count(null) == c.f.n {
			return
		}
		for i := range c.f.n {
			if v, ok := c.f.Value(col, uint32(i)); ok {
				c.cells[c.cell(i)].add(col, v)
			}
		}
		return
	}
	// All is known, and mostly 0: every cell knows the flow, few rows count.
	for i := range c.cells {
		c.cells[i].known |= 1 << (col - Units)
	}
	if col == GMV {
		for i, v := range c.f.wide[col] {
			if v != 0 {
				c.cells[c.cell(i)].sums[col-Units] += v
			}
		}
		return
	}
	for i, v := range c.f.small[col] {
		if v != 0 {
			c.cells[c.cell(i)].sums[col-Units] += int64(v)
		}
	}
}

// regions moves the parts of flows whose region is known into cells of their
// own; the rest stays under the empty region.
func (c *cuber) regions(cells []Cell, parts []RegionFlow) []Cell {
	at := map[cellKey]int{}
	for i := range cells {
		at[cells[i].key()] = i
	}
	for _, part := range parts {
		if int(part.Series) >= c.f.n || part.Column < Units || part.Column >= Width || part.Region == "" {
			continue
		}
		if _, known := c.f.Value(part.Column, part.Series); !known {
			continue
		}
		whole := c.named(c.cell(int(part.Series)))
		i, ok := at[whole.key()]
		if !ok {
			continue
		}
		cells[i].sums[part.Column-Units] -= part.Value
		k := whole.key()
		k.region = part.Region
		j, ok := at[k]
		if !ok {
			j = len(cells)
			at[k] = j
			cells = append(cells, Cell{Unit: k.unit, Category: k.category, Channel: k.channel, Band: k.band, Region: k.region})
		}
		cells[j].add(part.Column, part.Value)
	}
	return cells
}

// sumCells adds cells of equal dimensions, and orders them.
func sumCells(all []Cell) []Cell {
	at := map[cellKey]int{}
	var out []Cell
	for i := range all {
		j, ok := at[all[i].key()]
		if !ok {
			at[all[i].key()] = len(out)
			out = append(out, all[i])
			continue
		}
		out[j].known |= all[i].known
		for k := range out[j].sums {
			out[j].sums[k] += all[i].sums[k]
		}
	}
	slices.SortFunc(out, compareCells)
	return out
}
