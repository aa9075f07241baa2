package config

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0h": 0, "90s": 90 * time.Second, "15m": 15 * time.Minute, "1h30m": 90 * time.Minute, "400d": 400 * 24 * time.Hour,
	} {
		if got, err := ParseDuration(text); err != nil || time.Duration(got) != want {
			t.Errorf("%s = %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "5", "1.5h", "-1h", "1w", "h", "1h 30m", "99999999999999h", "40000d", "1ms"} {
		if got, err := ParseDuration(text); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		d := Duration(time.Duration(rapid.IntRange(0, 3_000_000_000).Draw(t, "seconds")) * time.Second)
		if back, err := ParseDuration(d.String()); err != nil || back != d {
			t.Fatalf("%v becomes %v, %v", d, back, err)
		}
	})
}

func TestSizes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Size(rapid.Int64Range(0, 1<<20).Draw(t, "MiB") << 20)
		if back, err := ParseSize(s.String()); err != nil || back != s {
			t.Fatalf("%v becomes %v, %v", s, back, err)
		}
	})
	for _, text := range []string{"", "16", "16GB", "-1GiB", "1.5GiB", "GiB", "2000GiB"} {
		if got, err := ParseSize(text); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}

func TestAmounts(t *testing.T) {
	for text, want := range map[Amount]int64{
		"0": 0, "2000": 200000, "1,234.50": 123450, "628.4万": 628400000, "1.2亿": 12000000000,
		"0.0001万": 100, "1.23456万": 1234560, "￥99": 9900, ".5万": 500000,
	} {
		if got, err := text.Fen("CNY"); err != nil || int64(got) != want {
			t.Errorf("%s = %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []Amount{"万", "1.2345678万", "1万万", "12.345", "abc", "1e5"} {
		if got, err := text.Fen("CNY"); err == nil {
			t.Errorf("%q is read as %d", text, got)
		}
	}
	if got, err := Amount("1.5万").Fen("JPY"); err != nil || got != 15000 {
		t.Errorf("yen have no decimals: %d, %v", got, err)
	}
}

func TestCronFields(t *testing.T) {
	for _, line := range []string{"30 8 * * *", "*/10 * * * *", "0 9-18/2 1,15 jan-mar MON-FRI", "5 4 ? * 0"} {
		if f := checkCron(line); f != nil {
			t.Errorf("%s: %v", line, f)
		}
	}
	for line, code := range map[string]Code{
		"": "cron_fields", "@daily": "cron_fields", "60 * * * *": "cron_range", "* 24 * * *": "cron_range",
		"* * 0 * *": "cron_range", "* * * 13 *": "cron_range", "* * * * 7": "cron_range", "5-1 * * * *": "cron_field",
		"*/0 * * * *": "cron_field", "a * * * *": "cron_field", "1,,2 * * * *": "cron_field", "+1 * * * *": "cron_field",
	} {
		if f := checkCron(line); f == nil || f.code != code {
			t.Errorf("%q: %v, want %s", line, f, code)
		}
	}
}
