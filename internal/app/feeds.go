package app

import (
	"fmt"
	"slices"

	"shopwatch/internal/alert"
	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
	"shopwatch/internal/source"
	"shopwatch/jobs"
)

// buildFeeds makes the sources that the declarations of one shop describe.
func buildFeeds(specs []source.Spec, shop *market.Shop, deps source.Deps) ([]Feed, error) {
	var out []Feed
	for _, spec := range specs {
		if spec.Shop != shop.ID {
			continue
		}
		if problems := spec.CheckShop(shop); len(problems) > 0 {
			return nil, fmt.Errorf("%w: %w", ErrRefused, problems)
		}
		f, err := buildFeed(spec, deps)
		if err != nil {
			return nil, fmt.Errorf("%w: source %s: %w", ErrRefused, spec.ID, err)
		}
		if f.Bulk != nil && (&Shop{Feeds: out}).listed() {
			p := spec.Problem("fact", "the shop has another bulk listing", "a panel has one source: leave one of them out")
			return nil, fmt.Errorf("%w: %w", ErrRefused, source.Problems{p})
		}
		out = append(out, f)
	}
	return out, nil
}

func buildFeed(spec source.Spec, deps source.Deps) (f Feed, err error) {
	f.Spec = spec
	if spec.Bulk() {
		f.Bulk, err = source.BuildBulk(spec, deps)
		return f, err
	}
	f.Source, err = source.Build(spec, deps)
	return f, err
}

// listed reports whether a bulk listing brings the shop's panel.
func (s *Shop) listed() bool {
	return slices.ContainsFunc(s.Feeds, func(f Feed) bool { return f.Bulk != nil })
}

// listing makes the job of a bulk listing. It answers for the rules about stock
// and rivals unless the shop has feeds of its own for them.
func (a *App) listing(s *Shop, f Feed) *jobs.Listing {
	var answers []analysis.Rule
	for rule, table := range map[analysis.Rule]*market.Table{analysis.RuleStockOut: market.Inventory, analysis.RuleRivalMove: market.RivalOffers} {
		if !slices.ContainsFunc(s.Feeds, func(f Feed) bool { return f.Source != nil && f.Source.Table() == table }) {
			answers = append(answers, rule)
		}
	}
	return &jobs.Listing{
		DB: a.set.DB, Series: a.set.Series, Source: f.Bulk, Shop: s.Shop, Rules: s.Rules.Rules, Catalogue: analysis.DefaultCatalogueRule(),
		Answers: answers, Policy: alert.DefaultPolicy(), Routes: s.Routes, Logger: a.set.Logger, Now: a.set.Clock.Now,
	}
}
