package report

import (
	"cmp"
	"maps"
	"slices"

	"shopwatch/internal/market"
)

const (
	regionDays = 28 // of sales that tell where buyers are
	// regionPrior is how many pieces of the shop's own spread an item's is weighed
	// with: what sold ten pieces says little about where it will sell.
	regionPrior = 40
)

// RegionPart is the part of an order that a region's warehouse should receive.
type RegionPart struct {
	Region   market.Region `json:"region"`
	Share    float64       `json:"share" cell:"share"` // of expected demand
	Quantity int64         `json:"quantity"`
}

// regionSales is pieces by region, of the shop and of its lines.
type regionSales struct {
	all  map[string]int64
	line map[line]map[string]int64
}

func newRegionSales() regionSales {
	return regionSales{all: map[string]int64{}, line: map[line]map[string]int64{}}
}

func (s regionSales) add(sku, channel, region string, qty int64) {
	if region == "" || qty <= 0 {
		return
	}
	s.all[region] += qty
	keys := []line{{sku, ""}}
	if channel != "" {
		keys = append(keys, line{sku, channel})
	}
	for _, k := range keys {
		if s.line[k] == nil {
			s.line[k] = map[string]int64{}
		}
		s.line[k][region] += qty
	}
}

// split divides an order over the regions by where the line's buyers are, weighed
// with where the shop's are; parts add up to the order, by the largest remainder.
// nil when there is nothing to divide or no region is known.
func (s regionSales) split(sku, channel string, quantity int64) []RegionPart {
	total := int64(0)
	for _, n := range s.all {
		total += n
	}
	if quantity <= 0 || total == 0 {
		return nil
	}
	own, sum := s.line[line{sku, channel}], int64(0)
	for _, n := range own {
		sum += n
	}
	var out []RegionPart
	rests := map[market.Region]float64{}
	given := int64(0)
	for _, r := range slices.Sorted(maps.Keys(s.all)) {
		share := (float64(own[r]) + regionPrior*float64(s.all[r])/float64(total)) / (float64(sum) + regionPrior)
		exact := share * float64(quantity)
		p := RegionPart{Region: market.Region(r), Share: share, Quantity: int64(exact)}
		rests[p.Region] = exact - float64(p.Quantity)
		given += p.Quantity
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(a, b RegionPart) int { return cmp.Compare(rests[b.Region], rests[a.Region]) })
	for i := range out {
		if given == quantity {
			break
		}
		out[i].Quantity++
		given++
	}
	slices.SortStableFunc(out, func(a, b RegionPart) int {
		return cmp.Or(cmp.Compare(b.Quantity, a.Quantity), cmp.Compare(b.Share, a.Share), cmp.Compare(a.Region, b.Region))
	})
	return out
}
