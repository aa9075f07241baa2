package evidence

import (
	"context"
	"time"

	"shopwatch/internal/card"
	"shopwatch/internal/chat"
	"shopwatch/internal/i18n"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
	"shopwatch/storage"
)

// Morning is a daily report that is being posted.
type Morning struct {
	Digest report.Digest
	// Planned is when it should have been posted, if it comes late enough to say
	// so; else the zero Time.
	Planned time.Time
}

// morningInputs is what a digest uses besides facts.
type morningInputs struct {
	Alerts  report.DigestAlerts `json:"alerts"`
	Planned time.Time           `json:"planned,omitzero"`
}

// Messages writes the report in a language, the root first.
func (m Morning) Messages(b Basis, lang string) []chat.Message {
	pen := card.New(i18n.For(lang), b.Shop)
	late := ""
	if !m.Planned.IsZero() {
		late = pen.Late(m.Planned, m.Digest.Now)
	}
	return append([]chat.Message{pen.Morning(m.Digest, late)}, pen.MorningThread(m.Digest)...)
}

// Said describes the report as posted in some languages and channels.
func (m Morning) Said(b Basis, langs, channels []string) Said {
	s := Said{
		Kind: KindDigest, Verb: "digest", Args: m.Digest.Day.String(), Channels: channels, Now: m.Digest.Now, Data: m.Digest.Data,
		Report: m.Digest, Inputs: morningInputs{Alerts: m.Digest.Alerts(), Planned: m.Planned}, Texts: map[string][]chat.Message{},
	}
	for _, lang := range langs {
		s.Texts[lang] = m.Messages(b, lang)
	}
	return s
}

func againMorning(ctx context.Context, db *storage.DB, b Basis, e storage.Evidence, inputs []byte) (Said, error) {
	var in morningInputs
	if err := readInputs(inputs, &in); err != nil {
		return Said{}, err
	}
	day, err := market.ParseDay(e.Args)
	if err != nil {
		return Said{}, err
	}
	d, err := report.LoadDigest(ctx, db, b.Shop, report.DigestQuery{
		Day: day, Now: e.Now, AsOf: e.AsOf, Fresh: b.Rules.Fresh, Alerts: &in.Alerts,
	})
	if err != nil {
		return Said{}, err
	}
	return Morning{Digest: d, Planned: in.Planned}.Said(b, languages(e), e.Channels), nil
}
