// Package archtest keeps the shape of the code, as tests: who may import whom,
// which packages stay pure, where goroutines start, which names and phrases
// are not used, that documents point at real paths, and what the container
// image is made of. It holds no code that the program runs.
//
// Run it with -count=1: the go command does not see that go list reads the
// tree, so a cached pass can hide a new violation.
package archtest
