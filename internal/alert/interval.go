package alert

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"shopwatch/internal/market"
)

// Interval is a recurring stretch of time in a shop's zone: on some days, from
// some minute of the day to another. A stretch that ends before it begins goes
// on past midnight. The zero Interval holds never.
type Interval struct {
	days     [7]bool // by time.Weekday
	work     bool    // days people work on, by the shop's calendar
	rest     bool    // days off, by the shop's calendar
	from, to int     // minutes of the day; equal: the whole day
	text     string
}

// IntervalError says what of an interval cannot be read.
type IntervalError struct {
	Text string
	Why  string // days, time
}

func (e *IntervalError) Error() string { return fmt.Sprintf("interval %q: bad %s", e.Text, e.Why) }

// dayWords are the words for sets of days, Sunday first; the last two follow
// the calendar.
var dayWords = []struct {
	words string
	days  [7]bool
	work  bool
	rest  bool
}{
	{words: "daily 每天", days: [7]bool{true, true, true, true, true, true, true}},
	{words: "weekends 周末", days: [7]bool{0: true, 6: true}},
	{words: "workdays 工作日", work: true},
	{words: "restdays 休息日", rest: true},
}

// weekdayWords are the names of single days, Sunday first.
var weekdayWords = [7]string{"sun 周日", "mon 周一", "tue 周二", "wed 周三", "thu 周四", "fri 周五", "sat 周六"}

// ParseInterval reads days and a time of day:
//
//	daily 22:00-08:00      workdays 09:00-18:00     sat,sun     mon-fri 00:00-06:00     restdays
//
// Days are daily, workdays and restdays (by the calendar, make-up days
// included), weekends, and names of weekdays with - or commas; without a time
// it is the whole day. 每天, 工作日, 休息日, 周末 and 周一 to 周日 do as well.
// The error is an *IntervalError.
func ParseInterval(text string) (Interval, error) {
	words := strings.Fields(strings.ToLower(text))
	if len(words) == 0 || len(words) > 2 {
		return Interval{}, &IntervalError{Text: text, Why: "days"}
	}
	v := Interval{text: strings.Join(words, " ")}
	if !v.readDays(words[0]) {
		return Interval{}, &IntervalError{Text: words[0], Why: "days"}
	}
	if len(words) == 1 {
		return v, nil
	}
	from, to, ok := strings.Cut(strings.NewReplacer("–", "-", "—", "-", "：", ":").Replace(words[1]), "-")
	a, okA := minuteOf(from)
	b, okB := minuteOf(to)
	if !ok || !okA || !okB || a == b || a == 24*60 {
		return Interval{}, &IntervalError{Text: words[1], Why: "time"}
	}
	v.from, v.to = a, b
	return v, nil
}

func (v *Interval) readDays(word string) bool {
	for _, d := range dayWords {
		if slices.Contains(strings.Fields(d.words), word) {
			v.days, v.work, v.rest = d.days, d.work, d.rest
			return true
		}
	}
	for part := range strings.FieldsFuncSeq(word, func(r rune) bool { return r == ',' || r == '，' || r == '、' }) {
		first, last, isRange := strings.Cut(part, "-")
		a, okA := weekday(first)
		if !isRange {
			last = first
		}
		b, okB := weekday(last)
		if !okA || !okB {
			return false
		}
		for d := a; ; d = (d + 1) % 7 {
			v.days[d] = true
			if d == b {
				break
			}
		}
	}
	return v.days != [7]bool{}
}

func weekday(word string) (int, bool) {
	for i, names := range weekdayWords {
		if slices.Contains(strings.Fields(names), word) {
			return i, true
		}
	}
	return 0, false
}

func minuteOf(s string) (int, bool) {
	h, m, ok := strings.Cut(s, ":")
	hour, okH := twoDigits(h)
	minute, okM := twoDigits(m)
	if !ok || !okH || !okM || minute > 59 || hour > 24 || hour == 24 && minute > 0 {
		return 0, false
	}
	return hour*60 + minute, true
}

func twoDigits(s string) (int, bool) {
	if len(s) == 0 || len(s) > 2 {
		return 0, false
	}
	n := 0
	for _, r := range s {
		if r < '0' || r > '9' {
			return 0, false
		}
		n = n*10 + int(r-'0')
	}
	return n, true
}

// String is the interval as it was written.
func (v Interval) String() string { return v.text }

// Zero reports whether the interval holds never.
func (v Interval) Zero() bool { return v.text == "" }

// MarshalText writes the interval as it was written.
func (v Interval) MarshalText() ([]byte, error) { return []byte(v.text), nil }

// UnmarshalText is ParseInterval; empty text gives the zero Interval.
func (v *Interval) UnmarshalText(text []byte) (err error) {
	*v = Interval{}
	if len(text) > 0 {
		*v, err = ParseInterval(string(text))
	}
	return err
}

// on reports whether a stretch begins on day d.
func (v Interval) on(d market.Day, cal market.Calendar) bool {
	if v.work {
		return cal.Workday(d)
	}
	if v.rest {
		return !cal.Workday(d)
	}
	return v.days[d.Weekday()]
}

// Holds reports whether t lies in the interval, on the clock of the shop.
func (v Interval) Holds(shop *market.Shop, t time.Time) bool {
	if v.Zero() {
		return false
	}
	local := shop.Local(t)
	y, m, d := local.Date()
	today := market.DateOf(y, m, d)
	minute := local.Hour()*60 + local.Minute()
	switch {
	case v.from == v.to:
		return v.on(today, shop.Calendar)
	case v.from < v.to:
		return v.on(today, shop.Calendar) && minute >= v.from && minute < v.to
	}
	return v.on(today, shop.Calendar) && minute >= v.from || v.on(today-1, shop.Calendar) && minute < v.to
}

// reach is how far ahead an end is looked for.
const reach = 40 * 24 * time.Hour

// End is when the stretch that holds t is over; t itself when none holds it. An
// interval that holds for all of the next forty days ends after them.
func (v Interval) End(shop *market.Shop, t time.Time) time.Time {
	return EndOf([]Interval{v}, shop, t)
}

// EndOf is when none of the intervals holds any more; t itself when none holds it.
func EndOf(list []Interval, shop *market.Shop, t time.Time) time.Time {
	holds := func(x time.Time) bool {
		return slices.ContainsFunc(list, func(v Interval) bool { return v.Holds(shop, x) })
	}
	end := t.Add(reach)
	for holds(t) && t.Before(end) {
		t = t.Truncate(time.Minute).Add(time.Minute)
		// Whole hours are skipped while their last minute is inside as well.
		for t.Before(end) && holds(t) && holds(t.Add(59*time.Minute)) && holds(t.Add(30*time.Minute)) {
			t = t.Add(time.Hour)
		}
	}
	return t
}
