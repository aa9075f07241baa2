package commands

import (
	"context"

	"shopwatch/internal/access"
	"shopwatch/internal/alert"
	"shopwatch/internal/chat"
	"shopwatch/internal/report"
)

var alerts = &Command{
	Name: "alerts", Words: []string{"告警", "预警", "警报", "alert"},
	Example: "alerts", Right: access.View, Run: runAlerts, Data: numbers(loadAlerts),
}

func runAlerts(ctx context.Context, env *Env, r Request) (chat.Message, error) {
	list, err := listAlerts(ctx, env, r)
	if err != nil {
		return chat.Message{}, err
	}
	return r.Pen.Alerts(list.Open, list.Pending, r.Now, r.Question), nil
}

func loadAlerts(ctx context.Context, env *Env, r Request) ([]alert.Alert, error) {
	list, err := listAlerts(ctx, env, r)
	return list.Open, err
}

// alertList is what an answer about alerts shows. Alerts are not kept by
// revision, so the answer's evidence holds the list itself.
type alertList struct {
	Open    []alert.Alert `json:"open"`
	Pending int           `json:"pending"`
}

func listAlerts(ctx context.Context, env *Env, r Request) (list alertList, err error) {
	then, err := r.given(&list)
	if err == nil && !then {
		list.Open, list.Pending, err = openAlerts(ctx, env)
	}
	r.saw(list.Open, report.Coverage{Revision: r.Query.AsOf}, list, err)
	return list, err
}
