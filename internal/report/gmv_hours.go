package report

import (
	"strconv"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/metric"
)

// gmvHours sums every hour of the days of spec by itself.
func (l *loader) gmvHours(spec metric.CubeSpec) ([]DayHours, error) {
	spec.By = metric.ByHour
	daily := metric.NewDaily(spec)
	window := l.shop.Window(spec.From, spec.To)
	window.End = earlier(window.End, spec.Cut)
	batches, err := l.events(market.OrderLines, "paid_at", window, forecastColumns)
	if err != nil {
		return nil, err
	}
	for _, b := range batches {
		daily.AddPaid(b)
	}
	out := make([]DayHours, 0, int(spec.To-spec.From)+1)
	for d := spec.From; d <= spec.To; d++ {
		begin := l.shop.Start(d)
		hours := int((l.shop.Start(d+1).Sub(begin) + time.Hour - 1) / time.Hour)
		row := DayHours{Day: d, Paid: make([]Value, hours)}
		for h := range hours {
			row.Paid[h].Known = daily.Any(int(d-spec.From)) && !begin.Add(time.Duration(h+1)*time.Hour).After(spec.Cut)
		}
		out = append(out, row)
	}
	for _, p := range daily.Parts() {
		h, err := strconv.Atoi(p.Key)
		if err != nil {
			return nil, err // the dimension is ours: its keys are numbers
		}
		for i, paid := range p.Paid {
			if h < len(out[i].Paid) && out[i].Paid[h].Known {
				out[i].Paid[h].V = float64(paid)
			}
		}
	}
	return out, nil
}
