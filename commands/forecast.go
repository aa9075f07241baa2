package commands

import (
	"context"

	"shopwatch/internal/access"
	"shopwatch/internal/chat"
	"shopwatch/internal/report"
)

var forecast = &Command{
	Name: "forecast", Words: []string{"预测", "预计", "预估", "outlook"},
	Example: "forecast by unit", Right: access.View, Run: runForecast,
	Data: numbers(loadForecast),
}

func runForecast(ctx context.Context, env *Env, r Request) (chat.Message, error) {
	f, err := loadForecast(ctx, env, r)
	return answered(r, err, func() chat.Message { return r.Pen.Forecast(f, r.Question) })
}

// loadForecast gives the numbers behind the answer to where sales are going.
func loadForecast(ctx context.Context, env *Env, r Request) (report.Forecast, error) {
	if p := r.Query.Period; p.Set && p.To != env.Shop.Day(r.Now) {
		// What is over is no forecast; "this month" and "today" end with today.
		return report.Forecast{}, &Trouble{Key: "command.forecast_past", Args: []any{"word", span(p)}, Fix: "forecast next 14 days"}
	}
	filter, err := env.filter(ctx, r.Query)
	if err != nil {
		return report.Forecast{}, err
	}
	f, err := report.LoadForecast(ctx, env.DB, env.Shop, report.ForecastQuery{
		AsOf: r.Query.AsOf, Now: r.Now, Days: r.Query.Ahead, Filter: filter, By: r.Query.By, Top: topOr(r.Query, 15), Fresh: env.Rules.Fresh,
	})
	r.saw(f, f.Data, nil, err)
	return f, err
}

// span writes a period so that it can be typed again.
func span(p Period) string {
	if p.From == p.To {
		return p.From.String()
	}
	return p.From.String() + ".." + p.To.String()
}
