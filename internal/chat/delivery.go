package chat

import "time"

// Target is a place where messages go: a channel, or one person.
type Target struct {
	Channel string `json:"channel,omitempty"`
	User    string `json:"user,omitempty"` // direct message
}

// Ref is a message that exists on the platform.
type Ref struct {
	Channel string `json:"channel"`
	TS      string `json:"ts"`
}

// Zero reports whether the ref names nothing.
func (r Ref) Zero() bool { return r.TS == "" }

// Act is what a delivery does.
type Act string

// Acts.
const (
	Post   Act = "post"   // a new root message
	Reply  Act = "reply"  // a message in the thread of Delivery.Root
	Update Act = "update" // replaces the content of Delivery.Root
)

// Delivery is one act of sending. Key says why once is once; it travels in the
// message's metadata so that a doubtful outcome can be looked up.
type Delivery struct {
	Key     string  `json:"key"`
	Act     Act     `json:"act"`
	Target  Target  `json:"target"`
	Root    Ref     `json:"root,omitzero"` // of the thread or message acted on
	Message Message `json:"message"`
}

// Receipt is the proof that a delivery happened.
type Receipt struct {
	Ref Ref       `json:"ref"`
	At  time.Time `json:"at"`
	// Degraded says what had to be left out for the platform to accept it.
	Degraded string `json:"degraded,omitempty"`
}
