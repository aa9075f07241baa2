package source

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"shopwatch/internal/market"
)

// Request is what a source is asked for.
type Request struct {
	Shop *market.Shop
	// Window is the stretch to read for a table of Events, look-back included
	// (Spec.Next makes it). The source cuts its end to Now less the lag. For a
	// table of State only End matters: the instant of the picture, Now if zero.
	Window market.Window
	Now    time.Time
}

// Source brings facts of one table for one shop.
type Source interface {
	ID() string
	Table() *market.Table
	// Pull reads the window. The Pull is the caller's own and is not changed
	// afterwards. With an error it still carries what is known: Partial with
	// the rows of the pages that came, or Failed without rows; the reasons are
	// in the manifest and the error says why, without any secret. A Pull whose
	// State is Partial may come without an error when the answer was whole but
	// rows were refused. The zero Pull without an error says that there is
	// nothing new. Only one Pull of a source may run at a time.
	Pull(ctx context.Context, r Request) (market.Pull, error)
}

// Deps is what sources share. The zero Deps works.
type Deps struct {
	Logger *slog.Logger
	// Limits are the named rates, bans and circuits; give all sources the same
	// one. Nil makes one for this source alone.
	Limits *Limits
	// Dir is where relative file paths begin; empty means the working folder.
	Dir string
	// Now is the clock that requests are stamped with. Nil takes Request.Now
	// and adds the real time since the Pull began.
	Now func() time.Time
	// Parents tells the values that a fan-out asks for. Nil when there is no
	// store to look them up in; a source with foreach then fails.
	Parents Parents
	// Memory keeps what must outlive the process; the zero Memory keeps nothing.
	Memory Memory
	// Seed makes the jitter of waits repeatable.
	Seed uint64
}

// Build makes the source that spec declares. A spec comes from ParseSpecs.
func Build(spec Spec, deps Deps) (Source, error) {
	if deps.Logger == nil {
		deps.Logger = slog.New(slog.DiscardHandler)
	}
	if deps.Limits == nil {
		deps.Limits = NewLimits()
	}
	for _, d := range drivers {
		if d.name == spec.Driver && spec.mapping != nil {
			return d.build(&spec, deps), nil
		}
	}
	return nil, fmt.Errorf("source %q: driver %q is not one of %s, or the declaration was not parsed", spec.ID, spec.Driver, driverNames())
}

// newSnapshot starts the snapshot of a pull of spec.
func newSnapshot(spec *Spec, r Request) market.Snapshot {
	s := market.Snapshot{
		Source: spec.ID, Table: spec.Fact, Shop: r.Shop.ID,
		Window: r.Window, PulledAt: r.Now, State: market.Failed,
	}
	if spec.mapping.table.Shape == market.State {
		at := r.Window.End
		if at.IsZero() {
			at = r.Now
		}
		s.Window = market.Window{Start: at, End: at}
	}
	return s
}

// failed is the Pull of a source that brought nothing usable.
func failed(s market.Snapshot, rejects []market.Reject, reasons ...string) market.Pull {
	s.State = market.Failed
	s.Watermark = time.Time{}
	s.Manifest.Rows, s.Manifest.Keys = 0, 0
	s.Manifest.Reasons = append(s.Manifest.Reasons, reasons...)
	return market.Pull{Snapshot: s, Rejects: rejects}
}

// From says where a source takes a column from: a jq path, or the name of a
// column. Empty when the declaration does not map it, or the source has none.
func From(s Source, column string) string {
	switch x := s.(type) {
	case *api:
		return x.spec.mapping.from(column)
	case *File:
		return x.spec.mapping.from(column)
	case *Push:
		return x.spec.mapping.from(column)
	case *database:
		return x.spec.mapping.from(column)
	}
	return ""
}
