package config

import (
	"fmt"
	"slices"
	"strings"

	"shopwatch/internal/market"
)

// builtinRules are the ids of the rules that come with the program; a test
// holds them against package analysis.
var builtinRules = []string{
	"gmv_drop", "rival_move", "stock_out", "complaint_spike", "counterfeit", "below_floor", "price_conflict", "ads_out_of_stock",
	"target_pace", "late_shipping", "return_rate", "funnel_drop", "search_drop", "search_surge", "sell_through", "no_data",
}

// watchKeys are the keys of a rule besides its id.
var watchKeys = []string{"kind", "metric", "by", "match", "limit", "change", "volume", "days", "floor", "severity", "off"}

// tunable are the keys that a rule of its own kind takes; the others are those
// of every rule that a metric and its limits declare.
var tunable = map[string][]string{
	"gmv_drop": {"volume", "floor", "off"}, "rival_move": {"volume", "floor", "off"}, "stock_out": {"volume", "floor", "off"},
	"complaint_spike": {"volume", "floor", "off"}, "counterfeit": {"limit", "severity", "off"},
	"below_floor": {"limit", "floor", "severity", "off"}, "price_conflict": {"limit", "floor", "severity", "off"},
	"ads_out_of_stock": {"limit", "floor", "severity", "off"}, "target_pace": {"limit", "days", "floor", "severity", "off"},
	"sell_through": {"limit", "volume", "severity", "off"}, "no_data": {"severity", "off"},
}

// checkWatch checks the rules that the file tunes and adds.
func (d *decoder) checkWatch(o Options) {
	ids := firsts{d: d}
	for i := range d.root.Rules.Watch {
		w, key := &d.root.Rules.Watch[i], fmt.Sprintf("rules.watch[%d]", i)
		ids.add(key+".id", w.ID)
		w.Has = map[string]bool{}
		for _, k := range watchKeys {
			w.Has[k] = d.keyAt[key+"."+k] != (place{})
		}
		d.watchShape(key, w)
		d.fen(key+".floor", w.Floor, d.currency())
		if o.CheckWatch == nil || w.ID == "" {
			continue
		}
		switch name := o.CheckWatch(*w); name {
		case "metric":
			d.reportKey(key+".metric", bad("watch_metric"))
		case "kind":
			d.reportKey(key+".kind", bad("watch_spike"))
		case "by":
			d.reportKey(key+".by", bad("watch_by"))
		case "match":
			d.reportKey(key+".match", bad("watch_match"))
		}
	}
}

// watchShape checks that a new rule has what it needs and that one that comes
// with the program is given only what it takes.
func (d *decoder) watchShape(key string, w *Watch) {
	if !slices.Contains(builtinRules, w.ID) {
		for _, need := range []string{"kind", "metric"} {
			if !w.Has[need] && w.ID != "" {
				d.report(d.keyAt[key], key, bad("watch_needs", "missing", need, "known", strings.Join(builtinRules, ", ")))
			}
		}
		return
	}
	takes, own := tunable[w.ID]
	if !own {
		takes = []string{"match", "change", "volume", "days", "floor", "severity", "off"}
	}
	for _, k := range watchKeys {
		if w.Has[k] && !slices.Contains(takes, k) {
			d.reportKey(key+"."+k, bad("watch_fixed", "rule", w.ID, "known", strings.Join(takes, ", ")))
		}
	}
}

// currency is that of the first shop.
func (d *decoder) currency() market.Currency {
	if len(d.root.markets) > 0 {
		return d.root.markets[0].Currency
	}
	return "CNY"
}

// postRules checks the ids of rules that a post names.
func (d *decoder) postRules(key string, names []string) {
	known := slices.Concat([]string{"all"}, builtinRules)
	for _, w := range d.root.Rules.Watch {
		if w.ID != "" && !slices.Contains(known, w.ID) {
			known = append(known, w.ID)
		}
	}
	for i, name := range names {
		path := fmt.Sprintf("%s[%d]", key, i)
		if name == "" || slices.Contains(known, name) {
			continue
		}
		if near, ok := nearest(name, known); ok {
			d.reportKey(path, bad("one_of_near", "got", d.asWritten(path, name), "near", near, "known", strings.Join(known, ", ")))
			continue
		}
		d.reportKey(path, bad("one_of", "got", d.asWritten(path, name), "known", strings.Join(known, ", ")))
	}
}
