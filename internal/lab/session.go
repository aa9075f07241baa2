package lab

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Session is one run of a verb: what it reads, where it writes, and what was
// wrong with the rows.
type Session struct {
	// Files are the inputs in the verb's order; "-" is standard input.
	Files []string
	In    io.Reader
	Out   io.Writer // rows
	Err   io.Writer // what is wrong, for people
	// JSON writes an array of objects, one a line, instead of CSV.
	JSON bool
	// SkipBad leaves bad rows out. Otherwise the first one ends the output, the
	// rest of the input is only checked, and the run fails.
	SkipBad bool

	stdin string // what already reads standard input
	bad   int
	notes map[string]int // remarks that are made once, with their number
	order []string
}

// shown is how many bad rows are told one by one.
const shown = 20

// Run runs v. Without files standard input is read. The error of bad rows comes
// after each of the first ones has been told on Err.
func (s *Session) Run(run func(*Session) error, v Verb) error {
	if len(s.Files) == 0 && len(v.Inputs) == 1 {
		s.Files = []string{"-"}
	}
	if len(s.Files) != len(v.Inputs) {
		return usagef("%s reads %d files: %v", v.Name, len(v.Inputs), v.Inputs)
	}
	err := run(s)
	for _, note := range s.order {
		fmt.Fprintf(s.Err, "note: %s (%d rows)\n", note, s.notes[note])
	}
	switch {
	case s.bad > shown:
		fmt.Fprintf(s.Err, "and %d more bad rows\n", s.bad-shown)
		fallthrough
	case s.bad > 0 && s.SkipBad:
		fmt.Fprintf(s.Err, "%d bad rows were left out\n", s.bad)
	}
	if err != nil {
		return err
	}
	return s.verdict()
}

// Halted reports whether bad rows end this run: nothing more is written.
func (s *Session) Halted() bool { return s.bad > 0 && !s.SkipBad }

// ErrBadRows ends a run whose input has bad rows.
var ErrBadRows = errors.New("bad rows")

func (s *Session) verdict() error {
	if s.Halted() {
		return fmt.Errorf("%d %w: mend them, or leave them out with --skip-bad", s.bad, ErrBadRows)
	}
	return nil
}

// complain tells of a bad row.
func (s *Session) complain(file string, line int, problem string) {
	s.bad++
	if s.bad <= shown {
		fmt.Fprintf(s.Err, "%s:%d: %s\n", file, line, problem)
	}
}

// Note counts a remark about rows that are used nevertheless.
func (s *Session) Note(remark string) {
	if s.notes == nil {
		s.notes = map[string]int{}
	}
	if s.notes[remark] == 0 {
		s.order = append(s.order, remark)
	}
	s.notes[remark]++
}

// open is input i and the name that messages give it.
func (s *Session) open(i int) (io.ReadCloser, string, error) {
	name := s.Files[i]
	if name != "-" {
		f, err := os.Open(name) //nolint:gosec // the reader's own file
		if missing, ok := errors.AsType[*fs.PathError](err); ok {
			return nil, name, fmt.Errorf("%s: %w", name, missing.Err)
		}
		return f, name, err
	}
	if s.stdin != "" {
		return nil, name, usagef("standard input can be read once only")
	}
	s.stdin = name
	return io.NopCloser(s.In), "standard input", nil
}
