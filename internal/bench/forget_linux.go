package bench

import (
	"os"
	"syscall"
)

// forget asks the system to drop what it keeps of a file in memory, so that the
// next read comes from the disk. Pages that a process has mapped stay.
func forget(path string) {
	f, err := os.Open(path)
	if err != nil {
		return
	}
	defer f.Close()
	const dontNeed = 4 // POSIX_FADV_DONTNEED
	_, _, _ = syscall.Syscall6(syscall.SYS_FADVISE64, f.Fd(), 0, 0, dontNeed, 0, 0)
}
