package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"time"

	"shopwatch/commands"
	"shopwatch/internal/access"
	"shopwatch/internal/analysis"
	"shopwatch/internal/config"
	"shopwatch/internal/evidence"
	"shopwatch/internal/export"
	"shopwatch/internal/i18n"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
	"shopwatch/internal/source"
	"shopwatch/storage"
	"shopwatch/storage/series"
)

// AskOptions are a question on the terminal.
type AskOptions struct {
	Config *config.Config // nil asks the store of Dir about the shop it holds
	Dir    string         // data folder; empty takes the configuration's
	Lang   string
	At     time.Time // the moment of asking; zero takes now, or the store's last one without a configuration
	Format Format
	Text   string
	Out    io.Writer
	Logger *slog.Logger
}

// Format is how an answer is written.
type Format string

// Formats of answers.
const (
	AsText     Format = ""
	AsJSON     Format = "json" // the numbers behind it
	AsCSV      Format = "csv"  // the first table behind it
	AsWorkbook Format = "xlsx" // all tables behind it, and what their metrics mean
)

// ErrNo says that a question could not be answered; its text is for the asker.
var ErrNo = errors.New("no answer")

// Ask answers a question as the chat would: by the running bot that holds the
// store, else over the store itself.
func Ask(ctx context.Context, o AskOptions) (err error) {
	defer func() { err = errors.Join(err, o.sayNo(err)) }()
	path := storePath(o.Config, o.Dir)
	if answered, err := askRunning(ctx, path, o); answered || err != nil {
		return err
	}
	db, err := openStore(ctx, path, storeOptions(o.Config), o.Logger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	panels, err := openSeries(ctx, db, series.Ages{})
	if err != nil {
		return err
	}
	defer panels.Close()
	shop, err := askedShop(ctx, db, o.Config)
	if err != nil {
		return err
	}
	if o.Config == nil && o.At.IsZero() {
		if o.At, err = lastPull(ctx, db, shop.ID); err != nil {
			return err
		}
	}
	if o.At.IsZero() {
		o.At = time.Now()
	}
	return answer(ctx, Env(db, panels, shop), o)
}

// sayNo writes for programs why there is no answer.
func (o AskOptions) sayNo(err error) error {
	var no *commands.NoAnswer
	if o.Format != AsJSON || !errors.As(err, &no) {
		return nil
	}
	return writeJSON(o.Out, no)
}

func answer(ctx context.Context, env *commands.Env, o AskOptions) error {
	ask := commands.Ask{
		User: "terminal", Lang: o.Lang, Now: o.At, Text: o.Text,
		Allows: func(r access.Right) bool { return r == access.View },
	}
	if o.Format == AsText {
		r, err := env.Answer(ctx, ask)
		if err != nil {
			return err
		}
		if err := r.Message.WriteText(o.Out); err != nil || r.Keep == nil {
			return err
		}
		if f := r.Message.File; f != nil { // a terminal has no place for it
			_, err = fmt.Fprintln(o.Out, i18n.For(o.Lang).T("file.terminal", "question", strconv.Quote(o.Text), "name", f.Name))
			return err
		}
		return r.Keep(ctx)
	}
	if o.Format != AsJSON {
		sheets, err := env.Table(ctx, ask)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrNo, err)
		}
		return exported(o, env.Shop, sheets)
	}
	data, err := env.Numbers(ctx, ask)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNo, err)
	}
	b, err := evidence.Numbers(data)
	if err != nil {
		return err
	}
	_, err = o.Out.Write(b)
	return err
}

// exported writes the tables of a report as a file for spreadsheets.
func exported(o AskOptions, shop *market.Shop, sheets []export.Sheet) error {
	if len(sheets) == 0 {
		return fmt.Errorf("%w: there is no table behind this answer; ask --json prints its numbers", ErrNo)
	}
	style := export.Style{Zone: shop.Zone, Currency: shop.Currency, Lang: o.Lang}
	if o.Format == AsCSV {
		return export.WriteCSV(o.Out, sheets[0], style)
	}
	if d := export.Definitions(sheets); len(d.Rows) > 0 {
		sheets = append(sheets, d)
	}
	return export.WriteWorkbook(o.Out, sheets, style)
}

// askedShop is the shop that a question on the terminal is about: the first of a
// configuration, or without one that which the store was made for.
func askedShop(ctx context.Context, db *storage.DB, c *config.Config) (*Shop, error) {
	if c != nil {
		return configuredShop(c)
	}
	shop, err := loadShop(ctx, db)
	return &Shop{Shop: shop, Rules: report.Rules{Rules: analysis.Defaults()}}, err
}

// writeJSON writes what a program reads: indented, with texts as they are.
func writeJSON(out io.Writer, v any) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// configuredShop is the first shop of a configuration, with the freshness that
// its sources ask for.
func configuredShop(c *config.Config) (*Shop, error) {
	specs, err := configSpecs(c, nil)
	if err != nil {
		return nil, err
	}
	limits, err := rules(c)
	if err != nil {
		return nil, err
	}
	s := &Shop{Shop: c.Markets()[0], Rules: limits, Floors: floors(c, c.Markets()[0].Currency)}
	for _, spec := range specs {
		if spec.Shop == s.ID {
			s.Feeds = append(s.Feeds, Feed{Spec: spec})
		}
	}
	return s, nil
}

// configSpecs reads the sources of a configuration; all problems at once.
func configSpecs(c *config.Config, env func(string) (string, bool)) ([]source.Spec, error) {
	if !c.HasSources {
		return nil, nil
	}
	specs, err := source.ParseSpecs(c.File, c.Raw, env)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	known := map[market.ShopID]*market.Shop{}
	for _, s := range c.Markets() {
		known[s.ID] = s
	}
	var problems source.Problems
	for i := range specs {
		shop := known[specs[i].Shop]
		if shop == nil {
			problems = append(problems, specs[i].Problem("shop", fmt.Sprintf("there is no shop %q", specs[i].Shop), "name one of shops:"))
			continue
		}
		problems = append(problems, specs[i].CheckShop(shop)...)
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("%w: %w", ErrRefused, problems)
	}
	return specs, nil
}
