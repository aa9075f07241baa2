package card

import (
	"testing"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/audience"
	"shopwatch/internal/chat"
	"shopwatch/internal/i18n"
	"shopwatch/internal/report"
)

func quietNights() alert.Interval {
	v, err := alert.ParseInterval("daily 22:00-08:00")
	if err != nil {
		panic(err)
	}
	return v
}

func subscription(channel, user string, k audience.Kind) audience.Subscription {
	return audience.Subscription{Shop: "tmall", Place: chat.Target{Channel: channel, User: user}, Kind: k, Lang: "en", By: "U0LILEI", At: now}
}

func fullHome() Home {
	g, a := saturdayGMV(), alerts()
	m, err := alert.ParseMatchers("rule=stock_out unit=beauty")
	if err != nil {
		panic(err)
	}
	s := alert.Silence{ID: "s1", Matchers: m, Author: "U0LILEI", Reason: hostile, Created: now, Start: now, End: now.Add(4 * time.Hour)}
	return Home{
		Now: now, GMV: &g, Open: append(a[:2:2], manyAlerts(6)...), Mine: a[1:2], Muted: []alert.Silence{s},
		Effects: map[string]alert.Preview{"s1": {Now: 12, Week: 37}},
		Gaps:    []report.FeedGap{{Table: "traffic", Reason: report.GapLate, Watermark: now.Add(-3 * time.Hour), Age: 3 * time.Hour}},
		Subscribed: Subscribed{
			Person: audience.Person{User: "U0LILEI", Lang: "en", Quiet: quietNights()},
			Mine:   []audience.Subscription{subscription("", "U0LILEI", audience.Morning), subscription("", "U0LILEI", audience.Weekly)},
		},
	}
}

// audienceCards are the pages and answers about what people receive.
func audienceCards(p Pen) map[string]chat.Message {
	done := fullHome()
	done.Notice, done.Mine, done.Muted = p.t("acked_by"), nil, nil
	g := saturdayGMV()
	me, here := subscription("", "U0LILEI", audience.Morning), subscription("C1", "", audience.Campaign)
	return map[string]chat.Message{
		"home": p.HomePage(fullHome()), "home_done": p.HomePage(done), "home_quiet": p.HomePage(Home{Now: now, GMV: &g}), "home_new": p.HomePage(Home{Now: now}),
		"welcome": p.Welcome([]audience.Kind{audience.Morning}, true), "welcome_bare": p.Welcome(nil, false),
		"subscriptions": p.Subscriptions(Subscribed{
			Channel: true, MayChannel: true, Posts: []audience.Kind{audience.Morning}, Here: []audience.Subscription{here}, Mine: []audience.Subscription{me},
			Person: audience.Person{Quiet: quietNights()},
		}),
		"subscriptions_none": p.Subscriptions(Subscribed{Channel: true}),
		"subscribed":         p.Subscribed([]audience.Subscription{me}, []audience.Subscription{subscription("", "U0LILEI", audience.Weekly)}),
		"subscribed_here":    p.Subscribed([]audience.Subscription{here}, nil), "subscribed_again": p.Subscribed(nil, []audience.Subscription{me}),
		"channel_subscribed": p.ChannelSubscribed([]audience.Subscription{here}, "U0LILEI"),
		"unsubscribed":       p.Unsubscribed([]audience.Subscription{here}, false), "unsubscribed_none": p.Unsubscribed(nil, false),
		"unsubscribed_configured": p.Unsubscribed(nil, true),
		"language_chosen":         p.LanguageChosen("en"), "language_auto": p.LanguageChosen(""),
		"quiet_chosen": p.QuietChosen(quietNights()), "quiet_off": p.QuietChosen(alert.Interval{}),
	}
}

// The forms have their words in both languages and keep to Slack's lengths.
func TestAudienceForms(t *testing.T) {
	for _, l := range []*i18n.Locale{i18n.Zh(), i18n.En()} {
		p := New(l, shop())
		for _, f := range []chat.Form{p.SubscribeForm(true), p.SubscribeForm(false), p.QuietForm()} {
			if n := len([]rune(f.Title)); n == 0 || n > 24 || len([]rune(f.Send)) > 24 || f.Verb == "" {
				t.Errorf("%s: title %q, button %q", f.Verb, f.Title, f.Send)
			}
			for _, in := range f.Inputs {
				for _, o := range in.Options {
					if n := len([]rune(o.Label)); n == 0 || n > 75 {
						t.Errorf("%s: option %q", f.Verb, o.Label)
					}
				}
			}
		}
		if n := l.Faults(); n > 0 {
			t.Errorf("%s: %d texts have no words or lack values", l.Tag(), n)
		}
	}
}

// What a button carries names the subscription again, and nothing else does.
func TestSubscriptionValue(t *testing.T) {
	for _, s := range []audience.Subscription{subscription("C1", "", audience.Weekly), subscription("", "U1", audience.Morning)} {
		got, ok := ParseSubscription(SubscriptionValue(s))
		if !ok || got.Place != s.Place || got.Kind != s.Kind {
			t.Errorf("%+v comes back as %+v", s, got)
		}
	}
	for _, bad := range []string{"", "person", "person:U1", "person::morning", "person:U1:hourly", "team:U1:morning", "person:U1:morning:x"} {
		if s, ok := ParseSubscription(bad); ok {
			t.Errorf("%q is taken for %+v", bad, s)
		}
	}
}
