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
	"shopwatch/internal/market"
	"shopwatch/internal/source"
	"shopwatch/storage"
)

// ImportOptions are an import of files into the store.
type ImportOptions struct {
	Config *config.Config
	Dir    string // data folder; empty takes the configuration's
	Source string // id; empty imports into every file source of the configuration
	Files  []string
	Out    io.Writer
	Logger *slog.Logger
	Env    func(string) (string, bool)
}

// filePuller is a source that reads files it is given.
type filePuller interface {
	source.Source
	PullFile(ctx context.Context, name string, r io.Reader, req source.Request) (market.Pull, error)
}

// ErrRejected says that an import left rows or whole files out; the report has
// said which.
var ErrRejected = errors.New("some rows or files were not imported")

// Import reads files into the store. A file is taken whole or not at all, and
// one that was imported before is left alone. The report goes to Out.
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
	left := false
	for _, f := range feeds {
		t := &tally{out: o.Out, source: f.ID()}
		for _, name := range o.Files {
			if err := t.file(ctx, db, f, o.Config.Markets()[0], name); err != nil {
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
	files, again, refused, taken int
	rejected                     int
	samples                      []market.Reject
}

// samplesShown is how many rejected rows a report shows.
const samplesShown = 5

func (t *tally) file(ctx context.Context, db *storage.DB, f filePuller, shop *market.Shop, name string) error {
	r, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("import %s: %w", t.source, err)
	}
	defer r.Close()
	p, pullErr := f.PullFile(ctx, filepath.Base(name), r, source.Request{Shop: shop, Now: time.Now()})
	if p.Snapshot.State == "" {
		return fmt.Errorf("import %s into %s: %w", name, t.source, pullErr)
	}
	t.rejected += p.Snapshot.Manifest.Rejected
	if room := samplesShown - len(t.samples); room > 0 {
		t.samples = append(t.samples, p.Rejects[:min(room, len(p.Rejects))]...)
	}
	err = db.Update(ctx, func(tx *storage.Tx) error {
		_, err := tx.PutPull(shop, p)
		return err
	})
	switch {
	case errors.Is(err, storage.ErrSamePull):
		t.again++
	case err != nil:
		return fmt.Errorf("import %s into %s: %w", name, t.source, err)
	case p.Rows == nil:
		t.refused++
		fmt.Fprintf(t.out, "%s: %s not imported: %v\n", t.source, filepath.Base(name), pullErr)
	default:
		t.files++
		t.taken += p.Rows.Len()
	}
	return nil
}

// report writes the sums and whether anything was left out.
func (t *tally) report() bool {
	fmt.Fprintf(t.out, "%s: %d files, %d rows imported; %d files were there already, %d files refused, %d rows rejected\n",
		t.source, t.files, t.taken, t.again, t.refused, t.rejected)
	for _, s := range t.samples {
		fmt.Fprintf(t.out, "  %s %s: %s\n    %s\n", s.Place, s.Field, s.Reason, s.Sample)
	}
	return t.refused > 0 || t.rejected > 0
}
