package market

import (
	"fmt"
	"time"
)

// Day is a calendar date without a zone, as days since 1970-01-01. It is a
// business day of a shop once a Shop has made it from an instant.
type Day int32

// DateOf makes a Day from its parts; out-of-range parts are normalised as by
// time.Date.
func DateOf(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// ParseDay reads "2006-01-02".
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("date %q: want YYYY-MM-DD", s)
	}
	return Day(t.Unix() / 86400), nil
}

// Date returns the parts of d.
func (d Day) Date() (year int, month time.Month, day int) { return d.utc().Date() }

// Weekday returns the weekday of d.
func (d Day) Weekday() time.Weekday { return d.utc().Weekday() }

// String writes "2006-01-02".
func (d Day) String() string { return d.utc().Format(time.DateOnly) }

// MarshalText writes String.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Day) UnmarshalText(b []byte) (err error) { *d, err = ParseDay(string(b)); return err }

// AddMonths moves d by n months; a day that the month lacks becomes its last.
func (d Day) AddMonths(n int) Day {
	y, m, day := d.Date()
	last := DateOf(y, m+time.Month(n)+1, 0)
	_, _, max := last.Date()
	return DateOf(y, m+time.Month(n), min(day, max))
}

// MonthStart is the first day of d's month.
func (d Day) MonthStart() Day { y, m, _ := d.Date(); return DateOf(y, m, 1) }

// WeekStart is the Monday of d's ISO week.
func (d Day) WeekStart() Day { return d - Day((int(d.Weekday())+6)%7) }

func (d Day) utc() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// Window is a half-open span of time [Start, End).
type Window struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

// Contains reports whether t lies in w.
func (w Window) Contains(t time.Time) bool { return !t.Before(w.Start) && t.Before(w.End) }

// Duration is the length of w.
func (w Window) Duration() time.Duration { return w.End.Sub(w.Start) }

// Empty reports whether w holds no instant.
func (w Window) Empty() bool { return !w.Start.Before(w.End) }

// Millis returns the bounds as UTC milliseconds, the unit of time columns.
func (w Window) Millis() (start, end int64) { return w.Start.UnixMilli(), w.End.UnixMilli() }
