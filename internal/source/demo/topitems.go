package demo

import (
	"strconv"
	"strings"
)

// listing is an item of the flagship as of now: its SKUs first..last-1.
type listing struct {
	m           *Mall
	first, last int
	now         second
	shelf       *shelf
}

var itemFields = []field[listing]{
	{"num_iid", func(b []byte, v *listing) ([]byte, bool) {
		return appendInt(b, numIID(v.sku().item, channelTmall)), true
	}},
	{"title", func(b []byte, v *listing) ([]byte, bool) { return appendString(b, v.m.title(v.first)), true }},
	{"nick", func(b []byte, _ *listing) ([]byte, bool) { return appendString(b, sellerNicks[channelTmall]), true }},
	{"type", func(b []byte, _ *listing) ([]byte, bool) { return append(b, `"fixed"`...), true }},
	{"cid", func(b []byte, v *listing) ([]byte, bool) {
		return appendInt(b, categories[v.sku().unit][v.sku().cat].cid), true
	}},
	{"num", func(b []byte, v *listing) ([]byte, bool) { return appendInt(b, v.quantity()), true }},
	{"price", func(b []byte, v *listing) ([]byte, bool) {
		return appendYuan(b, v.m.priceAt(v.first, channelTmall, v.now).deal), true
	}},
	{"approve_status", func(b []byte, v *listing) ([]byte, bool) {
		if v.listed() {
			return append(b, `"onsale"`...), true
		}
		return append(b, `"instock"`...), true
	}},
	{"outer_id", func(b []byte, v *listing) ([]byte, bool) { return appendString(b, itemID(v.sku().item)), true }},
	{"modified", func(b []byte, v *listing) ([]byte, bool) {
		return v.m.appendMoment(b, v.now-v.now%daySecs), true
	}},
	{"sold_quantity", func(b []byte, v *listing) ([]byte, bool) { return appendInt(b, v.sold()), true }},
}

func (v *listing) sku() *sku { return &v.m.cat.skus[v.first] }

func (v *listing) quantity() (sum int64) {
	for i := v.first; i < v.last; i++ {
		sum += int64(v.m.stockOf(v.shelf, int32(i), channelTmall).available)
	}
	return sum
}

func (v *listing) listed() bool {
	for i := v.first; i < v.last; i++ {
		if v.m.stockOf(v.shelf, int32(i), channelTmall).listed {
			return true
		}
	}
	return false
}

// sold is about a month's sales.
func (v *listing) sold() (sum int64) {
	for i := v.first; i < v.last; i++ {
		if rank := v.m.cat.skus[i].rank; int(rank) < len(v.m.cat.sellers) {
			sum += int64(v.m.rate(rank, channelTmall) * 30)
		}
	}
	return sum
}

// title is a SKU's title, from memory when it sells.
func (m *Mall) title(i int) string {
	if rank := m.cat.skus[i].rank; int(rank) < len(m.cat.titles) {
		return m.cat.titles[rank]
	}
	return m.cat.title(i)
}

// priceAt is the price of any SKU.
func (m *Mall) priceAt(i, ch int, at second) price {
	if rank := m.cat.skus[i].rank; int(rank) < len(m.cat.sellers) {
		return m.ownPrice(rank, ch, at)
	}
	return m.basePrice(int32(i), at)
}

// listings returns the flagship's items, in the order of the catalogue.
func (m *Mall) listings(now second, keep func(*listing) bool) []listing {
	s := m.shelfAt(now)
	var out []listing
	for i := 0; i < len(m.cat.skus); {
		v := listing{m: m, first: i, last: i + 1, now: now, shelf: s}
		for v.last < len(m.cat.skus) && m.cat.skus[v.last].item == m.cat.skus[i].item {
			v.last++
		}
		if i = v.last; keep(&v) {
			out = append(out, v)
		}
	}
	return out
}

// itemsOnSale is taobao.items.onsale.get.
func (m *Mall) itemsOnSale(c *topCall) {
	m.items(c, func(v *listing) bool { return v.listed() })
}

// itemsInventory is taobao.items.inventory.get: what is not on sale. Without a
// banner it means items taken off the shelf, with sold_out those without stock.
func (m *Mall) itemsInventory(c *topCall) {
	c.number("page_no", 1, 1, 101)
	soldOut := c.form.Get("banner") == "sold_out"
	m.items(c, func(v *listing) bool {
		if soldOut {
			return v.listed() && v.quantity() == 0
		}
		return !v.listed()
	})
}

func (m *Mall) items(c *topCall, keep func(*listing) bool) {
	names := c.form.Get("fields")
	if names == "" {
		c.missing("fields")
	}
	p := c.paging(200)
	p.hasNext = false
	if c.problem != nil {
		return
	}
	list := m.listings(c.now, keep)
	from, to := p.cut(len(list))
	fields := wanted(itemFields, names, "")
	c.total(p, len(list))
	if from == to {
		return
	}
	c.body = append(c.body, `,"items":{"item":[`...)
	for i := from; i < to; i++ {
		if i > from {
			c.body = append(c.body, ',')
		}
		c.body = appendObject(c.body, fields, &list[i])
	}
	c.body = append(c.body, "]}"...)
}

// skuView is a SKU of the flagship as of now.
type skuView struct {
	m     *Mall
	i     int
	now   second
	shelf *shelf
}

var skuFields = []field[skuView]{
	{"sku_id", func(b []byte, v *skuView) ([]byte, bool) { return appendInt(b, skuID(v.i, channelTmall)), true }},
	{"num_iid", func(b []byte, v *skuView) ([]byte, bool) {
		return appendInt(b, numIID(v.m.cat.skus[v.i].item, channelTmall)), true
	}},
	{"quantity", func(b []byte, v *skuView) ([]byte, bool) {
		return appendInt(b, int64(v.m.stockOf(v.shelf, int32(v.i), channelTmall).available)), true
	}},
	{"price", func(b []byte, v *skuView) ([]byte, bool) {
		return appendYuan(b, v.m.priceAt(v.i, channelTmall, v.now).deal), true
	}},
	{"outer_id", func(b []byte, v *skuView) ([]byte, bool) { return append(appendSKU(append(b, '"'), v.i), '"'), true }},
	{"status", func(b []byte, v *skuView) ([]byte, bool) {
		if v.m.stockOf(v.shelf, int32(v.i), channelTmall).listed {
			return append(b, `"normal"`...), true
		}
		return append(b, `"delete"`...), true
	}},
	{"properties_name", func(b []byte, v *skuView) ([]byte, bool) {
		s := &v.m.cat.skus[v.i]
		return appendString(b, "规格:"+categories[s.unit][s.cat].specs[s.spec]), true
	}},
}

// itemSKUs is taobao.item.skus.get, at most 40 items a call.
func (m *Mall) itemSKUs(c *topCall) {
	names := c.form.Get("fields")
	for _, need := range []string{"fields", "num_iids"} {
		if c.form.Get(need) == "" {
			c.missing(need)
		}
	}
	want := map[int64]bool{}
	for s := range strings.SplitSeq(c.form.Get("num_iids"), ",") {
		n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
		if err != nil {
			c.bad("num_iids", "商品数字ID列表，用逗号分隔")
		}
		want[n] = true
	}
	if len(want) > 40 {
		c.bad("num_iids", "最多 40 个")
	}
	if c.problem != nil {
		return
	}
	fields, s, n := wanted(skuFields, names, ""), m.shelfAt(c.now), 0
	for i := range m.cat.skus {
		if !want[numIID(m.cat.skus[i].item, channelTmall)] {
			continue
		}
		if n++; n == 1 {
			c.body = append(c.body, `"skus":{"sku":[`...)
		} else {
			c.body = append(c.body, ',')
		}
		c.body = appendObject(c.body, fields, &skuView{m: m, i: i, now: c.now, shelf: s})
	}
	if n > 0 {
		c.body = append(c.body, "]}"...)
	}
}
