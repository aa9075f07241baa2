// Package report answers questions: it loads facts from the store, calls metric
// and analysis, and returns structs that hold everything a card shows and no
// words. Commands, jobs and the dashboard call the same functions. It keeps no
// state of its own (a Cache belongs to its caller), reads no clock and writes
// nothing.
package report
