package audience

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shopwatch/internal/alert"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/outbox"
)

var shop = &market.Shop{ID: "lanli", Zone: time.FixedZone("CST", 8*3600)}

func at(clock string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", "2026-11-24 "+clock, shop.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

func interval(t *testing.T, text string) alert.Interval {
	t.Helper()
	v, err := alert.ParseInterval(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func sub(channel, user, lang string, k Kind) Subscription {
	return Subscription{Shop: "lanli", Place: chat.Target{Channel: channel, User: user}, Kind: k, Lang: lang, By: "U1"}
}

// What the configuration says of a place wins, nobody is told twice, and other
// shops and kinds do not mix.
func TestReceivers(t *testing.T) {
	posts := []outbox.Route{
		{Target: chat.Target{Channel: "C2"}, Lang: "zh-CN", Digests: []string{"morning"}},
		{Target: chat.Target{Channel: "C3"}, Lang: "zh-CN", Digests: []string{"weekly"}},
	}
	foreign := sub("C9", "", "en", Morning)
	foreign.Shop = "other"
	subs := []Subscription{
		sub("", "U2", "en", Morning), sub("", "U1", "zh-CN", Morning), sub("C2", "", "en", Morning), sub("C1", "", "en", Morning),
		sub("", "U1", "zh-CN", Weekly), foreign,
	}
	got := Receivers(shop, Morning, posts, subs, nil, at("08:30"))
	morning := []string{"morning"}
	want := []outbox.Route{
		posts[0],
		{Target: chat.Target{Channel: "C1"}, Lang: "en", Digests: morning},
		{Target: chat.Target{User: "U1"}, Lang: "zh-CN", Digests: morning},
		{Target: chat.Target{User: "U2"}, Lang: "en", Digests: morning},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// Quiet hours hold a person's digest until they end, and let it go when that
// would be too late; they hold nothing of a channel.
func TestQuietHours(t *testing.T) {
	subs := []Subscription{sub("C1", "", "en", Morning), sub("", "U1", "en", Morning)}
	for _, c := range []struct {
		quiet string
		until string // of U1; empty when it is left out
	}{
		{"daily 22:00-09:15", "09:15"},
		{"daily 22:00-08:30", "none"},
		{"daily 12:00-14:00", "none"},
		{"weekends", "none"}, // the 24th is a Tuesday
		{"tue", ""},          // the whole day
		{"daily 08:00-20:30", "20:30"},
		{"daily 08:00-20:31", ""},
	} {
		people := map[string]Person{"U1": {User: "U1", Quiet: interval(t, c.quiet)}}
		got := Receivers(shop, Morning, nil, subs, people, at("08:30"))
		if !got[0].Hold.IsZero() || got[0].Target.Channel != "C1" {
			t.Errorf("%s: the channel is held: %+v", c.quiet, got[0])
		}
		switch {
		case c.until == "":
			if len(got) != 1 {
				t.Errorf("%s: sent too late: %+v", c.quiet, got)
			}
		case len(got) != 2:
			t.Errorf("%s: left out", c.quiet)
		case c.until == "none":
			if !got[1].Hold.IsZero() {
				t.Errorf("%s: held until %v", c.quiet, got[1].Hold)
			}
		case !got[1].Hold.Equal(at(c.until)):
			t.Errorf("%s: held until %v, want %s", c.quiet, got[1].Hold, c.until)
		}
	}
}

// Whatever is kept, nobody is told twice and the answer depends on no order.
func TestReceiversAreASet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SampledFrom([]string{"1", "2", "3"})
		subs := rapid.SliceOf(rapid.Custom(func(t *rapid.T) Subscription {
			s := sub("C"+ids.Draw(t, "channel"), "", "en", rapid.SampledFrom(Kinds()).Draw(t, "kind"))
			if rapid.Bool().Draw(t, "person") {
				s.Place = chat.Target{User: "U" + ids.Draw(t, "user")}
			}
			return s
		})).Draw(t, "subs")
		posts := []outbox.Route{{Target: chat.Target{Channel: "C1"}, Lang: "zh-CN", Digests: []string{"morning", "weekly"}}}
		k := rapid.SampledFrom(Kinds()).Draw(t, "kind")
		got := Receivers(shop, k, posts, subs, nil, at("08:30"))
		seen := map[chat.Target]bool{}
		for _, r := range got {
			if seen[r.Target] || !slices.Contains(r.Digests, string(k)) {
				t.Fatalf("%+v among %+v", r, got)
			}
			seen[r.Target] = true
		}
		for _, s := range subs {
			if s.Kind == k && !seen[s.Place] {
				t.Fatalf("%+v is not told", s)
			}
		}
		again := Receivers(shop, k, posts, rapid.Permutation(subs).Draw(t, "order"), nil, at("08:30"))
		if d := cmp.Diff(got, again); d != "" {
			t.Fatal(d)
		}
	})
}

func TestPersonAsJSON(t *testing.T) {
	for _, p := range []Person{{User: "U1"}, {User: "U1", Lang: "en", Quiet: interval(t, "workdays 22:00-08:00")}} {
		raw, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		var back Person
		if err := json.Unmarshal(raw, &back); err != nil || back.Lang != p.Lang || back.Quiet.String() != p.Quiet.String() {
			t.Errorf("%s gives %+v, %v", raw, back, err)
		}
	}
}

func TestCheck(t *testing.T) {
	good := sub("C1", "", "en", Weekly)
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for name, spoil := range map[string]func(*Subscription){
		"shop":        func(s *Subscription) { s.Shop = "" },
		"nowhere":     func(s *Subscription) { s.Place = chat.Target{} },
		"two places":  func(s *Subscription) { s.Place.User = "U1" },
		"kind":        func(s *Subscription) { s.Kind = "hourly" },
		"no language": func(s *Subscription) { s.Lang = "" },
		"nobody":      func(s *Subscription) { s.By = "" },
	} {
		s := good
		spoil(&s)
		if s.Check() == nil {
			t.Errorf("%s: %+v is taken", name, s)
		}
	}
}
