package source

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"shopwatch/internal/market"
)

// Push is a source that is sent its facts. Build returns one for driver: push.
type Push struct{ spec *Spec }

func newPush(s *Spec) *Push { return &Push{spec: s} }

// ID implements Source.
func (p *Push) ID() string { return p.spec.ID }

// Table implements Source.
func (p *Push) Table() *market.Table { return p.spec.mapping.table }

// MaxBody is the largest delivery, in bytes.
func (p *Push) MaxBody() int64 { return p.spec.push.maxBody }

// Pull implements Source: there is nothing to ask for.
func (p *Push) Pull(ctx context.Context, _ Request) (market.Pull, error) {
	return market.Pull{}, ctx.Err()
}

// Delivery is one request as it came in.
type Delivery struct {
	ID        string // the sender's name for it; the same when it is sent again
	Timestamp string // Unix seconds
	Signature string // hex HMAC-SHA256 of "timestamp:body"; several are separated by spaces
	Body      []byte
}

// ErrForged says that a delivery was not made by who knows the secret, or not
// now. It does not say which.
var ErrForged = errors.New("the delivery is not signed by the sender, or is too old")

// PushWindow is how far a delivery's timestamp may be from now.
const PushWindow = 5 * time.Minute

var (
	unixSeconds = regexp.MustCompile(`^[1-9][0-9]{8,11}$`)
	deliveryID  = regexp.MustCompile(`^[\x21-\x7e]{1,128}$`)
)

// Verify checks who made a delivery and when, in constant time. The error is
// ErrForged.
func (p *Push) Verify(d Delivery, now time.Time) error {
	sec, err := strconv.ParseInt(d.Timestamp, 10, 64)
	if err != nil || !unixSeconds.MatchString(d.Timestamp) || !deliveryID.MatchString(d.ID) {
		return ErrForged
	}
	if off := now.Sub(time.Unix(sec, 0)); off > PushWindow || off < -PushWindow {
		return ErrForged
	}
	const most = 5 // signatures; more is no change of keys
	given := strings.Fields(d.Signature)
	if len(given) > most {
		return ErrForged
	}
	good := false
	for _, key := range p.spec.push.secrets {
		want := pushSignature(string(key), d.Timestamp, d.Body)
		for _, g := range given {
			got, err := hex.DecodeString(strings.TrimPrefix(g, "sha256="))
			good = hmac.Equal(got, want) && err == nil || good
		}
	}
	if !good {
		return ErrForged
	}
	return nil
}

func pushSignature(key, timestamp string, body []byte) []byte {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(timestamp + ":"))
	h.Write(body)
	return h.Sum(nil)
}

// Keys name a delivery, so that the same one is taken once: by its id, and by
// its contents at that moment under whatever id.
func (p *Push) Keys(d Delivery) []string {
	sum := sha256.Sum256(append([]byte(d.Timestamp+":"), d.Body...))
	return []string{"push/" + p.spec.ID + "/id/" + d.ID, "push/" + p.spec.ID + "/at/" + hex.EncodeToString(sum[:])}
}

// Take maps a delivery that Verify has let through. The watermark of a complete
// Pull is r.Now: everything sent up to then is there. With an error, or in
// state Failed, nothing of the delivery is to be kept but its manifest and its
// rejects.
func (p *Push) Take(ctx context.Context, d Delivery, r Request) (market.Pull, error) {
	r.Window = market.Window{Start: r.Now, End: r.Now}
	snap := newSnapshot(p.spec, r)
	hide := newHider(p.spec.secrets)
	if problems := p.spec.CheckShop(r.Shop); len(problems) > 0 {
		return failed(snap, nil, problems[0].Cause), &Error{Source: p.spec.ID, Class: Setup, Message: problems[0].String()}
	}
	g := reading{spec: p.spec, hide: hide, mapper: newMapper(p.spec.mapping), tally: tally{pages: 1, want: 1}}
	g.mapper.bounds = bounds{r.Window, r.Shop}
	doc, err := decodeJSON(string(d.Body))
	if err == nil {
		row := 0
		limited, stop := context.WithTimeout(ctx, jqTime)
		defer stop()
		place := func() string { return fmt.Sprintf("delivery %s row %d", d.ID, row) }
		_, err = p.spec.mapping.records.each(limited, doc, func(rec *record) error {
			row++
			return g.mapper.add(limited, rec, place)
		})
		g.mapper.settle("delivery " + d.ID)
	}
	if err != nil {
		err = &Error{Class: Incomplete, Message: err.Error(), Err: ctx.Err()}
	}
	pull, err := g.finish(snap, r.Now, err)
	if err != nil || pull.Snapshot.State != market.Complete {
		// Half a delivery would never be sent again.
		return failed(pull.Snapshot, pull.Rejects), err
	}
	return pull, nil
}
