// Package market holds the words of the trade: shops, channels, money, business
// days, windows, the fact tables with their columnar rows, snapshots, targets
// and calendars. It imports nothing and knows no I/O.
//
// Money is int64 minor units (Fen) of the shop's one currency. Instants are
// UTC milliseconds in rows and time.Time in signatures; a Day is a date in the
// shop's own time zone. What is not known is a null in a Batch, never a zero.
package market
