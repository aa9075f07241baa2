// Package column turns columns of integers into few bytes and back: a null
// list, the shortest of some forms for the integers, zstd over each column by itself,
// and blocks of columns of which a reader decodes only what it wants.
//
// It is used by the fact blocks of storage and by storage/series alike. It must
// not know what a column means or where a block is kept. Decoders may be fed
// anything: they return ErrCorrupt, or set Reader.Bad, and never ask for more
// memory than a small multiple of the limits declared here.
package column
