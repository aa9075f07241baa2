// Package export writes reports as files that a spreadsheet opens: CSV with a
// byte-order mark, and workbooks with types and a sheet of definitions.
//
// It knows how values become cells; it must not know what any report means, and
// it never lets text from outside become a formula.
package export
