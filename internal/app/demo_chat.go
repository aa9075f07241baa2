package app

import (
	"log/slog"
	"time"

	"shopwatch/bot/sandbox"
	"shopwatch/bot/slack"
	"shopwatch/commands"
	"shopwatch/internal/alert"
	"shopwatch/internal/chat"
	"shopwatch/internal/i18n"
	"shopwatch/internal/outbox"
	"shopwatch/internal/report"
	"shopwatch/jobs"
)

// Channels of the demo's chat. The last one gets the same news in the other
// language.
const (
	digestChannel = "C0SHOPDIGEST"
	alertsChannel = "C0SHOPALERTS"
	abroadChannel = "C0SHOPABROAD"
)

func otherLang(lang string) string {
	if i18n.For(lang).Tag() == "en" {
		return "zh-CN"
	}
	return "en"
}

func demoRoutes(lang string) []outbox.Route {
	var all []string
	for _, k := range report.DigestKinds() {
		all = append(all, string(k))
	}
	return []outbox.Route{
		{Target: chat.Target{Channel: digestChannel}, Lang: lang, Digests: all},
		{Target: chat.Target{Channel: abroadChannel}, Lang: otherLang(lang), Digests: []string{jobs.Morning}},
	}
}

func demoSchedule() Schedule {
	return Schedule{
		Morning: "30 8 * * *", Intraday: "5 9-23 * * *", Weekly: "0 9 * * 1", Monthly: "0 9 1 * *", Campaign: "45 8 * * *",
		Watch: "*/10 * * * *", Hold: 2 * time.Hour,
	}
}

// demoAlerts tells every alert in two channels, one for each language.
func demoAlerts(lang string) *alert.Route {
	to := func(name, channel, lang string) alert.Route {
		r := alert.Route{Name: name, Continue: true, Receiver: alert.DefaultReceiver()}
		r.To, r.Lang = []alert.Contact{{Channel: channel}}, lang
		return r
	}
	return &alert.Route{Name: "alerts", Routes: []alert.Route{
		to("alerts.team", alertsChannel, lang), to("alerts.abroad", abroadChannel, otherLang(lang)),
	}}
}

func demoLangs(lang string) map[string]string {
	return map[string]string{digestChannel: lang, alertsChannel: lang, abroadChannel: otherLang(lang)}
}

// demoWorkspace is a small shop team with a colleague abroad.
func demoWorkspace(lang string, now func() time.Time, log *slog.Logger) sandbox.Options {
	l := i18n.For(lang)
	other := i18n.For(otherLang(lang))
	o := sandbox.Options{
		Now: now, Logger: log, Lang: l.Tag(), TeamName: l.T("demo.team"), Zone: time.FixedZone("Asia/Shanghai", 8*3600),
		Users: []sandbox.User{
			{ID: "U0LIN", Name: "lin", Real: l.T("demo.lin"), Locale: l.Tag()},
			{ID: "U0LILEI", Name: "lilei", Real: l.T("demo.lilei"), Locale: l.Tag()},
			{ID: "U0SAM", Name: "sam", Real: other.T("demo.sam"), Locale: other.Tag()},
		},
		Channels: []sandbox.Channel{
			{ID: digestChannel, Name: "shop-digest", Topic: l.T("demo.digest_topic")},
			{ID: alertsChannel, Name: "shop-alerts", Topic: l.T("demo.alerts_topic")},
			{ID: abroadChannel, Name: "shop-" + map[string]string{"en": "en", "zh-CN": "zh"}[other.Tag()], Topic: other.T("demo.abroad_topic")},
		},
	}
	for _, s := range slack.Shortcuts() {
		o.Shortcuts = append(o.Shortcuts, sandbox.Shortcut{Callback: s.Callback, Name: l.T("demo.shortcut_" + s.Callback)})
	}
	for _, c := range commands.Slashes() {
		o.Commands = append(o.Commands, sandbox.Command{Name: c.Name, Description: l.T(c.Help), Usage: c.Usage})
	}
	return o
}
