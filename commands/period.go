package commands

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"shopwatch/internal/market"
)

var (
	fullDate  = regexp.MustCompile(`^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$`)
	shortDate = regexp.MustCompile(`^(\d{1,2})[-/.月](\d{1,2})日?$`)
	monthOnly = regexp.MustCompile(`^(\d{4})[-/年](\d{1,2})月?$`)
	lastDays  = regexp.MustCompile(`^(?:last|past|近|最近|过去)?(\d{1,3})(d|days?|天|日)$`)
	nextDays  = regexp.MustCompile(`^(?:next|coming|未来|接下来|今后)(\d{1,2})(d|days?|天|日)$`)
	daysAgo   = regexp.MustCompile(`^(\d{1,3})(d|days?|天|日)(ago|前|之前|以前)$`)
	monthDay  = regexp.MustCompile(`^(jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?(\d{1,2})(?:st|nd|rd|th)?$`)
	dayMonth  = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th)?(jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*$`)
	lastHours = regexp.MustCompile(`^(?:近|最近)?(24|48|72)(h|小时)$`)
)

// spelled reports whether s, written without spaces, is a period that people write
// in several words: "last 7 days", "2 days ago", "Nov 11".
func spelled(s string) bool {
	return lastDays.MatchString(s) || daysAgo.MatchString(s) || monthDay.MatchString(s) || dayMonth.MatchString(s)
}

// inFigures turns a date with the English name of its month into one in figures.
func inFigures(s string) string {
	month, day := "", ""
	if m := monthDay.FindStringSubmatch(s); m != nil {
		month, day = m[1], m[2]
	} else if m := dayMonth.FindStringSubmatch(s); m != nil {
		month, day = m[2], m[1]
	} else {
		return s
	}
	names := "janfebmaraprmayjunjulaugsepoctnovdec"
	return strconv.Itoa(strings.Index(names, month[:3])/3+1) + "/" + day
}

// parsePeriod reads dates and spans: 2026-11-11, 11/11, 11月11日, nov11, 2026-11,
// 7d, 近7天, 2daysago, 24h, and A..B. ok is false when s is nothing of the kind; the error
// is a *Trouble for something that is, but cannot be. last is the last day that a
// period may hold: today, or a later one for questions about plans.
func parsePeriod(s string, today, last market.Day) (p Period, ok bool, err error) {
	if from, to, cut := cutRange(s); cut {
		a, okA, errA := parsePeriod(from, today, last)
		b, okB, errB := parsePeriod(to, today, last)
		switch {
		case errA != nil:
			return p, true, errA
		case errB != nil:
			return p, true, errB
		case !okA || !okB:
			return p, false, nil
		case a.From > b.To:
			return p, true, &Trouble{Key: "command.reversed", Args: []any{"word", s, "from", a.From.String(), "to", b.To.String()}, Fix: b.From.String() + ".." + a.To.String()}
		}
		return checked(Period{From: a.From, To: b.To, Asked: s, Set: true}, last)
	}
	if n, ok := group(lastDays, s); ok {
		// n whole days, so that a part day is not set against whole ones.
		return checked(Period{From: today - market.Day(n), To: today - 1, Asked: s, Set: true}, last)
	}
	if n, ok := group(daysAgo, s); ok {
		return checked(Period{From: today - market.Day(n), To: today - market.Day(n), Asked: s, Set: true}, last)
	}
	if n, ok := group(lastHours, s); ok {
		return checked(Period{From: today - market.Day(n/24), To: today, Asked: s, Set: true}, last)
	}
	if m := monthOnly.FindStringSubmatch(s); m != nil {
		first, err := date(m[1], m[2], "1", s)
		if err != nil {
			return p, true, err
		}
		return checked(Period{From: first, To: min(first.AddMonths(1)-1, last), Asked: s, Set: true}, last)
	}
	p, ok, err = parseDate(inFigures(s), today, last)
	if p.Set {
		p.Asked = s
	}
	return p, ok, err
}

func parseDate(s string, today, last market.Day) (p Period, ok bool, err error) {
	year, _, _ := today.Date()
	parts := fullDate.FindStringSubmatch(s)
	if m := shortDate.FindStringSubmatch(s); m != nil {
		parts = []string{s, strconv.Itoa(year), m[1], m[2]}
	}
	if parts == nil {
		return p, false, nil
	}
	d, err := date(parts[1], parts[2], parts[3], s)
	if err != nil {
		return p, true, err
	}
	if d > last && !fullDate.MatchString(s) {
		d = d.AddMonths(-12) // 12/30, said in January, is last year's
	}
	return checked(Period{From: d, To: d, Asked: s, Set: true}, last)
}

// checked refuses spans that have not begun or are too long to be meant.
func checked(p Period, last market.Day) (Period, bool, error) {
	const longest = 400
	switch {
	case p.From > last:
		return p, true, notYet(p, last)
	case p.Days() > longest:
		return p, true, &Trouble{Key: "command.too_many_days", Args: []any{"word", p.Asked, "max", longest}, Fix: (p.To - longest + 1).String() + ".." + p.To.String()}
	case p.Days() < 1:
		return p, true, &Trouble{Key: "command.bad_date", Args: []any{"word", p.Asked}}
	}
	p.To = min(p.To, last)
	return p, true, nil
}

func date(year, month, day, asked string) (market.Day, error) {
	y, _ := strconv.Atoi(year)
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(day)
	out := market.DateOf(y, time.Month(m), d)
	if yy, mm, dd := out.Date(); yy != y || int(mm) != m || dd != d {
		return 0, &Trouble{Key: "command.bad_date", Args: []any{"word", asked}, Fix: nearestDate(y, m, d, asked)}
	}
	return out, nil
}

// nearestDate is the day that was probably meant: the last of a month that has
// fewer, and of a month past the twelfth the day with both exchanged.
func nearestDate(y, m, d int, asked string) string {
	if m > 12 && d <= 12 {
		m, d = d, m
	}
	if m < 1 || m > 12 || d < 1 || y < 2000 {
		return ""
	}
	if monthOnly.MatchString(asked) {
		return market.DateOf(y, time.Month(m), 1).String()[:7]
	}
	last := market.DateOf(y, time.Month(m), 1).AddMonths(1) - 1
	return min(last, market.DateOf(y, time.Month(m), min(d, 28))+market.Day(max(0, d-28))).String()
}

// notYet says that a period has not begun; the newest day that has is offered.
func notYet(p Period, last market.Day) *Trouble {
	return &Trouble{Key: "command.future", Args: []any{"word", p.Asked, "date", p.From.String(), "today", last.String()}, Fix: last.String()}
}

func cutRange(s string) (from, to string, ok bool) {
	for _, sep := range []string{"..", "~", "～", "到", "至"} {
		if a, b, cut := strings.Cut(s, sep); cut && a != "" && b != "" {
			return a, strings.TrimPrefix(b, "."), true
		}
	}
	return "", "", false
}

func group(re *regexp.Regexp, s string) (int, bool) {
	m := re.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	return n, err == nil && n > 0
}

func smallNumber(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n > 0 && n <= 500
}
