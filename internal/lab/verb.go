package lab

import (
	"flag"
	"fmt"
)

// Verb is one analysis of the lab, as data.
type Verb struct {
	Name, Short, Long, Example string
	// Inputs names what is read, in order: a file each, "-" for standard input.
	Inputs []string
	// New declares the verb's flags and returns what runs once they are parsed.
	New func(*flag.FlagSet) func(*Session) error
}

// Verbs is every verb in the order of help. To add one, write its file and add
// its line here.
func Verbs() []Verb {
	return []Verb{
		detectVerb(),
		spikeVerb(),
		forecastVerb(),
		restockVerb(),
		classify(),
		explainVerb(),
		lexicon(),
		train(),
	}
}

// UsageError is a mistake in the arguments rather than in the data.
type UsageError struct{ Problem string }

func (e UsageError) Error() string { return e.Problem }

// usagef is for what a flag says.
func usagef(format string, args ...any) error { return UsageError{fmt.Sprintf(format, args...)} }
