package jobs

import (
	"slices"

	"shopwatch/internal/evidence"
	"shopwatch/internal/outbox"
	"shopwatch/storage"
)

// places are the languages and the channels of routes, each once and in order.
func places(routes []outbox.Route) (langs, channels []string) {
	for _, r := range routes {
		langs, channels = append(langs, r.Lang), append(channels, r.Name())
	}
	slices.Sort(langs)
	slices.Sort(channels)
	return slices.Compact(langs), slices.Compact(channels)
}

// keep stores what a post was computed from, in the transaction of the post, and
// returns its id.
func keep(tx *storage.Tx, b evidence.Basis, s evidence.Said) (string, error) {
	r, err := b.Record(s)
	if err != nil {
		return "", err
	}
	if err := r.Name(tx); err != nil {
		return "", err
	}
	return r.ID, r.Put(tx)
}
