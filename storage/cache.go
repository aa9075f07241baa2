package storage

import (
	"container/list"
	"sync"

	"shopwatch/internal/market"
)

// cache keeps decoded rows in memory, the least recently used leaving first.
// What it holds is named by revisions, so nothing in it ever goes stale.
type cache struct {
	mu    sync.Mutex
	limit int64
	used  int64
	order *list.List // of *cached, most recent first
	byKey map[cacheKey]*list.Element
	// loading is what somebody is about to decode, for others to wait for.
	loading map[cacheKey]*flight
}

// flight is a value on its way; it may be read when done is closed.
type flight struct {
	done  chan struct{}
	value any // nil when it did not come
}

// cacheKey names decoded rows: a day of events as of a revision, or (day and
// asOf zero) a picture.
type cacheKey struct {
	shop   market.ShopID
	table  string
	day    market.Day
	newest market.Revision // of the day's rows, or of the picture
	asOf   market.Revision
}

type cached struct {
	key   cacheKey
	value any
	bytes int64
}

func newCache(limit int64) *cache {
	return &cache{limit: limit, order: list.New(), byKey: map[cacheKey]*list.Element{}, loading: map[cacheKey]*flight{}}
}

// get returns what is kept under key, or nil.
func (c *cache) get(key cacheKey) any {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey[key]
	if !ok {
		return nil
	}
	c.order.MoveToFront(e)
	return e.Value.(*cached).value
}

// put keeps value unless key is taken, and returns what is kept.
func (c *cache) put(key cacheKey, value any, bytes int64) any {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.byKey[key]; ok {
		c.order.MoveToFront(e)
		return e.Value.(*cached).value
	}
	c.byKey[key] = c.order.PushFront(&cached{key: key, value: value, bytes: bytes})
	c.used += bytes
	c.shrink()
	return value
}

// load returns what is kept under key, decoding it first when nothing is. Of those
// who want it at the same time one does so; when that fails, each for himself.
func (c *cache) load(key cacheKey, decode func() (value any, bytes int64, err error)) (any, error) {
	if v := c.get(key); v != nil {
		return v, nil
	}
	c.mu.Lock()
	f, others := c.loading[key]
	if !others {
		f = &flight{done: make(chan struct{})}
		c.loading[key] = f
	}
	c.mu.Unlock()
	if others {
		<-f.done
		if f.value != nil {
			return f.value, nil
		}
		v, _, err := decode()
		return v, err
	}
	defer func() {
		c.mu.Lock()
		delete(c.loading, key)
		c.mu.Unlock()
		close(f.done)
	}()
	v, bytes, err := decode()
	if err != nil {
		return nil, err
	}
	f.value = c.put(key, v, bytes)
	return f.value, nil
}

// grow tells that the value under key takes more bytes than before.
func (c *cache) grow(key cacheKey, bytes int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.byKey[key]; ok {
		e.Value.(*cached).bytes += bytes
		c.used += bytes
		c.shrink()
	}
}

func (c *cache) shrink() {
	for c.used > c.limit && c.order.Len() > 1 {
		e := c.order.Back()
		v := e.Value.(*cached)
		c.order.Remove(e)
		delete(c.byKey, v.key)
		c.used -= v.bytes
	}
}

// reset forgets everything.
func (c *cache) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.order.Init()
	clear(c.byKey)
	c.used = 0
}
