package alert

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Labels are what an alert can be matched and routed by. Labels that do not
// apply to an alert are absent, which reads as empty.
type Labels map[string]string

// Names of labels, in the order in which they are shown.
const (
	LabelShop     = "shop"
	LabelRule     = "rule"
	LabelSeverity = "severity"
	LabelUnit     = "unit"
	LabelSKU      = "sku"
	LabelChannel  = "channel"
	LabelRival    = "rival"
	LabelMember   = "member" // dimension=key, of what no other label names
)

// LabelNames lists every label.
func LabelNames() []string {
	return []string{LabelShop, LabelRule, LabelSeverity, LabelUnit, LabelSKU, LabelChannel, LabelRival, LabelMember}
}

// Labels are the labels of the alert as it now stands.
func (a *Alert) Labels() Labels {
	s := a.First.Subject
	l := Labels{}
	for name, v := range map[string]string{
		LabelShop: string(a.Shop), LabelRule: string(a.Rule), LabelSeverity: string(a.Latest.Severity),
		LabelUnit: string(s.Unit), LabelSKU: string(s.SKU), LabelChannel: string(s.Channel), LabelRival: s.Rival, LabelMember: s.Member,
	} {
		if v != "" {
			l[name] = v
		}
	}
	return l
}

// String writes the labels as matchers that match them.
func (l Labels) String() string {
	var out []string
	for _, name := range LabelNames() {
		if v := l[name]; v != "" {
			out = append(out, Matcher{Name: name, Op: "=", Value: v}.String())
		}
	}
	return strings.Join(out, " ")
}

// Matcher is one condition on a label, in Alertmanager's form: = and != compare,
// =~ and !~ match an anchored RE2 expression.
type Matcher struct {
	Name, Op, Value string
	re              *regexp.Regexp
}

// Matches reports whether the labels meet the condition.
func (m Matcher) Matches(l Labels) bool {
	v := l[m.Name]
	switch m.Op {
	case "=":
		return v == m.Value
	case "!=":
		return v != m.Value
	case "=~":
		return m.re.MatchString(v)
	}
	return !m.re.MatchString(v)
}

// String is the matcher as it is written; ParseMatchers reads it back.
func (m Matcher) String() string {
	if m.Value != "" && m.Value[0] != '~' && strings.IndexFunc(m.Value, func(r rune) bool { return r == '"' || r == '\\' || cuts(r) }) < 0 {
		return m.Name + m.Op + m.Value
	}
	return m.Name + m.Op + `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(m.Value) + `"`
}

// Matchers are conditions that must all be met. Empty matches everything.
type Matchers []Matcher

// Matches reports whether the labels meet every condition.
func (m Matchers) Matches(l Labels) bool {
	return !slices.ContainsFunc(m, func(x Matcher) bool { return !x.Matches(l) })
}

// String is the matchers as they are written.
func (m Matchers) String() string {
	out := make([]string, len(m))
	for i, x := range m {
		out[i] = x.String()
	}
	return strings.Join(out, " ")
}

// MarshalText writes the matchers as text.
func (m Matchers) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText is ParseMatchers.
func (m *Matchers) UnmarshalText(text []byte) (err error) {
	*m, err = ParseMatchers(string(text))
	return err
}

// MatcherError says which matcher cannot be read and why.
type MatcherError struct {
	Text string // the matcher as it was written
	// Why is a word for a message key: operator, label, regexp, quote.
	Why  string
	Near string // a label that was perhaps meant
}

func (e *MatcherError) Error() string { return fmt.Sprintf("matcher %q: bad %s", e.Text, e.Why) }

// cuts reports whether r stands between matchers.
func cuts(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == '，' || r == '{' || r == '}' }

// ParseMatchers reads matchers written one after the other, with blanks or
// commas between them and perhaps braces around them:
//
//	rule=stock_out unit=~"app.*|beauty" severity!=info
//
// The error is a *MatcherError.
func ParseMatchers(text string) (Matchers, error) {
	var out Matchers
	for rest := strings.TrimFunc(text, cuts); rest != ""; rest = strings.TrimLeftFunc(rest, cuts) {
		word, after, err := cutMatcher(rest)
		if err != nil {
			return nil, err
		}
		m, err := parseMatcher(word)
		if err != nil {
			return nil, err
		}
		out, rest = append(out, m), after
	}
	return out, nil
}

// cutMatcher takes one matcher off the front, minding quotes.
func cutMatcher(s string) (word, rest string, err error) {
	quoted, escaped := false, false
	for i, r := range s {
		switch {
		case escaped:
			escaped = false
		case quoted && r == '\\':
			escaped = true
		case r == '"':
			quoted = !quoted
		case !quoted && cuts(r):
			return s[:i], s[i:], nil
		}
	}
	if quoted {
		return "", "", &MatcherError{Text: s, Why: "quote"}
	}
	return s, "", nil
}

func parseMatcher(word string) (Matcher, error) {
	i := strings.IndexAny(word, "=!")
	if i <= 0 {
		return Matcher{}, &MatcherError{Text: word, Why: "operator"}
	}
	m := Matcher{Name: strings.ToLower(word[:i])}
	rest := word[i:]
	for _, op := range []string{"=~", "!~", "!=", "="} {
		if v, ok := strings.CutPrefix(rest, op); ok {
			m.Op, m.Value = op, v
			break
		}
	}
	if m.Op == "" {
		return m, &MatcherError{Text: word, Why: "operator"}
	}
	if !slices.Contains(LabelNames(), m.Name) {
		return m, &MatcherError{Text: word, Why: "label", Near: nearLabel(m.Name)}
	}
	if inner, ok := strings.CutPrefix(m.Value, `"`); ok {
		inner, ok = strings.CutSuffix(inner, `"`)
		if !ok {
			return m, &MatcherError{Text: word, Why: "quote"}
		}
		m.Value = unquote(inner)
	} else if strings.Contains(m.Value, `"`) {
		return m, &MatcherError{Text: word, Why: "quote"}
	}
	return m, m.compile(word)
}

// compile prepares the expression of a matcher that has one.
func (m *Matcher) compile(word string) error {
	if !strings.HasSuffix(m.Op, "~") {
		return nil
	}
	re, err := regexp.Compile("^(?:" + m.Value + ")$")
	if err != nil {
		return &MatcherError{Text: word, Why: "regexp"}
	}
	m.re = re
	return nil
}

func unquote(s string) string {
	var b strings.Builder
	escaped := false
	for _, r := range s {
		if r == '\\' && !escaped {
			escaped = true
			continue
		}
		escaped = false
		b.WriteRune(r)
	}
	return b.String()
}

// nearLabel is the label that begins as the word does.
func nearLabel(word string) string {
	for _, name := range LabelNames() {
		if word != "" && strings.HasPrefix(name, word[:1]) {
			return name
		}
	}
	return LabelRule
}
