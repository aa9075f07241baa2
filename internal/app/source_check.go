package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"shopwatch/internal/config"
	"shopwatch/internal/market"
	"shopwatch/internal/source"
)

// ErrProblems says that a check has found and shown something wrong.
var ErrProblems = errors.New("problems were found")

// CheckSources looks the sources of a configuration file over without asking
// anybody: every expression is compiled, every column compared with its table,
// every schedule read. Variables need not be set. Problems go to errs, one a
// line; then the error is ErrProblems.
func CheckSources(out, errs io.Writer, file string) error {
	specs, problems, err := readSources(file)
	if err != nil {
		return err
	}
	for i := range specs {
		if s := specs[i].Schedule; s != "" {
			if err := CheckCron(s); err != nil {
				problems = append(problems, specs[i].Problem("schedule", err.Error(), `write it like "*/10 * * * *"`))
			}
		}
	}
	for _, p := range problems {
		fmt.Fprintln(errs, p)
	}
	if len(problems) > 0 {
		return ErrProblems
	}
	fmt.Fprintf(out, "%s: no problems; %d sources\n", file, len(specs))
	for i := range specs {
		s := &specs[i]
		fmt.Fprintf(out, "  %s: %s by %s, columns %s\n", s.ID, s.Fact, s.Driver, strings.Join(s.Columns(), ", "))
	}
	return nil
}

// readSources parses the sources of a file without its environment. Specs with
// problems of their own are left out.
func readSources(file string) ([]source.Spec, source.Problems, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: read configuration: %w", ErrRefused, err)
	}
	specs, err := source.ParseSpecs(file, text, nil)
	var problems source.Problems
	if err != nil && !errors.As(err, &problems) {
		return nil, nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return specs, problems, nil
}

// SampleOptions are a trial of a source on a file.
type SampleOptions struct {
	File   string // configuration
	Source string
	Sample string // file with what the source would bring
	Rows   int    // most rows shown; 0 shows all
	Out    io.Writer
	Errs   io.Writer
	Env    func(string) (string, bool)
}

// TestSource shows the rows that a source makes of a sample, and what it
// refuses. The error is ErrProblems when anything was refused.
func TestSource(ctx context.Context, o SampleOptions) error {
	specs, problems, err := readSources(o.File)
	if err != nil {
		return err
	}
	var spec *source.Spec
	var ids []string
	for i := range specs {
		ids = append(ids, specs[i].ID)
		if specs[i].ID == o.Source {
			spec = &specs[i]
		}
	}
	if spec == nil {
		for _, p := range problems {
			fmt.Fprintln(o.Errs, p)
		}
		return fmt.Errorf("%w: no source %q without problems in %s; there are: %s", ErrRefused, o.Source, o.File, strings.Join(ids, ", "))
	}
	text, err := os.ReadFile(o.Sample)
	if err != nil {
		return fmt.Errorf("%w: read sample: %w", ErrRefused, err)
	}
	shop := sampleShop(o, spec)
	p, err := spec.Sample(ctx, filepath.Base(o.Sample), text, source.Request{Shop: shop, Now: time.Now()})
	if p.Rows != nil {
		if err := showRows(o, spec, shop, p.Rows); err != nil {
			return err
		}
	}
	for _, r := range p.Rejects {
		fmt.Fprintf(o.Out, "refused %s %s: %s\n    %s\n", r.Place, r.Field, r.Reason, r.Sample)
	}
	m := p.Snapshot.Manifest
	fmt.Fprintf(o.Out, "%d rows, %d refused, %d left out: %s\n", m.Rows, m.Rejected, m.Skipped, p.Snapshot.State)
	if err != nil {
		return err
	}
	for _, reason := range m.Reasons {
		fmt.Fprintln(o.Out, "  "+reason)
	}
	if p.Snapshot.State != market.Complete || m.Rejected > 0 {
		return ErrProblems
	}
	return nil
}

// sampleShop is the source's shop of the configuration, or one that fits when
// the configuration as a whole is not usable yet.
func sampleShop(o SampleOptions, spec *source.Spec) *market.Shop {
	if c, _, err := config.Load(o.File, o.Env, config.Options{CheckCron: CheckCron}); err == nil && c != nil {
		for _, s := range c.Markets() {
			if s.ID == spec.Shop {
				return s
			}
		}
	}
	shop := &market.Shop{ID: spec.Shop, Currency: spec.Currency(), Zone: time.UTC}
	if zone, err := time.LoadLocation("Asia/Shanghai"); err == nil {
		shop.Zone = zone
	}
	fmt.Fprintf(o.Errs, "note: shop %s is not usable in %s; times are shown in %s\n", spec.Shop, o.File, shop.Zone)
	return shop
}

// showRows prints mapped rows as a table; what is not known is "—".
func showRows(o SampleOptions, spec *source.Spec, shop *market.Shop, rows *market.Batch) error {
	w := tabwriter.NewWriter(o.Out, 0, 0, 2, ' ', 0)
	columns := spec.Columns()
	fmt.Fprintln(w, strings.Join(columns, "\t"))
	n := rows.Len()
	if o.Rows > 0 {
		n = min(n, o.Rows)
	}
	for i := range n {
		cells := make([]string, len(columns))
		for j, name := range columns {
			cells[j] = cellText(rows, name, i, shop)
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if left := rows.Len() - n; left > 0 {
		fmt.Fprintf(o.Out, "... and %d more\n", left)
	}
	return nil
}

func cellText(rows *market.Batch, name string, i int, shop *market.Shop) string {
	c := rows.Table.MustCol(name)
	v := rows.Col(c)
	switch kind := rows.Table.Columns[c].Kind; {
	case !v.Known(i):
		return "—"
	case kind == market.Money:
		return market.Fen(v.Ints[i]).Decimal(shop.Currency)
	case kind == market.Time:
		return time.UnixMilli(v.Ints[i]).In(shop.Zone).Format(time.DateTime)
	case kind == market.Date:
		return market.Day(v.Ints[i]).String()
	case kind == market.Bool:
		return fmt.Sprint(v.Ints[i] == 1)
	case kind == market.Text:
		return strings.NewReplacer("\t", " ", "\n", " ", "\r", " ").Replace(v.Texts[i])
	}
	return fmt.Sprint(v.Ints[i])
}
