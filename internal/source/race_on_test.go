//go:build race

package source

// raceEnabled: the race detector needs many times the memory.
const raceEnabled = true
