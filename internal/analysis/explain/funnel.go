package explain

import (
	"fmt"
	"math"
)

// Segment is a member of a dimension with the factors of its measure in both
// periods: visitors, conversion and order value of a channel. The measure is
// their product. A segment that is absent from a period has a factor 0 there.
type Segment struct {
	Key           string
	Before, After []float64
}

// FunnelLedger is the change of a measure by factor. Factors, New, Gone and
// Other sum to After - Before within rounding of floats.
type FunnelLedger struct {
	Before, After float64
	Factors       []float64 // in the order of the segments' factors
	New, Gone     float64   // segments without a measure before, or after
	Other         float64   // segments with a negative measure, such as returns
	Segments      []SegmentPart
}

// SegmentPart is one segment's share of the change.
type SegmentPart struct {
	Key     string
	Change  float64
	Factors []float64 // nil for a segment that is new, gone or other
}

// Funnel splits the change of a sum of products by the logarithmic mean
// Divisia index (LMDI-I; Ang 2005, Energy Policy 33:867): factor x of a segment
// accounts for L(V1,V0) ln(x1/x0) with L(a,b) = (a-b)/(ln a - ln b). Nothing is
// left over, the order of factors does not matter and swapping the periods
// turns every sign. All segments must have as many factors as the first.
func Funnel(segments []Segment) (FunnelLedger, error) {
	var l FunnelLedger
	if len(segments) > 0 {
		l.Factors = make([]float64, len(segments[0].Before))
	}
	for _, s := range segments {
		if len(s.Before) != len(l.Factors) || len(s.After) != len(l.Factors) || len(l.Factors) == 0 {
			return l, fmt.Errorf("segment %q has %d and %d factors, want %d", s.Key, len(s.Before), len(s.After), len(l.Factors))
		}
		v0, v1 := product(s.Before), product(s.After)
		l.Before += v0
		l.After += v1
		part := SegmentPart{Key: s.Key, Change: v1 - v0}
		switch {
		case !positive(s.Before) && v0 != 0 || !positive(s.After) && v1 != 0:
			l.Other += v1 - v0
		case v0 == 0 && v1 == 0:
		case v0 == 0:
			l.New += v1
		case v1 == 0:
			l.Gone -= v0
		default:
			part.Factors = logParts(s.Before, s.After, v0, v1)
			for i, x := range part.Factors {
				l.Factors[i] += x
			}
		}
		l.Segments = append(l.Segments, part)
	}
	return l, nil
}

// logParts splits v1 - v0, both above 0. The logarithm of v1/v0 is the sum of
// the factors' logarithms: the products themselves lose digits near 0, and their
// quotient may leave the range of floats.
func logParts(before, after []float64, v0, v1 float64) []float64 {
	out := make([]float64, len(before))
	r := 0.0
	for i := range before {
		out[i] = math.Log(after[i]) - math.Log(before[i])
		r += out[i]
	}
	mean := logMean(v0, v1, r)
	sum, largest := 0.0, 0
	for i := range out {
		out[i] *= mean
		sum += out[i]
		if math.Abs(out[i]) > math.Abs(out[largest]) {
			largest = i
		}
	}
	out[largest] += v1 - v0 - sum // what floats lost, in the part that minds least
	return out
}

// logMean is L(v1,v0) for r = ln(v1/v0), reckoned from the larger of the two: it
// is the same when they change places, and the value itself when they are equal.
func logMean(v0, v1, r float64) float64 {
	switch {
	case r < 0:
		return v0 * math.Expm1(r) / r
	case r > 0:
		return v1 * math.Expm1(-r) / -r
	}
	return v0
}

func product(x []float64) float64 {
	p := 1.0
	for _, v := range x {
		p *= v
	}
	return p
}

func positive(x []float64) bool {
	for _, v := range x {
		if v <= 0 {
			return false
		}
	}
	return true
}
