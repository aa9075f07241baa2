package source

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/source/page"
)

// Panel is the fact of a bulk listing: not a table of rows but a panel of
// series, an item on a channel, with ten metrics at each step of the clock.
const Panel = "panel"

// PanelColumn is a metric of a panel.
type PanelColumn struct {
	Name  string
	Money bool
	Wide  bool // needs 64 bits
}

// PanelColumns are the metrics that a bulk listing may bring, in order. Prices
// and stock are readings, the others sums over the step that has just ended.
var PanelColumns = []PanelColumn{
	{Name: "price", Money: true},
	{Name: "rival_price", Money: true},
	{Name: "stock"},
	{Name: "units"},
	{Name: "orders"},
	{Name: "gmv", Money: true, Wide: true},
	{Name: "visits"},
	{Name: "carts"},
	{Name: "complaints"},
	{Name: "refunds"},
}

// bulkSpec declares a bulk listing.
type bulkSpec struct {
	step     time.Duration
	parallel int
	layout   page.Layout
	// columns[i] is the place in PanelColumns of field i of the layout; the
	// first fields are the texts and have none.
	columns  []int
	channel  string            // const:
	channels map[string]string // upstream's name to ours
	money    []panelMoney
}

// panelMoney is the currency of a field of money, for CheckShop.
type panelMoney struct {
	field    *object
	name     string
	currency market.Currency
}

// Bulk reports whether the source is a bulk listing, which BuildBulk makes.
func (s *Spec) Bulk() bool { return s.bulk != nil }

// Step is the clock step of a bulk listing.
func (s *Spec) Step() time.Duration { return s.bulk.step }

// readBulk reads the keys of a source whose fact is the panel.
func readBulk(o *object, s *Spec) {
	b := &bulkSpec{step: time.Hour, parallel: 1}
	s.bulk = b
	if s.Driver != "http" {
		o.fail("driver", "a panel comes from pages of a web API", "write driver: http")
		return
	}
	for _, key := range []string{"records", "where", "window", "key", "version"} {
		if o.has(key) {
			o.fail(key, fmt.Sprintf("a bulk listing has no %q", key), "it is read whole, as it stands; leave the key out")
		}
	}
	o.need("bulk", "page")
	if k := o.object("bulk"); k != nil {
		b.readKeys(k)
	}
	b.readFields(o)
	readHTTP(o, s)
	if s.http.asOf != nil {
		o.fail("as_of", "a panel is of the moment at which it is read", "leave as_of out")
	}
	if g := &s.http.page; g.reverse || g.split || g.items != nil || g.count != nil {
		o.fail("page", "a bulk listing is read from the first page to the last", "leave order, count, items and on_ceiling out")
	}
	if b.parallel > 1 && (s.http.page.total == nil || s.http.page.rows == 0 || s.http.page.kind == "cursor") {
		o.fail("bulk", "pages can be read beside each other only when their number is known", "use pages by number or offset with size and total, or leave parallel out")
	}
}

// maxParallel is how many calls one source makes at once.
const maxParallel = 16

var panelSteps = []string{"15m", "1h"}

func (b *bulkSpec) readKeys(k *object) {
	k.need("items")
	items := k.str("items", ".")
	if items != "." {
		b.layout.Items = strings.Split(strings.TrimPrefix(items, "."), ".")
	}
	if !strings.HasPrefix(items, ".") || slices.Contains(b.layout.Items, "") || strings.ContainsAny(items, "[]|\" ") {
		k.fail("items", fmt.Sprintf("%q is not the path of a list", items), "write it like .data.items, or . when the document is the list")
	}
	if k.oneOf("step", "1h", panelSteps...) == "15m" {
		b.step = 15 * time.Minute
	}
	b.parallel = k.int("parallel", 1, 1, maxParallel)
	k.close()
}

func (b *bulkSpec) readFields(o *object) {
	fields := o.object("fields")
	if fields == nil {
		return
	}
	names := []string{"sku", "channel"}
	for _, c := range PanelColumns {
		names = append(names, c.Name)
	}
	fields.need("sku", "channel")
	for _, name := range fields.order {
		if !slices.Contains(names, name) {
			fields.get(name)
			fields.fail(name, fmt.Sprintf("a panel has no column %q", name), didYouMean(name, names))
		}
	}
	for at, name := range names {
		f := fields.object(name)
		if f == nil {
			continue
		}
		b.readField(f, name, at-2)
		f.close()
	}
	if len(b.columns) < 2 || b.columns[len(b.columns)-1] < 0 {
		o.fail("fields", "no column of the panel is mapped", "map at least one, such as price: {key: price, unit: major, currency: CNY}")
	}
}

// readField adds a field to the layout; column is its place in PanelColumns.
func (b *bulkSpec) readField(f *object, name string, column int) {
	if name == "channel" && f.has("const") {
		b.channel = f.str("const", "")
		return
	}
	f.need("key")
	field := page.Field{Key: f.str("key", ""), Kind: page.Text, Required: true}
	for _, other := range b.layout.Fields {
		if other.Key == field.Key && field.Key != "" {
			f.fail("key", fmt.Sprintf("%q is read twice", field.Key), "every member of an item fills one column")
		}
	}
	if name == "channel" {
		b.channels = texts(f, "map")
	}
	if column >= 0 {
		c := PanelColumns[column]
		field.Kind, field.Required = page.Number, false
		if !c.Wide {
			field.Limit = math.MaxInt32
		}
		if c.Money {
			var conv converter
			readMoney(f, &mapping{}, &conv)
			field.Scale = conv.exponent
			b.money = append(b.money, panelMoney{f, name, conv.currency})
			if conv.times != nil || conv.round {
				f.fail("", "money of a listing is taken as it is written", "leave times and round out")
			}
		}
	}
	b.layout.Fields = append(b.layout.Fields, field)
	b.columns = append(b.columns, column)
}

// checkShop notes money in another currency than the shop's.
func (b *bulkSpec) checkShop(s *Spec, shop *market.Shop) Problems {
	r := &reader{file: s.name}
	for _, m := range b.money {
		if m.currency != shop.Currency {
			r.fail(m.field.node, "sources."+s.ID+".fields."+m.name+".currency",
				fmt.Sprintf("%s is declared, but shop %s keeps its books in %s", m.currency, shop.ID, shop.Currency),
				"amounts of different currencies are never added: give the shop or the field the right currency")
		}
	}
	return r.problems
}
