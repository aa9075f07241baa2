package config

import (
	"strconv"
	"strings"
)

// cronField is one of the five fields of a schedule.
type cronField struct {
	name     string
	min, max int
	words    []string // names for numbers, from min
}

func cronFields() []cronField {
	return []cronField{
		{"minute", 0, 59, nil},
		{"hour", 0, 23, nil},
		{"day", 1, 31, nil},
		{"month", 1, 12, []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
		{"weekday", 0, 6, []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}},
	}
}

// checkCron accepts five fields of numbers, names, *, ?, lists, ranges and
// steps. Whether the schedule ever fires is for the scheduler to say.
func checkCron(line string) *fault {
	parts := strings.Fields(line)
	if len(parts) != 5 {
		return bad("cron_fields", "got", strconv.Itoa(len(parts)))
	}
	for i, f := range cronFields() {
		for part := range strings.SplitSeq(parts[i], ",") {
			if fault := f.check(part); fault != nil {
				return fault
			}
		}
	}
	return nil
}

func (f cronField) check(part string) *fault {
	spread, step, stepped := strings.Cut(part, "/")
	if n, err := strconv.Atoi(step); stepped && (err != nil || n < 1 || n > f.max) {
		return f.bad("cron_field", part)
	}
	if spread == "*" || spread == "?" {
		return nil
	}
	from, to, ranged := strings.Cut(spread, "-")
	low, fault := f.number(from)
	if fault != nil || !ranged {
		return fault
	}
	high, fault := f.number(to)
	if fault == nil && high < low {
		return f.bad("cron_field", part)
	}
	return fault
}

func (f cronField) number(text string) (int, *fault) {
	for i, word := range f.words {
		if strings.EqualFold(word, text) {
			return f.min + i, nil
		}
	}
	n, err := strconv.Atoi(text)
	if err != nil || strings.HasPrefix(text, "+") {
		return 0, f.bad("cron_field", text)
	}
	if n < f.min || n > f.max {
		return 0, f.bad("cron_range", text)
	}
	return n, nil
}

func (f cronField) bad(code Code, got string) *fault {
	return bad(code, "field", f.name, "got", quote(got), "min", strconv.Itoa(f.min), "max", strconv.Itoa(f.max))
}
