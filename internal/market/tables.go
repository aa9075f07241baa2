package market

// Tables is the closed list of fact tables, in the order of documentation.
var Tables = []*Table{
	Items, OrderLines, Refunds, Traffic, Inventory, OwnPrices, RivalOffers, Reviews,
	Parcels, MemberDays, AdsDays, SearchDays,
}

func key(name string) Column     { return Column{Name: name, Kind: Text, Required: true} }
func text(name string) Column    { return Column{Name: name, Kind: Text} }
func count(name string) Column   { return Column{Name: name, Kind: Int} }
func money(name string) Column   { return Column{Name: name, Kind: Money} }
func instant(name string) Column { return Column{Name: name, Kind: Time} }
func flag(name string) Column    { return Column{Name: name, Kind: Bool} }
func required(c Column) Column   { c.Required = true; return c }
func enum(name string, v ...string) Column {
	return Column{Name: name, Kind: Text, Required: true, Enum: v}
}

// Order line statuses.
const (
	Placed    = "placed"    // ordered, not paid (or only a deposit)
	Paid      = "paid"      // paid, not shipped
	Shipped   = "shipped"   // on its way
	Finished  = "finished"  // received
	Cancelled = "cancelled" // closed before payment
	Refunded  = "refunded"  // closed by a refund after payment
)

// Items is the catalogue: what the house sells, per house SKU.
var Items = &Table{
	Name: "item", Shape: State, Key: []string{"sku"},
	Columns: []Column{
		key("sku"), text("item"), text("title"), text("unit"), text("category"), text("brand"),
		money("cost"), money("floor"), count("lead_days"), count("moq"), count("pack"),
		{Name: "launched", Kind: Date},
		text("tags"),
	},
}

// OrderLines are lines of orders. paid is what the buyer paid for the line,
// without postage; a presale line is paid when its final payment is made.
var OrderLines = &Table{
	Name: "order_line", Shape: Events, Key: []string{"order_id", "line_id"}, Version: "modified", Day: "placed_at",
	Columns: []Column{
		key("order_id"), key("line_id"), required(instant("modified")),
		enum("status", Placed, Paid, Shipped, Finished, Cancelled, Refunded),
		text("sku"), text("item"), text("channel"), text("region"), text("title"), text("buyer"),
		required(count("qty")), money("list"), money("discount"), money("amount"), money("paid"),
		money("deposit_paid"), money("post_fee"),
		required(instant("placed_at")), instant("paid_at"), instant("shipped_at"), instant("finished_at"),
		flag("member"), flag("presale"), text("campaign"), text("entry"),
	},
}

// Refunds are requests to pay back. amount counts on the day of success_at.
var Refunds = &Table{
	Name: "refund", Shape: Events, Key: []string{"refund_id"}, Version: "modified", Day: "created",
	Columns: []Column{
		key("refund_id"), text("order_id"), text("line_id"), text("sku"), text("channel"), text("region"), text("title"),
		count("qty"), required(money("amount")), text("reason"), text("phase"), flag("has_return"),
		enum("status", "open", "success", "closed"),
		required(instant("created")), required(instant("modified")), instant("success_at"),
	},
}

// Traffic is visits and the funnel per hour, channel, unit and entry.
var Traffic = &Table{
	Name: "traffic", Shape: Events, Key: []string{"hour", "channel", "unit", "entry"}, Day: "hour",
	Columns: []Column{
		required(instant("hour")), key("channel"), key("unit"), key("entry"),
		count("visitors"), count("views"), count("dwell_ms"), count("cart_users"), count("order_users"), count("pay_users"),
	},
}

// Inventory is what can be sold now. Out of stock means available = 0 and listed.
var Inventory = &Table{
	Name: "inventory", Shape: State, Key: []string{"sku", "channel"},
	Columns: []Column{
		key("sku"), key("channel"), count("on_hand"), count("available"), count("reserved"),
		count("inbound"), count("lead_days"), flag("listed"),
	},
}

// OwnPrices is what our items cost on each channel now.
var OwnPrices = &Table{
	Name: "own_price", Shape: State, Key: []string{"sku", "channel"},
	Columns: []Column{
		key("sku"), key("channel"), money("list"), money("deal"), money("coupon"), money("min_price"),
		text("gift"), instant("promo_start"), instant("promo_end"), flag("listed"),
	},
}

// RivalOffers is what matched rival items cost now; sku is our item they are
// matched to, match the confidence in basis points.
var RivalOffers = &Table{
	Name: "rival_offer", Shape: State, Key: []string{"rival", "rival_item"},
	Columns: []Column{
		key("rival"), key("rival_item"), text("sku"), count("match"), text("title"),
		money("list"), money("deal"), money("coupon"), text("gift"), instant("promo_end"),
		count("sold_30d"), flag("in_stock"),
	},
}

// Reviews are ratings with their words.
var Reviews = &Table{
	Name: "review", Shape: Events, Key: []string{"review_id"}, Version: "modified", Day: "created",
	Columns: []Column{
		key("review_id"), text("order_id"), text("sku"), text("channel"), required(instant("created")), instant("modified"),
		enum("result", "good", "neutral", "bad"), text("text"), text("append_text"), text("tags"), text("reply"),
	},
}

// Parcels are shipments.
var Parcels = &Table{
	Name: "parcel", Shape: Events, Key: []string{"order_id", "parcel_id"}, Version: "modified", Day: "created",
	Columns: []Column{
		key("order_id"), key("parcel_id"), required(instant("created")), required(instant("modified")), text("carrier"), text("region"),
		instant("promise_at"), instant("shipped_at"), instant("signed_at"), text("status"),
	},
}

// MemberDays are member figures per day and tier.
var MemberDays = &Table{
	Name: "member_day", Shape: Events, Key: []string{"day", "tier"}, Day: "day",
	Columns: []Column{
		required(Column{Name: "day", Kind: Date}), key("tier"), count("members"), count("new_members"),
		count("active"), count("orders"), money("gmv"), count("repurchase"),
	},
}

// AdsDays are advertising figures per day and plan.
var AdsDays = &Table{
	Name: "ads_day", Shape: Events, Key: []string{"day", "plan"}, Day: "day",
	Columns: []Column{
		required(Column{Name: "day", Kind: Date}), key("plan"), text("sku"), money("cost"), count("impressions"),
		count("clicks"), money("attributed_gmv"), count("orders"), count("new_buyers"),
	},
}

// SearchDays are search words per day.
var SearchDays = &Table{
	Name: "search_day", Shape: Events, Key: []string{"day", "word"}, Day: "day",
	Columns: []Column{
		required(Column{Name: "day", Kind: Date}), key("word"), text("category"), count("searches"),
		count("visitors"), count("orders"), money("gmv"), flag("long_tail"),
	},
}
