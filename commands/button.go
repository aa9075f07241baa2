package commands

import (
	"context"
	"strconv"

	"shopwatch/internal/access"
	"shopwatch/internal/alert"
	"shopwatch/internal/card"
	"shopwatch/internal/chat"
	"shopwatch/storage"
)

// run asks the question that a button carries; share asks it for everyone.
var (
	run = &Act{Verb: card.VerbRun, Right: access.View, Run: func(ctx context.Context, env *Env, ask Ask) (Reply, error) {
		return env.Answer(ctx, ask.typed())
	}}
	share = &Act{Verb: card.VerbShare, Right: access.View, Run: func(ctx context.Context, env *Env, ask Ask) (Reply, error) {
		r, err := env.Answer(ctx, ask.typed())
		r.Share = err == nil
		return r, err
	}}
)

// typed is the question of a button as if it had been typed.
func (a Ask) typed() Ask {
	a.Text, a.Short, a.Verb, a.Value = a.Value, "", "", ""
	return a
}

var details = &Act{Verb: card.VerbDetails, Right: access.View, Run: func(ctx context.Context, env *Env, ask Ask) (Reply, error) {
	var a alert.Alert
	var ok bool
	err := env.DB.View(ctx, func(tx *storage.Tx) (err error) {
		a, ok, err = tx.Alert(ask.Value)
		return err
	})
	pen := ask.pen(env)
	if err != nil {
		return Reply{}, err
	}
	if !ok {
		return Reply{Message: pen.Said(pen.L.T("command.no_alert"))}, nil
	}
	return Reply{Message: pen.AlertDetails(a, ask.Now)}, nil
}}

// ack takes an alert: its state, the edits of its messages, a line in each
// thread and the audit entry are one transaction. The second press changes
// nothing and says who was first.
var ack = &Act{Verb: card.VerbAck, Right: access.Operate, Run: func(ctx context.Context, env *Env, ask Ask) (Reply, error) {
	var a alert.Alert
	var known, changed bool
	err := env.DB.Update(ctx, func(tx *storage.Tx) (err error) {
		a, known, err = tx.Alert(ask.Value)
		if err != nil || !known {
			return err
		}
		if a, changed = alert.Ack(a, ask.User, ask.Now); !changed {
			return nil
		}
		return env.acked(tx, a, ask)
	})
	pen := ask.pen(env)
	switch {
	case err != nil:
		return Reply{}, err
	case !known:
		return Reply{Message: pen.Said(pen.L.T("command.no_alert"))}, nil
	case changed:
		return Reply{Silent: true}, nil
	case a.State == alert.Acknowledged:
		return Reply{Message: already(pen, a, ask)}, nil
	}
	return Reply{Message: pen.Said(pen.L.T("command.over"))}, nil
}}

func (env *Env) acked(tx *storage.Tx, a alert.Alert, ask Ask) error {
	a.Posts++
	if err := tx.PutAlert(a); err != nil {
		return err
	}
	for _, route := range env.Routes {
		if !route.Takes(string(a.Rule)) {
			continue
		}
		pen := Ask{Lang: route.Lang}.pen(env)
		told := a
		if a.Evidence != "" {
			told.Latest = a.Said // the numbers that the id stands for
		}
		if _, err := tx.Enqueue(route.Edit(a.RootKey(), a.Posts, pen.Alert(told, ask.Now), ask.Now)); err != nil {
			return err
		}
		if _, err := tx.Enqueue(route.Under(a.RootKey(), a.Posts, pen.AlertAcked(a), ask.Now)); err != nil {
			return err
		}
	}
	return tx.Audit(access.Entry{
		At: ask.Now, Actor: ask.User, Act: "alert.ack", Subject: a.ID, Channel: ask.Channel,
		Detail: "episode " + strconv.Itoa(a.Episode),
	})
}

// already tells who has taken an alert before.
func already(pen card.Pen, a alert.Alert, ask Ask) chat.Message {
	if a.AckedBy == ask.User {
		return pen.Said(pen.L.T("command.already_yours"))
	}
	m := pen.Said(pen.L.T("command.already_taken"))
	m.Sections[0].Body = []chat.Rich{{{Text: m.Text + " "}, {Mention: &chat.Mention{User: a.AckedBy}}}}
	return m
}
