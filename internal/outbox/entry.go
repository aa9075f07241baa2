package outbox

import (
	"time"

	"shopwatch/internal/chat"
)

// State is where an entry stands.
type State string

// States of an entry.
const (
	Queued   State = "queued"
	Inflight State = "inflight" // written before the call is made
	Doubt    State = "doubt"    // perhaps sent; looked up before anything is sent again
	Sent     State = "sent"
	Dead     State = "dead"    // given up; someone must look
	Folded   State = "folded"  // an edit that a later one has taken in, or that has nothing to edit any more
	Dropped  State = "dropped" // an operator wants it no more
)

// Done reports whether nothing more will be done about an entry.
func (s State) Done() bool {
	return s == Sent || s == Dead || s == Folded || s == Dropped
}

// Entry is one message on its way.
type Entry struct {
	// Key says why once is once: digest/morning/C123/2026-11-22,
	// alert/<id>, alert/<id>/3. An existing key is never enqueued twice.
	Key string `json:"key"`
	// Seq is given by the store; entries of one lane leave in this order.
	Seq     uint64       `json:"seq"`
	Act     chat.Act     `json:"act"`
	Target  chat.Target  `json:"target"`
	RootKey string       `json:"root_key,omitempty"` // key of the entry whose message is replied to or updated
	Message chat.Message `json:"message"`
	// Lang is the language of Message, for what is added when it is sent late.
	Lang string `json:"lang,omitempty"`
	// Rev lets a later edit of the same root replace one that is still queued:
	// Enqueue with an existing, unsent Update key overwrites its message.
	Rev int `json:"rev,omitempty"`

	// Urgent is what goes before everything else that waits: see Heads.
	Urgent bool `json:"urgent,omitempty"`

	// Hold is when a quiet reader may get it at the earliest; what comes later
	// for the same place does not wait for it.
	Hold time.Time `json:"hold,omitzero"`

	State    State        `json:"state"`
	Created  time.Time    `json:"created"`
	NotUntil time.Time    `json:"not_until,omitzero"`
	Attempts int          `json:"attempts,omitempty"`
	TriedAt  time.Time    `json:"tried_at,omitzero"`
	Reason   string       `json:"reason,omitempty"` // of the last failure
	Receipt  chat.Receipt `json:"receipt,omitzero"`
	// Since is when an operator had it tried again; giving up counts from then.
	Since time.Time `json:"since,omitzero"`
	// Repeat says that it was perhaps sent before, which nobody can look up.
	Repeat bool `json:"repeat,omitempty"`
}
