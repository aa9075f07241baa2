package config

import (
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"shopwatch/internal/market"
)

// Secret is a text that is never printed. string(s) reveals it.
type Secret string

const hidden = "[secret]"

// String returns [secret], or nothing when there is no secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// Format prints String under every verb, wrong ones included: fmt would show
// the bare text of a mismatched verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// GoString returns what String does.
func (s Secret) GoString() string { return s.String() }

// MarshalText writes what String does.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalYAML writes what String does.
func (s Secret) MarshalYAML() (any, error) { return s.String(), nil }

// LogValue logs what String does.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Duration is a span of time written with a unit: 90s, 15m, 2h, 400d, 1h30m.
type Duration time.Duration

// String writes the duration in the form that the file takes.
func (d Duration) String() string {
	v := time.Duration(d)
	day := 24 * time.Hour
	switch {
	case v == 0:
		return "0h"
	case v%day == 0:
		return strconv.FormatInt(int64(v/day), 10) + "d"
	case v%time.Hour == 0:
		return strconv.FormatInt(int64(v/time.Hour), 10) + "h"
	case v%time.Minute == 0:
		return strconv.FormatInt(int64(v/time.Minute), 10) + "m"
	}
	return v.String()
}

// ParseDuration reads a Duration: parts of a whole number and one of s, m, h, d.
// A number without a unit, a sign and anything above 100 years is an error.
func ParseDuration(text string) (Duration, error) {
	var total time.Duration
	for rest := text; rest != ""; {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		if digits == 0 || digits > 9 || digits == len(rest) {
			return 0, fmt.Errorf("duration %q: want 90s, 15m, 2h or 1d", text)
		}
		n, _ := strconv.Atoi(rest[:digits])
		unit := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}[rest[digits]]
		limit := 100 * 365 * 24 * time.Hour
		if unit == 0 || time.Duration(n) > limit/unit {
			return 0, fmt.Errorf("duration %q: want 90s, 15m, 2h or 1d", text)
		}
		total += time.Duration(n) * unit
		rest = rest[digits+1:]
	}
	if text == "" {
		return 0, fmt.Errorf("duration is empty")
	}
	return Duration(total), nil
}

// Size is a number of bytes written with a unit: 512MiB, 16GiB.
type Size int64

// String writes the size in the form that the file takes.
func (s Size) String() string {
	for shift, unit := range map[int]string{30: "GiB", 20: "MiB"} {
		if s != 0 && s%(1<<shift) == 0 && (shift == 30 || s%(1<<30) != 0) {
			return strconv.FormatInt(int64(s>>shift), 10) + unit
		}
	}
	return strconv.FormatInt(int64(s>>20), 10) + "MiB"
}

// ParseSize reads a Size of at most 1024 GiB.
func ParseSize(text string) (Size, error) {
	number, shift := strings.CutSuffix(text, "GiB")
	bits := 30
	if !shift {
		number, shift = strings.CutSuffix(text, "MiB")
		bits = 20
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if !shift || err != nil || n < 0 || n > 1<<40>>bits {
		return 0, fmt.Errorf("size %q: want 512MiB or 16GiB", text)
	}
	return Size(n << bits), nil
}

// Amount is an amount of money in major units as it is written, in the
// currency of its shop: 2000, "1,234.50", 628.4万, 1.2亿. Empty means not given.
type Amount string

// Fen reads the amount exactly as minor units of c.
func (a Amount) Fen(c market.Currency) (market.Fen, error) { return market.ParseAmount(string(a), c) }

// Date is a calendar date, YYYY-MM-DD. The zero Date is not given.
type Date struct {
	Day market.Day
	Set bool
}

// Zone is a time zone by its IANA name. A Zone that was read has a location.
type Zone struct{ *time.Location }

// MarshalText writes the zone's name.
func (z Zone) MarshalText() ([]byte, error) {
	if z.Location == nil {
		return nil, nil
	}
	return []byte(z.String()), nil
}

var (
	_ slog.LogValuer = Secret("")
	_ fmt.Formatter  = Secret("")
)
