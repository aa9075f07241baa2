package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"shopwatch/internal/i18n"
)

// TestStories plays testdata/*.txtar: the whole bot between a small marketplace
// and the sandbox, on a clock that the story moves. Its verbs:
//
//	demo [LANG]                   opens the shop on Sunday 2026-11-22 at 08:20
//	until HH:MM                   lets the clock run to that time, +1 for the day after
//	type USER CHANNEL TEXT...     somebody types; the story goes on when the bot has answered
//	thread USER CHANNEL TEXT...   the same in the thread of the newest root
//	press USER CHANNEL VERB       presses that button of the newest message with one
//	choose USER CHANNEL VERB CHOICE   chooses that entry of the newest menu of that verb
//	submit USER FIELD=VALUE...    fills in and sends the form that the person has open
//	shortcut USER CHANNEL VERB    uses a message shortcut on the newest root, or on its newest reply
//	forge USER CHANNEL VERB       presses such a button with a value that the bot never gave out
//	restart                       stops the bot and starts it again over the same store and chat
//	form USER                     writes the form that the person has open to the file "said"
//	operators USER...             restarts the bot with these people as its only operators
//	stale USER CHANNEL VERB       presses such a button as it stood when it was posted, though the message has changed
//	rejoin CHANNEL                takes the bot out of a channel and invites it again
//	home USER                     opens the bot's home page and writes it to the file "said"
//	onhome USER VERB [VALUE]      uses such a button or menu there; the page is as it was drawn last
//	audit                         writes the audit of acts on alerts to the file "said"
//	file CHANNEL                  writes what the newest file shared there holds to the file "said"
//	said CHANNEL                  writes what was said there since the last time to the file "said"
//	evidence CHANNEL              sets $ID to the evidence id of the newest message there
//	[!] replay [JSON] ID FILE     computes it again into the file, by the running bot if there is one
//	searches CATEGORY N CLICKS DAYS...    N searches, so many days ago, that led to so many clicks
//	late N                        N orders of yesterday arrive late
//	mend                          the rivals' prices come again, without the cuts that alerts are about
//	stop                          ends the bot
//	compact                       compacts the store of a bot that was stopped
//	socket                        lets the terminal talk to the bot
//	[!] alerts FILE list|ack|silence AS TEXT...      the terminal's verb; AS is a user's id, or -
//	[!] rules FILE list|explain|test|diff RULE LABELS...   the terminal's verb; of diff a configuration
//	ask FILE TEXT...              asks on the terminal, at the moment of the story
func TestStories(t *testing.T) {
	if testing.Short() {
		t.Skip("stories take some seconds each")
	}
	t.Cleanup(func() { // when the last of them has ended
		for _, l := range []*i18n.Locale{i18n.Zh(), i18n.En()} {
			if n := l.Faults(); n > 0 {
				t.Errorf("%s: %d times a text was missing or lacked a value", l.Tag(), n)
			}
		}
	})
	testscript.Run(t, testscript.Params{
		Dir: "testdata", UpdateScripts: os.Getenv("UPDATE") != "",
		Setup: func(e *testscript.Env) error {
			w := &world{ctx: t.Context(), dir: e.Getenv("WORK") + "/data", heard: map[string]int{}}
			e.Values["world"] = w
			e.Defer(func() {
				if err := w.close(); err != nil {
					t.Error(err)
				}
			})
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"demo":      func(ts *testscript.TestScript, _ bool, a []string) { ts.Check(of(ts).open(a)) },
			"until":     func(ts *testscript.TestScript, _ bool, a []string) { ts.Check(of(ts).until(a[0])) },
			"type":      func(ts *testscript.TestScript, _ bool, a []string) { ts.Check(of(ts).say(a[0], a[1], "", a[2:])) },
			"thread":    func(ts *testscript.TestScript, _ bool, a []string) { ts.Check(of(ts).inThread(a)) },
			"press":     func(ts *testscript.TestScript, _ bool, a []string) { ts.Check(of(ts).press(a[0], a[1], a[2])) },
			"choose":    func(ts *testscript.TestScript, _ bool, a []string) { ts.Check(of(ts).choose(a[0], a[1], a[2], a[3])) },
			"submit":    func(ts *testscript.TestScript, _ bool, a []string) { ts.Check(of(ts).submit(a[0], a[1:])) },
			"shortcut":  func(ts *testscript.TestScript, _ bool, a []string) { ts.Check(of(ts).shortcut(a[0], a[1], a[2])) },
			"forge":     func(ts *testscript.TestScript, _ bool, a []string) { ts.Check(of(ts).forge(a[0], a[1], a[2])) },
			"restart":   func(ts *testscript.TestScript, _ bool, _ []string) { ts.Check(of(ts).restart()) },
			"form":      func(ts *testscript.TestScript, _ bool, a []string) { ts.Check(write(ts, of(ts).form(a[0]))) },
			"operators": func(ts *testscript.TestScript, _ bool, a []string) { ts.Check(of(ts).operators(a)) },
			"stale":     func(ts *testscript.TestScript, _ bool, a []string) { ts.Check(of(ts).stale(a[0], a[1], a[2])) },
			"rejoin":    func(ts *testscript.TestScript, _ bool, a []string) { ts.Check(of(ts).rejoin(a[0])) },
			"home":      func(ts *testscript.TestScript, _ bool, a []string) { ts.Check(home(ts, a[0])) },
			"onhome":    func(ts *testscript.TestScript, _ bool, a []string) { ts.Check(of(ts).onHome(a[0], a[1], a[2:])) },
			"audit": func(ts *testscript.TestScript, _ bool, _ []string) {
				text, err := of(ts).audit()
				ts.Check(err)
				ts.Check(write(ts, text))
			},
			"evidence": func(ts *testscript.TestScript, _ bool, a []string) {
				id, err := of(ts).evidence(a[0])
				ts.Check(err)
				ts.Setenv("ID", id)
			},
			"socket":   func(ts *testscript.TestScript, _ bool, _ []string) { ts.Check(of(ts).socket()) },
			"alerts":   alertsOn,
			"rules":    rulesOn,
			"replay":   replay,
			"searches": func(ts *testscript.TestScript, _ bool, a []string) { ts.Check(of(ts).searches(a[0], a[1:3], a[3:])) },
			"late":     func(ts *testscript.TestScript, _ bool, a []string) { ts.Check(of(ts).late(a[0])) },
			"mend":     func(ts *testscript.TestScript, _ bool, _ []string) { ts.Check(of(ts).mend()) },
			"stop":     func(ts *testscript.TestScript, _ bool, _ []string) { ts.Check(of(ts).close()) },
			"compact":  func(ts *testscript.TestScript, _ bool, _ []string) { ts.Check(of(ts).compact()) },
			"ask":      func(ts *testscript.TestScript, _ bool, a []string) { ts.Check(of(ts).ask(ts.MkAbs(a[0]), a[1:])) },
			"file":     func(ts *testscript.TestScript, _ bool, a []string) { ts.Check(fileIn(ts, a[0])) },
			"said": func(ts *testscript.TestScript, _ bool, a []string) {
				ts.Check(write(ts, of(ts).said(a[0])))
			},
		},
	})
}

func write(ts *testscript.TestScript, text string) error {
	return os.WriteFile(ts.MkAbs("said"), []byte(text), 0o600)
}

func of(ts *testscript.TestScript) *world { return ts.Value("world").(*world) }

// world is one story's demo.
type world struct {
	ctx    context.Context //nolint:containedctx // testscript has no place for it
	dir    string
	demo   *Demo
	hangUp func() error
	heard  map[string]int // by channel: how many events were read
	// complaints are what was wrong with the form that was sent last.
	complaints map[string]string
}

func (w *world) open(args []string) (err error) {
	lang := "zh-CN"
	if len(args) > 0 {
		lang = args[0]
	}
	if w.demo, err = openSmallDemo(w.ctx, w.dir, lang); err != nil {
		return err
	}
	w.hangUp, err = w.demo.Listen(w.ctx)
	return err
}

// openSmallDemo opens the demo that stories and pages share, at its start. Its
// history is read once for all of them.
func openSmallDemo(ctx context.Context, dir, lang string) (*Demo, error) {
	store, err := smallShop()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, storeFile), store, 0o600); err != nil {
		return nil, err
	}
	d, err := OpenDemo(ctx, smallDemo(dir, lang))
	if err == nil {
		d.Clock.Set(d.opt.Start)
	}
	return d, err
}

func smallDemo(dir, lang string) DemoOptions {
	return DemoOptions{Dir: dir, Seed: 1, SKUs: 600, Orders: 1500, Days: 30, Lang: lang, Logger: slog.New(slog.DiscardHandler)}
}

// smallShop is the store of such a demo once it has read its history.
var smallShop = sync.OnceValues(func() (store []byte, err error) {
	dir, err := os.MkdirTemp("", "shopwatch-story-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	d, err := OpenDemo(ctx, smallDemo(dir, "en"))
	if err != nil {
		return nil, err
	}
	if err := errors.Join(d.Backfill(ctx), d.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, storeFile))
})

func (w *world) close() error {
	if w.demo == nil || w.hangUp == nil {
		return nil
	}
	hangUp := w.hangUp
	w.hangUp = nil
	return errors.Join(hangUp(), w.demo.Close())
}

// until reads "10:35" as today's and "+1 10:35", written "+1T10:35", as tomorrow's.
func (w *world) until(at string) error {
	day := w.demo.opt.Start
	if rest, ok := strings.CutPrefix(at, "+1T"); ok {
		day, at = day.AddDate(0, 0, 1), rest
	}
	t, err := time.Parse("15:04", at)
	if err != nil {
		return err
	}
	to := time.Date(day.Year(), day.Month(), day.Day(), t.Hour(), t.Minute(), 0, 0, day.Location())
	return w.demo.App.Step(w.ctx, to, nobody)
}

func (w *world) say(user, channel, thread string, words []string) error {
	_, err := w.demo.Sandbox.Reply(w.ctx, user, channel, thread, strings.Join(words, " "))
	w.demo.App.Settle()
	return err
}

func (w *world) inThread(a []string) error {
	for _, e := range slices.Backward(w.demo.Sandbox.Transcript()) {
		if e.Kind == "post" && e.Channel == a[1] && e.User == "shopwatch" {
			return w.settle(w.say(a[0], a[1], e.TS, a[2:]))
		}
	}
	return fmt.Errorf("nothing was posted in %s", a[1])
}

// press finds the newest message of the channel with such a button and presses it.
func (w *world) press(user, channel, verb string) error {
	for _, e := range slices.Backward(w.demo.Sandbox.Transcript()) {
		if e.Channel != channel || !strings.Contains(string(e.Blocks), `"action_id":"`+verb) {
			continue
		}
		_, err := w.demo.Sandbox.Press(w.ctx, user, channel, e.TS, verb, "")
		w.demo.App.Settle()
		if err != nil {
			return err
		}
		// What the press put into the outbox goes out a moment later.
		return w.demo.App.Step(w.ctx, w.demo.Clock.Now().Add(5*time.Second), nobody)
	}
	return fmt.Errorf("no message in %s has a button %q", channel, verb)
}

// said is what the bot and the chat itself said in a channel since the last
// time, a line each: kind, reader of an ephemeral, text.
func (w *world) said(channel string) string {
	var b strings.Builder
	n := 0
	for _, e := range w.demo.Sandbox.Transcript() {
		if e.Channel != channel {
			continue
		}
		if n++; n <= w.heard[channel] {
			continue
		}
		fmt.Fprintf(&b, "%s %s", e.At.Format("15:04"), e.Kind)
		if e.Only != "" {
			fmt.Fprintf(&b, " to %s", e.Only)
		}
		fmt.Fprintf(&b, ": %s\n", e.Text)
	}
	w.heard[channel] = n
	return b.String()
}
