package alert

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shopwatch/internal/market"
)

func TestMatchers(t *testing.T) {
	l := Labels{LabelRule: "stock_out", LabelUnit: "apparel", LabelSKU: "A 1,x", LabelSeverity: "critical"}
	for text, want := range map[string]bool{
		"":               true,
		"rule=stock_out": true,
		"rule=stock":     false,
		`{rule="stock_out", unit=~"app.*|beauty"}`: true,
		"unit=~app":                   false, // anchored
		"unit!~app.*":                 false,
		"severity!=info":              true,
		"rival=":                      true, // absent reads as empty
		"rival!=":                     false,
		`sku="A 1,x"`:                 true,
		"rule=stock_out，unit=apparel": true,
		"RULE=stock_out":              true,
		"rule=~.+ rule!=stock_out":    false,
	} {
		m, err := ParseMatchers(text)
		if err != nil || m.Matches(l) != want {
			t.Errorf("%q: %v, %v, want %v", text, m.Matches(l), err, want)
		}
	}
	for text, why := range map[string]string{
		"stock_out": "operator", "=x": "operator", "rule!x": "operator", "rul=x": "label", "rule=~(": "regexp",
		`rule="x`: "quote", `rule=x"y`: "quote", `rule="x"y`: "quote", "rule=x and unit=y": "operator",
	} {
		_, err := ParseMatchers(text)
		var bad *MatcherError
		if !errors.As(err, &bad) || bad.Why != why {
			t.Errorf("%q: %v, want %s", text, err, why)
		}
	}
}

// What is written is read back as the same.
func TestMatchersRoundTrip(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var m Matchers
		for range rapid.IntRange(0, 4).Draw(rt, "n") {
			m = append(m, Matcher{
				Name: rapid.SampledFrom(LabelNames()).Draw(rt, "name"), Op: rapid.SampledFrom([]string{"=", "!="}).Draw(rt, "op"),
				Value: rapid.String().Draw(rt, "value"),
			})
		}
		got, err := ParseMatchers(m.String())
		if err != nil || got.String() != m.String() || len(got) != len(m) {
			rt.Fatalf("%q came back as %q, %v", m, got, err)
		}
		for i := range m {
			if got[i].Value != m[i].Value {
				rt.Fatalf("value %q came back as %q", m[i].Value, got[i].Value)
			}
		}
	})
}

func FuzzMatchers(f *testing.F) {
	for _, s := range []string{"rule=stock_out", `unit=~"a|b",sku!="x\"y"`, "{}", `"`, `\`, "rule=~[", "，rule=甲"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := ParseMatchers(s)
		if err != nil {
			return
		}
		m.Matches(Labels{LabelRule: s})
		if again, err := ParseMatchers(m.String()); err != nil || again.String() != m.String() {
			t.Errorf("%q is written as %q and read as %q, %v", s, m, again, err)
		}
	})
}

func TestIntervals(t *testing.T) {
	shop := &market.Shop{Zone: time.FixedZone("CST", 8*3600), Calendar: market.Calendar{
		Holidays: []market.Day{market.DateOf(2026, 10, 1)}, Makeup: []market.Day{market.DateOf(2026, 9, 20)}, // a Thursday off, a Sunday worked
	}}
	at := func(s string) time.Time {
		x, err := time.ParseInLocation("2006-01-02 15:04", s, shop.Zone)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for _, c := range []struct {
		text, at string
		holds    bool
		end      string
	}{
		{"daily 22:00-08:00", "2026-11-22 21:59", false, ""},
		{"daily 22:00-08:00", "2026-11-22 22:00", true, "2026-11-23 08:00"},
		{"每天 22:00-08:00", "2026-11-23 07:59", true, "2026-11-23 08:00"},
		{"daily 22:00-08:00", "2026-11-23 08:00", false, ""},
		{"workdays 09:00-18:00", "2026-09-20 10:00", true, "2026-09-20 18:00"}, // 调休
		{"workdays 09:00-18:00", "2026-10-01 10:00", false, ""},
		{"restdays", "2026-10-01 10:00", true, "2026-10-02 00:00"},
		{"weekends", "2026-09-20 10:00", true, "2026-09-21 00:00"},
		{"周末", "2026-11-21 00:00", true, "2026-11-23 00:00"},
		{"fri-mon 20:00-06:00", "2026-11-24 05:00", true, "2026-11-24 06:00"}, // Monday's night
		{"fri-mon 20:00-06:00", "2026-11-24 21:00", false, ""},
		{"sat,sun", "2026-11-22 12:00", true, "2026-11-23 00:00"},
		{"周一-周五 00:00-06:00", "2026-11-23 05:59", true, "2026-11-23 06:00"},
		{"daily", "2026-11-22 12:00", true, "2027-01-01 12:01"}, // never ends: forty days
	} {
		v, err := ParseInterval(c.text)
		if err != nil || v.Holds(shop, at(c.at)) != c.holds {
			t.Errorf("%q at %s: %v, %v", c.text, c.at, v.Holds(shop, at(c.at)), err)
			continue
		}
		if c.holds && !v.End(shop, at(c.at)).Equal(at(c.end)) {
			t.Errorf("%q at %s ends %s, want %s", c.text, c.at, v.End(shop, at(c.at)).Format(time.DateTime), c.end)
		}
	}
	for _, text := range []string{"", "night", "daily 22-08", "daily 25:00-08:00", "daily 08:00-08:00", "daily 24:00-08:00", "mon-", "daily 22:00-08:00 x", "daily 1e:00-08:00"} {
		if v, err := ParseInterval(text); err == nil {
			t.Errorf("%q is taken as %v", text, v)
		}
	}
}

func FuzzInterval(f *testing.F) {
	for _, s := range []string{"daily 22:00-08:00", "mon-fri", "周一,周三 9:00-10:00", "-", "sat-sat 00:00-24:00"} {
		f.Add(s, int64(1790000000))
	}
	shop := &market.Shop{Zone: time.FixedZone("CST", 8*3600)}
	f.Fuzz(func(t *testing.T, s string, unix int64) {
		v, err := ParseInterval(s)
		if err != nil {
			return
		}
		now := time.Unix(unix%4e9, 0)
		if end := v.End(shop, now); end.Before(now) || v.Holds(shop, now) && !end.After(now) || end.Sub(now) < reach && v.Holds(shop, end) {
			t.Errorf("%q at %s ends %s", s, now, end)
		}
	})
}

func TestSilencePreview(t *testing.T) {
	m, err := ParseMatchers("rule=stock_out")
	if err != nil {
		t.Fatal(err)
	}
	a := func(ago time.Duration, state State) Alert {
		return Alert{Rule: "stock_out", FiredAt: began.Add(-ago), State: state}
	}
	list := []Alert{a(time.Hour, Firing), a(8*24*time.Hour, Acknowledged), a(24*time.Hour, Resolved), a(8*24*time.Hour, Resolved), {Rule: "stock_out", State: Pending}, {Rule: "gmv_drop", FiredAt: began, State: Firing}}
	if got := PreviewOf(m, list, began); got.Now != 2 || got.Week != 2 {
		t.Errorf("preview %+v, want 2 now and 2 in the week", got)
	}
}
