package web

import "time"

// Status is what the page shows, in the order it is to be shown.
type Status struct {
	// At is the moment the status speaks of; ages count back from it. Its zone
	// is the zone that times are written in.
	At     time.Time
	Shops  []Shop
	Jobs   []Job
	Outbox Outbox
}

// Shop is one shop with its data and its open problems.
type Shop struct {
	Name   string
	Feeds  []Feed
	Alerts []Alert
}

// Feed is how fresh and complete one feed is.
type Feed struct {
	Source string
	Table  string
	State  string    // complete, partial, suspect, failed; empty when never pulled
	Until  time.Time // data is complete up to here; zero when never
	Late   bool
	Reason string // why it is not well, in the reader's language; may be empty
}

// well reports whether nobody needs to look.
func (f Feed) well() bool { return f.State == "complete" && !f.Late }

// Job is one scheduled duty.
type Job struct {
	Name    string
	Last    time.Time // when it last finished; zero when never
	Outcome string    // ok, failed, skipped, missed; empty when never run
	Next    time.Time // zero when nothing is due
	Detail  string
}

// Alert is an open problem. Title is one line in the reader's language.
type Alert struct {
	ID       string
	Severity string // critical, warning, info
	State    string // firing, acknowledged
	Title    string
	Since    time.Time
	Owner    string // who acknowledged it; may be empty
}

// Outbox counts messages on their way.
type Outbox struct {
	Waiting int
	Doubt   int
	Dead    int
	Oldest  time.Time // of the waiting; zero when none waits
}
