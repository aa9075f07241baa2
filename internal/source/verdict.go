package source

import (
	"fmt"
	"time"
)

// Class says what kind of failure an upstream's answer was, and so what to do.
type Class string

// Classes of failure.
const (
	Service    Class = "service"    // the upstream's own trouble: tried again, then given up until the next run
	Banned     Class = "banned"     // asked too often: nothing is sent until Error.Until
	Auth       Class = "auth"       // the token is refused: a person must act
	Setup      Class = "setup"      // signature, clock, address or request is wrong: a person must act
	Permission Class = "permission" // this method is not allowed to this app
	Caller     Class = "caller"     // the request is refused and would be refused again
	Incomplete Class = "incomplete" // the answers came and are not whole
)

// Error is a failure of a source. It never holds a secret.
type Error struct {
	Source  string
	Class   Class
	Message string
	Until   time.Time // of a ban; zero otherwise
	Err     error     // the cause, may be nil
}

// Error writes "source ID: class: message".
func (e *Error) Error() string {
	s := fmt.Sprintf("source %s: %s: %s", e.Source, e.Class, e.Message)
	if !e.Until.IsZero() {
		s += " (until " + e.Until.UTC().Format(time.RFC3339) + ")"
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }
