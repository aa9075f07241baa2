package commands

import (
	"context"
	"errors"
	"time"

	"shopwatch/internal/access"
	"shopwatch/internal/alert"
	"shopwatch/internal/card"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/notify"
	"shopwatch/storage"
)

var details = &Act{Verb: card.VerbDetails, Right: access.View, Run: func(ctx context.Context, env *Env, ask Ask) (Reply, error) {
	list, found, err := env.members(ctx, ask.Value)
	pen := ask.pen(env)
	switch {
	case err != nil:
		return Reply{}, err
	case !found || len(list) == 0:
		return Reply{Message: pen.Said(pen.L.T("command.no_alert"))}, nil
	case len(list) == 1:
		return Reply{Message: pen.AlertDetails(list[0], ask.Now)}, nil
	}
	byUrgency(list)
	return Reply{Message: pen.Alerts(list, 0, ask.Now, "alerts")}, nil
}}

// ack takes what a root stands for. The second press changes nothing and says
// who was first.
var ack = &Act{Verb: card.VerbAck, Right: access.Operate, Brief: true, Run: func(ctx context.Context, env *Env, ask Ask) (Reply, error) {
	return env.act(ctx, ask, ask.Value, alert.Act{Kind: alert.ActAck})
}}

var snooze = &Act{Verb: card.VerbSnooze, Right: access.Operate, Brief: true, Run: func(ctx context.Context, env *Env, ask Ask) (Reply, error) {
	choice, id := card.CutChoice(ask.Value)
	act := alert.Act{Kind: alert.ActSnooze}
	switch choice {
	case card.ChoiceHour:
		act.Until = ask.Now.Add(time.Hour)
	case card.ChoiceHours:
		act.Until = ask.Now.Add(4 * time.Hour)
	case card.ChoiceMorning:
		act.Until = businessMorning(env.Shop, ask.Now)
	case card.ChoiceDate:
		return env.offer(ctx, ask, id, func(pen card.Pen, list []alert.Alert) chat.Form { return pen.SnoozeForm(id, pen.About(list), ask.Now) })
	default:
		return env.Forged(ctx, ask)
	}
	return env.act(ctx, ask, id, act)
}}

var more = &Act{Verb: card.VerbMore, Right: access.Operate, Brief: true, Run: func(ctx context.Context, env *Env, ask Ask) (Reply, error) {
	choice, id := card.CutChoice(ask.Value)
	switch choice {
	case card.ChoiceAssign:
		return env.offer(ctx, ask, id, func(pen card.Pen, list []alert.Alert) chat.Form { return pen.AssignForm(id, pen.About(list)) })
	case card.ChoiceResolve:
		return env.offer(ctx, ask, id, func(pen card.Pen, list []alert.Alert) chat.Form {
			return pen.ResolveForm(choice, id, pen.About(list), kept(list))
		})
	case card.ChoiceSilence:
		return env.offerSilence(ctx, ask, id)
	case card.ChoiceRelease:
		return env.act(ctx, ask, id, alert.Act{Kind: alert.ActRelease})
	case string(alert.FalseAlarm), string(alert.Expected), string(alert.NewNormal):
		return env.act(ctx, ask, id, alert.Act{Kind: alert.ActJudge, Verdict: alert.Verdict(choice)})
	}
	return env.Forged(ctx, ask)
}}

// act does something to what an id stands for: its state, the edits of its
// messages, the lines in their threads and the audit entry are one transaction.
// The effect is seen in the thread; only what could not be done is answered.
func (env *Env) act(ctx context.Context, ask Ask, id string, act alert.Act) (Reply, error) {
	act.By, act.At = ask.User, ask.Now
	if act.Kind == alert.ActAssign && env.Nobody(ctx, act.Owner) {
		pen := ask.pen(env)
		return Reply{Message: pen.Said(pen.L.T("command.unknown_person", "word", clip(act.Owner)))},
			env.refusedAs(ctx, ask, string(act.Kind), "unknown person "+clip(act.Owner))
	}
	var list []alert.Alert
	var refusal error
	err := env.DB.Update(ctx, func(tx *storage.Tx) (err error) {
		list, err = env.Notify.Act(tx, id, act, ask.Channel)
		if refused(err) {
			refusal, err = err, nil
		}
		return err
	})
	switch {
	case err != nil:
		return Reply{}, err
	case refusal == nil:
		return Reply{Silent: true}, nil
	case errors.Is(refusal, storage.ErrUnknown):
		err = env.refusedAs(ctx, ask, string(act.Kind), "unknown id "+clip(id))
	}
	return Reply{Message: env.refusal(ask, act, list, refusal)}, err
}

// Nobody reports whether the chat knows that there is no such person. A chat that
// cannot be asked stops nobody from working.
func (env *Env) Nobody(ctx context.Context, user string) bool {
	if env.Person == nil {
		return false
	}
	there, err := env.Person(ctx, user)
	return err == nil && !there
}

// refused reports whether err says that an act cannot be done, rather than that
// something broke. Its audit entry is kept with the transaction.
func refused(err error) bool {
	for _, e := range []error{alert.ErrOver, alert.ErrSame, alert.ErrTaken, alert.ErrPast, storage.ErrUnknown} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// refusal says why an act was not done and what would work.
func (env *Env) refusal(ask Ask, act alert.Act, list []alert.Alert, why error) chat.Message {
	pen := ask.pen(env)
	switch {
	case errors.Is(why, storage.ErrUnknown):
		return pen.Said(pen.L.T("command.no_alert"))
	case errors.Is(why, alert.ErrPast):
		return pen.Said(pen.L.T("command.snooze_range"))
	case errors.Is(why, alert.ErrSame) && act.Kind == alert.ActAck:
		return pen.Said(pen.L.T("command.already_yours"))
	case errors.Is(why, alert.ErrSame):
		return pen.Said(pen.L.T("command.already_so"))
	case errors.Is(why, alert.ErrTaken):
		return taken(pen, list)
	}
	return pen.Said(pen.L.T("command.over"))
}

// taken tells who has an alert.
func taken(pen card.Pen, list []alert.Alert) chat.Message {
	m := pen.Said(pen.L.T("command.already_taken"))
	for i := range list {
		if h := list[i].Holder(); h != "" {
			m.Sections[0].Body = []chat.Rich{{{Text: m.Text + " "}, {Mention: &chat.Mention{User: h}}}}
			break
		}
	}
	return m
}

// members are the alerts that an id stands for.
func (env *Env) members(ctx context.Context, id string) (list []alert.Alert, found bool, err error) {
	err = env.DB.View(ctx, func(tx *storage.Tx) (err error) {
		list, found, err = notify.Members(tx, id)
		return err
	})
	return list, found, err
}

// kept is the first note that people have kept of alerts, to go on from.
func kept(list []alert.Alert) string {
	for i := range list {
		if list[i].Note != "" {
			return list[i].Note
		}
	}
	return ""
}

// offer opens a form about what an id stands for, while something of it is open.
func (env *Env) offer(ctx context.Context, ask Ask, id string, form func(card.Pen, []alert.Alert) chat.Form) (Reply, error) {
	list, found, err := env.members(ctx, id)
	pen := ask.pen(env)
	if err != nil {
		return Reply{}, err
	}
	if !found {
		return Reply{Message: pen.Said(pen.L.T("command.no_alert"))}, env.refused(ctx, ask, "unknown id")
	}
	for _, a := range list {
		if a.State.Open() {
			f := form(pen, list)
			return Reply{Form: &f, Message: pen.Said(pen.L.T("command.no_form"))}, nil
		}
	}
	return Reply{Message: pen.Said(pen.L.T("command.over"))}, env.refused(ctx, ask, alert.ErrOver.Error())
}

// businessMorning is nine o'clock of the next day on which people work; today
// when it is not yet nine.
func businessMorning(shop *market.Shop, now time.Time) time.Time {
	local := shop.Local(now)
	y, m, d := local.Date()
	for i := 0; ; i++ {
		at := time.Date(y, m, d+i, 9, 0, 0, 0, shop.Zone)
		ay, am, ad := at.Date()
		if at.After(now) && shop.Calendar.Workday(market.DateOf(ay, am, ad)) {
			return at
		}
	}
}
