// Package explain accounts for the move of a measure between two periods.
//
// Identities come first: a funnel by the logarithmic mean (Funnel), and price,
// volume and mix (PriceVolumeMix). Their parts sum to the change; Whole makes
// them sum to the cent. A part accounts for an amount, it does not cause it.
//
// Then the search for the slice that stands out (Additive for sums, Ratio for
// rates), with a judgement whether the move is more than noise.
//
// Everything is pure and deterministic. The package knows nothing of shops,
// stores or words.
package explain
