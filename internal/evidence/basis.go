package evidence

import (
	"encoding/json"
	"fmt"

	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
)

// Basis is what numbers depend on besides facts: the shop with its calendar,
// targets and names, the limits of the rules, and how old data may be.
type Basis struct {
	Shop  *market.Shop
	Rules report.Rules // its Cache is not part of the record
}

// basisForm is a Basis as JSON.
type basisForm struct {
	Shop  json.RawMessage  `json:"shop"`
	Rules analysis.Rules   `json:"rules"`
	Fresh report.Freshness `json:"fresh,omitempty"`
}

func (b Basis) encode() ([]byte, error) {
	shop, err := market.EncodeShop(b.Shop)
	if err != nil {
		return nil, err
	}
	out, err := json.Marshal(basisForm{Shop: shop, Rules: b.Rules.Rules, Fresh: b.Rules.Fresh})
	if err != nil {
		return nil, fmt.Errorf("settings of %s: %w", b.Shop.ID, err)
	}
	return out, nil
}

func decodeBasis(raw []byte) (b Basis, err error) {
	var f basisForm
	if err := json.Unmarshal(raw, &f); err != nil {
		return b, fmt.Errorf("recorded settings: %w", err)
	}
	b.Rules = report.Rules{Rules: f.Rules, Fresh: f.Fresh}
	b.Shop, err = market.DecodeShop(f.Shop)
	return b, err
}
