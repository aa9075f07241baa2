package commands

import (
	"slices"
	"strings"
	"time"

	"shopwatch/internal/market"
)

// maxText bounds what a person may type; longer texts are refused whole.
const maxText = 400

// Parse reads the words after a verb. now fixes what "today" means on the
// shop's business calendar. The error is a *Trouble.
func Parse(shop *market.Shop, verb, text string, now time.Time) (Query, error) {
	q := Query{Verb: verb}
	if len([]rune(text)) > maxText {
		return q, &Trouble{Key: "command.too_long", Args: []any{"max", maxText}}
	}
	p := parser{shop: shop, today: shop.Day(now), last: lastDay(verb, shop.Day(now)), words: newLexicon(shop, shop.Day(now)), tokens: tokenize(text)}
	var loose []string
	for len(p.tokens) > 0 {
		was := q
		used, err := p.next(&q)
		if err != nil {
			return q, p.fixed(verb, text, err)
		}
		if err := oneOfEach(was, q); err != nil {
			return q, err
		}
		if used == 0 {
			loose = append(loose, p.tokens[0])
			used = 1
		}
		p.tokens = p.tokens[used:]
	}
	if err := p.settle(&q, loose); err != nil {
		return q, p.fixed(verb, text, err)
	}
	if q.Verb == forecast.Name && q.Period.Set && q.Period.From > p.today { // "next week": from today to its end
		q.Ahead, q.Period = int(q.Period.To-p.today)+1, Period{}
	}
	if q.Period.Set && q.Period.From > p.last {
		return q, p.fixed(verb, text, notYet(q.Period, p.last))
	}
	return q, nil
}

// oneOfEach refuses a second unit or channel: an answer about the last one named
// would look like one about both.
func oneOfEach(was, q Query) error {
	switch {
	case was.Unit != "" && q.Unit != was.Unit:
		return &Trouble{Key: "command.one_only", Args: []any{"first", string(was.Unit), "second", string(q.Unit)}, Fix: join(q.Verb, "by unit")}
	case was.Channel != "" && q.Channel != was.Channel:
		return &Trouble{Key: "command.one_only", Args: []any{"first", string(was.Channel), "second", string(q.Channel)}, Fix: join(q.Verb, "by channel")}
	}
	return nil
}

// lastDay is the last day that a period of a question may hold: today, and for
// questions about plans a day two years ahead.
func lastDay(verb string, today market.Day) market.Day {
	if verb == targetName || verb == calendarName || verb == campaignName {
		return today.AddMonths(24)
	}
	return today
}

type parser struct {
	shop   *market.Shop
	today  market.Day
	last   market.Day // that a period may hold
	words  *lexicon
	tokens []string
}

// longestPhrase is how many words a phrase of the lexicon may have.
const longestPhrase = 3

// next reads one phrase from the front and returns how many tokens it took.
func (p *parser) next(q *Query) (int, error) {
	if n, err := p.tier(q); n > 0 || err != nil {
		return n, err
	}
	if k, v, ok := strings.Cut(halfWidth(p.tokens[0]), "="); ok {
		return 1, p.keyed(q, k, v)
	}
	for n := min(longestPhrase, len(p.tokens)); n > 0; n-- {
		if p.words.apply(q, strings.Join(p.tokens[:n], " ")) {
			return n, nil
		}
	}
	if n, ok := p.top(q); ok {
		return n, nil
	}
	if n, err := p.ahead(q); n > 0 || err != nil {
		return n, err
	}
	for n := min(longestPhrase, len(p.tokens)); n > 1; n-- { // "last 7 days", "7 天", "2 days ago"
		if phrase := fold(strings.Join(p.tokens[:n], "")); spelled(phrase) {
			period, _, err := parsePeriod(phrase, p.today, p.last)
			q.Period = period
			return n, err
		}
	}
	period, ok, err := parsePeriod(fold(p.tokens[0]), p.today, p.last)
	if err != nil || ok {
		if ok {
			q.Period = period
		}
		return 1, err
	}
	return 0, nil
}

// top reads "top 20", "top20", 前20, and the number alone where the question itself
// is what leads.
func (p *parser) top(q *Query) (int, bool) {
	first := fold(p.tokens[0])
	if n, ok := smallNumber(first); ok && q.Verb == top.Name {
		q.Top = n
		return 1, true
	}
	for _, prefix := range []string{"top", "前"} {
		rest, ok := strings.CutPrefix(first, prefix)
		if !ok {
			continue
		}
		if n, ok := smallNumber(rest); ok {
			q.Top = n
			return 1, true
		}
		if rest == "" && len(p.tokens) > 1 {
			if n, ok := smallNumber(fold(p.tokens[1])); ok {
				q.Top = n
				return 2, true
			}
		}
	}
	return 0, false
}

// ahead reads "next 14 days", "next 14d" and 未来14天, which only a forecast, a
// clearance and stock have.
func (p *parser) ahead(q *Query) (int, error) {
	for n := min(longestPhrase, len(p.tokens)); n > 0; n-- {
		phrase := fold(strings.Join(p.tokens[:n], ""))
		days, ok := group(nextDays, phrase)
		if !ok {
			continue
		}
		if !slices.Contains([]string{forecast.Name, slowName, stockName, cover.Name}, q.Verb) {
			return 0, &Trouble{Key: "command.not_yet", Args: []any{"word", strings.Join(p.tokens[:n], " ")}}
		}
		q.Ahead = days
		return n, nil
	}
	return 0, nil
}

// tierWords are the tiers of a target, lowest first.
var tierWords = [3][]string{{"base", "基础"}, {"sprint", "冲刺"}, {"challenge", "挑战"}}

// tier reads "base 3000000", base=300万 and 基础300万, which only a target has.
func (p *parser) tier(q *Query) (int, error) {
	if q.Verb != targetName {
		return 0, nil
	}
	for i, words := range tierWords {
		for _, w := range words {
			rest, ok := strings.CutPrefix(fold(p.tokens[0]), w)
			used := 1
			if rest == "" && len(p.tokens) > 1 {
				rest, used = p.tokens[1], 2
			}
			if !ok || rest == fold(p.tokens[0]) {
				continue
			}
			amount, err := market.ParseAmount(strings.Trim(rest, "=:"), p.shop.Currency)
			if err != nil || amount <= 0 {
				return 0, &Trouble{Key: "target.bad_amount", Args: []any{"word", rest, "tier", w}}
			}
			q.Tiers[i] = amount
			return used, nil
		}
	}
	return 0, nil
}

// keyed reads key=value.
func (p *parser) keyed(q *Query, key, value string) error {
	name, ok := keyNames[fold(key)]
	if !ok {
		names := make([]string, 0, len(keyNames))
		for k := range keyNames {
			names = append(names, k)
		}
		slices.Sort(names)
		near := nearest(fold(key), names)
		return &Trouble{Key: "command.unknown_key", Args: []any{"word", key, "near", near}, Fix: near + "=" + value}
	}
	value = fold(value)
	switch name {
	case "sku":
		q.Item = value
		return nil
	case "category":
		q.Category = market.Category(value)
		return nil
	case "days":
		q.Days = value
		return nil
	case "hours":
		q.Hours = value
		return nil
	case "lang":
		q.Lang = value
		return nil
	case "share":
		q.Share = slices.Contains([]string{"1", "yes", "true", "是", ""}, value)
		return nil
	case "top":
		n, ok := smallNumber(value)
		if !ok {
			return &Trouble{Key: "command.bad_top", Args: []any{"word", value}}
		}
		q.Top = n
		return nil
	case "period":
		if period, ok, err := parsePeriod(value, p.today, p.last); ok || err != nil {
			q.Period = period
			return err
		}
	case "vs", "by":
		if p.words.apply(q, name+" "+value) {
			return nil
		}
	}
	if p.words.apply(q, value) {
		return nil
	}
	near := p.words.nearest(value)
	if near == "" {
		near = p.firstOf(name)
	}
	return &Trouble{Key: "command.unknown_value", Args: []any{"key", key, "word", value, "near", near}, Fix: key + "=" + near}
}

// firstOf is the first member of a dimension, to show what one looks like; ""
// when the shop has none.
func (p *parser) firstOf(name string) string {
	labels := map[string][]market.Label{"unit": p.shop.Units, "channel": p.shop.Channels, "region": p.shop.Regions}[name]
	if name == "band" && len(p.shop.Bands) > 0 {
		return p.shop.Bands[0].ID
	}
	if len(labels) == 0 {
		return ""
	}
	return labels[0].ID
}

// settle decides what the words that no rule knows are: the name of an item,
// or a slip of the keyboard.
func (p *parser) settle(q *Query, loose []string) error {
	if len(loose) == 0 {
		return nil
	}
	text := strings.Join(loose, " ")
	if near := p.words.nearest(loose[0]); len(loose) == 1 && near != "" && !looksLikeID(loose[0]) {
		return &Trouble{Key: "command.unknown_word", Args: []any{"word", loose[0], "near", near}, Fix: near}
	}
	if q.Item != "" {
		return &Trouble{Key: "command.unknown_word", Args: []any{"word", text, "near", ""}}
	}
	q.Item = text
	return nil
}

// fixed completes a Trouble's Fix to a whole question.
func (p *parser) fixed(verb, text string, err error) error {
	t, ok := err.(*Trouble) //nolint:errorlint // made a few lines above, never wrapped
	if !ok || t.Fix == "" || strings.HasSuffix(t.Fix, "=") {
		if ok {
			t.Fix = ""
		}
		return err
	}
	wrong, _ := t.Args[1].(string)
	if t.Key == "command.unknown_value" {
		wrong, _ = t.Args[3].(string)
		_, t.Fix, _ = strings.Cut(t.Fix, "=")
	}
	if t.Key == "command.unknown_key" {
		t.Fix, _, _ = strings.Cut(t.Fix, "=")
	}
	text = halfWidth(text)
	if i := strings.Index(strings.ToLower(text), strings.ToLower(wrong)); wrong != "" && i >= 0 && i+len(wrong) <= len(text) {
		t.Fix = strings.TrimSpace(verb + " " + text[:i] + t.Fix + text[i+len(wrong):])
		return t
	}
	t.Fix = ""
	return t
}

// tokenize cuts at spaces, keeping "quoted words" together.
func tokenize(text string) []string {
	var out []string
	var cur strings.Builder
	quoted := false
	flush := func() {
		if cur.Len() > 0 {
			out = append(out, cur.String())
			cur.Reset()
		}
	}
	for _, r := range halfWidth(text) {
		switch {
		case r == '"':
			quoted = !quoted
		case !quoted && (r == ' ' || r == '\t' || r == '\n' || r == ',' || r == '、' || r == '。'):
			flush()
		default:
			cur.WriteRune(r)
		}
	}
	flush()
	return out
}
