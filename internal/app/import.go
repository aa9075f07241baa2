package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"shopwatch/internal/config"
	"shopwatch/internal/gate"
	"shopwatch/internal/market"
	"shopwatch/internal/notify"
	"shopwatch/internal/source"
	"shopwatch/jobs"
	"shopwatch/storage"
)

// ImportOptions are an import of files into the store.
type ImportOptions struct {
	Config *config.Config
	Dir    string // data folder; empty takes the configuration's
	Source string // id; empty imports into every file source of the configuration
	Files  []string
	// Believe takes what the data gate doubts.
	Believe bool
	Out     io.Writer
	Logger  *slog.Logger
	Env     func(string) (string, bool)
}

// filePuller is a source that reads files it is given.
type filePuller interface {
	source.Source
	PullFile(ctx context.Context, name string, r io.Reader, req source.Request) (market.Pull, error)
}

// newCollector is a collector for one errand of an operator, beside no bot.
func newCollector(db *storage.DB, c *config.Config, log *slog.Logger) *jobs.Collector {
	out := &jobs.Collector{DB: db, Logger: log, Now: time.Now}
	for _, m := range c.Markets() {
		out.Notifiers = append(out.Notifiers, notify.New(m, alertRoutes(c, string(m.ID))))
	}
	return out
}

// ErrRejected says that an import left rows or whole files out, or holds them
// back; the report has said which.
var ErrRejected = errors.New("some rows or files were not imported")

// Import reads files into the store through the data gate. A file is taken whole
// or not at all, and one that was imported before is left alone. The report goes
// to Out.
func Import(ctx context.Context, o ImportOptions) (err error) {
	feeds, err := importFeeds(o)
	if err != nil {
		return err
	}
	path := o.Config.Storage.Path
	if o.Dir != "" {
		path = filepath.Join(o.Dir, storeFile)
	}
	db, err := openStore(ctx, path, storeOptions(o.Config), o.Logger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := saveShop(ctx, db, o.Config.Markets()[0]); err != nil {
		return err
	}
	left, c := false, newCollector(db, o.Config, o.Logger)
	for _, f := range feeds {
		t := &tally{out: o.Out, source: f.ID(), believe: o.Believe}
		for _, name := range o.Files {
			if err := t.file(ctx, c, f, o.Config.Markets()[0], name); err != nil {
				return err
			}
		}
		left = t.report() || left
	}
	if left {
		return ErrRejected
	}
	return nil
}

func importFeeds(o ImportOptions) ([]filePuller, error) {
	specs, err := configSpecs(o.Config, o.Env)
	if err != nil {
		return nil, err
	}
	feeds, err := buildFeeds(specs, o.Config.Markets()[0], source.Deps{Logger: o.Logger, Now: time.Now})
	if err != nil {
		return nil, err
	}
	var out []filePuller
	var names []string
	for _, f := range feeds {
		p, ok := f.Source.(filePuller)
		if !ok {
			continue
		}
		names = append(names, p.ID())
		if o.Source == "" || o.Source == p.ID() {
			out = append(out, p)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%w: no source %q that reads files; there are %q", ErrRefused, o.Source, names)
	}
	return out, nil
}

// tally counts what an import of one source did.
type tally struct {
	out                          io.Writer
	source                       string
	believe                      bool
	files, again, refused, taken int
	held, heldRows               int
	rejected, unmatched          int
	samples                      []market.Reject
}

// samplesShown is how many rejected rows a report shows.
const samplesShown = 5

func (t *tally) file(ctx context.Context, c *jobs.Collector, f filePuller, shop *market.Shop, name string) error {
	r, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("import %s: %w", t.source, err)
	}
	defer r.Close()
	p, pullErr := f.PullFile(ctx, filepath.Base(name), r, source.Request{Shop: shop, Now: c.Now()})
	if p.Snapshot.State == "" {
		return fmt.Errorf("import %s into %s: %w", name, t.source, pullErr)
	}
	t.rejected += p.Snapshot.Manifest.Rejected
	if room := samplesShown - len(t.samples); room > 0 {
		t.samples = append(t.samples, p.Rejects[:min(room, len(p.Rejects))]...)
	}
	got, err := c.Take(ctx, jobs.Feed{Source: f, Shop: shop}, p, jobs.Taking{Believe: t.believe})
	switch {
	case err != nil:
		return fmt.Errorf("import %s into %s: %w", name, t.source, err)
	case p.Rows == nil:
		t.refused++
		fmt.Fprintf(t.out, "%s: %s not imported: %v\n", t.source, filepath.Base(name), pullErr)
	case got.State != market.Complete:
		t.hold(filepath.Base(name), got)
	case got.Same:
		t.again++
	default:
		t.files++
		t.taken += p.Rows.Len()
		t.unmatched += got.Manifest.Unmatched
	}
	return nil
}

// hold says why a file is held back and what to do about it.
func (t *tally) hold(name string, got jobs.Taken) {
	t.held++
	t.heldRows += got.Manifest.Rows
	wait := "a day or more later"
	if got.Doubt != nil && got.Doubt.Kind == gate.Mass {
		wait = "five minutes or more later"
	}
	fmt.Fprintf(t.out, "%s: %s is held back, %s: %s\n  import another file that says the same %s, or this one with --believe if you know that it is right\n",
		t.source, name, got.State, got.Reason, wait)
}

// report writes the sums and whether anything was left out.
func (t *tally) report() bool {
	fmt.Fprintf(t.out, "%s: %d files, %d rows imported; %d files were there already, %d files refused, %d rows rejected",
		t.source, t.files, t.taken, t.again, t.refused, t.rejected)
	if t.held > 0 {
		fmt.Fprintf(t.out, "; %d files held back with %d rows", t.held, t.heldRows)
	}
	if t.unmatched > 0 {
		fmt.Fprintf(t.out, "; %d rows of SKUs that the catalogue lacks", t.unmatched)
	}
	fmt.Fprintln(t.out)
	for _, s := range t.samples {
		fmt.Fprintf(t.out, "  %s %s: %s\n    %s\n", s.Place, s.Field, s.Reason, s.Sample)
	}
	return t.refused > 0 || t.rejected > 0 || t.held > 0
}
