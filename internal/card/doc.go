// Package card turns answers, digests and alerts into messages: the one place
// that decides words and layout. A card is made for one language and one shop;
// the same facts in the other language carry the same numbers.
//
// It reads no clock and no store. Text from outside (titles, reviews) only ever
// becomes the Text of a span or a table cell.
package card
