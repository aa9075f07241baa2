package market

import (
	"encoding/json"
	"fmt"
	"time"
)

// shopForm is a shop as JSON: its zone by name.
type shopForm struct {
	Shop
	Zone string
}

// EncodeShop writes a shop with its zone by name, as JSON.
func EncodeShop(s *Shop) ([]byte, error) {
	b, err := json.Marshal(shopForm{Shop: *s, Zone: s.Zone.String()})
	if err != nil {
		return nil, fmt.Errorf("encode shop %s: %w", s.ID, err)
	}
	return b, nil
}

// DecodeShop reads what EncodeShop wrote. A zone that this computer does not
// know is an error.
func DecodeShop(b []byte) (*Shop, error) {
	var f shopForm
	if err := json.Unmarshal(b, &f); err != nil {
		return nil, fmt.Errorf("decode shop: %w", err)
	}
	zone, err := time.LoadLocation(f.Zone)
	if err != nil {
		return nil, fmt.Errorf("shop %s: %w", f.ID, err)
	}
	f.Shop.Zone = zone
	return &f.Shop, nil
}
