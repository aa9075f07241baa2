package commands

import (
	"context"

	"shopwatch/internal/access"
	"shopwatch/internal/chat"
	"shopwatch/internal/report"
)

// noise is what the alerts of the last week were worth. It is about what people
// did, which is not kept by revision: the answer has no evidence.
var noise = &Command{
	Name: "noise", Words: []string{"噪音", "告警质量", "告警周报"}, Example: "noise", Right: access.View,
	Run: func(ctx context.Context, env *Env, r Request) (chat.Message, error) {
		n, err := loadNoise(ctx, env, r)
		if err != nil {
			return chat.Message{}, err
		}
		return r.Pen.Noise(n), nil
	},
	Data: numbers(loadNoise),
}

func loadNoise(ctx context.Context, env *Env, r Request) (report.Noise, error) {
	return report.LoadNoise(ctx, env.DB, env.Shop, report.NoiseQuery{Now: r.Now, Rules: env.Rules, Policy: env.Notify.Policy})
}
