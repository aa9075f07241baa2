// Package app wires everything and owns its life: stores are opened, feeds
// built, the chat connected, jobs started, and all of it stopped in reverse
// order. It is the only package that knows concrete sources, engines and chats.
package app
