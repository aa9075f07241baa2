//go:build unix && !solaris && !aix

package bolt

import (
	"os"
	"syscall"
)

// unlock gives up bbolt's lock on a file that cannot be closed in the ordinary
// way. Closing alone would not do: the mapping keeps the lock alive.
func unlock(f *os.File) {
	_ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN)
}
