package forecast

// RunsOut is the first step in which what is there has run out with at least
// chance p: the demand of all steps up to it exceeds on hand and what has
// arrived by then. arrivals come at the start of their step; a shorter slice
// ends early. ok is false when that does not happen within the forecast.
func (f *Forecast) RunsOut(onHand float64, arrivals []float64, p float64) (step int, ok bool) {
	have := onHand
	for i := range f.Mean {
		if i < len(arrivals) {
			have += arrivals[i]
		}
		if f.Total(0, i).Quantile(1-p) > have {
			return i, true
		}
	}
	return 0, false
}
