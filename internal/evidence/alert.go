package evidence

import (
	"context"
	"errors"
	"slices"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/card"
	"shopwatch/internal/chat"
	"shopwatch/internal/i18n"
	"shopwatch/internal/report"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// Change is a change of an alert that is being told.
type Change struct {
	Alert   alert.Alert // as it stands after the change
	Kind    alert.Kind
	Watched report.Watched // the look that brought it
	// Listed are the listings of a panel that the look compared; nil when it was
	// at facts.
	Listed *report.Listed
}

// changeInputs is what the look and the message used besides facts.
type changeInputs struct {
	Alert alert.Alert   `json:"alert"`
	Kind  alert.Kind    `json:"kind"`
	Open  []alert.Alert `json:"open"` // before the look
	// Listed is set when the look was at a panel. Open is of the same item then:
	// no other bears on it.
	Listed *report.Listed `json:"listed,omitempty"`
}

// changeNumbers are the numbers behind an alert's message: what the rule found,
// or why it found nothing.
type changeNumbers struct {
	Finding *analysis.Finding `json:"finding,omitempty"`
	Muted   string            `json:"muted,omitempty"`
	// Last is what was found last when the problem has passed.
	Last *analysis.Finding `json:"last,omitempty"`
}

// Said describes the alert after the change as a message of its own, in some
// languages and channels; several alerts may share the root in which it is told.
// An alert that carries an id is described without it.
func (c Change) Said(b Basis, langs, channels []string) Said {
	in := changeInputs{Alert: c.Alert, Kind: c.Kind, Open: c.Watched.Open}
	in.Alert.Evidence = ""
	if in.Listed = c.Listed; c.Listed != nil {
		in.Open = sameItem(c.Watched.Open, c.Alert)
	}
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
		s.Texts[lang] = []chat.Message{pen.AlertRoot(card.Root{ID: in.Alert.ID, Alerts: []alert.Alert{in.Alert}}, c.Watched.At)}
	}
	return s
}

// sameItem are the alerts about the item of one.
func sameItem(all []alert.Alert, one alert.Alert) []alert.Alert {
	s := one.Latest.Subject
	return slices.DeleteFunc(slices.Clone(all), func(a alert.Alert) bool {
		return a.Latest.Subject.SKU != s.SKU || a.Latest.Subject.Channel != s.Channel
	})
}

// againAlert looks again at the facts, or at the panels where the look was at
// listings.
func againAlert(panels *series.Store) Again {
	return func(ctx context.Context, db *storage.DB, b Basis, e storage.Evidence, inputs []byte) (Said, error) {
		var in changeInputs
		if err := readInputs(inputs, &in); err != nil {
			return Said{}, err
		}
		w, err := in.look(ctx, db, panels, b, e)
		if err != nil {
			return Said{}, err
		}
		return in.said(b, w, e), nil
	}
}

func (in *changeInputs) look(ctx context.Context, db *storage.DB, panels *series.Store, b Basis, e storage.Evidence) (report.Watched, error) {
	if in.Listed == nil {
		return report.WatchAsOf(ctx, db, b.Shop, b.Rules, e.Now, report.Past{AsOf: e.AsOf, Open: in.Open})
	}
	if panels == nil {
		return report.Watched{}, errors.New("it was computed from a panel, and no panels are open")
	}
	l := report.CatalogueLook{Listed: *in.Listed, Panels: panels, Shop: b.Shop.ID, Rules: b.Rules.Rules, At: e.Now, Open: in.Open}
	return l.Again(ctx, db)
}

func (in *changeInputs) said(b Basis, w report.Watched, e storage.Evidence) Said {
	c := Change{Alert: in.Alert, Kind: in.Kind, Watched: w, Listed: in.Listed}
	c.Watched.Open = in.Open
	for _, f := range w.Findings {
		if alert.Fingerprint(b.Shop.ID, f.Rule, f.Subject) == in.Alert.Fingerprint {
			c.Alert.Latest = f
		}
	}
	return c.Said(b, languages(e), e.Channels)
}
