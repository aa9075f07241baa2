package commands

import (
	"context"

	"shopwatch/internal/access"
	"shopwatch/internal/chat"
	"shopwatch/internal/report"
)

var digest = &Command{
	Name: "digest", Short: "/digest", Words: []string{"早报", "日报", "报告", "morning"},
	Example: "digest yesterday", Right: access.View, Run: runDigest,
	Data: numbers(loadDigest),
}

// runDigest answers with the whole report: what would be posted and what would
// stand in its thread.
func runDigest(ctx context.Context, env *Env, r Request) (chat.Message, error) {
	d, err := loadDigest(ctx, env, r)
	return answered(r, err, func() chat.Message {
		m := r.Pen.Digest(d, "")
		for _, part := range r.Pen.DigestThread(d) {
			m.Sections = append(m.Sections, part.Sections...)
		}
		return m
	})
}

// loadDigest gives the numbers behind a digest of the kind that a question
// names, else the morning's: of its latest days unless some are named.
func loadDigest(ctx context.Context, env *Env, r Request) (report.Digest, error) {
	kind := report.DigestMorning
	for _, k := range report.DigestKinds() {
		if r.Query.Focus == digestFocus(k) {
			kind = k
		}
	}
	q := report.DigestQuery{Kind: kind, Now: r.Now, Unit: r.Query.Unit, AsOf: r.Query.AsOf, Top: r.Query.Top, Fresh: env.Rules.Fresh, Cache: env.Rules.Cache}
	q.From, q.Day = kind.Latest(env.Shop, r.Now)
	if p := r.Query.Period; p.Set {
		q.From, q.Day = p.From, p.To
		if kind == report.DigestMorning {
			q.From = p.To // of one day
		}
	}
	var then report.DigestAlerts
	if ok, err := r.given(&then); err != nil {
		return report.Digest{}, err
	} else if ok {
		q.Alerts = &then
	}
	d, err := report.LoadDigest(ctx, env.DB, env.Shop, q)
	r.saw(d, d.Data, d.Alerts(), err)
	return d, err
}

// digestFocus is the word that asks for a kind of digest, apart from other words
// that a command may know.
func digestFocus(k report.DigestKind) string { return "digest_" + string(k) }
