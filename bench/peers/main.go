package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"shopwatch/internal/benchdata"
)

type options struct {
	skus, hours int
	week        int // series of the week-long comparison of size; 0 leaves it out
	seed        uint64
	dir, json   string
	markdown    string
	only        string
	postgres    string
}

var makers = []maker{
	{"ours", openOurs},
	{"duckdb", openDuckDB},
	{"duckdb sorted", openDuckDBSorted},
	{"postgres", openPostgres},
	{"sqlite (modernc)", func(ctx context.Context, dir string, o options) (peer, string, error) {
		return openSQLite(ctx, "sqlite", dir)
	}},
	{"sqlite (mattn)", func(ctx context.Context, dir string, o options) (peer, string, error) {
		return openSQLite(ctx, "sqlite3", dir)
	}},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	code, err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
	}
	os.Exit(code)
}

// run returns the exit code: 1 when an aim is missed.
func run(ctx context.Context, args []string, out, progress io.Writer) (int, error) {
	var o options
	fl := flag.NewFlagSet("peers", flag.ContinueOnError)
	fl.IntVar(&o.skus, "skus", 1_000_000, "series")
	fl.IntVar(&o.hours, "hours", 24, "hours, a whole day at least")
	fl.IntVar(&o.week, "week", 100_000, "series of the comparison of size over a week; 0 leaves it out")
	fl.Uint64Var(&o.seed, "seed", 1, "seed of the catalogue")
	fl.StringVar(&o.dir, "dir", "", "folder for the databases, removed afterwards")
	fl.StringVar(&o.json, "json", "", "write the figures to this file")
	fl.StringVar(&o.markdown, "markdown", "", "write the tables into this page, between its marks")
	fl.StringVar(&o.only, "only", "", "names of peers, with commas between them")
	fl.StringVar(&o.postgres, "postgres", "/usr/lib/postgresql/15/bin", "folder of PostgreSQL's programs")
	if err := fl.Parse(args); err != nil {
		return 2, nil //nolint:nilerr // flag has told it
	}
	if o.hours < 24 || o.skus < 1000 {
		return 2, errors.New("at least 24 hours and 1000 series are needed")
	}
	before := load()
	dir, err := os.MkdirTemp(o.dir, "peers-")
	if err != nil {
		return 2, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	var rows []*row
	for _, m := range makers {
		if o.only != "" && !slices.Contains(strings.Split(o.only, ","), m.name) {
			continue
		}
		fmt.Fprintln(progress, "peers:", m.name)
		r, err := measure(ctx, m, dir, o)
		if err != nil {
			return 2, fmt.Errorf("%s: %w", m.name, err)
		}
		if err := agree(rows, r); err != nil {
			return 2, err
		}
		rows = append(rows, r)
	}
	t := table{o: o, rows: rows, before: before, after: load()}
	t.print(out)
	if o.markdown != "" {
		if err := t.write(o.markdown); err != nil {
			return 2, err
		}
	}
	if o.json != "" {
		b, err := json.MarshalIndent(rows, "", "  ")
		if err != nil {
			return 2, err
		}
		if err := os.WriteFile(o.json, append(b, '\n'), 0o644); err != nil { //nolint:gosec // figures for everyone to read
			return 2, err
		}
	}
	if t.missed() {
		return 1, nil
	}
	return 0, nil
}

// agree makes sure that all peers gave the same answers: a fast wrong one is
// not fast.
func agree(rows []*row, r *row) error {
	if r.Left != "" {
		return nil
	}
	for _, other := range rows {
		if other.Left != "" {
			continue
		}
		switch {
		case !slices.Equal(other.topIDs, r.topIDs):
			return fmt.Errorf("%s and %s disagree on the top 50: %v, %v", other.Name, r.Name, other.topIDs, r.topIDs)
		case other.counts != r.counts:
			return fmt.Errorf("%s and %s disagree on the changes: %v, %v", other.Name, r.Name, other.counts, r.counts)
		case !slices.Equal(other.categories, r.categories):
			return fmt.Errorf("%s and %s disagree on the digest", other.Name, r.Name)
		case !slices.Equal(other.gmv, r.gmv):
			return fmt.Errorf("%s and %s disagree on a series", other.Name, r.Name)
		}
	}
	return nil
}

// measure loads and asks one peer.
func measure(ctx context.Context, m maker, dir string, o options) (*row, error) {
	r := &row{Name: m.name}
	p, reason, err := m.make(ctx, filepath.Join(dir, "day"), o)
	if reason != "" || err != nil {
		r.Left = reason
		return r, err
	}
	took, settle, err := fill(ctx, p, o.skus, o.hours, o.seed)
	if err == nil {
		r.MRows, r.Settle = float64(o.skus)*float64(o.hours)/took.Seconds()/1e6, settle.Seconds()
		r.Bytes, err = sample(ctx, p, o.skus, o.hours)
	}
	if err == nil {
		err = r.ask(ctx, p, o)
	}
	if err = errors.Join(err, p.close(), os.RemoveAll(filepath.Join(dir, "day"))); err != nil || o.week == 0 {
		return r, err
	}
	o.skus = o.week
	if p, _, err = m.make(ctx, filepath.Join(dir, "week"), o); err != nil {
		return r, err
	}
	const week = 7 * 24
	if _, _, err = fill(ctx, p, o.skus, week, o.seed); err == nil {
		r.Week, err = sample(ctx, p, o.skus, week)
	}
	return r, errors.Join(err, p.close(), os.RemoveAll(filepath.Join(dir, "week")))
}

// fill loads the hours; making them is not measured.
func fill(ctx context.Context, p peer, skus, hours int, seed uint64) (took, settle time.Duration, err error) {
	shop, h := benchdata.New(benchdata.Options{SKUs: skus, Seed: seed}), benchdata.NewHour(skus)
	for hour := range hours {
		shop.Next(h)
		began := time.Now()
		if err := p.load(ctx, hour, h); err != nil {
			return 0, 0, fmt.Errorf("load hour %d: %w", hour, err)
		}
		took += time.Since(began)
	}
	began := time.Now()
	err = p.settle(ctx, hours)
	return took, time.Since(began), err
}

// sample is what a value takes on disk.
func sample(ctx context.Context, p peer, skus, hours int) (float64, error) {
	n, err := p.bytes(ctx)
	return float64(n) / float64(skus) / float64(hours) / 10, err
}

// ask measures the questions.
func (r *row) ask(ctx context.Context, p peer, o options) (err error) {
	last := o.hours - 1
	if r.Top, err = median(11, func(int) error { r.topIDs, err = p.top(ctx, last); return err }); err != nil {
		return fmt.Errorf("top 50: %w", err)
	}
	if r.Changes, err = median(11, func(int) error { r.counts, err = p.changes(ctx, last); return err }); err != nil {
		return fmt.Errorf("changes: %w", err)
	}
	if r.Digest, err = median(3, func(int) error { r.categories, err = p.digest(ctx, o.hours); return err }); err != nil {
		return fmt.Errorf("digest: %w", err)
	}
	rng := rand.New(rand.NewPCG(5, 5))
	r.Line, err = median(101, func(int) error { r.gmv, err = p.line(ctx, rng.IntN(o.skus), o.hours); return err })
	return err
}
