package chat

import "time"

// EventKind is what a person did.
type EventKind string

// Event kinds.
const (
	Command   EventKind = "command"  // typed a slash command
	Mentioned EventKind = "mention"  // addressed the bot in a channel or thread
	Direct    EventKind = "direct"   // wrote to the bot alone
	Press     EventKind = "press"    // pressed a button
	Shortcut  EventKind = "shortcut" // chose an act from the menu of a message
	Submit    EventKind = "submit"   // sent a form
	Home      EventKind = "home"     // opened the bot's home page
	Joined    EventKind = "joined"   // the bot was added to a channel
)

// Event is one thing a person did, verified by the transport.
type Event struct {
	Kind EventKind
	// Keys are the names under which the platform may deliver this event
	// again (envelope id, trigger id, event id). Seen one, seen the event.
	Keys []string
	At   time.Time

	Team    string
	Channel string // id
	Thread  string // root of the thread it happened in, or ""
	User    string // id
	Guest   bool   // not a full member of the workspace
	Lang    string // the person's language tag as the platform knows it, or ""

	Command string // "/shop", "/gmv"; empty for mentions
	Text    string // what followed the command or the mention, unescaped

	Verb    string // of the pressed button, the shortcut or the form
	Value   string
	Message Ref // the message that holds the button, or that the shortcut is about
	// Said is the text of the message that a shortcut is about, unescaped.
	Said string
	// Fields are the answers of a form, by Input.Name.
	Fields map[string]string

	// OnHome: it was done on the person's home page of the bot, which is to show
	// what came of it.
	OnHome bool

	// Handle lets the adapter answer privately: response URL and trigger id,
	// opaque to everyone else.
	Handle string
}

// Ack is what a transport tells the platform at once. Text is shown to the
// person alone; empty says nothing.
type Ack struct {
	Text string
	// Fields says what is wrong with the answers of a form, by Input.Name; the
	// form stays open.
	Fields map[string]string
}
