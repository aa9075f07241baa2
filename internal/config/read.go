package config

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"shopwatch/internal/market"
)

// fault is a problem that does not know its place yet.
type fault struct {
	code Code
	args map[string]string
}

func bad(code Code, args ...string) *fault {
	f := &fault{code: code, args: map[string]string{}}
	for i := 0; i+1 < len(args); i += 2 {
		f.args[args[i]] = args[i+1]
	}
	return f
}

// readText reads a text as a value of type t. The fault names no value; the
// caller adds it as it stands in the file.
func readText(t reflect.Type, text string) (reflect.Value, *fault) {
	switch t {
	case reflect.TypeFor[Duration]():
		return readDuration(text)
	case reflect.TypeFor[Size]():
		size, err := ParseSize(text)
		if err != nil {
			return reflect.Value{}, bad("size")
		}
		return reflect.ValueOf(size), nil
	case reflect.TypeFor[Zone]():
		loc, err := time.LoadLocation(text)
		if err != nil || text == "" || text == "Local" {
			return reflect.Value{}, bad("zone")
		}
		return reflect.ValueOf(Zone{loc}), nil
	case reflect.TypeFor[Date]():
		day, err := market.ParseDay(text)
		if err != nil {
			return reflect.Value{}, bad("date")
		}
		return reflect.ValueOf(Date{Day: day, Set: true}), nil
	}
	return readBasic(t, text)
}

func readDuration(text string) (reflect.Value, *fault) {
	d, err := ParseDuration(text)
	switch {
	case err == nil:
		return reflect.ValueOf(d), nil
	case text != "" && strings.Trim(text, "0123456789.") == "":
		return reflect.Value{}, bad("duration_unit")
	}
	return reflect.Value{}, bad("duration")
}

func readBasic(t reflect.Type, text string) (reflect.Value, *fault) {
	v := reflect.New(t).Elem()
	switch t.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		if text != "true" && text != "false" {
			return v, bad("want_switch")
		}
		v.SetBool(text == "true")
	case reflect.Int:
		n, err := strconv.Atoi(text)
		if err != nil || n != 0 && strings.HasPrefix(strings.TrimLeft(text, "+-"), "0") {
			return v, bad("want_whole")
		}
		v.SetInt(int64(n))
	case reflect.Float64:
		if share, ok := strings.CutSuffix(text, "%"); ok {
			return v, percent(strings.TrimSpace(share))
		}
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || strings.ContainsAny(text, "xXpPnNiI_") {
			return v, bad("want_number")
		}
		v.SetFloat(f)
	}
	return v, nil
}

// percent answers "35%" with the share to write instead.
func percent(number string) *fault {
	f, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return bad("want_number")
	}
	return bad("percent", "share", strconv.FormatFloat(f/100, 'g', 6, 64))
}

// limits checks the rule of a key on a value that was read.
func (f *field) limits(v reflect.Value) *fault {
	switch {
	case v.Kind() == reflect.String && len(f.one) > 0:
		return oneOf(v.String(), f.one)
	case v.Kind() == reflect.String && f.id && !isID(v.String()):
		return bad("id")
	case v.Kind() == reflect.String && f.cron:
		return checkCron(v.String())
	case f.bounded && v.CanInt() && (float64(v.Int()) < f.min || float64(v.Int()) > f.max),
		f.bounded && v.CanFloat() && (v.Float() < f.min || v.Float() > f.max):
		return bad("range", "min", strconv.FormatFloat(f.min, 'g', -1, 64), "max", strconv.FormatFloat(f.max, 'g', -1, 64))
	}
	return nil
}

func oneOf(got string, accepted []string) *fault {
	if slices.Contains(accepted, got) {
		return nil
	}
	if near, ok := nearest(strings.ToLower(got), accepted); ok {
		return bad("one_of_near", "near", near, "known", strings.Join(accepted, ", "))
	}
	return bad("one_of", "known", strings.Join(accepted, ", "))
}

// isID allows what is safe in keys, file names and buttons.
func isID(s string) bool {
	const safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
	return s != "" && len(s) <= 64 && strings.Trim(s, safe) == ""
}
