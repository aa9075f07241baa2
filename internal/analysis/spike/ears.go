package spike

import "math"

// EARS gives the upper bounds of the Early Aberration Reporting System: mean and
// z sample deviations, of at least minSigma, of the 7 rows before, with so many
// rows left out in between: gap 0 is its rule C1, gap 2 its rule C2. A count
// strictly above its bound is an alarm. Rows without enough history are NaN.
// Source: Hutwagner et al. 2003, J Urban Health 80:i89.
func EARS(counts []float64, gap int, z, minSigma float64) []float64 {
	const n = 7
	bounds := make([]float64, len(counts))
	for t := range counts {
		bounds[t] = math.NaN()
		if t < n+gap {
			continue
		}
		base := counts[t-gap-n : t-gap]
		mean, sum := 0.0, 0.0
		for _, y := range base {
			mean += y / n
		}
		for _, y := range base {
			sum += square(y - mean)
		}
		bounds[t] = mean + z*max(minSigma, math.Sqrt(sum/(n-1)))
	}
	return bounds
}
