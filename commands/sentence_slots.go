package commands

import (
	"regexp"
	"strconv"
	"strings"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
)

// campaignMark marks the period of a slot that is a campaign's name.
const campaignMark = "\x00"

// slotLexicon knows the words of the grammar that sentences hold as well.
type slotLexicon struct {
	today market.Day
	names map[string]slot
	long  int
}

// synonyms are words for slots that only sentences have.
var synonyms = []struct{ forms, means string }{
	{"last night,yesterday evening,yesterday morning,昨晚,昨夜,昨儿,昨天晚上", "yesterday"},
	{"this morning,this evening,tonight,今早,今晚,今儿,今天早上,今天晚上", "today"},
	{"这个星期,这星期,本星期,这个礼拜,这礼拜,这一周", "this week"},
	{"上星期,上礼拜,上个礼拜,上一周,the week before", "last week"},
	{"这月,当月,本月份,这个月份", "this month"},
	{"each hour,per hour,every hour,hour by hour,by the hour,每小时,每个小时,各小时,各个小时,分时段,各时段", "by hour"},
	{"per day,day by day,逐日,逐天", "by day"},
	{"per unit,unit by unit,for each unit,分部门", "by unit"},
	{"per channel,for each channel", "by channel"},
	{"per region,for each region,by province,分省", "by region"},
	{"by volume,by pieces,按销量", "by units"},
}

// comparing are the ways to say against what something is compared, around the
// words for a day.
var comparing = []string{
	"than %", "with %", "vs. %", "compared with %", "compared to %", "compare to %", "compare with %", "versus %", "against %", "vs %",
	"跟%比", "和%比", "与%比", "跟%相比", "和%相比", "与%相比", "相比%", "比起%", "对比%", "比%", "较%",
}

// compared are those days, with the comparison of the grammar.
var compared = []struct{ forms, means string }{
	{"yesterday,the day before,昨天,昨日,前一天", "vs yesterday"},
	{"last week,the week before,a week ago,上周,上个星期,上星期", "vs last week"},
	{"last year,a year ago,去年,去年同期", "vs last year"},
}

func newSlots(shop *market.Shop, today market.Day) *slotLexicon {
	x := &slotLexicon{today: today, names: map[string]slot{}}
	x.add(slotPeriod, "", periodWords(today)...)
	x.add(slotPeriod, "", weekdayWords(today)...)
	x.add(slotPeriod, campaignMark, campaignWords(shop)...)
	x.add(slotAgainst, "", baseWords()...)
	for _, w := range dimensionWords() {
		for _, f := range w.forms {
			if strings.HasPrefix(f, "by ") || strings.HasPrefix(f, "按") || strings.HasPrefix(f, "分") || f == "hourly" || f == "daily" {
				x.add(slotBy, "", word{forms: []string{f}, set: w.set})
			}
		}
	}
	x.add(slotRank, "", topWords()...)
	x.add(slotFile, "", fileWords()...)
	x.add(slotShare, "", shareWord())
	for _, l := range shop.Units {
		x.label(slotUnit, l)
	}
	for _, l := range shop.Channels {
		x.label(slotChannel, l)
	}
	for _, l := range shop.Regions {
		x.label(slotRegion, l)
	}
	for _, b := range shop.Bands {
		x.label(slotBand, b.Label)
	}
	for _, s := range synonyms {
		for f := range strings.SplitSeq(s.forms, ",") {
			x.put(f, x.names[s.means])
		}
	}
	for _, c := range compared {
		for day := range strings.SplitSeq(c.forms, ",") {
			for _, around := range comparing {
				x.put(strings.ReplaceAll(around, "%", day), slot{kind: slotAgainst, text: c.means})
			}
		}
	}
	return x
}

// add takes words of the grammar over; mark goes before their text.
func (x *slotLexicon) add(kind slots, mark string, words ...word) {
	for _, w := range words {
		var q Query
		w.set(&q)
		for _, f := range w.forms {
			sl := slot{kind: kind, text: mark + fold(f)}
			if kind == slotPeriod {
				sl.during(q.Period, x.today)
			}
			x.put(f, sl)
		}
	}
}

// label takes the names of a member of a dimension over. They are written as the
// id, which is one word.
func (x *slotLexicon) label(kind slots, l market.Label) {
	key := map[slots]string{slotUnit: "unit", slotChannel: "channel", slotRegion: "region", slotBand: "band"}[kind]
	for _, f := range append([]string{l.ID, l.Name.Zh, l.Name.En}, l.Words...) {
		x.put(f, slot{kind: kind, text: key + "=" + l.ID})
	}
}

// put keeps the first meaning of a form.
func (x *slotLexicon) put(form string, sl slot) {
	form = fold(form)
	if _, taken := x.names[form]; taken || form == "" || len([]rune(form)) < 2 {
		return
	}
	x.names[form] = sl
	x.long = max(x.long, len([]rune(form)))
}

// during says how a period lies to today.
func (s *slot) during(p Period, today market.Day) {
	s.current, s.future = p.To == today, p.From > today
	s.last = p.Asked == "last week" || p.Asked == "last month"
	switch {
	case p.Asked == "week":
		s.ahead = 7
	case p.Asked == "month":
		s.ahead = int(today.MonthStart().AddMonths(1) - today)
	case p.To >= today:
		s.ahead = int(p.To-today) + 1
	}
}

// The spans and numbers of sentences, at the beginning of what is left of one.
var (
	countWord  = `\d{1,3}|a couple of|one|two|three|four|five|six|seven|ten|twenty|一|两|[二三四五六七八九]?十[一二三四五六七八九]?|二|三|四|五|六|七|八|九`
	dayWord    = `days?|d|天|日|weeks?|w|个?星期|个?礼拜|周|months?|个月`
	pastSpan   = regexp.MustCompile(`^(?:(?:last|past|近|最近|过去|前) ?(` + countWord + `)|(\d{1,3})) ?(` + dayWord + `)`)
	agoSpan    = regexp.MustCompile(`^(` + countWord + `) ?(` + dayWord + `) ?(?:ago|前|以前|之前)`)
	aheadSpan  = regexp.MustCompile(`^(?:next|coming|未来|接下来|今后|往后|后面|以后) ?(` + countWord + `) ?(` + dayWord + `)`)
	dateSpan   = regexp.MustCompile(`^(?:\d{4}[-/.年])?\d{1,2}[-/.月]\d{1,2}[日号]?(?:(?:\.\.|~|到|至)(?:\d{4}[-/.年])?\d{1,2}[-/.月]\d{1,2}[日号]?)?`)
	monthSpan  = regexp.MustCompile(`^(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.? \d{1,2}(?:st|nd|rd|th)?`)
	leadNumber = regexp.MustCompile(`^(?:top ?(` + countWord + `)|前(` + countWord + `)(?:名|个|款|位)?|(` + countWord + `)(?:个|款|件| (?:best|top|most)))`)
)

// at finds the slot that rest begins with and how long it is; nil when there is
// none.
func (x *slotLexicon) at(rest []rune) (n int, found *slot) {
	for k := min(len(rest), x.long); k > 0; k-- {
		if sl, ok := x.names[string(rest[:k])]; ok && wordEnds(rest, k) {
			n, found = k, &sl
			break
		}
	}
	text := string(rest)
	for _, m := range []func(string) (string, slot){x.ago, x.ahead, x.past, x.date, lead} {
		said, sl := m(text)
		if k := len([]rune(said)); k > n && wordEnds(rest, k) {
			n, found = k, &sl
		}
	}
	return n, found
}

func (x *slotLexicon) past(text string) (string, slot) {
	m := pastSpan.FindStringSubmatch(text)
	if m == nil {
		return "", slot{}
	}
	return m[0], slot{kind: slotPeriod, text: strconv.Itoa(counted(m[1]+m[2])*daysIn(m[3])) + "d"}
}

func (x *slotLexicon) ago(text string) (string, slot) {
	m := agoSpan.FindStringSubmatch(text)
	if m == nil {
		return "", slot{}
	}
	return m[0], slot{kind: slotPeriod, text: strconv.Itoa(counted(m[1])*daysIn(m[2])) + "daysago"}
}

func (x *slotLexicon) ahead(text string) (string, slot) {
	m := aheadSpan.FindStringSubmatch(text)
	if m == nil {
		return "", slot{}
	}
	return m[0], slot{kind: slotAhead, text: "next " + strconv.Itoa(counted(m[1])*daysIn(m[2])) + " days"}
}

func (x *slotLexicon) date(text string) (string, slot) {
	said := dateSpan.FindString(text)
	if said == "" {
		said = monthSpan.FindString(text)
	}
	return said, slot{kind: slotPeriod, text: strings.ReplaceAll(strings.ReplaceAll(said, " ", ""), "号", "日")}
}

// lead is how many of what leads are asked for.
func lead(text string) (string, slot) {
	m := leadNumber.FindStringSubmatch(text)
	if m == nil {
		return "", slot{}
	}
	said := m[0]
	for _, w := range []string{" best", " top", " most"} { // says what leads, too
		said = strings.TrimSuffix(said, w)
	}
	return said, slot{kind: slotTop, text: "top " + strconv.Itoa(counted(m[1]+m[2]+m[3]))}
}

// counted is the value of a number in words or figures.
func counted(s string) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	if tens, ones, ok := strings.Cut(s, "十"); ok {
		return max(1, numerals[tens])*10 + numerals[ones]
	}
	return numerals[s]
}

var numerals = map[string]int{
	"a couple of": 2, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10, "twenty": 20,
	"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
}

// daysIn is how many days a word for a span means.
func daysIn(s string) int {
	switch {
	case strings.HasPrefix(s, "w"), strings.Contains(s, "周"), strings.Contains(s, "星期"), strings.Contains(s, "礼拜"):
		return 7
	case strings.HasPrefix(s, "m"), strings.Contains(s, "月"):
		return 30
	}
	return 1
}

// meaning is the metric that a sentence asks the meaning of, by a name that the
// dictionary has; "" when it asks for something else.
func meaning(text string) string {
	text = spoken(text)
	for _, re := range meanings {
		m := re.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		name := strings.TrimSpace(m[1])
		for _, x := range metric.All {
			for _, n := range []string{x.Key, strings.ReplaceAll(x.Key, "_", " "), x.Name.Zh, x.Name.En} {
				if fold(n) == name {
					return x.Key
				}
			}
		}
		if name == "gmv" { // the one that is meant unless another is named
			return metric.Default
		}
	}
	return ""
}

var meanings = []*regexp.Regexp{
	regexp.MustCompile(`^what does (?:the )?(.+?) mean$`),
	regexp.MustCompile(`^what is (?:meant by |the meaning of |the definition of )?(?:an? |the )?(.+)$`),
	regexp.MustCompile(`^what (?:an? |the )?([a-z0-9 _]+)$`), // "what's aov", its ending cut off
	regexp.MustCompile(`^how (?:is|are|do you|do we) (?:calculate |compute |work out )?(?:the )?(.+?)(?: calculated| computed| defined| worked out)$`),
	regexp.MustCompile(`^(?:define|explain) (?:the )?(.+)$`),
	regexp.MustCompile(`^(.+?)(?:是|指)?(?:什么意思|啥意思|什么|啥|指什么|指的是什么)$`),
	regexp.MustCompile(`^(.+?)(?:是)?(?:怎么|如何|咋)(?:算|计算|统计|定义)(?:的|出来的)?$`),
	regexp.MustCompile(`^(.+?)的?(?:定义|口径|含义)(?:是什么)?$`),
}
