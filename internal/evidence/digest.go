package evidence

import (
	"context"
	"fmt"
	"strings"
	"time"

	"shopwatch/internal/card"
	"shopwatch/internal/chat"
	"shopwatch/internal/i18n"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
	"shopwatch/storage"
)

// Digest is a report by schedule that is being posted.
type Digest struct {
	Report report.Digest
	// Planned is when it should have been posted, if it comes late enough to say
	// so; else the zero Time.
	Planned time.Time
}

// digestInputs is what a digest uses besides facts.
type digestInputs struct {
	Alerts  report.DigestAlerts `json:"alerts"`
	Planned time.Time           `json:"planned,omitzero"`
}

// Messages writes the report in a language, the root first.
func (m Digest) Messages(b Basis, lang string) []chat.Message {
	pen := card.New(i18n.For(lang), b.Shop)
	late := ""
	if !m.Planned.IsZero() {
		late = pen.Late(m.Planned, m.Report.Now)
	}
	return append([]chat.Message{pen.Digest(m.Report, late)}, pen.DigestThread(m.Report)...)
}

// Said describes the report as posted in some languages and channels.
func (m Digest) Said(b Basis, langs, channels []string) Said {
	s := Said{
		Kind: KindDigest, Verb: "digest", Args: digestArgs(m.Report), Channels: channels, Now: m.Report.Now, Data: m.Report.Data,
		Report: m.Report, Inputs: digestInputs{Alerts: m.Report.Alerts(), Planned: m.Planned}, Texts: map[string][]chat.Message{},
	}
	for _, lang := range langs {
		s.Texts[lang] = m.Messages(b, lang)
	}
	return s
}

// digestArgs is a digest as it can be asked for: weekly 2026-11-16..2026-11-22
// unit=beauty.
func digestArgs(d report.Digest) string {
	s := string(d.Kind) + " " + d.From.String() + ".." + d.Day.String()
	if d.Unit != "" {
		s += " unit=" + string(d.Unit)
	}
	return s
}

func readDigestArgs(s string) (q report.DigestQuery, err error) {
	kind, rest, _ := strings.Cut(s, " ")
	days, unit, _ := strings.Cut(rest, " unit=")
	from, to, ok := strings.Cut(days, "..")
	if !ok {
		return q, fmt.Errorf("recorded digest %q: want a kind and days", s)
	}
	q.Kind, q.Unit = report.DigestKind(kind), market.Unit(unit)
	if q.From, err = market.ParseDay(from); err != nil {
		return q, fmt.Errorf("recorded digest %q: %w", s, err)
	}
	if q.Day, err = market.ParseDay(to); err != nil {
		return q, fmt.Errorf("recorded digest %q: %w", s, err)
	}
	return q, nil
}

func againDigest(ctx context.Context, db *storage.DB, b Basis, e storage.Evidence, inputs []byte) (Said, error) {
	var in digestInputs
	if err := readInputs(inputs, &in); err != nil {
		return Said{}, err
	}
	q, err := readDigestArgs(e.Args)
	if err != nil {
		return Said{}, err
	}
	q.Now, q.AsOf, q.Fresh, q.Alerts = e.Now, e.AsOf, b.Rules.Fresh, &in.Alerts
	d, err := report.LoadDigest(ctx, db, b.Shop, q)
	if err != nil {
		return Said{}, err
	}
	return Digest{Report: d, Planned: in.Planned}.Said(b, languages(e), e.Channels), nil
}
