package report

import (
	"encoding/binary"
	"hash/maphash"
	"math"

	"shopwatch/internal/analysis/restock"
)

// linePlan is the plan of a line and what it was made of. It outlives the pulls of
// a day: what is planned with are whole days, and a replay costs more than all the
// rest of an answer.
type linePlan struct {
	terms   restock.Terms
	history uint64 // hash
	short   bool   // too few days are known
	rough   restock.Plan
	tuned   *restock.Plan // once it was needed
}

// planned is the plan of a line that has a number of pieces in stock and on their
// way; ok is false when too few days are known.
func (l *loader) planned(k line, h restock.History, t restock.Terms, position int64) (plan restock.Plan, ok bool) {
	l.cache.mu.Lock()
	p, found := l.cache.plans[k]
	l.cache.mu.Unlock()
	if of := hashOf(l.cache.seed, h); !found || p.terms != t || p.history != of {
		p = linePlan{terms: t, history: of}
		var err error
		p.rough, err = restock.Make(h, t, restock.Rough(h, t))
		p.short = err != nil // ErrTooShort, there is no other
		found = false
	}
	// A replay is worth its time only where it can change the answer.
	near := !p.short && float64(position) < 2*float64(p.rough.UpTo)
	if near && p.tuned == nil {
		tuned, _ := restock.Make(h, t, restock.Tune(h, t, restockDraws))
		p.tuned, found = &tuned, false
	}
	if !found {
		l.cache.mu.Lock()
		l.cache.plans[k] = p
		l.cache.mu.Unlock()
	}
	if near {
		return *p.tuned, true
	}
	return p.rough, !p.short
}

// hashOf tells histories apart.
func hashOf(seed maphash.Seed, h restock.History) uint64 {
	var sum maphash.Hash
	sum.SetSeed(seed)
	var b [8]byte
	for _, v := range [][]float64{h.Demand, h.Plan} {
		binary.BigEndian.PutUint64(b[:], uint64(len(v)))
		_, _ = sum.Write(b[:]) // never fails
		for _, x := range v {
			binary.BigEndian.PutUint64(b[:], math.Float64bits(x))
			_, _ = sum.Write(b[:])
		}
	}
	return sum.Sum64()
}
