package bench

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-resty/resty/v2"

	"shopwatch/internal/market"
	"shopwatch/internal/source"
)

// listing is W7: pages over loopback to columns, against what the network alone
// and what decoding into values would take. The server is another process.
func (b *run) listing(ctx context.Context) (Workload, error) {
	w := Workload{ID: "W7", Name: "HTTP page to columns"}
	rows := b.o.pick(1_000_000, 100_000)
	child, err := b.child(ctx, "pages", strconv.Itoa(rows))
	if err != nil {
		return w, err
	}
	defer child.stop()
	url, err := child.line()
	if err != nil {
		return w, err
	}
	for _, packed := range []bool{false, true} {
		for _, conc := range []int{1, 4} {
			tag := fmt.Sprintf(" x%d", conc)
			if packed {
				tag += " gzip"
			}
			speeds, err := b.readers(ctx, url, packed, conc, rows)
			if err != nil {
				return w, err
			}
			w.add("scanner"+tag, speeds.scanner/1e6, "M rows/s")
			w.add("body discarded"+tag, speeds.discard/1e6, "M rows/s")
			w.add("SetResult"+tag, speeds.result/1e6, "M rows/s")
			w.add("scanner to discard"+tag, speeds.scanner/speeds.discard, "x")
			w.add("scanner to SetResult"+tag, speeds.scanner/speeds.result, "x")
			w.add("1 M rows by scanner"+tag, 1e6/speeds.scanner, "s")
		}
	}
	return w, nil
}

// speeds are rows a second.
type speeds struct{ scanner, discard, result float64 }

func (b *run) readers(ctx context.Context, url string, packed bool, conc, rows int) (out speeds, err error) {
	flag := map[bool]string{false: "no", true: "yes"}[packed]
	scan := func() error { return b.scanListing(ctx, url, flag, conc, rows) }
	if out.scanner, err = best(3, rows, scan); err != nil {
		return out, err
	}
	client := resty.New().SetDisableWarn(true)
	discard := func(page int) error {
		res, err := client.R().SetContext(ctx).SetDoNotParseResponse(true).SetQueryParams(params(page, flag)).Get(url)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, res.RawBody())
		return closing(res.RawBody(), err)
	}
	result := func(page int) error {
		var v listingPage
		_, err := client.R().SetContext(ctx).SetResult(&v).SetQueryParams(params(page, flag)).Get(url)
		if err == nil && len(v.Data.Items) != pageItems {
			return fmt.Errorf("a page of %d items", len(v.Data.Items))
		}
		return err
	}
	if out.discard, err = best(3, rows, func() error { return each(ctx, rows/pageItems, conc, discard) }); err != nil {
		return out, err
	}
	few := rows / 5 // it takes long enough
	out.result, err = best(1, few, func() error { return each(ctx, few/pageItems, conc, result) })
	return out, err
}

func params(page int, packed string) map[string]string {
	return map[string]string{"page": strconv.Itoa(page), "size": strconv.Itoa(pageItems), "packed": packed}
}

func closing(c io.Closer, err error) error {
	if e := c.Close(); err == nil {
		err = e
	}
	return err
}

// best runs fn several times and returns the rows a second of the fastest.
func best(times, rows int, fn func() error) (float64, error) {
	most := 0.0
	for range times {
		began := time.Now()
		if err := fn(); err != nil {
			return 0, err
		}
		most = max(most, float64(rows)/time.Since(began).Seconds())
	}
	return most, nil
}

// each calls fn for the pages 1 to n, several at once.
func each(ctx context.Context, n, conc int, fn func(page int) error) error {
	var next atomic.Int64
	errs := make([]error, conc)
	var wait sync.WaitGroup
	for worker := range conc {
		wait.Go(func() {
			for {
				page := int(next.Add(1))
				if page > n || ctx.Err() != nil {
					return
				}
				if err := fn(page); err != nil {
					errs[worker] = err
					return
				}
			}
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// scanListing reads the listing as the product does.
func (b *run) scanListing(ctx context.Context, url, packed string, conc, rows int) error {
	text := strings.NewReplacer("@URL@", url, "@PACKED@", packed, "@PARALLEL@", strconv.Itoa(conc)).Replace(listingYAML)
	specs, err := source.ParseSpecs("bench.yaml", []byte(text), nil)
	if err != nil {
		return err
	}
	bulk, err := source.BuildBulk(specs[0], source.Deps{})
	if err != nil {
		return err
	}
	sum := int64(0)
	l, err := bulk.Pull(ctx, source.Request{Shop: b.shop, Now: time.Now()}, func(l *source.Lines) (int, error) {
		for _, c := range bulk.Columns() {
			for _, v := range l.Column(c).Ints {
				sum += v
			}
		}
		return l.Len(), nil
	})
	if err != nil {
		return err
	}
	b.sink += uint64(sum)
	if l.State != market.Complete || l.Manifest.Rows != rows {
		return fmt.Errorf("the listing came %s with %d of %d rows", l.State, l.Manifest.Rows, rows)
	}
	return nil
}
