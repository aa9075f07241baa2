package commands

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"shopwatch/internal/access"
	"shopwatch/internal/alert"
	"shopwatch/internal/card"
	"shopwatch/internal/chat"
	"shopwatch/internal/evidence"
	"shopwatch/internal/i18n"
	"shopwatch/internal/market"
	"shopwatch/internal/notify"
	"shopwatch/internal/outbox"
	"shopwatch/internal/report"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// Command is one question that people ask.
type Command struct {
	Name    string   // the verb
	Short   string   // its own slash command, "/gmv", or empty
	Words   []string // further names, as people say them
	First   bool     // only the first word of a question can name it
	Example string   // a question that can be run as it stands
	Right   access.Right
	// Needs are the fact tables without which there is nothing to say, the one
	// whose days are asked for first; "table.column" where a column is not always
	// brought. nil is order_line.
	Needs []string
	// Literal: the words after the verb are handed over as they stand, in
	// Query.Item, and not read as a period, a filter and so on.
	Literal bool
	Run     func(ctx context.Context, env *Env, r Request) (chat.Message, error)
	// Form is what is opened when it is asked without words where a form can be;
	// nil when there is none. What Run answers stands where none can be.
	Form func(ctx context.Context, env *Env, r Request) (chat.Form, error)
	// Data gives the numbers behind the answer, for programs; nil when there
	// are none.
	Data func(ctx context.Context, env *Env, r Request) (any, error)
}

// all is every command in the order of help.
func all() []*Command {
	return []*Command{
		gmv,
		target,
		why,
		forecast,
		race,
		campaign,
		calendar,
		live,
		channels,
		bands,
		regions,
		hits,
		fresh,
		price,
		floor,
		conflicts,
		suggest,
		stock,
		restock,
		top,
		sku,
		cover,
		slow,
		funnel,
		traffic,
		search,
		ads,
		members,
		service,
		returns,
		complaints,
		counterfeit,
		nps,
		digest,
		alerts,
		silence,
		silences,
		noise,
		home,
		subscribe,
		unsubscribe,
		subscriptions,
		quiet,
		language,
		define,
		exporting,
		status,
		ackTyped,
		snoozeTyped,
		assignTyped,
		resolveTyped,
		judgeTyped,
		releaseTyped,
		noteTyped,
		help,
	}
}

// Examples are questions that can be asked as they stand, one of every command
// in the order of help.
func Examples() (list []string) {
	for _, c := range all() {
		list = append(list, c.Example)
	}
	return list
}

// Act is what a button, a menu, a shortcut or a form does.
type Act struct {
	Verb  string
	Right access.Right
	Run   func(ctx context.Context, env *Env, ask Ask) (Reply, error)
	// Brief: what it answers is a line that can stand on the page on which it was
	// done, rather than a message of its own.
	Brief bool
	// Check says what is wrong with the answers of a form, by the names of its
	// inputs. It must be quick: the form waits for it. nil takes every answer.
	Check func(env *Env, ask Ask) map[string]string
}

func acts() []*Act {
	return []*Act{
		run, share, ack, details, snooze, more, snoozeForm, assignForm, resolveForm,
		silenceForm, silenceNow, unsilence, ackShortcut, noteShortcut,
		subscribeButton, subscribeForm, unsubscribeButton, languageMenu, quietButton, quietForm,
		planNow, planUndo, targetForm, targetEdit, takePrice,
	}
}

// Env is what commands work with. It is set up once and only read.
type Env struct {
	DB     *storage.DB
	Series *series.Store // panels of items; nil answers that there is no data
	Shop   *market.Shop
	Notify *notify.Notifier // tells of what people do to alerts
	Rules  report.Rules
	Jobs   []string // names for the status answer
	// Posts are the places that the configuration names for digests.
	Posts []outbox.Route
	// Person reports whether somebody is a person of the chat who can be given
	// something to do; nil takes everybody, and so does an error.
	Person func(ctx context.Context, user string) (bool, error)
	// Store says how the store stands, for the status answer; nil leaves it out.
	Store func(ctx context.Context) (report.StoreStatus, error)

	basis   evidence.Basis
	planned *planned
	topics  []card.Topic // all commands for help; help itself cannot name the list it is in
}

// New completes an Env.
func New(env Env) *Env {
	for _, c := range all() {
		env.topics = append(env.topics, card.Topic{Name: c.Name, Example: c.Example, Daily: c.Short != "" || c == alerts})
	}
	env.basis = evidence.Basis{Shop: env.Shop, Rules: env.Rules}.Frozen()
	env.planned = &planned{}
	return &env
}

// Ask is a question or an act as it comes from a chat.
type Ask struct {
	User    string
	Channel string
	Lang    string
	Now     time.Time
	Short   string // the slash command that was used; empty for a mention
	Text    string
	Verb    string // of a button, with its value
	Value   string
	Thread  string            // root of the thread it was asked in, or empty
	Message chat.Ref          // that a shortcut is about, or that holds the button
	Said    string            // text of that message
	Fields  map[string]string // answers of a form
	Allows  func(access.Right) bool
}

// Reply is the answer and who may see it.
type Reply struct {
	Message chat.Message
	Share   bool // for everyone in the channel
	Silent  bool // nothing to say: the effect is visible elsewhere
	Brief   bool // Message is a line that can stand on the asker's page instead
	// Keep writes down what the answer was computed from; nil when it holds no
	// numbers. It is called after the answer has been sent, which it must not
	// delay.
	Keep func(ctx context.Context) error
	// Form is opened for the asker; where that cannot be, Message is said.
	Form *chat.Form
}

// Request is a parsed question.
type Request struct {
	Ask
	Query    Query
	Rest     string // the words after the verb, as typed
	Question string // as it would be typed again after /shop
	Pen      card.Pen

	proof *proof
}

func (a Ask) pen(env *Env) card.Pen { return card.New(i18n.For(a.Lang), env.Shop) }

// Answer answers a typed question. What cannot be understood is answered with
// what was not understood and the nearest question that works.
func (env *Env) Answer(ctx context.Context, ask Ask) (Reply, error) {
	env, err := env.current(ctx)
	if err != nil {
		return Reply{}, err
	}
	c, r, no, err := env.read(ctx, ask)
	switch {
	case err != nil:
		return Reply{}, err
	case no != nil && c != nil:
		return *no, env.refusedAs(ctx, ask, c.Name, "no right")
	case no != nil:
		return *no, nil
	}
	if c.Form != nil && r.Rest == "" {
		return env.form(ctx, c, r)
	}
	if err := env.newest(ctx, &r); err != nil {
		return Reply{}, err
	}
	m, err := env.say(ctx, c, r)
	if t, ok := trouble(err); ok {
		reply := Reply{Message: r.Pen.Trouble(r.Pen.L.T(t.Key, t.Args...), t.Fix)}
		if c.Right == access.View {
			return reply, nil
		}
		return reply, env.refusedAs(ctx, ask, c.Name, t.Key)
	}
	if err != nil {
		return Reply{}, err
	}
	reply, err := env.witness(ctx, c, r, Reply{Message: m, Share: r.Query.Share})
	if m.File != nil {
		reply.Keep = env.noted(r, m, reply.Keep)
	}
	return reply, err
}

// say answers a question that was understood: in words, or with a file.
func (env *Env) say(ctx context.Context, c *Command, r Request) (chat.Message, error) {
	if r.Query.File != "" {
		return env.filed(ctx, c, r)
	}
	m, err := c.Run(ctx, env, r)
	if err != nil || c.Data == nil {
		return m, err
	}
	if r.proof != nil && r.proof.numbers == nil && errors.Is(r.proof.err, report.ErrNoData) {
		t, err := env.lacking(ctx, c, r, r.proof.err)
		if err != nil || t != nil {
			return m, cmp.Or(err, error(t))
		}
	}
	return r.Pen.AsFile(m, r.Question), nil
}

// form offers the form of a command that was asked without words.
func (env *Env) form(ctx context.Context, c *Command, r Request) (Reply, error) {
	f, err := c.Form(ctx, env, r)
	if err != nil {
		return Reply{}, err
	}
	m, err := c.Run(ctx, env, r)
	if t, ok := trouble(err); ok {
		m, err = r.Pen.Trouble(r.Pen.L.T(t.Key, t.Args...), t.Fix), nil
	}
	return Reply{Message: m, Form: &f}, err
}

// Numbers gives what stands behind the answer to a typed question, for
// programs. A question that cannot be answered is an error in the asker's
// language.
func (env *Env) Numbers(ctx context.Context, ask Ask) (any, error) {
	return env.numbers(ctx, ask, 0)
}

// numbers does so with lists of up to that many rows; 0 takes the command's own
// number.
func (env *Env) numbers(ctx context.Context, ask Ask, rows int) (any, error) {
	env, err := env.current(ctx)
	if err != nil {
		return nil, err
	}
	c, r, no, err := env.read(ctx, ask)
	if err != nil {
		return nil, err
	}
	if no != nil {
		return nil, &NoAnswer{Text: no.Message.Text, Try: firstQuestion(no.Message)}
	}
	if c.Data == nil {
		return nil, &NoAnswer{Text: r.Pen.L.T("command.no_numbers", "word", c.Name)}
	}
	if err := env.newest(ctx, &r); err != nil {
		return nil, err
	}
	r.Query.Rows = rows
	data, err := c.Data(ctx, env, r)
	if err != nil {
		return nil, env.noNumbers(ctx, c, r, err)
	}
	return data, nil
}

// read turns an ask into a command and its request. The reply is set when that
// cannot be done and says why; with a command, it is that the asker has no right
// to it.
func (env *Env) read(ctx context.Context, ask Ask) (*Command, Request, *Reply, error) {
	ask, no, err := env.understood(ctx, ask)
	if err != nil || no != nil {
		return nil, Request{}, no, err
	}
	c, r, no := env.parsed(ask)
	return c, r, no, nil
}

// parsed reads an ask in the words of the grammar.
func (env *Env) parsed(ask Ask) (*Command, Request, *Reply) {
	c, rest := find(ask.Short, ask.Text)
	asFile := c != nil && c.Name == exportName && strings.TrimSpace(rest) != ""
	if asFile {
		ask.Short, ask.Text = "", exported(rest)
		c, rest = find("", ask.Text)
	}
	if c == nil {
		return nil, Request{}, env.unknown(ask)
	}
	q, err := Query{Verb: c.Name, Item: rest}, error(nil)
	if !c.Literal {
		q, err = Parse(env.Shop, c.Name, rest, ask.Now)
	}
	if q.Lang != "" {
		ask.Lang = q.Lang
	}
	pen := ask.pen(env)
	if (asFile || q.File != "") && (c.Data == nil || c.Literal) {
		err = &Trouble{Key: "file.no_table", Args: []any{"word", c.Name}}
	}
	if t, ok := trouble(err); ok {
		return nil, Request{}, &Reply{Message: pen.Trouble(pen.L.T(t.Key, t.Args...), t.Fix)}
	}
	if !ask.Allows(c.Right) {
		return c, Request{}, &Reply{Message: pen.Said(pen.L.T("command.not_allowed"))}
	}
	return c, Request{Ask: ask, Query: q, Rest: strings.TrimSpace(rest), Question: join(c.Name, rest), Pen: pen, proof: &proof{}}, nil
}

// Press does what a button stands for.
func (env *Env) Press(ctx context.Context, ask Ask) (Reply, error) {
	env, err := env.current(ctx)
	if err != nil {
		return Reply{}, err
	}
	i := slices.IndexFunc(acts(), func(a *Act) bool { return a.Verb == ask.Verb })
	pen := ask.pen(env)
	if i < 0 {
		return Reply{Message: pen.Said(pen.L.T("command.old_button")), Brief: true}, env.refused(ctx, ask, "no such act")
	}
	act := acts()[i]
	if !ask.Allows(act.Right) {
		return Reply{Message: pen.Said(pen.L.T("command.not_allowed")), Brief: true}, env.refused(ctx, ask, "no right")
	}
	reply, err := act.Run(ctx, env, ask)
	reply.Brief = act.Brief
	return reply, err
}

// Check says what is wrong with the answers of a form, by the names of its
// inputs, in the asker's language.
func (env *Env) Check(ask Ask) map[string]string {
	i := slices.IndexFunc(acts(), func(a *Act) bool { return a.Verb == ask.Verb })
	if i < 0 {
		return nil
	}
	bad := map[string]string{}
	for name, text := range ask.Fields {
		// The window itself keeps to these lengths; what arrives need not come from it.
		if most := card.MaxOf(name); len([]rune(text)) > most {
			bad[name] = ask.pen(env).L.T("command.too_long", "max", most)
		}
	}
	if len(bad) > 0 || acts()[i].Check == nil {
		return bad
	}
	return acts()[i].Check(env, ask)
}

// Forged answers a button whose value the bot has not signed.
func (env *Env) Forged(ctx context.Context, ask Ask) (Reply, error) {
	pen := ask.pen(env)
	return Reply{Message: pen.Said(pen.L.T("command.old_button")), Brief: true}, env.refused(ctx, ask, "not signed by the bot")
}

// refused notes in the audit that somebody tried what could not be done.
func (env *Env) refused(ctx context.Context, ask Ask, why string) error {
	return env.refusedAs(ctx, ask, ask.Verb, why)
}

// refusedAs does so for something that was typed.
func (env *Env) refusedAs(ctx context.Context, ask Ask, act, why string) error {
	return env.DB.Update(ctx, func(tx *storage.Tx) error {
		return notify.Refused(tx, access.Entry{At: ask.Now, Actor: ask.User, Act: act, Subject: clip(cmp.Or(ask.Value, ask.Text)), Channel: ask.Channel, Detail: why})
	})
}

// unknown offers the command nearest to what was typed.
func (env *Env) unknown(ask Ask) *Reply {
	pen := ask.pen(env)
	first, rest := cutWord(ask.Text)
	near := nearest(fold(first), verbs())
	if near == "" {
		return &Reply{Message: pen.Trouble(pen.L.T("command.unknown_verb", "word", first), "")}
	}
	return &Reply{Message: pen.Trouble(pen.L.T("command.unknown_verb_near", "word", first, "near", near), join(near, rest))}
}

// openAlerts are the alerts that people know of, most urgent first, and the
// number of those that are still watched.
func openAlerts(ctx context.Context, env *Env) (open []alert.Alert, pending int, err error) {
	err = env.DB.View(ctx, func(tx *storage.Tx) error {
		list, err := tx.OpenAlerts(env.Shop.ID)
		for _, a := range list {
			if a.State.Open() {
				open = append(open, a)
			} else {
				pending++
			}
		}
		return err
	})
	byUrgency(open)
	return open, pending, err
}

// byUrgency puts the most severe first, and of those the most money.
func byUrgency(list []alert.Alert) {
	slices.SortStableFunc(list, func(a, b alert.Alert) int {
		return cmp.Or(cmp.Compare(a.Latest.Severity.Rank(), b.Latest.Severity.Rank()), cmp.Compare(b.Latest.AtRisk, a.Latest.AtRisk))
	})
}
