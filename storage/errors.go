package storage

import (
	"errors"
	"fmt"

	"shopwatch/internal/market"
)

// Errors that callers tell apart with errors.Is. The messages that wrap them
// name the file and the remedy.
var (
	// ErrLocked: another process has the store open; the message names it.
	ErrLocked = errors.New("store is in use")
	// ErrDamaged: something read back is not what was written.
	ErrDamaged = errors.New("store is damaged")
	// ErrNewerSchema: the store was written by a later version of the program.
	ErrNewerSchema = errors.New("store was written by a newer version")
	// ErrNotStore: the file is something else than a store.
	ErrNotStore = errors.New("not a store")
	// ErrFull: no space is left on the disk or under the size limit. Nothing
	// was written; the store stays usable.
	ErrFull = errors.New("no space left for the store")
	// ErrSamePull: this pull is already stored. The error is a *SamePullError.
	ErrSamePull = errors.New("pull is already stored")
	// ErrUnknown: the record that should change does not exist.
	ErrUnknown = errors.New("no such record")
	// ErrForgotten: the facts asked for were dropped when their time was over.
	ErrForgotten = errors.New("facts are no longer kept")
	// ErrReadOnly: a write inside View.
	ErrReadOnly = errors.New("write in a read-only transaction")
)

// SamePullError is returned by PutPull for a pull that brings nothing new.
type SamePullError struct {
	Revision market.Revision // under which the same pull is stored
}

func (e *SamePullError) Error() string {
	return fmt.Sprintf("%v as revision %d", ErrSamePull, e.Revision)
}

// Is makes errors.Is(err, ErrSamePull) hold.
func (e *SamePullError) Is(target error) bool { return target == ErrSamePull }
