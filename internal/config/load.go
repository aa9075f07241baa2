package config

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"

	"shopwatch/internal/market"
)

// Options are what Load needs from outside.
type Options struct {
	// CheckCron says why a schedule of five valid fields never runs; nil
	// accepts all of them.
	CheckCron func(line string) error
	// CheckMatch and CheckInterval say why matchers or a recurring stretch of
	// alerts cannot be read; nil accepts all of them.
	CheckMatch, CheckInterval func(text string) error
	// CheckWatch says which of a rule's metric, kind, by and match cannot be
	// used with the others; empty when all can. nil accepts all.
	CheckWatch func(w Watch) (key string)
}

// Load reads the file at path. env answers variables, as os.LookupEnv does.
// Problems lists everything that is wrong in the order of the file; with any,
// the Config is nil. The error is for a file that cannot be read at all.
func Load(path string, env func(string) (string, bool), o Options) (*Config, Problems, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read configuration: %w", err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, nil, fmt.Errorf("read configuration: %w", err)
	}
	c, problems := Parse(path, raw, env, o)
	return c, problems, nil
}

// Parse reads a configuration from memory; file is the name in problems.
func Parse(file string, raw []byte, env func(string) (string, bool), o Options) (*Config, Problems) {
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	c := Default()
	c.File, c.Raw = file, raw
	d := &decoder{file: file, env: env, at: map[string]place{}, keyAt: map[string]place{}, raw: map[string]string{}, root: &c}
	if len(raw) > maxFile {
		d.report(place{1, 1}, "", bad("too_large"))
		return nil, d.problems
	}
	d.lines = strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(raw)), "\n")
	if len(bytes.TrimSpace(raw)) == 0 {
		d.report(place{1, 1}, "", bad("empty_file"))
	} else if !d.unfit(raw) {
		d.decode(raw, o)
	}
	if len(d.problems) > 0 {
		d.problems.sort()
		return nil, d.problems
	}
	return &c, nil
}

func (d *decoder) decode(raw []byte, o Options) {
	body := d.parse(raw)
	if body == nil {
		return
	}
	if _, ok := pairs(body); !ok {
		d.report(start(body), "", bad("not_mapping"))
		return
	}
	d.mapping(body, "", place{1, 1}, reflect.ValueOf(d.root).Elem())
	d.root.HasSources = d.root.Sources.Line > 0
	d.root.markets = d.shops()
	d.checkSlack()
	d.checkPosts()
	d.checkAlerts(o)
	d.checkWatch(o)
	d.checkRest(o)
	d.collectNamed()
}

// fen reads an amount of a shop; an empty one is 0 and fine.
func (d *decoder) fen(key string, a Amount, c market.Currency) market.Fen {
	if a == "" {
		return 0
	}
	v, err := a.Fen(c)
	switch {
	case err != nil:
		d.reportKey(key, bad("amount", "got", d.asWritten(key, string(a)), "currency", string(c)))
	case v < 0:
		d.reportKey(key, bad("negative"))
	}
	return max(0, v)
}
