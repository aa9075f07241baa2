package commands

import (
	"context"
	"strings"

	"shopwatch/internal/access"
	"shopwatch/internal/chat"
	"shopwatch/internal/metric"
)

var define = &Command{
	Name: "define", Words: []string{"定义", "口径", "definition", "metric"}, Example: "define aov", Right: access.View,
	Literal: true, Run: runDefine, Data: numbers(findMetrics),
}

func runDefine(ctx context.Context, env *Env, r Request) (chat.Message, error) {
	found, err := findMetrics(ctx, env, r)
	if err != nil {
		return chat.Message{}, err
	}
	if len(found) == 1 {
		return r.Pen.Definition(found[0]), nil
	}
	return r.Pen.Dictionary(found, r.Question), nil
}

// findMetrics gives the metric that a question names by its key or by its name
// in either language, all that contain the words when none is called so, and
// the whole dictionary when the question names none.
func findMetrics(_ context.Context, _ *Env, r Request) ([]metric.Metric, error) {
	asked := fold(r.Query.Item)
	if asked == "" {
		return metric.All, nil
	}
	var near []metric.Metric
	var names []string
	for _, m := range metric.All {
		for _, n := range []string{m.Key, strings.ReplaceAll(m.Key, "_", " "), m.Name.Zh, m.Name.En} {
			n = fold(n)
			if n == asked {
				return []metric.Metric{m}, nil
			}
			names = append(names, n)
			if strings.Contains(n, asked) && (len(near) == 0 || near[len(near)-1].Key != m.Key) {
				near = append(near, m)
			}
		}
	}
	if len(near) > 0 {
		return near, nil
	}
	t := &Trouble{Key: "command.no_metric", Args: []any{"word", r.Query.Item}, Fix: "define"}
	if n := nearest(asked, names); n != "" {
		t.Fix = "define " + n
	}
	return nil, t
}
