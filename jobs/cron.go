package jobs

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Schedule is a cron line in a zone. Lines that name hours run once per wall
// time: a time that daylight saving skips runs at the first instant after the
// gap, one that it repeats runs the first time only. Lines for every hour
// ("*/10 * * * *") follow real time.
type Schedule struct {
	line   string
	zone   *time.Location
	spec   cron.Schedule
	hourly bool
}

var parser = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)

// ParseCron reads a cron line of five fields or a descriptor such as @daily.
// Both 0 and 7 mean Sunday. Zones inside the line, intervals under a minute and
// lines that never fire are refused.
func ParseCron(line string, zone *time.Location) (Schedule, error) {
	s := strings.TrimSpace(line)
	if s == "" {
		return Schedule{}, errors.New("a cron line has five fields: minute hour day month weekday")
	}
	if strings.Contains(s, "TZ=") {
		return Schedule{}, fmt.Errorf("cron %q: the zone is the shop's, remove TZ=", line)
	}
	if every, ok := strings.CutPrefix(s, "@every "); ok {
		d, err := time.ParseDuration(strings.TrimSpace(every))
		if err != nil || d < time.Minute {
			return Schedule{}, fmt.Errorf("cron %q: want an interval of at least 1m", line)
		}
	}
	spec, err := parser.Parse(sundays(s))
	if err != nil {
		return Schedule{}, fmt.Errorf("cron %q: %w", line, err)
	}
	out := Schedule{line: line, zone: zone, spec: spec, hourly: everyHour(s)}
	if out.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return Schedule{}, fmt.Errorf("cron %q never fires", line)
	}
	return out, nil
}

// Next is the first run after t, or the zero time.
func (s Schedule) Next(t time.Time) time.Time {
	local := t.In(s.zone)
	if s.hourly {
		return s.spec.Next(local)
	}
	// The wall clock is walked as if it were UTC, which has no gaps; each wall
	// time then becomes one instant.
	wall := time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), local.Second(), 0, time.UTC)
	for wall = s.spec.Next(wall.Add(-wallSlack)); !wall.IsZero(); wall = s.spec.Next(wall) {
		if at := instant(wall, s.zone); at.After(t) {
			return at
		}
	}
	return time.Time{}
}

// last is the latest run that is not after now, from due on, and how many due
// times before it that leaves out.
func (s Schedule) last(due, now time.Time) (latest time.Time, skipped int) {
	latest = due
	for n := s.Next(latest); !n.IsZero() && !n.After(now); n = s.Next(latest) {
		latest = n
		skipped++
	}
	return latest, skipped
}

// wallSlack is more than any zone ever shifts its clock at once, so that wall
// times repeated by a shift are looked at again.
const wallSlack = 3 * time.Hour

// instant is when zone's clock first shows wall, or passes it.
func instant(wall time.Time, zone *time.Location) time.Time {
	at := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), 0, 0, zone)
	shown := func(t time.Time) time.Time {
		l := t.In(zone)
		return time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute(), 0, 0, time.UTC)
	}
	if !shown(at).Equal(wall) { // in a gap: the first instant after it
		start := at.Add(-wallSlack)
		for shown(start).Before(wall) {
			start = start.Add(time.Minute)
		}
		return start
	}
	for back := 30 * time.Minute; back <= 2*time.Hour; back += 30 * time.Minute {
		if earlier := at.Add(-back); shown(earlier).Equal(wall) { // repeated: the first
			return earlier
		}
	}
	return at
}

// sundays rewrites weekday 7 as 0, as other crons allow.
func sundays(s string) string {
	f := strings.Fields(s)
	if len(f) == 5 && f[4] == "7" {
		f[4] = "0"
		return strings.Join(f, " ")
	}
	return s
}

func everyHour(s string) bool {
	f := strings.Fields(s)
	return strings.HasPrefix(s, "@every") || s == "@hourly" || len(f) == 5 && strings.HasPrefix(f[1], "*")
}
