package evidence

import (
	"context"
	"slices"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/card"
	"shopwatch/internal/chat"
	"shopwatch/internal/i18n"
	"shopwatch/internal/report"
	"shopwatch/storage"
)

// Change is a change of an alert that is being told.
type Change struct {
	Alert   alert.Alert // as it stands after the change
	Kind    alert.Kind
	Watched report.Watched // the look that brought it
}

// changeInputs is what the look and the message used besides facts.
type changeInputs struct {
	Alert alert.Alert   `json:"alert"`
	Kind  alert.Kind    `json:"kind"`
	Open  []alert.Alert `json:"open"` // before the look
}

// changeNumbers are the numbers behind an alert's message: what the rule found,
// or why it found nothing.
type changeNumbers struct {
	Finding *analysis.Finding `json:"finding,omitempty"`
	Muted   string            `json:"muted,omitempty"`
	// Last is what was found last when the problem has passed.
	Last *analysis.Finding `json:"last,omitempty"`
}

// Said describes the messages of the change in some languages and channels: the
// root, and what is added to its thread. An alert that carries an id is
// described without it.
func (c Change) Said(b Basis, langs, channels []string) Said {
	in := changeInputs{Alert: c.Alert, Kind: c.Kind, Open: c.Watched.Open}
	in.Alert.Evidence = ""
	numbers := changeNumbers{Muted: c.Watched.Muted[c.Alert.Rule], Last: &in.Alert.Latest}
	i := slices.IndexFunc(c.Watched.Findings, func(f analysis.Finding) bool {
		return alert.Fingerprint(b.Shop.ID, f.Rule, f.Subject) == c.Alert.Fingerprint
	})
	if i >= 0 {
		numbers.Finding, numbers.Last = &c.Watched.Findings[i], nil
	}
	s := Said{
		Kind: KindAlert, Verb: "alert", Args: c.Alert.ID, Channels: channels, Now: c.Watched.At, Data: c.Watched.Data,
		Report: numbers, Inputs: in, Texts: map[string][]chat.Message{},
	}
	for _, lang := range langs {
		pen := card.New(i18n.For(lang), b.Shop)
		s.Texts[lang] = []chat.Message{pen.Alert(in.Alert, c.Watched.At)}
		if news := pen.AlertNews(in.Alert, c.Kind); news.Text != "" {
			s.Texts[lang] = append(s.Texts[lang], news)
		}
	}
	return s
}

func againAlert(ctx context.Context, db *storage.DB, b Basis, e storage.Evidence, inputs []byte) (Said, error) {
	var in changeInputs
	if err := readInputs(inputs, &in); err != nil {
		return Said{}, err
	}
	w, err := report.WatchAsOf(ctx, db, b.Shop, b.Rules, e.Now, report.Past{AsOf: e.AsOf, Open: in.Open})
	if err != nil {
		return Said{}, err
	}
	c := Change{Alert: in.Alert, Kind: in.Kind, Watched: w}
	c.Watched.Open = in.Open
	for _, f := range w.Findings {
		if alert.Fingerprint(b.Shop.ID, f.Rule, f.Subject) == in.Alert.Fingerprint {
			c.Alert.Latest = f
		}
	}
	return c.Said(b, languages(e), e.Channels), nil
}
