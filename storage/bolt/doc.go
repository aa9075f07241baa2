// Package bolt is the embedded engine of the store: one file, one process, by
// way of bbolt, which is imported nowhere else.
//
// It must not know what the store keeps: spaces, keys and values are opaque.
package bolt
