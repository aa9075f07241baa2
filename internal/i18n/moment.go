package i18n

import (
	"fmt"
	"time"
)

// Date writes the day of t: "11/21 周六" or "Sat 11/21". t is in the zone of
// the reader, for business days the shop's. The zero time is Missing.
func (l *Locale) Date(t time.Time) string {
	if t.IsZero() {
		return l.Missing()
	}
	return l.T("date.day",
		"date", monthDay(t),
		"weekday", l.T("date.weekday."+weekdays()[t.Weekday()]))
}

// Clock writes the time of day of t: "08:02". The zero time is Missing.
func (l *Locale) Clock(t time.Time) string {
	if t.IsZero() {
		return l.Missing()
	}
	return t.Format("15:04")
}

// Moment writes day and time of t: "11/21 08:02". The zero time is Missing.
func (l *Locale) Moment(t time.Time) string {
	if t.IsZero() {
		return l.Missing()
	}
	return monthDay(t) + " " + l.Clock(t)
}

func monthDay(t time.Time) string { return fmt.Sprintf("%d/%d", t.Month(), t.Day()) }

// weekdays names the keys of the days, Sunday first as in package time.
func weekdays() [7]string { return [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} }

// Duration writes a length of time with its two largest units, cut: "2 h 5
// min" or "2 小时 5 分", "3 d 4 h", "45 s".
func (l *Locale) Duration(d time.Duration) string {
	if d < 0 {
		// The most negative duration has no positive twin; its neighbour will do.
		return minus + l.Duration(-max(d, -1<<63+1))
	}
	days, hours := int64(d/(24*time.Hour)), int64(d%(24*time.Hour)/time.Hour)
	minutes, seconds := int64(d%time.Hour/time.Minute), int64(d%time.Minute/time.Second)
	switch {
	case days > 0:
		return l.units(days, "date.days", hours, "date.hours")
	case hours > 0:
		return l.units(hours, "date.hours", minutes, "date.minutes")
	case minutes > 0:
		return l.units(minutes, "date.minutes", 0, "")
	default:
		return l.units(seconds, "date.seconds", 0, "")
	}
}

func (l *Locale) units(large int64, largeKey string, small int64, smallKey string) string {
	text := l.T(largeKey, "value", l.Count(large))
	if small > 0 {
		text += " " + l.T(smallKey, "value", l.Count(small))
	}
	return text
}
