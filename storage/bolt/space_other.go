//go:build !linux

package bolt

// diskFree is how many bytes a file in dir may still take, -1 when that cannot be told.
func diskFree(string) int64 { return -1 }
