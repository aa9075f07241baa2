package commands

import (
	"context"

	"shopwatch/internal/access"
	"shopwatch/internal/chat"
	"shopwatch/internal/report"
)

var status = &Command{
	Name: "status", Words: []string{"状态", "数据", "health"},
	Example: "status", Right: access.View, Run: runStatus, Data: numbers(loadStatus),
}

func runStatus(ctx context.Context, env *Env, r Request) (chat.Message, error) {
	s, err := loadStatus(ctx, env, r)
	if err != nil {
		return chat.Message{}, err
	}
	return r.Pen.Status(s), nil
}

func loadStatus(ctx context.Context, env *Env, r Request) (report.Status, error) {
	return report.LoadStatus(ctx, env.DB, env.Shop, r.Now, env.Rules.Fresh, env.Jobs...)
}
