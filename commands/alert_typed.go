package commands

import (
	"context"
	"slices"
	"strings"
	"time"

	"shopwatch/internal/access"
	"shopwatch/internal/alert"
	"shopwatch/internal/card"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/notify"
	"shopwatch/storage"
)

// The acts on alerts as words, for threads, where slash commands do not work:
// "@shopwatch ack". Elsewhere the alert's id comes first: "/shop ack k7q2m9x4a7q2".
var (
	ackTyped = typedAct("ack", []string{"认领", "acknowledge"}, "ack", func(Request, string) (alert.Act, error) {
		return alert.Act{Kind: alert.ActAck}, nil
	})
	snoozeTyped = typedAct("snooze", []string{"稍后", "稍后提醒"}, "snooze 4h", func(r Request, words string) (alert.Act, error) {
		d, ok := parseSpan(words)
		if !ok || d > alert.MaxSnooze {
			return alert.Act{}, &Trouble{Key: "command.bad_span", Args: []any{"word", clip(words), "max", "30d"}, Fix: "snooze 4h"}
		}
		return alert.Act{Kind: alert.ActSnooze, Until: r.Now.Add(d)}, nil
	})
	assignTyped = typedAct("assign", []string{"指派", "交给"}, "assign @lilei", func(_ Request, words string) (alert.Act, error) {
		user, ok := personIn(words)
		if !ok {
			return alert.Act{}, &Trouble{Key: "command.bad_person"}
		}
		return alert.Act{Kind: alert.ActAssign, Owner: user}, nil
	})
	resolveTyped = typedAct("resolve", []string{"解决", "已解决", "close"}, "resolve restocked", func(_ Request, words string) (alert.Act, error) {
		return alert.Act{Kind: alert.ActResolve, Note: words}, nil
	})
	judgeTyped = typedAct("judge", []string{"结论"}, "judge expected", func(_ Request, words string) (alert.Act, error) {
		word, note, _ := strings.Cut(words, " ")
		v, ok := verdicts[fold(word)]
		if !ok {
			return alert.Act{}, &Trouble{Key: "command.bad_verdict", Args: []any{"word", clip(word)}, Fix: "judge expected"}
		}
		return alert.Act{Kind: alert.ActJudge, Verdict: v, Note: strings.TrimSpace(note)}, nil
	})
	releaseTyped = typedAct("release", []string{"放回"}, "release", func(Request, string) (alert.Act, error) {
		return alert.Act{Kind: alert.ActRelease}, nil
	})
	noteTyped = typedAct("note", []string{"备注"}, "note supplier called", func(_ Request, words string) (alert.Act, error) {
		if words == "" {
			return alert.Act{}, &Trouble{Key: "command.empty_note", Fix: "note …"}
		}
		return alert.Act{Kind: alert.ActNote, Note: words}, nil
	})
)

// OnAlerts are the verbs that are typed about an alert, in its thread or with its
// id before the other words.
func OnAlerts() (names []string) {
	for _, c := range []*Command{ackTyped, snoozeTyped, assignTyped, resolveTyped, judgeTyped, releaseTyped, noteTyped} {
		names = append(names, c.Name)
	}
	return names
}

var verdicts = map[string]alert.Verdict{
	"false": alert.FalseAlarm, "false_alarm": alert.FalseAlarm, "误报": alert.FalseAlarm,
	"expected": alert.Expected, "预期": alert.Expected, "预期之内": alert.Expected,
	"normal": alert.NewNormal, "new_normal": alert.NewNormal, "新常态": alert.NewNormal,
}

// typedAct makes the command of an act; read turns the words after the verb and
// the alert into the act.
func typedAct(name string, words []string, example string, read func(r Request, words string) (alert.Act, error)) *Command {
	return &Command{Name: name, Words: words, Example: example, Right: access.Operate, Literal: true, Run: func(ctx context.Context, env *Env, r Request) (chat.Message, error) {
		id, rest, err := env.subjectOf(ctx, r)
		if err != nil {
			return chat.Message{}, err
		}
		act, err := read(r, rest)
		if err != nil {
			return chat.Message{}, err
		}
		reply, err := env.act(ctx, r.Ask, id, act)
		if err != nil {
			return chat.Message{}, err
		}
		if reply.Silent {
			return r.Pen.Said(r.Pen.L.T("command.done")), nil
		}
		return reply.Message, nil
	}}
}

// subjectOf finds what a typed act is about: the alert of the thread it was
// typed in, else the one whose id comes first. rest is what remains.
func (env *Env) subjectOf(ctx context.Context, r Request) (id, rest string, err error) {
	if r.Thread != "" {
		id, err := env.rootAt(ctx, chat.Ref{Channel: r.Channel, TS: r.Thread}, r.Now)
		if err != nil || id != "" {
			return id, r.Rest, err
		}
	}
	first, rest, _ := strings.Cut(r.Rest, " ")
	if first = halfWidth(first); looksLikeAlertID(first) {
		return first, strings.TrimSpace(rest), nil
	}
	return "", "", &Trouble{Key: "command.which_alert", Fix: "alerts"}
}

func looksLikeAlertID(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789abcdefghjkmnpqrstvwxyz") == ""
}

// lookBack is how long after it was raised an alert can be found by its thread.
const lookBack = 14 * 24 * time.Hour

// rootAt is the id of the group whose root is the message, or empty.
func (env *Env) rootAt(ctx context.Context, ref chat.Ref, now time.Time) (id string, err error) {
	err = env.DB.View(ctx, func(tx *storage.Tx) error {
		groups, err := tx.Groups(env.Shop.ID)
		if err != nil {
			return err
		}
		for i := range groups {
			if ok, err := isRoot(tx, &groups[i], ref); ok || err != nil {
				id = groups[i].ID
				return err
			}
		}
		past, err := tx.Alerts(env.Shop.ID, market.Window{Start: now.Add(-lookBack), End: now.Add(time.Hour)})
		if err != nil {
			return err
		}
		id, err = pastRoot(tx, past, ref)
		return err
	})
	return id, err
}

// pastRoot looks among the groups of alerts, the newest first.
func pastRoot(tx *storage.Tx, past []alert.Alert, ref chat.Ref) (string, error) {
	seen := map[string]bool{}
	for _, a := range slices.Backward(past) {
		for _, gid := range a.Groups {
			if seen[gid] {
				continue
			}
			seen[gid] = true
			g, ok, err := tx.Group(gid)
			if err != nil {
				return "", err
			}
			if !ok {
				continue
			}
			if is, err := isRoot(tx, &g, ref); is || err != nil {
				return g.ID, err
			}
		}
	}
	return "", nil
}

func isRoot(tx *storage.Tx, g *alert.Group, ref chat.Ref) (bool, error) {
	e, ok, err := tx.Entry(notify.EntryKey(g))
	return ok && e.Receipt.Ref == ref, err
}

// parseSpan reads 30m, 4h, 2d, 1w and 30分钟, 4小时, 2天, 1周; it must be longer
// than nothing and at most a year.
func parseSpan(word string) (time.Duration, bool) {
	word = strings.ReplaceAll(fold(word), " ", "")
	digits := strings.TrimRight(word, "abcdefghijklmnopqrstuvwxyz分钟小时天日周")
	n, ok := smallNumber(digits)
	unit, known := spanUnits[word[len(digits):]]
	if !ok || !known || n <= 0 {
		return 0, false
	}
	d := time.Duration(n) * unit
	return d, d <= alert.MaxSilence
}

var spanUnits = map[string]time.Duration{
	"m": time.Minute, "min": time.Minute, "分": time.Minute, "分钟": time.Minute,
	"h": time.Hour, "小时": time.Hour, "时": time.Hour,
	"d": 24 * time.Hour, "天": 24 * time.Hour, "日": 24 * time.Hour,
	"w": 7 * 24 * time.Hour, "周": 7 * 24 * time.Hour,
}

// personIn reads the mention of a person.
func personIn(words string) (string, bool) {
	id, ok := strings.CutPrefix(strings.TrimSpace(words), "<@")
	if !ok {
		return "", false
	}
	id, _, ok = strings.Cut(id, ">")
	id, _, _ = strings.Cut(id, "|")
	if !ok || len(id) < 2 || len(id) > 30 || strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
		return "", false
	}
	return id, true
}

// clip keeps what somebody typed short enough to be quoted.
func clip(s string) string {
	r := []rune(s)
	if len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// ackShortcut takes the alert of the message that the shortcut was used on, or
// of the thread it stands in.
var ackShortcut = &Act{Verb: card.VerbAckShortcut, Right: access.Operate, Run: func(ctx context.Context, env *Env, ask Ask) (Reply, error) {
	return env.shortcut(ctx, ask, alert.Act{Kind: alert.ActAck})
}}

// noteShortcut keeps a message of the thread as the note of its alert.
var noteShortcut = &Act{Verb: card.VerbNoteThis, Right: access.Operate, Run: func(ctx context.Context, env *Env, ask Ask) (Reply, error) {
	note := strings.TrimSpace(ask.Said)
	if note == "" {
		pen := ask.pen(env)
		return Reply{Message: pen.Said(pen.L.T("command.empty_note"))}, nil
	}
	return env.shortcut(ctx, ask, alert.Act{Kind: alert.ActNote, Note: cutNote(note)})
}}

// maxNote bounds what is kept as a note.
const maxNote = 500

func cutNote(s string) string {
	if r := []rune(s); len(r) > maxNote {
		return string(r[:maxNote-1]) + "…"
	}
	return s
}

func (env *Env) shortcut(ctx context.Context, ask Ask, act alert.Act) (Reply, error) {
	root := ask.Message
	if ask.Thread != "" {
		root.TS = ask.Thread
	}
	id, err := env.rootAt(ctx, root, ask.Now)
	if err != nil {
		return Reply{}, err
	}
	if id == "" {
		pen := ask.pen(env)
		return Reply{Message: pen.Said(pen.L.T("command.not_an_alert"))}, nil
	}
	reply, err := env.act(ctx, ask, id, act)
	if err == nil && reply.Silent && act.Kind == alert.ActNote {
		pen := ask.pen(env)
		reply = Reply{Message: pen.Said(pen.L.T("command.note_kept"))}
	}
	return reply, err
}
