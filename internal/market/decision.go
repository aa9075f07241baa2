package market

import "time"

// PriceDecision is a price that somebody has decided on, and what was expected
// of it.
type PriceDecision struct {
	Number     uint64    `json:"-"` // given by the store, from 1
	Shop       ShopID    `json:"shop"`
	At         time.Time `json:"at"`
	By         string    `json:"by"` // chat user id
	SKU        SKU       `json:"sku"`
	Title      string    `json:"title,omitempty"`
	Channel    Channel   `json:"channel"`
	Option     string    `json:"option"`
	Was, Price Fen
	// Units is expected pieces a day, from Low to High four times in five; Held
	// what was expected at the old price.
	Units float64 `json:"units"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Held  float64 `json:"held"`
}
