package commands

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"shopwatch/internal/chat"
	"shopwatch/internal/evidence"
	"shopwatch/internal/report"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// proof collects what an answer is computed from, while it is.
type proof struct {
	numbers any // nil: the answer holds none
	data    report.Coverage
	inputs  any
	given   json.RawMessage // what was used besides facts when the answer was first given
	err     error           // why there are none
}

// saw notes the numbers of an answer, what was read for them, and what was used
// besides facts (nil for nothing). A failed load is noted as such.
func (r Request) saw(numbers any, data report.Coverage, inputs any, err error) {
	switch {
	case r.proof == nil:
	case err != nil:
		r.proof.err = err
	default:
		r.proof.numbers, r.proof.data, r.proof.inputs = numbers, data, inputs
	}
}

// given reads what was used besides facts when an answer is computed again, and
// reports false when it is the first time.
func (r Request) given(v any) (bool, error) {
	if r.proof == nil || r.proof.given == nil {
		return false, nil
	}
	if err := json.Unmarshal(r.proof.given, v); err != nil {
		return false, fmt.Errorf("what was used besides facts: %w", err)
	}
	return true, nil
}

// newest is the revision that a question is answered from, so that all its
// parts see the same facts.
func (env *Env) newest(ctx context.Context, r *Request) error {
	return env.DB.View(ctx, func(tx *storage.Tx) error {
		r.Query.AsOf = tx.Revision()
		return nil
	})
}

func (r Request) said(verb string, m chat.Message) evidence.Said {
	s := evidence.Said{
		Kind: evidence.KindAnswer, Verb: verb, Args: r.Rest, Now: r.Now, Data: r.proof.data, Report: r.proof.numbers,
		Inputs: r.proof.inputs, Texts: map[string][]chat.Message{r.Pen.L.Tag(): {m}},
	}
	if r.Channel != "" {
		s.Channels = []string{r.Channel}
	}
	return s
}

// witness gives an answer with numbers its evidence id. The record itself is
// left to Reply.Keep.
func (env *Env) witness(ctx context.Context, c *Command, r Request, reply Reply) (Reply, error) {
	if r.proof.numbers == nil || r.Query.AsOf == 0 {
		return reply, nil
	}
	rec, err := env.basis.Record(r.said(c.Name, reply.Message))
	if err != nil {
		return reply, err
	}
	if err := env.DB.View(ctx, rec.Name); err != nil {
		return reply, err
	}
	reply.Message = r.Pen.Evidence(reply.Message, rec.ID)
	reply.Keep = func(ctx context.Context) error { return rec.Keep(ctx, env.DB) }
	return reply, nil
}

// Replay computes again what the evidence of an id was said about; "" takes the
// language in which it was said.
func Replay(ctx context.Context, db *storage.DB, panels *series.Store, id, lang string) (*evidence.Replayed, error) {
	return evidence.Replay(ctx, db, panels, id, lang, again(panels))
}

type replayer = func(context.Context, *storage.DB, evidence.Basis, storage.Evidence, []byte) (evidence.Said, error)

// again answers a recorded question from the facts, the panels (nil for none)
// and the settings of its time.
func again(panels *series.Store) replayer {
	return func(ctx context.Context, db *storage.DB, b evidence.Basis, e storage.Evidence, inputs []byte) (evidence.Said, error) {
		return answerAgain(ctx, New(Env{DB: db, Series: panels, Shop: b.Shop, Rules: b.Rules}), e, inputs)
	}
}

func answerAgain(ctx context.Context, env *Env, e storage.Evidence, inputs []byte) (evidence.Said, error) {
	c := named(e.Verb)
	if c == nil {
		return evidence.Said{}, fmt.Errorf("this program has no question %q", e.Verb)
	}
	r := Request{Ask: Ask{Now: e.Now}, Rest: e.Args, Question: join(c.Name, e.Args), proof: &proof{given: inputs}}
	for lang := range e.Texts {
		r.Lang = lang
	}
	if len(e.Channels) > 0 {
		r.Channel = e.Channels[0]
	}
	var err error
	if r.Query, err = Parse(env.Shop, c.Name, e.Args, e.Now); err != nil {
		return evidence.Said{}, err
	}
	r.Query.AsOf, r.Pen = e.AsOf, r.pen(env)
	m, err := env.say(ctx, c, r)
	if err := errors.Join(err, r.proof.err); err != nil {
		return evidence.Said{}, err
	}
	if r.proof.numbers == nil {
		return evidence.Said{}, fmt.Errorf("the answer now is: %s", m.Text)
	}
	return r.said(c.Name, m), nil
}
