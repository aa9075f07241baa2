package commands

import (
	"context"
	"strings"
	"unicode"

	"shopwatch/internal/report"
)

// understood turns a whole sentence into the question of the grammar that it
// means. What the grammar reads as it stands is left alone, and so is what no
// reading fits, unless it is clearly a sentence: then the reply offers the
// questions that come near, rather than an answer to another one.
func (env *Env) understood(ctx context.Context, ask Ask) (Ask, *Reply, error) {
	if len([]rune(ask.Text)) > maxText || env.grammatical(ask) {
		return ask, nil, nil
	}
	text, item, s := env.sentence(ask)
	ok := text != ""
	if item != "" {
		found, err := report.FindItems(ctx, env.DB, env.Series, env.Shop, report.ItemQuery{Text: item, Max: 1})
		if err != nil {
			return ask, nil, err
		}
		ok = len(found) > 0
	}
	switch {
	case ok:
		ask.Short, ask.Text = "", text
		return ask, nil, nil
	case s == nil || !env.lost(ask, s):
		return ask, nil, nil
	}
	if named, err := env.namesItem(ctx, ask); err != nil || named {
		return ask, nil, err
	}
	near := s.nearestQuestions(nearQuestions)
	if len(near) == 0 {
		return ask, nil, nil
	}
	pen := ask.pen(env)
	return ask, &Reply{Message: pen.Nearest(pen.L.T("sentence.not_a_question", "text", clip(ask.Text)), near)}, nil
}

// sentence reads an ask as a whole sentence: the question of the grammar that it
// means, empty when it is none, and the name of an item in it that may not exist.
func (env *Env) sentence(ask Ask) (text, item string, s *sentence) {
	said := ask.Text
	if c, rest := find(ask.Short, said); c == exporting {
		said = exported(rest)
	}
	if m := meaning(said); m != "" {
		return join(define.Name, m), "", nil
	}
	s = readSentence(env.Shop, said, env.Shop.Day(ask.Now))
	text, item = s.question()
	return text, item, s
}

// nearQuestions is how many questions are offered for one that was not understood.
const nearQuestions = 3

// grammatical reports whether the grammar reads an ask with nothing left over, or
// hands what follows the verb over as it stands.
func (env *Env) grammatical(ask Ask) bool {
	c, rest := find(ask.Short, ask.Text)
	if c == nil {
		return false
	}
	switch {
	case c == exporting && strings.TrimSpace(rest) != "":
		return env.grammatical(Ask{Text: exported(rest), Now: ask.Now})
	case c.Literal, c == exporting, c == help:
		return true
	}
	q, err := Parse(env.Shop, c.Name, rest, ask.Now)
	return err == nil && (q.Item == "" || strings.Contains(fold(rest), "="))
}

// lost reports whether a text that no reading fits is one that the grammar had
// better not guess at: it is a sentence, and no verb begins it that would take the
// rest for the name of an item.
func (env *Env) lost(ask Ask, s *sentence) bool {
	if !s.cue {
		return false
	}
	c, _ := find(ask.Short, ask.Text)
	if c == nil {
		first, _ := cutWord(ask.Text)
		return len(strings.Fields(ask.Text)) > 2 || hasHan([]rune(ask.Text)) || nearest(fold(first), verbs()) == ""
	}
	return len(strings.FieldsFunc(ask.Text, unicode.IsSpace)) > 3 || strings.ContainsAny(ask.Text, "?？吗")
}

// namesItem reports whether the grammar takes part of an ask for the name of an
// item and there is such an item.
func (env *Env) namesItem(ctx context.Context, ask Ask) (bool, error) {
	c, rest := find(ask.Short, ask.Text)
	if c == nil || c.Literal {
		return false, nil
	}
	q, err := Parse(env.Shop, c.Name, rest, ask.Now)
	if _, no := trouble(err); no || q.Item == "" {
		return false, nil
	}
	found, err := report.FindItems(ctx, env.DB, env.Series, env.Shop, report.ItemQuery{Text: q.Item, Max: 1})
	return len(found) > 0, err
}

// verbs are all names of all commands.
func verbs() (names []string) {
	for _, c := range all() {
		names = append(append(names, c.Name), c.Words...)
	}
	return names
}
