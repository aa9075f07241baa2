package cli

import (
	"os"
	"runtime/debug"
)

// thrifty lets the collector run when half as much has been made as is in use,
// unless GOGC says otherwise. Most of what is in use are columns of a panel,
// which hold no pointers: looking at them costs next to nothing, while waiting
// until everything is there twice would cost their size once more.
func thrifty() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
}
