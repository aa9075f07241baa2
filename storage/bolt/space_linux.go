package bolt

import "syscall"

// diskFree is how many bytes a file in dir may still take, -1 when that cannot be told.
func diskFree(dir string) int64 {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return -1
	}
	return int64(s.Bavail) * s.Bsize
}
