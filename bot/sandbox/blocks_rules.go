package sandbox

import (
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// checker collects what is wrong with blocks and counts what is limited over
// a whole message.
type checker struct {
	surface  Surface
	known    map[string]rule // blocks of the surface
	problems []Problem
	ids      map[string]bool // block ids seen
	markdown int             // characters
	tables   int
	cells    int // characters over the cells of the table at hand
}

func newChecker(surface Surface) *checker {
	known := blockRules()
	if surface == Message {
		delete(known, "input")
	} else {
		delete(known, "markdown")
		delete(known, "table")
	}
	return &checker{surface: surface, known: known, ids: map[string]bool{}}
}

func (c *checker) bad(at, format string, args ...any) {
	c.problems = append(c.problems, Problem{Pointer: at, Reason: fmt.Sprintf(format, args...)})
}

// rule tests one value at a pointer.
type rule func(c *checker, at string, v any)

// prop is a field of an object.
type prop struct {
	needed bool
	is     rule
}

// spec is the fields of an object; the entry "" tests the object as a whole.
type spec map[string]prop

func need(r rule) prop { return prop{needed: true, is: r} }
func may(r rule) prop  { return prop{is: r} }

// fields accepts an object with these fields and no other.
func fields(s spec) rule {
	return func(c *checker, at string, v any) {
		o, ok := v.(object)
		if !ok {
			c.bad(at, "must provide an object")
			return
		}
		for _, key := range slices.Sorted(maps.Keys(o)) {
			p, known := s[key]
			switch {
			case !known || key == "":
				c.bad(at, "invalid additional property: %s", key)
			default:
				p.is(c, at+"/"+key, o[key])
			}
		}
		for _, key := range slices.Sorted(maps.Keys(s)) {
			if key == "" {
				continue
			}
			if _, there := o[key]; s[key].needed && !there {
				c.bad(at, "missing required field: %s", key)
			}
		}
		if whole, ok := s[""]; ok {
			whole.is(c, at, v)
		}
	}
}

// byType picks the rule of an object by its type field.
func byType(rules map[string]rule) rule {
	return func(c *checker, at string, v any) {
		o, ok := v.(object)
		if !ok {
			c.bad(at, "must provide an object")
			return
		}
		kind := str(o, "type")
		r, known := rules[kind]
		switch {
		case kind == "":
			c.bad(at, "missing required field: type")
		case !known:
			c.bad(at+"/type", "unsupported type: %s", kind)
		default:
			r(c, at, v)
		}
	}
}

func all(rules ...rule) rule {
	return func(c *checker, at string, v any) {
		for _, r := range rules {
			r(c, at, v)
		}
	}
}

// text accepts a string of least..most code points.
func text(least, most int) rule {
	return func(c *checker, at string, v any) {
		s, ok := v.(string)
		if !ok {
			c.bad(at, "must provide a string")
			return
		}
		switch n := utf8.RuneCountInString(s); {
		case n < least:
			c.bad(at, "must be more than %d characters", least-1)
		case n > most:
			c.bad(at, "must be less than %d characters", most+1)
		}
	}
}

func among(values ...string) rule {
	return func(c *checker, at string, v any) {
		if s, ok := v.(string); !ok || !slices.Contains(values, s) {
			c.bad(at, "must be a valid enum value")
		}
	}
}

func boolean(c *checker, at string, v any) {
	if _, ok := v.(bool); !ok {
		c.bad(at, "must provide a boolean")
	}
}

func number(least, most float64) rule {
	return func(c *checker, at string, v any) {
		n, ok := v.(float64)
		if !ok || n != math.Trunc(n) || n < least || n > most {
			c.bad(at, "must be an integer between %.0f and %.0f", least, most)
		}
	}
}

// webLink accepts an absolute web address of at most 3,000 characters.
func webLink(c *checker, at string, v any) {
	text(1, 3000)(c, at, v)
	s, _ := v.(string)
	u, err := url.Parse(s)
	if s != "" && (err != nil || u.Host == "" && u.Scheme != "mailto" || u.Scheme == "") {
		c.bad(at, "must be a valid URL")
	}
}

// each accepts a list of least..most items.
func each(least, most int, item rule) rule {
	return func(c *checker, at string, v any) {
		list, ok := v.([]any)
		if !ok {
			c.bad(at, "must provide an array")
			return
		}
		if len(list) < least {
			c.bad(at, "no less than %d items allowed", least)
		}
		if len(list) > most {
			c.bad(at, "no more than %d items allowed", most)
		}
		for i, e := range list {
			item(c, fmt.Sprintf("%s/%d", at, i), e)
		}
	}
}

// plain accepts a plain_text object, words also a mrkdwn one.
func plain(least, most int) rule {
	rules := textRules(least, most)
	delete(rules, "mrkdwn")
	return byType(rules)
}

func words(least, most int) rule { return byType(textRules(least, most)) }

func textRules(least, most int) map[string]rule {
	return map[string]rule{
		"plain_text": fields(spec{"type": need(text(1, 10)), "text": need(text(least, most)), "emoji": may(boolean)}),
		"mrkdwn":     fields(spec{"type": need(text(1, 10)), "text": need(text(least, most)), "verbatim": may(boolean)}),
	}
}

// oneOf wants at least one of the fields, exactlyOne wants one and no more.
func oneOf(keys ...string) rule {
	return countOf(keys, func(n int) bool { return n >= 1 }, "must define either %s")
}

func exactlyOne(keys ...string) rule {
	return countOf(keys, func(n int) bool { return n == 1 }, "must define exactly one of %s")
}

func countOf(keys []string, fine func(int) bool, reason string) rule {
	return func(c *checker, at string, v any) {
		o, _ := v.(object)
		n := 0
		for _, k := range keys {
			if _, there := o[k]; there {
				n++
			}
		}
		if !fine(n) {
			c.bad(at, reason, "`"+joinOr(keys)+"`")
		}
	}
}

func joinOr(keys []string) string {
	var s strings.Builder
	s.WriteString(keys[0])
	for _, k := range keys[1:] {
		s.WriteString("` or `" + k)
	}
	return s.String()
}
