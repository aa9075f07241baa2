// Package wiretest is a proxy on this computer that spoils what passes between a
// client and a server: it makes it slow, uneven or narrow, cuts it off, resets it
// or lets it hang. Tests put it before a marketplace or a chat. It knows bytes and
// connections, and nothing of what they mean.
package wiretest
