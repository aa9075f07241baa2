package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"shopwatch/internal/config"
	"shopwatch/internal/market"
	"shopwatch/internal/source"
	"shopwatch/jobs"
	"shopwatch/storage"
)

// BackfillOptions ask for a stretch of a source's past.
type BackfillOptions struct {
	Config *config.Config
	Dir    string // data folder; empty takes the configuration's
	Source string
	From   market.Day // first business day
	To     market.Day // last one, included
	// Believe takes what the data gate doubts.
	Believe bool
	Out     io.Writer
	// Redraw says that Out is a terminal: the bar stays on one line.
	Redraw bool
	Logger *slog.Logger
	Env    func(string) (string, bool)
}

// BackfillSource reads business days of the past into the store, showing how far
// it has come: by the bot that holds the store, else over the store itself. The
// same call after an interruption goes on where it stopped.
func BackfillSource(ctx context.Context, o BackfillOptions) (err error) {
	if o.To < o.From {
		return fmt.Errorf("%w: the stretch ends before it begins", ErrRefused)
	}
	path := o.Config.Storage.Path
	if o.Dir != "" {
		path = filepath.Join(o.Dir, storeFile)
	}
	bar := &bar{out: o.Out, redraw: o.Redraw, name: o.Source}
	if answered, err := backfillRunning(ctx, path, o, bar); answered || err != nil {
		return err
	}
	specs, err := configSpecs(o.Config, o.Env)
	if err != nil {
		return err
	}
	db, err := openStore(ctx, path, storeOptions(o.Config), o.Logger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	c := newCollector(db, o.Config, o.Logger)
	open := func() *storage.DB { return db }
	deps := source.Deps{Logger: o.Logger, Limits: source.NewLimits(), Now: time.Now, Memory: sourceMemory(open)}
	for _, shop := range o.Config.Markets() {
		rows := &parentRows{db: open, specs: specs, shop: shop, now: time.Now}
		deps.Parents = rows.values
		feeds, err := buildFeeds(specs, shop, deps)
		if err != nil {
			return err
		}
		for _, f := range feeds {
			if f.Spec.ID == o.Source {
				return runBackfill(ctx, c, jobs.Feed{Source: f.Source, Shop: shop, Window: f.Spec.Window}, o.stretch(), bar.show)
			}
		}
	}
	return noSource(o.Source)
}

func noSource(id string) error { return fmt.Errorf("%w: no source is called %q", ErrRefused, id) }

// runBackfill reads the business days of q, the last one up to now.
func runBackfill(ctx context.Context, c *jobs.Collector, f jobs.Feed, q localBackfill, tell func(jobs.Progress)) error {
	w := f.Shop.Window(q.From, q.To)
	if now := c.Now(); w.End.After(now) {
		w.End = now
	}
	if w.Empty() {
		return fmt.Errorf("%w: nothing has happened yet on %s", ErrRefused, q.From)
	}
	err := c.Backfill(ctx, f, w, q.Believe, tell)
	if errors.Is(err, jobs.ErrNoBackfill) {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if doubted := (*jobs.Doubted)(nil); errors.As(err, &doubted) {
		return fmt.Errorf("%w: %w; look at what the source says for that day, then run the same command again, with --believe if it is right", ErrRefused, err)
	}
	return err
}

// bar draws progress.
type bar struct {
	out    io.Writer
	redraw bool
	name   string
}

func (b *bar) show(p jobs.Progress) {
	const width = 30
	full := int(p.Share() * width)
	note := ""
	if p.Resumed {
		note = ", goes on where it stopped"
	}
	line := fmt.Sprintf("%s [%s%s] %3.0f %% until %s, %d rows%s", b.name, strings.Repeat("#", full), strings.Repeat(".", width-full),
		p.Share()*100, p.Until.Format("2006-01-02 15:04 MST"), p.Rows, note)
	switch {
	case !b.redraw:
		fmt.Fprintln(b.out, line)
	case p.Share() < 1:
		fmt.Fprint(b.out, "\r"+line)
	default:
		fmt.Fprintln(b.out, "\r"+line)
	}
}

// localBackfill is a backfill as it crosses the socket.
type localBackfill struct {
	Source  string     `json:"source"`
	From    market.Day `json:"from"`
	To      market.Day `json:"to"`
	Believe bool       `json:"believe,omitempty"`
}

func (o BackfillOptions) stretch() localBackfill {
	return localBackfill{Source: o.Source, From: o.From, To: o.To, Believe: o.Believe}
}

// localStep is one line of the answer: progress, or at the end an error.
type localStep struct {
	Progress *jobs.Progress `json:"progress,omitempty"`
	Failed   string         `json:"failed,omitempty"`
}

// localBackfill runs a backfill for the terminal and tells each step.
func (a *App) localBackfill(w http.ResponseWriter, r *http.Request) {
	var q localBackfill
	if err := json.NewDecoder(io.LimitReader(r.Body, maxQuestion)).Decode(&q); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	for i := range a.set.Shops {
		s := &a.set.Shops[i]
		for _, f := range s.Feeds {
			if f.Spec.ID != q.Source {
				continue
			}
			enc := json.NewEncoder(w)
			tell := func(p jobs.Progress) {
				_ = enc.Encode(localStep{Progress: &p}) // the asker may be gone; then the context ends
				_ = http.NewResponseController(w).Flush()
			}
			feed := jobs.Feed{Source: f.Source, Shop: s.Shop, Window: f.Spec.Window}
			if err := runBackfill(r.Context(), a.collector, feed, q, tell); err != nil {
				_ = enc.Encode(localStep{Failed: err.Error()}) // as above
			}
			return
		}
	}
	http.Error(w, noSource(q.Source).Error(), http.StatusNotFound)
}

// backfillRunning asks the bot that holds the store; ok is false when none does.
func backfillRunning(ctx context.Context, store string, o BackfillOptions, bar *bar) (ok bool, err error) {
	body, err := json.Marshal(o.stretch())
	if err != nil {
		return false, err
	}
	resp, err := dialRunning(ctx, store, http.MethodPost, "/backfill", bytes.NewReader(body))
	if resp == nil {
		return false, err
	}
	defer resp.Body.Close() //nolint:errcheck // only read
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		var step localStep
		if err := json.Unmarshal(lines.Bytes(), &step); err != nil {
			return true, fmt.Errorf("answer of the running bot: %w", err)
		}
		if step.Failed != "" {
			return true, errors.New(step.Failed)
		}
		if step.Progress != nil {
			bar.show(*step.Progress)
		}
	}
	return true, lines.Err()
}
