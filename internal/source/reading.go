package source

import (
	"context"
	"errors"
	"strings"
	"time"

	"shopwatch/internal/market"
)

// reading is what a driver has read when it is done.
type reading struct {
	spec    *Spec
	hide    hider
	mapper  *mapper
	tally   tally
	reasons []string // why it is not whole
}

// wholeDates reports whether a format names whole days.
func wholeDates(format string) bool {
	return unixFormats[format] == 0 && !strings.Contains(format, "15") && !strings.Contains(format, "03")
}

// cutWindow cuts the window of snap, which ends at now less the lag at the
// latest, into the stretches that one query may ask for. A source without a
// window has one slice without bounds.
func cutWindow(s *Spec, windowed bool, now time.Time, snap *market.Snapshot) ([]market.Window, error) {
	if !windowed {
		return []market.Window{{Start: snap.Window.Start, End: snap.Window.End}}, nil
	}
	if end := now.Add(-s.Window.Lag); snap.Window.End.After(end) {
		snap.Window.End = end
	}
	if snap.Window.Empty() {
		return nil, &Error{Source: s.ID, Class: Caller, Message: "the window is empty"}
	}
	step := s.Window.Step
	if step <= 0 {
		return []market.Window{snap.Window}, nil
	}
	var out []market.Window
	for at := snap.Window.Start; at.Before(snap.Window.End); at = at.Add(step) {
		end := at.Add(step)
		if end.After(snap.Window.End) {
			end = snap.Window.End
		}
		out = append(out, market.Window{Start: at, End: end})
	}
	return out, nil
}

// failure makes an *Error of any failure and takes the secrets out.
func (s *Spec) failure(hide hider, err error) error {
	if err == nil {
		return nil
	}
	var out *Error
	if !errors.As(err, &out) {
		out = &Error{Class: Service, Message: err.Error()}
		for _, stop := range []error{context.Canceled, context.DeadlineExceeded} {
			if errors.Is(err, stop) {
				out.Err = stop
			}
		}
	}
	shown := *out
	shown.Source, shown.Message = s.ID, hide.text(out.Message)
	return &shown
}

// finish turns what was read into a Pull. done is the end of the last slice
// that was read whole.
func (g reading) finish(snap market.Snapshot, done time.Time, err error) (market.Pull, error) {
	err = g.spec.failure(g.hide, err)
	rows := g.mapper.finish()
	m := &snap.Manifest
	m.Rows, m.Keys = rows.Len(), rows.Len()
	m.Pages, m.PagesWant, m.Total = g.tally.pages, g.tally.want, g.tally.total
	m.Rejected, m.Skipped = g.mapper.rejected, g.mapper.skipped
	m.SchemaHash = g.mapper.schemaHash()
	m.Digest = digest(rows)
	refused := g.mapper.verdict(rows.Len(), g.spec.MaxReject)
	m.Reasons = append(g.reasons, refused...)
	if err != nil {
		m.Reasons = append(m.Reasons, err.Error())
	}
	for i, r := range m.Reasons {
		m.Reasons[i] = g.hide.text(r)
	}
	for i := range g.mapper.rejects {
		g.mapper.rejects[i].Sample = g.hide.text(g.mapper.rejects[i].Sample)
	}
	switch {
	case rows.Len() == 0 && (err != nil || g.mapper.rejected > 0):
		return failed(snap, g.mapper.rejects), err
	case len(m.Reasons) > 0:
		snap.State = market.Partial
	default:
		snap.State = market.Complete
	}
	if len(g.reasons) == 0 && len(refused) == 0 {
		snap.Watermark = done
	}
	return market.Pull{Snapshot: snap, Rows: rows, Rejects: g.mapper.rejects}, err
}
