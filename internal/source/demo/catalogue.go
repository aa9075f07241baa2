package demo

import (
	"math"
	"strconv"
)

// sku is one line of the catalogue; money is in fen.
type sku struct {
	item                   int32
	rank                   int32 // place by popularity, from 0
	deal, list, cost       int32
	floor                  int32
	launched               int16 // days before Start
	lead, moq              uint16
	unit, cat, brand, spec uint8
	chans                  uint8 // bit per channel that lists it
	pack                   uint8
}

// catalogue is everything the house sells. sellers lists the SKUs that have
// sales, best first.
type catalogue struct {
	seed    uint64
	skus    []sku
	sellers []int32
	items   int
	titles  []string // of sellers, by rank
}

// topN is the number of hits, whose share of GMV the popularity law fixes.
const (
	topN     = 50
	topShare = 0.355
)

// priceLevel lifts all categories so that 2,000 orders bring in half a million.
const priceLevel = 1.25

func newCatalogue(o Options) catalogue {
	c := catalogue{seed: o.Seed, skus: make([]sku, o.SKUs)}
	order := make([]int32, o.SKUs)
	r := stream(o.Seed, streamRank, 0, 0)
	for i := range order {
		order[i] = int32(i)
		j := r.intn(i + 1)
		order[i], order[j] = order[j], order[i]
	}
	for rank, i := range order {
		c.skus[i].rank = int32(rank)
	}
	c.fill()
	c.sellers = order[:min(o.SKUs, maxSellers)]
	c.titles = make([]string, len(c.sellers))
	for rank, i := range c.sellers {
		c.titles[rank] = c.title(int(i))
	}
	return c
}

// fill groups SKUs into items of one to three and prices them.
func (c *catalogue) fill() {
	item := int32(0)
	for i := 0; i < len(c.skus); item++ {
		r := stream(c.seed, streamItem, uint64(item), 0)
		unit := r.pick([]float64{.36, .40, .24})
		cat := r.intn(len(categories[unit]))
		k := &categories[unit][cat]
		base := r.lognorm(k.median, k.sigma) * priceLevel
		brand := min(r.intn(len(brands[unit])), r.intn(len(brands[unit])))
		margin, markup := r.between(.34, .60), r.between(1.25, 1.9)
		launched := int16(20 + r.intn(900))
		if r.chance(.18) {
			launched = int16(r.intn(60))
		}
		chans := uint8(1)
		if r.chance(.45) {
			chans |= 1 << channelSupermarket
		}
		if r.chance(.40) {
			chans |= 1 << channelTaote
		}
		for n, left := 0, 1+r.intn(3); left > 0 && i < len(c.skus); left-- {
			s := &c.skus[i]
			*s = sku{item: item, rank: s.rank, unit: uint8(unit), cat: uint8(cat), brand: uint8(brand), chans: chans, launched: launched}
			s.spec = uint8(n % len(k.specs))
			s.price(base*(1+.12*float64(n)), margin, markup)
			s.lead = uint16(3 + r.intn(12))
			s.pack = uint8([]int{1, 6, 10, 12, 24}[r.intn(5)])
			s.moq = uint16(int(s.pack) * (2 + r.intn(10)))
			n++
			i++
		}
	}
	c.items = int(item)
}

func (s *sku) price(yuan, margin, markup float64) {
	if s.rank < topN { // a hit is neither a trifle nor a luxury
		yuan = min(max(yuan, 139), 699)
	}
	s.deal = charm(yuan)
	s.list = charm(float64(s.deal) / 100 * markup)
	s.cost = int32(float64(s.deal) * margin)
	s.floor = charm(min(float64(s.cost)/100*1.15+8, float64(s.deal)/100*.78))
}

// charm rounds yuan to a price that ends in 9 and returns fen.
func charm(yuan float64) int32 {
	switch {
	case yuan < 30:
		return int32(max(math.Round(yuan), 3))*100 - 10 // 19.90
	case yuan < 100:
		return int32(math.Round(yuan))*100 - 10
	case yuan < 1000:
		return int32(math.Round(yuan/10))*1000 - 100 // 239.00
	}
	return int32(math.Round(yuan/100))*10000 - 100 // 1299.00
}

// id is the house SKU, e.g. "SK0001042".
func (c *catalogue) id(i int) string { return string(appendSKU(nil, i)) }

func appendSKU(b []byte, i int) []byte {
	b = append(b, "SK"...)
	for limit := 1_000_000; limit > i+1000 && limit > 1; limit /= 10 {
		b = append(b, '0')
	}
	return strconv.AppendInt(b, int64(i)+1000, 10)
}

// index is the reverse of id.
func (c *catalogue) index(id string) (int, bool) {
	if len(id) < 3 || id[:2] != "SK" {
		return 0, false
	}
	n, err := strconv.Atoi(id[2:])
	if err != nil || n < 1000 || n-1000 >= len(c.skus) || c.id(n-1000) != id {
		return 0, false
	}
	return n - 1000, true
}

func itemID(item int32) string { return "IT" + strconv.Itoa(int(item)+1000) }

// numIID is the platform's item id: each channel lists an item under its own.
func numIID(item int32, channel int) int64 { return 680_000_000_000 + int64(item)*10 + int64(channel) }

// skuID is the platform's id of a SKU within a listing.
func skuID(i, channel int) int64 { return 5_200_000_000_000 + int64(i)*10 + int64(channel) }

// title makes a product title as sellers write them: long, crowded with search
// words, now and then very long.
func (c *catalogue) title(i int) string {
	s := &c.skus[i]
	r := stream(c.seed, streamTitle, uint64(s.item), 0)
	k := &categories[s.unit][s.cat]
	spec := k.specs[s.spec]
	if n := int(s.rank) - 60; n >= 0 && n%7 == 0 && n/7 < len(hostile) {
		return hostile[n/7]
	}
	b := make([]byte, 0, 96)
	b = append(b, brands[s.unit][s.brand]...)
	b = append(b, titleHeads[r.intn(len(titleHeads))]...)
	features := 1 + r.intn(3)
	if r.chance(.08) {
		features = len(k.features)
	}
	at := r.intn(len(k.features))
	for n := range min(features, len(k.features)) {
		b = append(b, k.features[(at+n)%len(k.features)]...)
	}
	b = append(b, k.zh...)
	tails := titleTails[s.unit]
	b = append(b, tails[r.intn(len(tails))]...)
	b = append(b, ' ')
	return string(append(b, spec...))
}

// seller returns the SKU at a rank.
func (c *catalogue) seller(rank int32) *sku { return &c.skus[c.sellers[rank]] }
