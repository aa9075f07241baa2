package commands

import (
	"slices"
	"strings"
)

// reading leads from what a sentence is about to a question of the grammar.
type reading struct {
	ask   string // the question, to which the sentence's own slots are added
	needs string // ideas that must be there, "a|b" for either
	may   string // ideas that may be there as well; any other one makes it another question
	takes slots
}

// What many readings take.
const (
	days   = slotPeriod | slotAgainst
	places = slotUnit | slotChannel
	parts  = places | slotBand | slotRegion
)

// readings are tried all; the one with most of what it needs said wins, the first
// of equals. How and how much may be said in any.
var readings = []reading{
	{"gmv", "sell|doing|orders|aov|how|rise|fall", "sell doing orders aov rise fall best send data", days | parts | slotBy},
	{"gmv", "item howmuch sell", "doing", days | parts | slotBy},
	{"gmv", "sell data|report", "doing", days | parts | slotBy},
	{"why", "why sell|doing|rise|fall|aov|orders", "sell doing rise fall howcome least best happy", days | parts},
	{"why", "howcome rise|fall", "sell doing orders aov", days | parts},
	{"target", "target", "future sell doing will hit fall rise team worth", slotPeriod | slotUnit},
	{"target", "hit sell", "will doing", slotUnit},
	{"forecast", "will sell", "future doing best", slotPeriod | slotAhead | places | slotBy},
	{"forecast", "forecast", "future sell will doing orders", slotPeriod | slotAhead | places | slotBy},
	{"forecast", "future sell", "doing will howmuch forecast", slotPeriod | slotAhead | places | slotBy},
	{"race", "race", "team doing sell best fast", slotPeriod},
	{"race", "team sell|best|fast|doing", "sell doing best least fast rise fall race", slotPeriod},
	{"calendar", "campaign when|upcoming", "", 0},
	{"calendar", "upcoming when", "", 0},
	{"campaign", "campaign", "future sell doing rise fall report", slotPeriod},
	{"campaign", "named_campaign until|campaign", "campaign doing future upcoming", slotPeriod},
	{"campaign", "until campaign", "upcoming", 0},
	{"campaign", "named_campaign when", "campaign future", slotPeriod},
	{"live", "live", "sell doing best least traffic worth", slotPeriod | places},
	{"channels", "channel", "sell doing best least rise fall fast share from aov orders", days | parts},
	{"regions", "region", "sell doing best least rise fall fast share aov orders customers buy from", days | parts},
	{"bands", "band", "sell doing best least rise fall share from orders", days | parts},
	{"hits", "hits", "sell doing best share from item rise fall", slotPeriod | parts | slotTop},
	{"new", "new", "sell doing best share from item rise fall", slotPeriod | parts},
	{"price moves", "pricemove", "rival price item", slotUnit | slotNow},
	{"price", "rival price", "item cheaper sell doing", slotUnit | slotNow},
	{"price", "rival sell", "price howmuch", slotUnit},
	{"price", "cheaper", "rival price item sell", slotUnit},
	{"floor", "floor", "item sell price", places},
	{"conflicts", "conflict", "channel price item cheaper", slotUnit},
	{"conflicts", "channel price", "item", slotUnit},
	{"conflicts", "undercut channel", "price conflict", slotUnit},
	{"price moves", "undercut rival", "price", slotUnit},
	{"suggest", "suggest", "price item sell worth", slotUnit},
	{"suggest", "suggest named", "price item sell worth", slotItem},
	{"suggest", "howmuch price named", "sell worth will", slotItem},
	{"stock out", "out", "item stock sell", places | slotNow},
	{"stock low", "runout", "item will stock sell future", places | slotComing | slotAhead},
	{"stock low", "item will out", "stock sell", places | slotComing | slotAhead},
	{"stock low", "future out", "item will stock sell future", places | slotComing | slotAhead},
	{"stock low", "soon out|runout", "item will stock sell future", places | slotComing | slotAhead},
	{"stock", "enough stock", "item sell will how", places | slotNow},
	{"stock", "enough stock named", "item sell will", slotItem | slotNow},
	{"stock low", "stock fall", "item", places | slotNow},
	{"stock", "stock", "item doing", places | slotNow},
	{"stock", "named stock|out|runout", "sell doing will", slotItem | slotNow | slotChannel},
	{"restock", "restock", "item stock hit will worth", places | slotNow},
	{"restock", "restock named", "item stock hit will", slotItem | slotNow},
	{"top", "sell best", "item doing customers rise", slotPeriod | parts | slotTop | slotRank},
	{"top", "item sell best", "doing rise", slotPeriod | parts | slotTop | slotRank},
	{"top", "item sell", "doing", slotPeriod | parts | slotTop | slotRank},
	{"top", "bestseller", "sell item best doing", slotPeriod | parts | slotTop | slotRank},
	{"top", "buy best", "customers item", slotPeriod | parts | slotTop | slotRank},
	{"top", "customers buy best", "item", slotPeriod | parts | slotTop | slotRank},
	{"top moves", "item fast rise|fall", "sell doing", places | slotNow},
	{"top moves", "item rise|fall", "sell best doing", places | slotNow},
	{"sku", "named sell|doing|how|rise|fall", "doing sell rise fall item orders", slotItem | slotPeriod | slotChannel},
	{"why", "named why", "sell doing rise fall", slotItem | days},
	{"complaints", "named complaint", "customers why", slotItem | slotPeriod},
	{"returns", "named return", "customers why", slotItem | slotPeriod},
	{"price", "named rival price|cheaper|pricemove", "price cheaper pricemove sell", slotItem},
	{"slow", "slow", "item stock sell", places | slotAhead},
	{"slow", "item sell least", "doing", places},
	{"funnel", "funnel", "doing item best least rise fall customers traffic", days | parts},
	{"funnel", "traffic buy", "customers", days | parts},
	{"traffic", "traffic", "from customers doing rise fall best orders", days | parts},
	{"traffic", "customers from", "traffic best", days | parts},
	{"search", "search", "customers doing rise fall fast best", days | slotBy},
	{"ads", "ads", "worth doing best least sell", days | slotBy | places},
	{"members", "members", "customers doing buy sell share worth rise fall", days | places},
	{"service", "ship", "orders doing fall customers why region", days | parts},
	{"returns", "return", "customers why doing item rise fall best orders buy worth", days | parts | slotBy},
	{"returns by sku", "return item", "customers doing rise fall best worth", days | parts},
	{"complaints", "complaint", "customers why doing item rise fall best data", slotPeriod | places},
	{"counterfeit", "fake", "complaint customers sell buy", slotPeriod | places},
	{"nps", "happy", "customers doing rise fall", slotPeriod | places},
	{"alerts", "alert", "doing item hit", slotNow},
	{"noise", "noise", "alert best", 0},
	{"status", "data fresh", "doing will when sell howcome why ads search traffic return stock orders", slotNow},
	{"status", "fresh", "data", slotNow},
	{"status", "data alert", "", slotNow},
	{"digest", "morning_report", "send", slotPeriod | slotUnit},
	{"digest weekly", "weekly_report", "send", slotUnit | slotLast},
	{"digest monthly", "monthly_report", "send", slotUnit | slotLast},
	{"digest", "report", "send", slotPeriod | slotUnit},
	{"subscribe morning", "morning_report always", "send", 0},
	{"subscribe weekly", "weekly_report always", "send", 0},
	{"subscribe monthly", "monthly_report always", "send", 0},
	{"unsubscribe morning", "morning_report stop", "send always", 0},
	{"unsubscribe weekly", "weekly_report stop", "send always", 0},
	{"unsubscribe monthly", "monthly_report stop", "send always", 0},
	{"help", "able", "", 0},
}

// fits reports whether the ideas of a sentence are what a reading needs, and no
// other ones, with how many of its needs are met.
func (r reading) fits(s *sentence) (met int, ok bool) {
	met, unmet := r.met(s)
	if unmet > 0 {
		return met, false
	}
	subject := r.subject()
	for i := range s.about {
		if !r.names(i) && !(subject && light[i]) && !silentIdea[i] {
			return met, false
		}
	}
	for i, sl := range s.slots {
		if slices.ContainsFunc(s.slots[:i], func(o slot) bool { return o.kind == sl.kind }) {
			return met, false // an answer about one would look like one about both
		}
		if sl.kind&(r.takes|slotFile|slotShare) == 0 && !r.drops(sl) {
			return met, false
		}
	}
	return met, true
}

// silentIdea are the ideas that any sentence may have.
var silentIdea = map[idea]bool{"how": true, "howmuch": true}

// light are the ideas that ask about a subject without being one. A reading that is
// about a subject may have any of them.
var light = map[idea]bool{
	"sell": true, "doing": true, "best": true, "least": true, "rise": true, "fall": true, "fast": true, "item": true, "orders": true,
	"customers": true, "buy": true, "worth": true, "share": true, "from": true, "when": true, "will": true, "hit": true, "data": true,
}

// subject reports whether what a reading needs is more than light.
func (r reading) subject() bool {
	for need := range strings.FieldsSeq(r.needs) {
		heavy := true
		for w := range strings.SplitSeq(need, "|") {
			heavy = heavy && w != "why" && w != "howcome" && w != "named" && w != "future" && !light[idea(w)]
		}
		if heavy {
			return true
		}
	}
	return false
}

// met counts the needs of a reading that a sentence meets and those it does not.
func (r reading) met(s *sentence) (met, unmet int) {
	for need := range strings.FieldsSeq(r.needs) {
		if s.says(need) {
			met++
		} else {
			unmet++
		}
	}
	return met, unmet
}

// names reports whether an idea is one of those that a reading is about.
func (r reading) names(i idea) bool {
	for w := range strings.FieldsSeq(strings.ReplaceAll(r.needs, "|", " ") + " " + r.may) {
		if w == string(i) {
			return true
		}
	}
	return false
}

// drops reports whether a reading may leave a slot out because it adds nothing: a
// period of today or of the week that is on to how things stand, the last week to
// its report.
func (r reading) drops(sl slot) bool {
	return sl.kind == slotPeriod && (r.takes&slotNow != 0 && sl.current || r.takes&slotLast != 0 && sl.last || r.takes&slotComing != 0 && sl.ahead > 0)
}
