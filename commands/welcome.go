package commands

import (
	"context"
	"slices"

	"shopwatch/internal/alert"
	"shopwatch/internal/audience"
	"shopwatch/internal/chat"
	"shopwatch/storage"
)

// Welcome greets a channel that the bot has joined, once: a bot that is taken
// out and invited again says nothing more.
func (env *Env) Welcome(ctx context.Context, ask Ask) (Reply, error) {
	here := chat.Target{Channel: ask.Channel}
	gets := env.posted(here)
	err := env.DB.Update(ctx, func(tx *storage.Tx) error {
		all, err := tx.Subscriptions(env.Shop.ID)
		if err != nil {
			return err
		}
		for _, k := range audience.Kinds() {
			wished := slices.ContainsFunc(all, func(s audience.Subscription) bool { return s.Place == here && s.Kind == k })
			if wished && !slices.Contains(gets, k) {
				gets = append(gets, k)
			}
		}
		_, err = tx.Enqueue(env.inChannel(ask, "welcome", ask.pen(env).Welcome(gets, tells(env.Notify.Root, ask.Channel))))
		return err
	})
	return Reply{Silent: true}, err
}

// tells reports whether a tree of routes leads to a channel.
func tells(r *alert.Route, channel string) bool {
	if slices.Contains(r.To, alert.Contact{Channel: channel}) {
		return true
	}
	return slices.ContainsFunc(r.Routes, func(below alert.Route) bool { return tells(&below, channel) })
}
