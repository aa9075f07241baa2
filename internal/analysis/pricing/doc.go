// Package pricing judges prices: cuts and drips of a price over time, what a
// buyer pays in the end, and items that cost differently on two channels of the
// same house.
//
// Everything is pure: prices are minor units of the shop's currency, what is
// not known is left out and never zero, and now is an argument.
package pricing
