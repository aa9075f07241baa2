package lab

import (
	"errors"
	"flag"
	"fmt"
	"math"

	"shopwatch/internal/analysis/forecast"
)

func forecastVerb() Verb {
	return Verb{
		Name: "forecast", Short: "What comes next in each series, with ranges", Inputs: []string{"FILE"},
		Long: `Reads series,timestamp,value and writes series,step,mean,p10,p50,p90 for each
step ahead: 80 of 100 values should lie between p10 and p90. An empty value, or
a step without a row, is unknown and not zero. Timestamps may be numbers of
steps. The season is told from them unless --season says how many steps it has
(1: none shorter than a year).`,
		Example: "  shopwatch lab forecast --horizon 14 sales.csv\n  shopwatch lab forecast --horizon 48 --season 24 - < hourly.csv",
		New: func(flags *flag.FlagSet) func(*Session) error {
			horizon := flags.Int("horizon", 0, "steps ahead")
			season := flags.Int("season", 0, "steps of the season; 0 tells it from the timestamps")
			total := flags.Bool("total", false, "one row a series: the sum of all steps")
			return func(s *Session) error {
				switch {
				case *horizon < 1 || *horizon > 1000:
					return usagef("--horizon %d: how many steps ahead, from 1 to 1000", *horizon)
				case *season < 0 || *season > 10_000:
					return usagef("--season %d: from 0 to 10000", *season)
				}
				return forecastSeries(s, *horizon, *season, *total)
			}
		},
	}
}

func forecastSeries(s *Session, horizon, season int, total bool) error {
	t, err := s.Table(0, "series", "timestamp", "value")
	if err != nil {
		return err
	}
	defer func() { _ = t.Close() }() // it was only read
	var all bySeries
	for row := range t.Rows() {
		p := point{moment: row.moment("timestamp")}
		v, known := row.Number("value")
		if !row.OK() {
			continue
		}
		if p.value = v; !known {
			p.value = math.NaN()
		}
		all.add(row.Text("series"), p)
	}
	if err := t.Err(); err != nil {
		return err
	}
	out := s.Sink("series", "step", "mean", "p10", "p50", "p90")
	for _, name := range all.names {
		g, err := regular(all.points[name])
		if err != nil {
			return errors.Join(fmt.Errorf("series %q: %w", name, err), out.Close())
		}
		if g.uneven {
			s.Note("series whose timestamps are not evenly spaced are taken row by row")
		}
		f, err := forecast.Run(g.values, forecast.ShapeOf(g.step, season), horizon)
		if errors.Is(err, forecast.ErrTooShort) {
			s.Note("series with fewer than three known values have no forecast")
		}
		writeForecast(out, name, &f, horizon, total)
	}
	return out.Close()
}

// writeForecast writes the steps of a series; cells are empty without a
// forecast.
func writeForecast(out *Sink, name string, f *forecast.Forecast, horizon int, total bool) {
	switch {
	case f.Mean == nil && total:
		out.Row(nil, name, "total", nil, nil, nil, nil)
	case total:
		sum := f.Total(0, horizon-1)
		out.Row(nil, name, "total", sum.Mean, sum.Quantile(.1), sum.Quantile(.5), sum.Quantile(.9))
	default:
		for i := range horizon {
			if f.Mean == nil {
				out.Row(nil, name, i+1, nil, nil, nil, nil)
				continue
			}
			out.Row(nil, name, i+1, f.Mean[i], f.Quantile(i, .1), f.Quantile(i, .5), f.Quantile(i, .9))
		}
	}
}
