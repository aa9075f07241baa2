package web

import (
	"slices"
	"time"

	"shopwatch/internal/i18n"
)

// view is a status in words, ready for the template.
type view struct {
	words *i18n.Locale
	Status
}

func newView(s Status, words *i18n.Locale) view { return view{words: words, Status: s} }

// Tag is the page's language.
func (v view) Tag() string { return v.words.Tag() }

// Other is the tag of the other language, for the switch.
func (v view) Other() string {
	if v.Tag() == "en" {
		return "zh-CN"
	}
	return "en"
}

// OtherName is what the other language calls itself.
func (v view) OtherName() string {
	if v.Tag() == "en" {
		return "中文"
	}
	return "English"
}

// T is a text of the page.
func (v view) T(name string) string { return v.words.T("web." + name) }

// Word translates one of the closed lists: states, outcomes, severities. An
// empty word is not known.
func (v view) Word(list, word string) string {
	if word == "" {
		return v.words.Missing()
	}
	if !slices.Contains(lists[list], word) {
		return word
	}
	return v.words.T("web." + list + "." + word)
}

// lists are the words that the catalogue knows.
var lists = map[string][]string{
	"feed":     {"complete", "partial", "suspect", "failed"},
	"outcome":  {"ok", "failed", "skipped", "missed"},
	"severity": {"critical", "warning", "info"},
	"alert":    {"firing", "acknowledged"},
	"table": {
		"item", "order_line", "refund", "traffic", "inventory", "own_price", "rival_offer", "review",
		"parcel", "member_day", "ads_day", "search_day",
	},
}

// When writes a moment in the zone of the status.
func (v view) When(t time.Time) string {
	if t.IsZero() {
		return v.words.Missing()
	}
	return v.words.Moment(t.In(v.At.Location()))
}

// Machine writes a moment for the datetime attribute.
func (v view) Machine(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// Age is how long ago a moment was.
func (v view) Age(t time.Time) string {
	if t.IsZero() {
		return v.words.Missing()
	}
	return v.words.Duration(max(0, v.At.Sub(t)))
}

// FeedWord says how a feed is: its state, and that it is late.
func (v view) FeedWord(f Feed) string {
	word := v.Word("feed", f.State)
	if f.State == "" {
		word = v.T("feed.never")
	}
	if f.Late {
		word = v.words.Join([]string{word, v.T("late")})
	}
	return word
}

// Well is the class of a row.
func (v view) Well(ok bool) string {
	if ok {
		return "well"
	}
	return "look"
}

// FeedWell is the class of a feed's row.
func (v view) FeedWell(f Feed) string { return v.Well(f.well()) }

// Troubles are the feeds of all shops that need a look, for the banner.
func (v view) Troubles() []Feed {
	var list []Feed
	for _, s := range v.Shops {
		for _, f := range s.Feeds {
			if !f.well() {
				list = append(list, f)
			}
		}
	}
	return list
}

// Banner says how many feeds need a look; "" when none does.
func (v view) Banner() string {
	if n := len(v.Troubles()); n > 0 {
		return v.words.N("web.banner", n)
	}
	return ""
}

// Count writes a number.
func (v view) Count(n int) string { return v.words.Count(int64(n)) }
