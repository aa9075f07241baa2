package report

import (
	"hash/maphash"
	"sync"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
)

// Cache keeps aggregates of stored day batches and pictures between calls, so
// that a watch every few minutes reads only what is new. Make one with NewCache
// and keep it as long as the process. It is safe for concurrent use.
type Cache struct {
	mu    sync.Mutex
	shops map[market.ShopID]*shopCache
}

// NewCache makes an empty cache.
func NewCache() *Cache { return &Cache{shops: map[market.ShopID]*shopCache{}} }

// shopCache is what is kept of one shop.
type shopCache struct {
	mu       sync.Mutex
	itemsRev market.Revision
	items    *metric.Catalogue
	days     map[market.Day]dayBins
	shelves  sampler[shelfLook] // several times a day over a week
	noons    sampler[bool]      // once a day over months
	offers   sampler[market.Fen]
	sold     *outflow // of the last question about demand
	plans    map[line]linePlan
	seed     maphash.Seed
}

// of returns the part of a shop; a nil Cache gives a part that is thrown away.
func (c *Cache) of(shop market.ShopID) *shopCache {
	if c == nil {
		return newShopCache()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.shops[shop]
	if !ok {
		s = newShopCache()
		c.shops[shop] = s
	}
	return s
}

func newShopCache() *shopCache {
	return &shopCache{
		days:    map[market.Day]dayBins{},
		plans:   map[line]linePlan{},
		seed:    maphash.MakeSeed(),
		shelves: sampler[shelfLook]{ids: map[string]int32{}, at: map[int64]look[shelfLook]{}},
		offers:  sampler[market.Fen]{ids: map[string]int32{}, at: map[int64]look[market.Fen]{}},
		noons:   sampler[bool]{ids: map[string]int32{}, at: map[int64]look[bool]{}},
	}
}
