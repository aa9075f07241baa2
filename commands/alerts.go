package commands

import (
	"context"

	"shopwatch/internal/access"
	"shopwatch/internal/alert"
	"shopwatch/internal/chat"
)

var alerts = &Command{
	Name: "alerts", Words: []string{"告警", "预警", "警报", "alert"},
	Example: "alerts", Right: access.View, Run: runAlerts, Data: numbers(loadAlerts),
}

func runAlerts(ctx context.Context, env *Env, r Request) (chat.Message, error) {
	open, pending, err := openAlerts(ctx, env)
	if err != nil {
		return chat.Message{}, err
	}
	return r.Pen.Alerts(open, pending, r.Now, r.Question), nil
}

func loadAlerts(ctx context.Context, env *Env, _ Request) ([]alert.Alert, error) {
	open, _, err := openAlerts(ctx, env)
	return open, err
}
