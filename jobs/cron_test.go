package jobs

import (
	"strings"
	"testing"
	"time"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// TestShiftedClocks: where summer time skips or repeats a wall time, a daily
// line still runs once on that date.
func TestShiftedClocks(t *testing.T) {
	for _, c := range []struct{ zone, line, from, want string }{
		{"America/New_York", "30 2 * * *", "2027-03-13T12:00:00-05:00", "2027-03-14T03:00:00-04:00"},
		{"America/New_York", "30 1 * * *", "2026-10-31T12:00:00-04:00", "2026-11-01T01:30:00-04:00"},
		{"America/New_York", "30 1 * * *", "2026-11-01T01:30:00-04:00", "2026-11-02T01:30:00-05:00"},
		{"America/Sao_Paulo", "0 0 * * *", "2018-11-03T12:00:00-03:00", "2018-11-04T01:00:00-02:00"},
		{"Australia/Lord_Howe", "15 2 * * *", "2026-10-03T12:00:00+10:30", "2026-10-04T02:30:00+11:00"},
		{"Asia/Shanghai", "30 8 * * *", "2026-11-22T08:30:00+08:00", "2026-11-23T08:30:00+08:00"},
		{"America/New_York", "*/30 * * * *", "2026-11-01T01:30:00-04:00", "2026-11-01T01:00:00-05:00"},
	} {
		t.Run(c.zone+" "+c.line, func(t *testing.T) {
			s, err := ParseCron(c.line, zone(t, c.zone))
			if err != nil {
				t.Fatal(err)
			}
			from, _ := time.Parse(time.RFC3339, c.from)
			want, _ := time.Parse(time.RFC3339, c.want)
			if got := s.Next(from); !got.Equal(want) {
				t.Errorf("after %s comes %s, want %s", from, got, want)
			}
		})
	}
}

// TestOncePerDate walks three years of several zones: a daily line runs exactly
// once on every local date, and time only goes forward.
func TestOncePerDate(t *testing.T) {
	for _, name := range []string{"Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Casablanca"} {
		z := zone(t, name)
		for _, line := range []string{"0 0 * * *", "30 1 * * *", "15 2 * * *", "30 2 * * *", "59 23 * * *"} {
			s, err := ParseCron(line, z)
			if err != nil {
				t.Fatal(err)
			}
			at := time.Date(2017, 12, 31, 23, 59, 30, 0, z)
			for i := range 3 * 365 {
				next := s.Next(at)
				day := time.Date(2018, 1, 1+i, 12, 0, 0, 0, z)
				if !next.After(at) || next.In(z).Format(time.DateOnly) != day.Format(time.DateOnly) {
					t.Fatalf("%s %q: after %s comes %s, want a run on %s", name, line, at, next, day.Format(time.DateOnly))
				}
				at = next
			}
		}
	}
}

func TestParseCronRefuses(t *testing.T) {
	for line, why := range map[string]string{
		"":                            "five fields",
		"TZ=America/New_York":         "remove TZ=",
		"CRON_TZ=UTC 0 9 * * *":       "remove TZ=",
		"@every 10s":                  "at least 1m",
		"@every -5m":                  "at least 1m",
		"0 0 30 2 *":                  "never fires",
		"61 8 * * *":                  "61",
		"* * * *":                     "expected",
		strings.Repeat("9", 400) + "": "expected",
	} {
		if _, err := ParseCron(line, time.UTC); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q gives %v, want a complaint with %q", line, err, why)
		}
	}
	if _, err := ParseCron("0 9 * * 7", time.UTC); err != nil {
		t.Errorf("7 is Sunday: %v", err)
	}
}

// FuzzParseCron: no line panics, and what is accepted moves forward.
func FuzzParseCron(f *testing.F) {
	for _, s := range []string{"30 8 * * *", "*/10 * * * *", "@daily", "@every 1h", "0 9 1 * 1", "TZ=x", "0 0 30 2 *", "1-5/2 */3 L * ?"} {
		f.Add(s)
	}
	z := zone(f, "America/New_York")
	f.Fuzz(func(t *testing.T, line string) {
		s, err := ParseCron(line, z)
		if err != nil {
			return
		}
		at := time.Date(2026, 10, 31, 0, 0, 0, 0, z)
		for range 20 {
			next := s.Next(at)
			if next.IsZero() {
				return
			}
			if !next.After(at) {
				t.Fatalf("%q: after %s comes %s", line, at, next)
			}
			at = next
		}
	})
}
