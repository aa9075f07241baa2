package source

import (
	"fmt"
	"log/slog"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"shopwatch/internal/market"
)

// Spec declares one source. Only ParseSpecs makes one; the exported fields are
// for those who schedule and describe sources.
type Spec struct {
	ID        string
	Shop      market.ShopID
	Fact      string // name of a market.Table
	Driver    string
	Schedule  string        // cron text, unchecked; "" when the source is only imported
	Freshness time.Duration // older data is called delayed; 0 never
	Window    Window
	Limit     Limit   // shared rate; the zero Limit has none
	MaxReject float64 // share of refused rows above which a pull is not complete

	mapping *mapping
	http    *httpSpec
	file    *fileSpec
	bulk    *bulkSpec
	sql     *sqlSpec
	push    *pushSpec
	secrets []string
	name    string // of the configuration file
	places  map[string]ast.Node
}

// Window says which stretch of time a pull reads.
type Window struct {
	Step     time.Duration // longest stretch of one query; 0 has no bound
	Lag      time.Duration // the newest stretch, which the upstream is still filling
	Lookback time.Duration // read again on each pull
	Backfill time.Duration // how far back the first pull goes
}

// Limit is a named rate shared by sources.
type Limit struct {
	Name  string
	Rate  float64 // a second
	Burst int
	// Header names the header in which answers tell the rate that is allowed
	// now, as calls a second. Left and Reset name those that count the calls
	// left and tell when there are more again: in so many seconds, or at a
	// moment in Unix seconds. All may be empty.
	Header, Left, Reset string
}

// Next is the window of a pull at now when everything up to watermark is known;
// the zero watermark asks for the whole backfill. The result may be Empty.
func (w Window) Next(watermark, now time.Time) market.Window {
	end := now.Add(-w.Lag)
	start := end.Add(-max(w.Backfill, w.Lookback))
	if !watermark.IsZero() {
		start = watermark.Add(-w.Lookback)
	}
	return market.Window{Start: start, End: end}
}

// secret is a text that must not be shown; it prints as [secret].
type secret string

func (secret) String() string               { return "[secret]" }
func (secret) GoString() string             { return "[secret]" }
func (secret) MarshalText() ([]byte, error) { return []byte("[secret]"), nil }
func (secret) LogValue() slog.Value         { return slog.StringValue("[secret]") }

// driver reads its own keys of a declaration and builds its source.
type driver struct {
	name  string
	read  func(o *object, s *Spec)
	build func(s *Spec, d Deps) Source
}

var drivers = []driver{
	{"http", readHTTP, func(s *Spec, d Deps) Source { return newAPI(s, d) }},
	{"file", readFile, func(s *Spec, d Deps) Source { return newFile(s, d) }},
	{"sql", readSQL, func(s *Spec, d Deps) Source { return newSQL(s, d) }},
	{"push", readPush, func(s *Spec, _ Deps) Source { return newPush(s) }},
}

func driverNames() string {
	names := make([]string, len(drivers))
	for i, d := range drivers {
		names[i] = d.name
	}
	return strings.Join(names, ", ")
}

// ParseSpecs reads the keys sources: and limits: of a configuration file and
// leaves its other keys alone. env looks up ${NAME}, which may stand in text
// values only; a nil env leaves the references as they are, which is enough to
// look a file over. The error is Problems: all there are, in the order of the
// file.
// The specs without a problem of their own come back with it.
func ParseSpecs(file string, text []byte, env func(string) (string, bool)) ([]Spec, error) {
	r := &reader{file: file, env: env}
	root := r.parse(text)
	if root == nil {
		return nil, r.problems.err()
	}
	limits := r.limits(root.object("limits"))
	var specs []Spec
	seen := map[string]bool{}
	for i, n := range root.list("sources") {
		before := len(r.problems)
		o := r.object(n, fmt.Sprintf("sources[%d]", i))
		if o == nil {
			continue
		}
		s := readSpec(o, limits)
		if seen[s.ID] {
			o.fail("id", fmt.Sprintf("two sources are called %q", s.ID), "the id names the source's state; give each its own")
		}
		seen[s.ID] = true
		if len(r.problems) == before {
			specs = append(specs, s)
		}
	}
	for i := range specs {
		r.checkFanOut(&specs[i], specs, seen)
		r.checkPicture(&specs[i], specs[:i])
	}
	return specs, r.problems.err()
}

var limitRate = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)/(s|m|h|d)$`)

func (r *reader) limits(o *object) map[string]Limit {
	out := map[string]Limit{}
	if o == nil {
		return out
	}
	for _, name := range o.order {
		l := o.object(name)
		if l == nil {
			continue
		}
		limit := Limit{
			Name: name, Burst: l.int("burst", 1, 1, 10_000),
			Header: l.str("header", ""), Left: l.str("left", ""), Reset: l.str("reset", ""),
		}
		if (limit.Left == "") != (limit.Reset == "") {
			l.fail("left", "the calls left mean nothing without the moment of more, and the other way round", "give left and reset")
		}
		m := limitRate.FindStringSubmatch(l.str("rate", ""))
		if m == nil {
			l.fail("rate", "the rate is missing or not a number of calls per unit of time", "write it like 5/s, 100/m, 1000/h")
		} else if n, err := strconv.ParseFloat(m[1], 64); err == nil && n > 0 {
			limit.Rate = n / spanUnit[m[2]].Seconds()
		} else {
			l.fail("rate", "the rate must be more than 0", "")
		}
		l.close()
		out[name] = limit
	}
	return out
}

var specID = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{0,63}$`)

func readSpec(o *object, limits map[string]Limit) Spec {
	o.underlay(o.str("preset", ""))
	s := Spec{
		ID: o.str("id", ""), Shop: market.ShopID(o.str("shop", "")), Fact: o.str("fact", ""),
		Driver: o.str("driver", ""), Schedule: o.str("schedule", ""), Freshness: o.span("freshness", 0),
		name: o.r.file, places: map[string]ast.Node{"": o.node},
	}
	o.need("id", "shop", "fact", "driver", "fields")
	maps.Copy(s.places, o.vals)
	if s.ID != "" && !specID.MatchString(s.ID) {
		o.fail("id", fmt.Sprintf("%q is not a good id", s.ID), "use up to 64 of a-z 0-9 _ . -, a letter or digit first")
	}
	s.MaxReject = readShare(o, "max_reject", 0.01)
	if name := o.str("limit", ""); name != "" {
		l, ok := limits[name]
		if !ok {
			o.fail("limit", fmt.Sprintf("no limit is called %q", name), "declare it under limits: at the top of the file")
		}
		s.Limit = l
	}
	if s.Fact == Panel {
		readBulk(o, &s)
		o.close()
		return s
	}
	table, ok := market.FindTable(s.Fact)
	if !ok && s.Fact != "" {
		o.fail("fact", fmt.Sprintf("no fact is called %q", s.Fact), didYouMean(s.Fact, append(tableNames(), Panel)))
	}
	at := slices.IndexFunc(drivers, func(d driver) bool { return d.name == s.Driver })
	if at < 0 && s.Driver != "" {
		o.fail("driver", fmt.Sprintf("no driver is called %q", s.Driver), "there are "+driverNames())
	}
	if table == nil || at < 0 {
		return s // the remaining keys mean nothing without these two
	}
	s.mapping = readMapping(o, &s, table)
	drivers[at].read(o, &s)
	checkTable(o, table)
	o.close()
	return s
}

// checkPicture refuses a second source of a picture: each pull would wipe out
// what the other one brought.
func (r *reader) checkPicture(s *Spec, before []Spec) {
	for i := range before {
		o := &before[i]
		if o.Shop == s.Shop && o.Fact == s.Fact && s.mapping.table.Shape == market.State {
			r.fail(s.places["fact"], "sources."+s.ID+".fact", fmt.Sprintf("%s of shop %s is already filled by %s, and a picture of a state replaces the whole one before", s.Fact, s.Shop, o.ID),
				"keep one of the two, or join them in a query")
			return
		}
	}
}

func readShare(o *object, key string, def float64) float64 {
	text := o.str(key, "")
	if text == "" {
		return def
	}
	number, percent := strings.CutSuffix(text, "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if percent {
		v /= 100
	}
	if err != nil || v < 0 || v >= 1 {
		o.fail(key, fmt.Sprintf("%q is not a share of the rows", text), "write it like 1% or 0.01")
		return def
	}
	return v
}

// checkTable compares the optional keys key: and version:, which repeat for the
// reader what the table says, with the table.
func checkTable(o *object, t *market.Table) {
	if o.has("key") {
		key := slices.DeleteFunc(o.strings("key"), func(s string) bool { return s == "shop" })
		if !slices.Equal(key, t.Key) {
			o.fail("key", fmt.Sprintf("rows of %s are told apart by %s, not by %s", t.Name, strings.Join(t.Key, ", "), strings.Join(key, ", ")), "correct the key or leave it out")
		}
	}
	if v := o.str("version", ""); v != "" && v != t.Version {
		o.fail("version", fmt.Sprintf("the newer row of %s is told by %q", t.Name, t.Version), "correct the version or leave it out")
	}
}

func tableNames() []string {
	var names []string
	for _, t := range market.Tables {
		names = append(names, t.Name)
	}
	return names
}

// Table is the fact table that the source fills, nil for a bulk listing.
func (s *Spec) Table() *market.Table {
	if s.mapping == nil {
		return nil
	}
	return s.mapping.table
}

// Problem makes a problem at a key of the declaration, such as "schedule", for
// checks that only others can make. An absent key gives the source's own place.
func (s *Spec) Problem(key, cause, remedy string) Problem {
	n, ok := s.places[key]
	if !ok {
		n = s.places[""]
	}
	r := &reader{file: s.name}
	r.fail(n, "sources."+s.ID+"."+key, cause, remedy)
	return r.problems[0]
}

// CheckShop compares the declaration with its shop and returns what does not
// fit: money in another currency than the shop's.
func (s *Spec) CheckShop(shop *market.Shop) Problems {
	if s.bulk != nil {
		return s.bulk.checkShop(s, shop)
	}
	var out Problems
	for i := range s.mapping.fields {
		f := &s.mapping.fields[i]
		if f.conv.currency != "" && f.conv.currency != shop.Currency {
			r := &reader{file: s.name}
			r.fail(f.place, "sources."+s.ID+".fields."+f.name+".currency",
				fmt.Sprintf("%s is declared, but shop %s keeps its books in %s", f.conv.currency, shop.ID, shop.Currency),
				"amounts of different currencies are never added: give the shop or the field the right currency")
			out = append(out, r.problems...)
		}
	}
	return out
}
