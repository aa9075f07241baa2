package source

import (
	"context"
	"errors"
	"time"

	"shopwatch/internal/market"
)

// asOf is where the answers of an API say how new their data is. An upstream
// whose nightly job has stopped goes on answering with HTTP 200; only this tells
// its old data from new.
type asOf struct {
	prog *program
	conv converter
}

// readAsOf reads as_of; nil when the answers do not say.
func readAsOf(o *object, m *mapping) *asOf {
	a := o.object("as_of")
	if a == nil {
		return nil
	}
	a.need("jq")
	zoned := mapping{zone: o.zone()}
	if m != nil {
		zoned.zone = m.zone
	}
	out := &asOf{prog: pageProgram(a, "jq"), conv: readConverter(a, &zoned, market.Time, nil)}
	a.close()
	return out
}

// moment reads it out of an answer.
func (a *asOf) moment(ctx context.Context, doc any) (time.Time, error) {
	v, err := a.prog.one(ctx, doc)
	if err != nil {
		return time.Time{}, err
	}
	c, err := a.conv.convert(reduce(v), value{})
	if err == nil && !c.known {
		err = errors.New("the answer does not say how new its data is")
	}
	return time.UnixMilli(c.n).UTC(), err
}

// noteAsOf keeps the oldest moment that the answers of a pull are of.
func (p *pull) noteAsOf(ctx context.Context, doc any) error {
	a := p.spec.http.asOf
	if a == nil {
		return nil
	}
	at, err := a.moment(ctx, doc)
	if err != nil {
		return &Error{Class: Incomplete, Message: "as_of: " + err.Error(), Err: ctx.Err()}
	}
	if p.asOf.IsZero() || at.Before(p.asOf) {
		p.asOf = at
	}
	return nil
}
