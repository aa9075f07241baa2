// Package bolt is the embedded engine of the store: one file, one process, by
// way of bbolt, which is imported nowhere else.
//
// It must not know what the store keeps: spaces, keys and values are opaque.
//
// # How bbolt is set, and why
//
// Spaces are top-level buckets. A space of a period (its name has a slash) is
// filled to the brim (FillPercent 1): its keys come in ascending order, so no
// page is split later. Dropping it frees its pages in one small transaction.
//
// The free list is written at each commit (NoFreelistSync off): otherwise it has
// to be found again at open by walking everything. It is kept as a hash map,
// which finds runs of pages faster than an array. Commits are few and large, so
// what writing it costs stays small while a file has less than some ten thousand
// free pages.
//
// InitialMmapSize is large (storage.mmap): growing past what is mapped makes the
// writer wait for every reader and new readers for the writer, so that one slow
// reader, a backup for instance, would stop everything. It is address space, not
// memory.
//
// The file grows by a quarter of its size, at least 1 MiB and at most 64 MiB, so
// that large files are not extended and synced at every commit. MaxSize bounds
// it; at the bound, as on a full disk, a write fails with storage.ErrFull,
// nothing of it stays, and the engine goes on.
//
// Timeout bounds how long another process is waited for; the error names it by
// the note that it left beside the file (.owner).
//
// # What bbolt does not do
//
// Pages carry no checksums, and bbolt trusts them. Values are sealed by the
// store; the tree of pages is looked at before the file is opened (pages.go).
// That reads the header, the table and the keys of every page and no values,
// several pages at a time; go test -bench Open measures it. Memory faults and
// panics inside bbolt become storage.ErrDamaged; after one in a write everything
// is refused.
//
// Copies (copy.go) are written beside their place, synced, verified as stores of
// their own, and only then given their name.
package bolt
