// Package chat is the platform-neutral vocabulary of a conversation: what is
// said (Message, Section, Table, Chart, Button), where it goes (Target, Ref),
// what people do (Event), and the two seams to a chat platform (Sender,
// Transport).
//
// It knows no platform, no language and no figure. Text from outside travels in
// Span.Text and is escaped by the platform's renderer; only a Span with Mention
// set, whose id comes from configuration, ever notifies a person.
package chat
