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

	encoded []byte // by Frozen
}

// Frozen returns b with its encoding kept, for a basis that is used again and
// again and does not change meanwhile.
func (b Basis) Frozen() Basis {
	if encoded, err := b.encode(); err == nil {
		b.encoded = encoded
	}
	return b // an error comes back when it is used
}

// basisForm is a Basis as JSON.
type basisForm struct {
	Shop  json.RawMessage  `json:"shop"`
	Rules analysis.Rules   `json:"rules"`
	Fresh report.Freshness `json:"fresh,omitempty"`
}

func (b Basis) encode() ([]byte, error) {
	if b.encoded != nil {
		return b.encoded, nil
	}
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
