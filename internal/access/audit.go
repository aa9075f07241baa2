package access

import "time"

// Entry is one line of the audit trail: who did what to which thing.
type Entry struct {
	At      time.Time `json:"at"`
	Actor   string    `json:"actor"` // chat user id, or "shopwatch" for the bot itself
	Act     string    `json:"act"`   // alert.ack, command.gmv, import, ...
	Subject string    `json:"subject,omitempty"`
	Channel string    `json:"channel,omitempty"`
	Detail  string    `json:"detail,omitempty"`
}
