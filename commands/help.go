package commands

import (
	"context"

	"shopwatch/internal/access"
	"shopwatch/internal/chat"
)

var help = &Command{
	Name: "help", Words: []string{"帮助", "怎么用", "?", "？", "h"},
	Example: "help", Right: access.View,
	Run: func(_ context.Context, env *Env, r Request) (chat.Message, error) {
		return r.Pen.Help(env.topics), nil
	},
}
