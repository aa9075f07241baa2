// Package analysis turns facts into findings with evidence. Everything here is
// pure: values in, values out, `now` as an argument, no map order in results.
package analysis
