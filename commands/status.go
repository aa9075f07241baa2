package commands

import (
	"context"

	"shopwatch/internal/access"
	"shopwatch/internal/chat"
	"shopwatch/internal/report"
	"shopwatch/storage"
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
	s, err := report.LoadStatus(ctx, env.DB, env.Shop, r.Now, env.Rules.Fresh, env.Jobs...)
	if err != nil || env.Store == nil {
		return s, err
	}
	s.Store, err = env.Store(ctx)
	s.Healthy = s.Healthy && s.Store.Advice != storage.SizeLarge && !s.Store.Paused
	return s, err
}
