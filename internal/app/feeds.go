package app

import (
	"fmt"

	"shopwatch/internal/market"
	"shopwatch/internal/source"
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
		s, err := source.Build(spec, deps)
		if err != nil {
			return nil, fmt.Errorf("%w: source %s: %w", ErrRefused, spec.ID, err)
		}
		out = append(out, Feed{Spec: spec, Source: s})
	}
	return out, nil
}
