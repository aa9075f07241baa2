package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"shopwatch/commands"
	"shopwatch/internal/access"
	"shopwatch/internal/chat"
	"shopwatch/internal/i18n"
	"shopwatch/storage"
)

// Config is what a Desk needs.
type Config struct {
	DB *storage.DB
	// Commands gives the shop's commands for a channel.
	Commands func(channel string) *commands.Env
	Sender   chat.Sender
	// Form opens a form for the person who caused an event.
	Form func(ctx context.Context, e chat.Event, f chat.Form) error
	// Seal signs what buttons carry; the zero Seal takes everything.
	Seal access.Seal
	// Home shows a person's home page of the bot.
	Home   func(ctx context.Context, user string, m chat.Message) error
	Policy access.Policy
	Logger *slog.Logger
	Now    func() time.Time
	// Langs maps channel ids to language tags; Lang is used elsewhere when the
	// person's own language is not known.
	Langs map[string]string
	Lang  string
	// Workers answer at the same time; Waiting is how many events may queue.
	Workers, Waiting int
	// Limit is how often one person is answered.
	Limit Limit
}

// Desk answers people. Run must be running for anything to be answered.
type Desk struct {
	Config
	queue    chan chat.Event
	open     sync.WaitGroup // events accepted and not yet answered
	throttle throttle
	ledger   ledger
}

// New makes a desk with at least one worker.
func New(c Config) *Desk {
	c.Workers, c.Waiting = max(c.Workers, 1), max(c.Waiting, 1)
	return &Desk{Config: c, queue: make(chan chat.Event, c.Waiting), throttle: throttle{Limit: c.Limit}}
}

const (
	// seenTTL is how long a platform may deliver an event again.
	seenTTL = 24 * time.Hour
	// answerTime bounds one answer.
	answerTime = 30 * time.Second
	// lastAnswers is how long answers are begun after the end.
	lastAnswers = 5 * time.Second
)

// Accept takes an event and returns at once with what to tell the platform.
func (d *Desk) Accept(ctx context.Context, e chat.Event) chat.Ack {
	l := d.locale(ctx, e)
	if !d.Policy.Serves(e.Team, e.Guest) {
		d.Logger.LogAttrs(ctx, slog.LevelWarn, "event refused", slog.String("team", e.Team), slog.Bool("guest", e.Guest))
		return chat.Ack{Text: l.T("bot.not_served")}
	}
	if e.Kind == chat.Submit {
		if bad := d.check(ctx, e); len(bad) > 0 {
			return chat.Ack{Fields: bad} // the form stays open and may be sent again
		}
	}
	seen, err := d.seen(ctx, e)
	if errors.Is(err, storage.ErrFull) {
		// Without room nobody can tell whether it came before; a second answer is
		// better than none.
		d.Logger.LogAttrs(ctx, slog.LevelWarn, "event not recorded", slog.String("kind", string(e.Kind)), slog.Any("err", err))
		seen, err = false, nil
	}
	if err != nil {
		d.Logger.LogAttrs(ctx, slog.LevelError, "event not recorded", slog.String("kind", string(e.Kind)), slog.Any("err", err))
		return chat.Ack{Text: l.T("bot.busy")}
	}
	if seen {
		return chat.Ack{}
	}
	if wait, tell := d.throttle.take(e.User, time.Now()); wait > 0 && e.Kind != chat.Home && e.Kind != chat.Joined {
		d.ledger.answered(e)
		return d.slowDown(ctx, e, wait, tell)
	}
	d.open.Add(1)
	select {
	case d.queue <- e:
		return chat.Ack{}
	default:
		d.ledger.answered(e)
		d.open.Done()
		return chat.Ack{Text: l.T("bot.busy")}
	}
}

// slowDown turns away an event of a person who asks too often. A command is
// told so in its acknowledgement; whoever presses or mentions, once by itself.
func (d *Desk) slowDown(ctx context.Context, e chat.Event, wait time.Duration, tell bool) chat.Ack {
	text := d.locale(ctx, e).N("bot.slow_down", int(wait.Seconds())+1)
	if tell {
		d.Logger.LogAttrs(ctx, slog.LevelWarn, "person asks too often", slog.String("user", e.User), slog.Duration("wait", wait))
	}
	if e.Kind == chat.Command || !tell {
		return chat.Ack{Text: text}
	}
	d.open.Go(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerTime)
		defer cancel()
		if err := d.Sender.Answer(ctx, e, said(text)); err != nil {
			d.Logger.LogAttrs(ctx, slog.LevelWarn, "request to slow down not sent", slog.Any("err", err))
		}
	})
	return chat.Ack{}
}

func said(text string) chat.Message {
	return chat.Message{Text: text, Sections: []chat.Section{{Body: []chat.Rich{chat.Line(text)}}}}
}

// Run tells people whom an earlier run left without an answer, then answers
// until ctx ends, and then what was accepted before: all that waits when ctx
// ends, as far as lastAnswers allows.
func (d *Desk) Run(ctx context.Context) error {
	var workers sync.WaitGroup
	workers.Go(func() { d.apologize(ctx) })
	for range d.Workers {
		workers.Go(func() {
			for {
				select {
				case <-ctx.Done():
					d.empty(ctx)
					return
				case e := <-d.queue:
					d.serve(context.WithoutCancel(ctx), e)
				}
			}
		})
	}
	workers.Wait()
	d.settle(context.WithoutCancel(ctx))
	return nil
}

// empty answers what waits, as one of the workers.
func (d *Desk) empty(ctx context.Context) {
	for end := time.Now().Add(lastAnswers); time.Now().Before(end); {
		select {
		case e := <-d.queue:
			d.serve(context.WithoutCancel(ctx), e)
		default:
			return
		}
	}
}

// Settle waits until every accepted event has been answered.
func (d *Desk) Settle() { d.open.Wait() }

func (d *Desk) seen(ctx context.Context, e chat.Event) (seen bool, err error) {
	if len(e.Keys) == 0 {
		return false, nil
	}
	err = d.ledger.write(ctx, d.DB, func(tx *storage.Tx) error {
		seen, err = tx.Seen(e.Keys, d.Now(), seenTTL)
		if err != nil || seen {
			return err
		}
		return d.ledger.accept(tx, e, d.Now())
	})
	if err != nil {
		d.ledger.lost(e)
	}
	return seen, err
}

// serve answers one event, whatever happens.
func (d *Desk) serve(ctx context.Context, e chat.Event) {
	defer d.open.Done()
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	began := time.Now()
	reply, err := d.reply(ctx, e)
	if err != nil {
		reply = d.excuse(ctx, e, err)
	}
	sendErr := d.patient(ctx, func() error { return d.send(ctx, e, reply) })
	if errors.Is(sendErr, chat.ErrNoFile) {
		sendErr = errors.Join(sendErr, d.Sender.Answer(ctx, e, said(d.locale(ctx, e).T("file.not_attached"))))
	}
	if sendErr == nil && reply.Keep != nil {
		sendErr = reply.Keep(ctx)
	}
	if d.ledger.answered(e); len(d.queue) == 0 {
		d.settle(ctx)
	}
	level := slog.LevelInfo
	if err := errors.Join(err, sendErr); err != nil {
		level = slog.LevelError
	}
	d.Logger.LogAttrs(ctx, level, "event answered", slog.String("kind", string(e.Kind)), slog.String("command", e.Command),
		slog.String("verb", e.Verb), slog.Duration("took", time.Since(began).Round(time.Millisecond)), slog.Any("err", errors.Join(err, sendErr)))
}

// patient says something again that the platform did not take for its rate, once
// the time has passed that it asked for: a limit is certain, nothing was said
// yet. ctx bounds the wait.
func (d *Desk) patient(ctx context.Context, say func() error) error {
	for {
		err := say()
		s, limited := errors.AsType[*chat.SendError](err)
		if !limited || s.Failure != chat.Limited {
			return err
		}
		if end, bound := ctx.Deadline(); bound && time.Until(end) < s.After {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(s.After):
		}
	}
}

// reply runs the command that e asks for.
func (d *Desk) reply(ctx context.Context, e chat.Event) (r commands.Reply, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	ask, env := d.ask(ctx, e), d.Commands(e.Channel)
	switch e.Kind {
	case chat.Command, chat.Mentioned, chat.Direct:
		return env.Answer(ctx, ask)
	case chat.Press, chat.Submit:
		var ok bool
		if ask.Value, ok = d.Seal.Open(e.Verb, e.Value); !ok {
			return env.Forged(ctx, ask)
		}
		return env.Press(ctx, ask)
	case chat.Shortcut:
		return env.Press(ctx, ask)
	case chat.Joined:
		ask.Lang = cmp.Or(d.Langs[e.Channel], d.Lang) // it is said to the channel
		return env.Welcome(ctx, ask)
	case chat.Home:
		return env.HomePage(ctx, ask, "")
	}
	return r, fmt.Errorf("event kind %q", e.Kind)
}

// ask is an event in the words of commands.
func (d *Desk) ask(ctx context.Context, e chat.Event) commands.Ask {
	return commands.Ask{
		User: e.User, Channel: e.Channel, Lang: d.lang(ctx, e), Now: d.Now(), Thread: e.Thread, Message: e.Message, Said: e.Said,
		Short: e.Command, Text: e.Text, Verb: e.Verb, Value: e.Value, Fields: e.Fields,
		Allows: func(r access.Right) bool { return d.Policy.Allows(e.User, r) },
	}
}

// check says what is wrong with the answers of a form. It does not write to the
// store: the form waits for it.
func (d *Desk) check(ctx context.Context, e chat.Event) map[string]string {
	ask := d.ask(ctx, e)
	var ok bool
	if ask.Value, ok = d.Seal.Open(e.Verb, e.Value); !ok {
		return nil // refused once it is served
	}
	return d.Commands(e.Channel).Check(ask)
}

func (d *Desk) send(ctx context.Context, e chat.Event, r commands.Reply) error {
	if r.Form != nil && d.Form != nil {
		err := d.Form(ctx, e, d.Seal.Form(*r.Form))
		if err == nil {
			return nil
		}
		d.Logger.LogAttrs(ctx, slog.LevelWarn, "form not opened", slog.String("form", r.Form.Verb), slog.Any("err", err))
	}
	r.Message = d.Seal.Message(r.Message)
	switch {
	case e.OnHome && (r.Silent || r.Brief):
		return d.rebuild(ctx, e, r)
	case r.Silent:
		return nil
	case e.Kind == chat.Home:
		return d.Home(ctx, e.User, r.Message)
	case r.Share:
		return d.Sender.Share(ctx, e, r.Message)
	}
	return d.Sender.Answer(ctx, e, r.Message)
}

// rebuild shows the page anew on which something was done, with what came of it.
func (d *Desk) rebuild(ctx context.Context, e chat.Event, r commands.Reply) error {
	page, err := d.Commands("").HomePage(ctx, d.ask(ctx, e), r.Message.Text)
	if err != nil {
		return err
	}
	return d.Home(ctx, e.User, d.Seal.Message(page.Message))
}

// excuse tells the person that something broke, with a number that finds the
// cause in the log.
func (d *Desk) excuse(ctx context.Context, e chat.Event, err error) commands.Reply {
	incident := fmt.Sprintf("%X", d.Now().UnixNano()%0xffffff)
	d.Logger.LogAttrs(ctx, slog.LevelError, "answer broke", slog.String("incident", incident), slog.Any("err", err))
	text := d.locale(ctx, e).T("bot.broke", "incident", incident)
	return commands.Reply{Message: said(text)}
}

// lang is the language in which e is answered: what the person has chosen or
// the chat client speaks, else the channel's, else the bot's. It reads the
// store, which waits for nobody.
func (d *Desk) lang(ctx context.Context, e chat.Event) string {
	chosen := ""
	err := d.DB.View(ctx, func(tx *storage.Tx) error {
		p, err := tx.Person(e.User)
		chosen = p.Lang
		return err
	})
	if err != nil {
		d.Logger.LogAttrs(ctx, slog.LevelWarn, "chosen language not read", slog.Any("err", err))
	}
	return cmp.Or(chosen, e.Lang, d.Langs[e.Channel], d.Lang)
}

func (d *Desk) locale(ctx context.Context, e chat.Event) *i18n.Locale {
	return i18n.For(d.lang(ctx, e))
}
