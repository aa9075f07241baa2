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
	Post   Post
	Links  Links
}

// Shop is one shop with its data and its open problems.
type Shop struct {
	ID     string // as the configuration names it
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

// Post is what the workspace is given and how it takes it; counts are since the
// start.
type Post struct {
	PerMinute int               // the most in any minute; 0 is no limit
	Room      int               // how many may leave at once now; below zero when overdrawn
	Held      time.Duration     // how much longer the platform wants nothing
	Sent      map[string]uint64 // messages and edits from the outbox, by urgency
	Aside     uint64            // messages for people who waited
	Limited   uint64            // refused for the rate
}

// Links are the connections on which events come in; counts are since the start.
type Links struct {
	Open, Opened, Events, Replays, Forged, Late int64
}
