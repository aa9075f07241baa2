// Package outbox is durable delivery as data: an entry is written in the same
// transaction as the fact it speaks of, and moves through its states until the
// message is known to be sent. The transitions and lanes are here, pure; the
// deliver job stores and sends.
package outbox
