// Package source reads facts from outside: a source is declared in YAML, a
// driver (http, sql, file, push) brings the records, a mapping turns them into rows of one
// market.Table, and a Pull carries the rows with a manifest that says how
// complete they are.
//
// The declarations know the marketplace; the code does not. Only three things
// are closed lists in Go: how a request is signed, how a page is turned, and how
// an answer is judged (retry, wait, stop). Everything else is configuration.
//
// It must not know the store, the chat, the metrics or the schedule: it is told
// the shop, the window and the time, and hands back a value. What is not known
// stays unknown: an empty field is null, never zero, and a row that cannot be
// read is a Reject with its place, never silently gone.
package source
