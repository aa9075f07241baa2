// Package sourcetest is the conformance suite of sources: every source, of
// whatever driver, must pass Run. It is imported by tests only, and knows
// nothing of drivers.
package sourcetest
