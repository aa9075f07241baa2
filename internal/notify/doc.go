// Package notify puts what happens to alerts on its way to people: it stores
// the alerts, lets package alert decide which root messages and threads are
// concerned, has package card write them, and puts them into the outbox with
// an audit entry, all in the caller's transaction.
//
// Looks at the shop, acts of people and the passing of time end here alike. The
// package sends nothing and knows no chat platform.
package notify
