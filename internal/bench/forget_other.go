//go:build !linux

package bench

// forget does nothing: there is no portable way to drop a file from memory.
func forget(string) {}
