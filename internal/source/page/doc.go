// Package page reads pages of a bulk listing: a JSON document with an array of
// items, of which a few members are wanted as numbers in columns.
//
// Decoding such pages into values of Go costs ten times as much as bringing them
// over the network, so a Scanner walks the bytes once and writes integers into
// Rows that are used again for the next page. It only knows pages without a
// surprise. An escape in a wanted text, a key that comes twice, a number in an
// unusual form, a null list, anything that it does not expect: it gives the page
// to a second reader on top of encoding/json, which is slow and takes every page
// that is JSON. The two are fuzzed against each other: the same rows or the same
// error.
//
// What an item does not say is unknown, never 0. Money is read exactly: "12.30"
// in major units is 1230 and "12.345" is refused, not rounded.
//
// It must not know where pages come from, nor what the columns mean.
package page
