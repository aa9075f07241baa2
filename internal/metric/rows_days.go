package metric

import "shopwatch/internal/market"

// dayRows visits the rows of a daily table whose day is over by the day cut.
// Facts of a day lie at its start.
func (c *Cube) dayRows(b *market.Batch, visit func(i int, at int64)) {
	days := b.Column("day")
	for i := range b.Len() {
		d := market.Day(days.Ints[i])
		at := c.spec.Shop.Start(d).UnixMilli()
		if at >= c.span.start && at < c.span.end && c.spec.Shop.Start(d+1).UnixMilli() <= c.dayMs {
			visit(i, at)
		}
	}
}

// AddMembers adds member figures per day and tier. Tier "none" is everybody who
// is no member: it is a cell of its own and no part of the member-days.
func (c *Cube) AddMembers(b *market.Batch) {
	if b.Len() == 0 || !c.known.Members {
		return
	}
	tier := b.Column("tier")
	members, joined, active := b.Column("members"), b.Column("new_members"), b.Column("active")
	orders, gmv, again := b.Column("orders"), b.Column("gmv"), b.Column("repurchase")
	c.dayRows(b, func(i int, at int64) {
		p := place{at: at, own: tier.Text(i)}
		m := Members{
			Days: members.Ints[i], New: joined.Ints[i], Active: active.Ints[i], Repurchase: again.Ints[i],
			Orders: orders.Ints[i], GMV: market.Fen(gmv.Ints[i]),
		}
		if p.own == "none" {
			if c.parts.Members && c.spec.By == ByTier {
				part := c.cell(p.own)
				c.cells[part].Members = c.cells[part].Members.plus(m)
			}
			return
		}
		c.addSums(&p, c.parts.Members, Sums{Members: m})
	})
}

// AddAds adds advertising per day and plan. Unit and category are those of the
// advertised item.
func (c *Cube) AddAds(b *market.Batch) {
	if b.Len() == 0 || !c.known.Ads {
		return
	}
	plan, sku := b.Column("plan"), b.Column("sku")
	cost, gmv, seen := b.Column("cost"), b.Column("attributed_gmv"), b.Column("impressions")
	clicks, orders, fresh := b.Column("clicks"), b.Column("orders"), b.Column("new_buyers")
	c.dayRows(b, func(i int, at int64) {
		p := place{at: at, sku: sku.Text(i), own: plan.Text(i)}
		if !c.keeps(&p) {
			return
		}
		c.addSums(&p, c.parts.Ads, Sums{Ads: Ads{
			Cost: market.Fen(cost.Ints[i]), GMV: market.Fen(gmv.Ints[i]), Impressions: seen.Ints[i],
			Clicks: clicks.Ints[i], Orders: orders.Ints[i], NewBuyers: fresh.Ints[i],
		}})
	})
}

// AddSearch adds search words per day.
func (c *Cube) AddSearch(b *market.Batch) {
	if b.Len() == 0 || !c.known.Search {
		return
	}
	word, category, long := b.Column("word"), b.Column("category"), b.Column("long_tail")
	searches, visitors := b.Column("searches"), b.Column("visitors")
	orders, gmv := b.Column("orders"), b.Column("gmv")
	c.dayRows(b, func(i int, at int64) {
		p := place{at: at, category: category.Text(i), hasUnit: true, own: word.Text(i)}
		if !c.keeps(&p) {
			return
		}
		s := Search{
			Searches: searches.Ints[i], Visitors: visitors.Ints[i], Orders: orders.Ints[i], GMV: market.Fen(gmv.Ints[i]),
		}
		if long.Ints[i] != 0 {
			s.LongTail = s.Searches
		}
		c.addSums(&p, c.parts.Search, Sums{Search: s})
	})
}
