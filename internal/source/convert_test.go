package source

import (
	"context"
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shopwatch/internal/market"
)

func moneyIn(c market.Currency, unit string) converter {
	m := converter{typ: "money", kind: market.Money, currency: c}
	if unit == "major" {
		m.exponent = c.Exponent()
	}
	return m
}

func TestMoney(t *testing.T) {
	for _, c := range []struct {
		currency market.Currency
		unit     string
		in       value
		want     int64
		state    string // known, unknown, refused
	}{
		{"CNY", "major", value{isText, "1.15"}, 115, "known"},
		{"CNY", "major", value{isNumber, "4.35"}, 435, "known"},
		{"CNY", "major", value{isText, "12"}, 1200, "known"},
		{"CNY", "major", value{isText, "12.5"}, 1250, "known"},
		{"CNY", "major", value{isText, "12.500"}, 1250, "known"},
		{"CNY", "minor", value{isNumber, "1250"}, 1250, "known"},
		{"CNY", "minor", value{isNumber, "12.5"}, 0, "refused"},
		{"CNY", "major", value{isText, "1,234,567.89"}, 123456789, "known"},
		{"CNY", "major", value{isText, "1，234.5"}, 123450, "known"},
		{"CNY", "major", value{isText, "1,23"}, 0, "refused"},
		{"CNY", "major", value{isText, ",123"}, 0, "refused"},
		{"CNY", "major", value{isText, "¥ 12.00"}, 1200, "known"},
		{"CNY", "major", value{isText, "￥-12.00"}, -1200, "known"},
		{"CNY", "major", value{isText, "-¥12"}, -1200, "known"},
		{"CNY", "major", value{isText, "12元"}, 1200, "known"},
		{"CNY", "major", value{isText, "£12"}, 0, "refused"},
		{"GBP", "major", value{isText, "£0.85"}, 85, "known"},
		{"JPY", "major", value{isText, "1200"}, 1200, "known"},
		{"JPY", "major", value{isText, "1200.5"}, 0, "refused"},
		{"CNY", "major", value{isText, "0.001"}, 0, "refused"},
		{"CNY", "major", value{isNumber, "1.0E7"}, 1000000000, "known"},
		{"CNY", "major", value{isNumber, "0"}, 0, "known"},
		{"CNY", "major", value{isFloat, "1.15"}, 0, "refused"},
		{"CNY", "major", value{isBool, "true"}, 0, "refused"},
		{"CNY", "major", value{form: isCompound}, 0, "refused"},
		{"CNY", "major", value{}, 0, "unknown"},
		{"CNY", "major", value{isText, ""}, 0, "unknown"},
		{"CNY", "major", value{isText, " -- "}, 0, "unknown"},
		{"CNY", "major", value{isText, "-"}, 0, "unknown"},
		{"CNY", "major", value{isText, "Nil"}, 0, "unknown"},
		{"CNY", "major", value{isText, "N/A"}, 0, "unknown"},
		{"CNY", "major", value{isText, "12%"}, 0, "refused"},
		{"CNY", "major", value{isText, "--5"}, 0, "refused"},
		{"CNY", "major", value{isText, "1.2.3"}, 0, "refused"},
		{"CNY", "major", value{isText, "."}, 0, "refused"},
		{"CNY", "major", value{isText, "99999999999999999999"}, 0, "refused"},
	} {
		m := moneyIn(c.currency, c.unit)
		got, err := m.convert(c.in, value{})
		state := "known"
		switch {
		case err != nil:
			state = "refused"
		case !got.known:
			state = "unknown"
		}
		if state != c.state || got.n != c.want {
			t.Errorf("%s %s %q: %d %s %v, want %d %s", c.currency, c.unit, c.in.s, got.n, state, err, c.want, c.state)
		}
	}
}

func TestMoneyTimes(t *testing.T) {
	m := moneyIn("GBP", "major")
	m.times, m.round = &expr{}, true
	for _, c := range []struct {
		price, count string
		want         int64
	}{{"0.85", "6", 510}, {"0.001", "1", 0}, {"0.001", "5", 0}, {"0.001", "15", 2}, {"0.001", "-15", -2}, {"0.125", "1", 12}, {"0.135", "1", 14}, {"4.95", "-3", -1485}, {"0.333", "3", 100}} {
		got, err := m.convert(value{isText, c.price}, value{isText, c.count})
		if err != nil || got.n != c.want {
			t.Errorf("%s x %s: %d %v, want %d", c.price, c.count, got.n, err, c.want)
		}
	}
	if got, err := m.convert(value{isText, "1"}, value{isText, "--"}); err != nil || got.known {
		t.Errorf("an unknown count made %v %v", got, err)
	}
}

func TestOtherConverters(t *testing.T) {
	shanghai := zone(t, "Asia/Shanghai")
	london := zone(t, "Europe/London")
	clock := converter{typ: "time", kind: market.Time, formats: []string{"2006-01-02 15:04:05"}, zone: shanghai}
	day := converter{typ: "date", kind: market.Date, formats: []string{"2006-01-02", "2006/1/2"}, zone: time.UTC, excel: true}
	count := converter{typ: "int", kind: market.Int, zhUnits: true}
	id := converter{typ: "id", kind: market.Text}
	whole := converter{typ: "id", kind: market.Text, whole: true}
	flag := converter{typ: "bool", kind: market.Bool}
	at := func(s string) int64 {
		x, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return x.UnixMilli()
	}
	date := func(s string) int64 {
		d, err := market.ParseDay(s)
		if err != nil {
			t.Fatal(err)
		}
		return int64(d)
	}
	unix := converter{typ: "time", kind: market.Time, formats: []string{"unix_ms"}, zone: time.UTC}
	foreign := converter{typ: "time", kind: market.Time, formats: []string{"2006-01-02 15:04"}, zone: london}
	for _, c := range []struct {
		name string
		conv converter
		in   value
		n    int64
		s    string
		fate string // "" known, else unknown or refused
	}{
		{"GMT+8", clock, value{isText, "2026-11-22 08:00:00"}, at("2026-11-22T00:00:00Z"), "", ""},
		{"month end", clock, value{isText, "2026-02-29 08:00:00"}, 0, "", "refused"},
		{"zero date", clock, value{isText, "0000-00-00 00:00:00"}, 0, "", "refused"},
		{"no time", clock, value{isText, ""}, 0, "", "unknown"},
		{"summer time", foreign, value{isText, "2011-09-15 12:00"}, at("2011-09-15T11:00:00Z"), "", ""},
		{"winter time", foreign, value{isText, "2011-11-15 12:00"}, at("2011-11-15T12:00:00Z"), "", ""},
		{"milliseconds", unix, value{isNumber, "1795305600000"}, 1795305600000, "", ""},
		{"seconds read as milliseconds", unix, value{isNumber, "1795305600"}, 0, "", "refused"},
		{"not yet", unix, value{isNumber, "0"}, 0, "", "unknown"},
		{"short date", day, value{isText, "2026/11/5"}, date("2026-11-05"), "", ""},
		{"spreadsheet date", day, value{isNumber, "45966"}, date("2025-11-05"), "", ""},
		{"wan", count, value{isText, "1.2万"}, 12000, "", ""},
		{"yi", count, value{isText, "3亿"}, 300000000, "", ""},
		{"at least", count, value{isText, "2万+"}, 20000, "", ""},
		{"fraction of a wan", count, value{isText, "1.23456万"}, 0, "", "refused"},
		{"float count", count, value{isFloat, "12"}, 12, "", ""},
		{"half a piece", count, value{isNumber, "1.5"}, 0, "", "refused"},
		{"19 digits", id, value{isNumber, "1234567890123456789"}, 0, "1234567890123456789", ""},
		{"lost digits", id, value{isNumber, "1.2345678901234568e18"}, 0, "", "refused"},
		{"spreadsheet id", id, value{isText, "3.45679E+18"}, 0, "", "refused"},
		{"float id", id, value{isText, "13509.0"}, 0, "", "refused"},
		{"whole id", whole, value{isText, "13509.0"}, 0, "13509", ""},
		{"whole id with a fraction", whole, value{isText, "13509.5"}, 0, "", "refused"},
		{"code with an e", id, value{isText, "12E5"}, 0, "12E5", ""},
		{"jq float", id, value{isFloat, "1e+18"}, 0, "", "refused"},
		{"yes", flag, value{isText, "是"}, 1, "", ""},
		{"false", flag, value{isBool, "false"}, 0, "", ""},
		{"perhaps", flag, value{isText, "maybe"}, 0, "", "refused"},
	} {
		got, err := c.conv.convert(c.in, value{})
		fate := ""
		switch {
		case err != nil:
			fate = "refused"
		case !got.known:
			fate = "unknown"
		}
		if fate != c.fate || fate == "" && (got.n != c.n || got.s != c.s) {
			t.Errorf("%s: %+v %q %v", c.name, got, fate, err)
		}
	}
}

// The parts of an order's payment add up to it, whatever the weights are, and
// no line is further than one fen from its exact part.
func TestShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64Range(0, 1e12).Draw(t, "total")
		weights := rapid.SliceOfN(rapid.Int64Range(0, maxWeight), 1, 30).Draw(t, "weights")
		parts := share(total, weights)
		sum, all := int64(0), new(big.Int)
		for i, p := range parts {
			sum += p
			all.Add(all, big.NewInt(weights[i]))
		}
		if sum != total {
			t.Fatalf("%v add up to %d, want %d", parts, sum, total)
		}
		if all.Sign() == 0 {
			if slices.Max(parts)-slices.Min(parts) > 1 {
				t.Fatalf("equal shares are %v", parts)
			}
			return
		}
		for i, p := range parts {
			exact := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(total), big.NewInt(weights[i])), all)
			off := new(big.Rat).Sub(new(big.Rat).SetInt64(p), exact)
			if off.Abs(off).Cmp(big.NewRat(1, 1)) >= 0 {
				t.Fatalf("line %d gets %d, exactly %s", i, p, exact.FloatString(3))
			}
		}
	})
	if got := share(100, []int64{1, 1, 1}); !slices.Equal(got, []int64{34, 33, 33}) {
		t.Error(got)
	}
	if got := share(5, []int64{0, 0, 0}); !slices.Equal(got, []int64{2, 2, 1}) {
		t.Error(got)
	}
}

// FuzzMoney: money agrees with exact arithmetic on what it takes, and with the
// parser of the market package.
func FuzzMoney(f *testing.F) {
	for _, s := range []string{"1.15", "4.35", "1,234.50", "¥12", "12元", "--", "Nil", "1e3", "-0.01", "1,23", "999999999999999999", "0.001", "１２", "1e-2", "+5", "- 5", "¥¥5"} {
		f.Add(s)
	}
	c := moneyIn("CNY", "major")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := c.convert(value{isText, s}, value{})
		if err != nil || !got.known {
			return
		}
		clean := strings.NewReplacer(",", "", "，", "", "¥", "", "￥", "", "元", "", "−", "-").Replace(strings.Join(strings.Fields(s), ""))
		want, ok := new(big.Rat).SetString(clean)
		if !ok {
			t.Fatalf("%q was read as %d", s, got.n)
		}
		if want.Mul(want, big.NewRat(100, 1)); want.Cmp(new(big.Rat).SetInt64(got.n)) != 0 {
			t.Fatalf("%q was read as %d, exactly %s", s, got.n, want)
		}
		if m, err := market.ParseFen(s, "CNY"); err == nil && int64(m) != got.n {
			t.Fatalf("%q is %d here and %d in market", s, got.n, m)
		}
	})
}

// FuzzMoment: a time that is taken prints back to an equal time.
func FuzzMoment(f *testing.F) {
	for _, s := range []string{"2026-11-22 08:00:00", "2026/11/5", "45966.5", "1795305600000", "0", "0000-00-00", "2026-02-30", "1e9"} {
		f.Add(s)
	}
	conv := converter{typ: "time", kind: market.Time, formats: []string{time.DateTime, "2006/1/2", "unix_ms"}, zone: time.FixedZone("", 8*3600), excel: true}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := conv.convert(value{isText, s}, value{})
		if err != nil || !got.known {
			return
		}
		at := time.UnixMilli(got.n)
		if y := at.Year(); y < firstYear-1 || y > lastYear+1 {
			t.Fatalf("%q is %s", s, at)
		}
		again, err := conv.convert(value{isText, at.In(conv.zone).Format(time.DateTime)}, value{})
		if err != nil || again.n/1000 != got.n/1000 {
			t.Fatalf("%q is %s, and back %v %v", s, at, again, err)
		}
	})
}

// FuzzID: an id is taken as it stands or refused.
func FuzzID(f *testing.F) {
	for _, s := range []string{"1234567890123456789", "13509.0", "3.4E+18", "A-1", "12E5", "0012", " 7 ", "1.0.0", ".5"} {
		f.Add(s)
	}
	conv := converter{typ: "id", kind: market.Text, whole: true}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := conv.convert(value{isText, s}, value{})
		if err != nil || !got.known {
			return
		}
		trimmed := strings.TrimSpace(s)
		if got.s != trimmed && !strings.HasPrefix(trimmed, got.s+".0") {
			t.Fatalf("%q became %q", s, got.s)
		}
	})
}

// FuzzPath: a plain path gives what jq gives, on any document.
func FuzzPath(f *testing.F) {
	for _, path := range []string{".a", ".a.b", ".t.tid", ".t", ".t.orders", ".", "(.a | nz) // .b", ".a // .t.b // .c"} {
		for _, doc := range []string{`{"a":{"b":1234567890123456789},"b":"x","t":3}`, `{"a":"","b":2}`, `{"a":[1]}`, `{"a":false,"b":null}`, `null`, `{"a":1.10}`} {
			f.Add(path, doc, `{"tid":7,"orders":[1],"b":"y"}`)
		}
	}
	f.Fuzz(func(t *testing.T, src, doc, parent string) {
		r := &reader{}
		e := r.compile(nil, "", src)
		if e.alts == nil {
			return
		}
		child, err1 := decodeJSON(doc)
		over, err2 := decodeJSON(parent)
		if err1 != nil || err2 != nil {
			return
		}
		same(t, e, &record{child: child}, src, doc)
		_, isObject := child.(map[string]any)
		_, overObject := over.(map[string]any)
		if (isObject || child == nil) && overObject {
			same(t, e, &record{child: child, parent: over, name: "t", hidden: "orders"}, src, doc+parent)
		}
	})
}

func same(t *testing.T, e expr, rec *record, src, doc string) {
	t.Helper()
	fast, errFast := e.eval(context.Background(), rec)
	slow := expr{prog: e.prog}
	jq, errSlow := slow.eval(context.Background(), rec)
	if (errFast != nil) != (errSlow != nil) || fast != jq {
		t.Fatalf("%s on %s: %v %v, jq says %v %v", src, doc, fast, errFast, jq, errSlow)
	}
}

// FuzzRecords: the usual forms of records give the same records without jq.
func FuzzRecords(f *testing.F) {
	for _, src := range []string{
		`.r.trades | rows | . as $t | .orders | rows | . + {t: ($t | del(.orders))}`, `.r.trades | rows | . as $x | .orders | rows | . + {p: $x}`,
		`.items[]`, `.items | rows`, `. | rows`, `.[]`,
	} {
		for _, doc := range []string{
			`{"r":{"trades":{"trade":[{"tid":1,"orders":{"order":[{"oid":2,"t":9},null]}},{"tid":3}]}}}`, `{"items":[1,{"a":2}]}`, `{"items":{"z":[1],"a":[2,3],"n":4}}`,
			`{}`, `[{"a":1}]`, `{"r":{"trades":[{"orders":[]}]}}`, `{"items":"x"}`, `{"r":{"trades":[{"orders":[5]}]}}`, `null`, `{"r":{"trades":[[]]}}`,
		} {
			f.Add(src, doc)
		}
	}
	f.Fuzz(func(t *testing.T, src, doc string) {
		r := &reader{}
		p := r.program(nil, "", src)
		if p == nil {
			return
		}
		l, fast := layoutOf(p.tree)
		v, err := decodeJSON(doc)
		if !fast || err != nil {
			return
		}
		gather := func(rs *records) ([]string, error) {
			var out []string
			_, err := rs.each(context.Background(), v, func(rec *record) error {
				b, err := json.Marshal(rec.whole())
				out = append(out, string(b))
				return err
			})
			return out, err
		}
		quick, errQuick := gather(&records{prog: p, layout: l, fast: true})
		slow, errSlow := gather(&records{prog: p})
		if (errQuick != nil) != (errSlow != nil) || errSlow == nil && !slices.Equal(quick, slow) {
			t.Fatalf("%s on %s: %q %v, jq says %q %v", src, doc, quick, errQuick, slow, errSlow)
		}
	})
}

// FuzzJSON: what is taken equals what encoding/json reads.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{
		`{"a":[1,2.50,1e9,-0,true,false,null,"\u4f60\ud83d\ude00\ud800x\n\/"]}`, `{"a":1,"a":2}`, "\"a\tb\"", `[1,]`, `{"a":}`, `01`, `1.`, `-`, ` [ ] `, "\ufeff{}", `"\x"`, `nul`, `[[[[`, "\"\x00\"",
		strings.Repeat("[", 100), `{"a" :{"b": [ ] } , "c":""}`, "\xff",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := decodeJSON(s)
		if err != nil {
			return
		}
		// Raw control characters are our addition.
		escaped := strings.NewReplacer("\t", " ", "\r", " ", "\n", " ").Replace(strings.TrimPrefix(s, "\ufeff"))
		if strings.IndexFunc(escaped, func(r rune) bool { return r < ' ' }) >= 0 || escaped != strings.TrimPrefix(s, "\ufeff") {
			return
		}
		d := json.NewDecoder(strings.NewReader(escaped))
		d.UseNumber()
		var want any
		if err := d.Decode(&want); err != nil {
			t.Fatalf("%q was taken, encoding/json says %v", s, err)
		}
		a, _ := json.Marshal(got)
		b, _ := json.Marshal(want)
		if string(a) != string(b) {
			t.Fatalf("%q: %s, want %s", s, a, b)
		}
	})
}
