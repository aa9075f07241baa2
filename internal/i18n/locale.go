package i18n

import (
	"fmt"
	"strings"
	"sync/atomic"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
)

const (
	zhTag = "zh-CN"
	enTag = "en"
)

// Locale writes texts and numbers in one language. It is safe for concurrent
// use; get one from For, Zh or En.
type Locale struct {
	tag    string
	words  *goi18n.Localizer
	faults atomic.Int64
}

// For is the locale that serves a language tag: Chinese in any spelling
// ("zh", "zh_TW", "zh-Hans-CN") is zh-CN, everything else, also "", is en.
func For(tag string) *Locale {
	primary, _, _ := strings.Cut(strings.ReplaceAll(tag, "_", "-"), "-")
	if strings.EqualFold(primary, "zh") {
		return Zh()
	}
	return En()
}

// Zh is simplified Chinese.
func Zh() *Locale { t, _ := builtin(); return t.zh }

// En is English.
func En() *Locale { t, _ := builtin(); return t.en }

// Tag is "zh-CN" or "en".
func (l *Locale) Tag() string { return l.tag }

func (l *Locale) chinese() bool { return l.tag == zhTag }

// T is the text of key. args are name, value pairs for the placeholders of the
// text: T("card.gmv.title", "shop", name) fills {{.shop}}. Numbers and dates
// are passed already written (l.Count(n), l.Date(t)). A fault gives «key».
func (l *Locale) T(key string, args ...any) string {
	values, ok := pairs(args)
	if !ok {
		return l.fault(key)
	}
	text, err := l.words.Localize(l.request(key, values))
	if err != nil {
		return l.fault(key)
	}
	return text
}

// Or is the text of key, without placeholders, or instead where the catalogue
// has none: for names that come out of data.
func (l *Locale) Or(key, instead string) string {
	if !l.has(key) {
		return instead
	}
	return l.T(key)
}

// N is the text of key in the grammatical number of n; {{.N}} is n as Count
// writes it. Further args are as in T.
func (l *Locale) N(key string, n int, args ...any) string {
	values, ok := pairs(args)
	if !ok {
		return l.fault(key)
	}
	values["N"] = l.Count(int64(n))
	request := l.request(key, values)
	request.PluralCount = n
	text, err := l.words.Localize(request)
	if err != nil && (text == "" || !l.has(key)) {
		return l.fault(key)
	}
	return text
}

// has tells whether key exists in this very language. go-i18n answers a key
// that is missing here from the English catalogue, with an error; a missing
// plural form, which is harmless, comes with an error too.
func (l *Locale) has(key string) bool {
	_, err := l.words.Localize(&goi18n.LocalizeConfig{MessageID: key, TemplateParser: template.IdentityParser{}})
	return err == nil
}

// request asks for a text in which a value that was not given is an error.
func (l *Locale) request(key string, values map[string]any) *goi18n.LocalizeConfig {
	return &goi18n.LocalizeConfig{
		MessageID:      key,
		TemplateData:   values,
		TemplateParser: &template.TextParser{Option: "missingkey=error"},
	}
}

func (l *Locale) fault(key string) string {
	l.faults.Add(1)
	return fmt.Sprintf("«%s»", key)
}

// Faults counts the texts that could not be made since the program started.
// Anything but 0 is a defect of the product.
func (l *Locale) Faults() int64 { return l.faults.Load() }

// Missing stands where a number is not known. It is never 0.
func (l *Locale) Missing() string { return "—" }

// Join lists parts with the separator of the language.
func (l *Locale) Join(parts []string) string {
	if l.chinese() {
		return strings.Join(parts, "、")
	}
	return strings.Join(parts, ", ")
}

// pairs turns name, value, name, value into a map. A nil value would print as
// "<no value>", so it is refused like an odd count or a name that is no text.
func pairs(args []any) (map[string]any, bool) {
	values := make(map[string]any, len(args)/2+1)
	if len(args)%2 != 0 {
		return values, false
	}
	for i := 0; i < len(args); i += 2 {
		name, ok := args[i].(string)
		if !ok || args[i+1] == nil {
			return values, false
		}
		values[name] = args[i+1]
	}
	return values, true
}
