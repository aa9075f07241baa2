package explain

import (
	"fmt"
	"math"
	"slices"
)

// Leaf is the finest cell of a table: one member of each dimension.
type Leaf struct {
	Members []string
	// Actual and Forecast are the measure now and as expected; for a ratio they
	// are its numerators.
	Actual, Forecast float64
	// Base and BaseForecast are the denominators of a ratio.
	Base, BaseForecast float64
	// Variance of Actual - Forecast by chance alone, where the caller knows it: of
	// sums of single sales, the sum of their squares in both periods. 0 is
	// unknown; it is estimated from the leaves then. Ratio does not use it.
	Variance float64
}

// Table is leaves over named dimensions. A leaf should occur once; repeated
// ones count as one each.
type Table struct {
	Dims   []string
	Leaves []Leaf
}

// mostDims keeps the number of combinations small.
const mostDims = 8

func (t Table) check() error {
	if len(t.Dims) == 0 || len(t.Dims) > mostDims {
		return fmt.Errorf("%d dimensions, want 1 to %d", len(t.Dims), mostDims)
	}
	for i, x := range t.Leaves {
		if len(x.Members) != len(t.Dims) {
			return fmt.Errorf("leaf %d has %d members, want %d", i, len(x.Members), len(t.Dims))
		}
		for _, v := range []float64{x.Actual, x.Forecast, x.Base, x.BaseForecast, x.Variance} {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("leaf %d (%v) holds %v", i, x.Members, v)
			}
		}
	}
	return nil
}

// Member is one member of a dimension.
type Member struct {
	Dim    string `json:"dim"`
	Member string `json:"member"`
}

// Slice is a part of the table that stands out.
type Slice struct {
	Where  []Member `json:"where"` // in the order of dimensions
	Leaves int      `json:"leaves"`
	// Actual and Forecast sum the slice's leaves that no slice before it holds;
	// of a ratio they are its values.
	Actual   float64 `json:"actual"`
	Forecast float64 `json:"forecast"`
	// Change is what the slice accounts for of the whole change. The changes of
	// slices and the rest sum to it.
	Change float64 `json:"change"`
	// Score ranks: the share of explained deviation (sums), or how unlikely the
	// slice is by chance, as a log-likelihood ratio (ratios).
	Score float64 `json:"score"`
	// Z is how far the slice lies from the move that all leaves have in common,
	// in standard deviations of the noise between leaves.
	Z float64 `json:"z"`
}

// Answer is what a search found.
type Answer struct {
	Actual   float64 `json:"actual"`
	Forecast float64 `json:"forecast"`
	// Noise: the move is not larger than the leaves' own noise, or lies inside
	// the interval that the caller gave; Slices is then empty.
	Noise bool `json:"noise"`
	// Judged says whether noise could be told from the leaves at all; a table of
	// a few leaves cannot.
	Judged bool    `json:"judged"`
	Z      float64 `json:"z"`
	Slices []Slice `json:"slices"`
	Rest   float64 `json:"rest"` // of the change, in no slice
}

// Interval is where a measure lies when nothing has changed.
type Interval struct{ Lower, Upper float64 }

// Holds reports whether v lies inside.
func (i Interval) Holds(v float64) bool { return v >= i.Lower && v <= i.Upper }

// grid is a table with members as numbers.
type grid struct {
	Table
	names   [][]string // of each dimension, in order of appearance
	members [][]int32  // [dimension][leaf]
	cuboids [][]int    // dimensions of each, fewest first
}

func newGrid(t Table) *grid {
	g := &grid{Table: t}
	for d := range t.Dims {
		index := map[string]int32{}
		col := make([]int32, len(t.Leaves))
		var names []string
		for i, x := range t.Leaves {
			k, ok := index[x.Members[d]]
			if !ok {
				k = int32(len(names)) //nolint:gosec // far fewer members than that
				index[x.Members[d]] = k
				names = append(names, x.Members[d])
			}
			col[i] = k
		}
		g.names, g.members = append(g.names, names), append(g.members, col)
	}
	for set := 1; set < 1<<len(t.Dims); set++ {
		var dims []int
		for d := range t.Dims {
			if set>>d&1 == 1 {
				dims = append(dims, d)
			}
		}
		g.cuboids = append(g.cuboids, dims)
	}
	slices.SortStableFunc(g.cuboids, func(a, b []int) int { return len(a) - len(b) })
	return g
}

// group numbers the elements of a cuboid that the kept leaves belong to, in
// order of appearance, and lists each one's leaves.
func (g *grid) group(dims []int, kept []bool) [][]int32 {
	var out [][]int32
	index := map[int64]int{}
	for i := range g.Leaves {
		if !kept[i] {
			continue
		}
		key := int64(0)
		for _, d := range dims {
			key = key*int64(len(g.names[d])+1) + int64(g.members[d][i])
		}
		k, ok := index[key]
		if !ok {
			k = len(out)
			index[key] = k
			out = append(out, nil)
		}
		out[k] = append(out[k], int32(i)) //nolint:gosec // an index of a leaf
	}
	return out
}

func (g *grid) where(dims []int, leaf int32) []Member {
	out := make([]Member, len(dims))
	for i, d := range dims {
		out[i] = Member{Dim: g.Dims[d], Member: g.names[d][g.members[d][leaf]]}
	}
	return out
}

// elements is how many slices a table has, for the chance that one of them
// stands out.
func (g *grid) elements() float64 {
	n := 1.0
	for _, names := range g.names {
		n *= float64(len(names) + 1)
	}
	return max(1, n-1)
}
