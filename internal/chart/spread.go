package chart

import (
	"cmp"
	"math"
	"slices"
)

// slot is a label that wants to stand at a place along one axis and takes some
// room there. Spreading moves at, never want.
type slot struct {
	want, at float64 // the middle
	size     float64
}

// spread moves slots apart until none overlaps its neighbour, each as near to
// its wish as the others let it, inside low..high. They must fit in there
// together. The order along the axis is that of the wishes; equal wishes keep
// the order of the list.
func spread(slots []*slot, low, high float64) {
	slices.SortStableFunc(slots, func(a, b *slot) int { return cmp.Compare(a.want, b.want) })
	for _, s := range slots {
		s.at = min(max(s.want, low+s.size/2), high-s.size/2)
	}
	// Neighbours that overlap push each other, each by half.
	for range 50 {
		moved := false
		for i := 1; i < len(slots); i++ {
			a, b := slots[i-1], slots[i]
			if over := (a.size+b.size)/2 - (b.at - a.at); over > 0.01 {
				a.at -= over / 2
				b.at += over / 2
				moved = true
			}
		}
		if !moved {
			break
		}
	}
	// The edges are firm, and what the pushing left over is settled exactly.
	edge := low
	for _, s := range slots {
		s.at = max(s.at, edge+s.size/2)
		edge = s.at + s.size/2
	}
	edge = high
	for _, s := range slices.Backward(slots) {
		s.at = min(s.at, edge-s.size/2)
		edge = s.at - s.size/2
	}
}

// moved tells by how much a slot was pushed.
func (s *slot) moved() float64 { return math.Abs(s.at - s.want) }
