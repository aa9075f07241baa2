package bench

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync/atomic"
	"time"

	"shopwatch/internal/benchdata"
	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
	"shopwatch/storage/series"
)

// Options of a run.
type Options struct {
	SKUs int // series; 0 means 1,000,000, or 50,000 when Quick
	Days int // 0 means 14, 10 when Quick, 92 when Full
	Step time.Duration
	Seed uint64
	Hot  float64 // multiplies the visits; 0 means 1
	// Dir is where the store of the run lives; it is removed afterwards. Empty
	// means a temporary folder.
	Dir string
	// Quick takes less than a minute and judges nothing that needs a million
	// series; Full takes most of an hour.
	Quick, Full bool
	Version     string
	// Child starts this program so that it calls bench.Child with the words
	// that are appended; without it what needs a second process is left out.
	Child []string
	// Only names the workloads to run; empty means all. What another one needs
	// is run as well.
	Only []string
	// Progress is told what is being done; nil is fine.
	Progress func(text string)
}

func (o Options) withDefaults() (Options, error) {
	if o.Quick && o.Full {
		return o, errors.New("bench: quick and full exclude each other")
	}
	if o.SKUs == 0 {
		o.SKUs = o.pick(1_000_000, 50_000)
	}
	if o.Days == 0 {
		o.Days = o.pick(14, 10)
		if o.Full {
			o.Days = 92
		}
	}
	if o.Step == 0 {
		o.Step = time.Hour
	}
	if o.Hot == 0 {
		o.Hot = 1
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	switch {
	case o.SKUs < 1000 || o.SKUs > 20_000_000:
		return o, fmt.Errorf("bench: %d series; between 1,000 and 20,000,000 are possible", o.SKUs)
	case o.Days < 2 || o.Days > 400:
		return o, fmt.Errorf("bench: %d days; between 2 and 400 are possible", o.Days)
	case o.Step != time.Hour && o.Step != 15*time.Minute:
		return o, fmt.Errorf("bench: a step of %s; 1h and 15m are possible", o.Step)
	case o.Hot <= 0 || o.Hot > 1000:
		return o, fmt.Errorf("bench: visits x%g; more than 0 and at most 1000 is possible", o.Hot)
	}
	return o, nil
}

// pick is the first number, or the second in a quick run.
func (o *Options) pick(usual, quick int) int {
	if o.Quick {
		return quick
	}
	return usual
}

// run is one run under way.
type run struct {
	o    Options
	dir  string
	out  Result
	shop *market.Shop
	log  *slog.Logger

	path   string
	engine *bolt.Engine
	db     *storage.DB
	panels *series.Store

	data    *benchdata.Shop
	hour    *benchdata.Hour
	next    time.Time    // start of the slot that comes next
	sink    uint64       // keeps what is computed from being left out
	answers atomic.Int64 // the same, of commands that run beside each other
}

// begin is the first slot: a Monday, so that weeks close when they should.
var begin = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

// workload is one step of a run.
type workload struct {
	id  string
	run func(context.Context) (Workload, error)
}

// Run measures everything that Options ask for. The result holds what was
// measured so far also when there is an error.
func Run(ctx context.Context, o Options) (*Result, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	if o.Dir != "" {
		if err := os.MkdirAll(o.Dir, 0o750); err != nil {
			return nil, err
		}
	}
	dir, err := os.MkdirTemp(o.Dir, "shopwatch-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	b := &run{o: o, dir: dir, log: slog.New(slog.DiscardHandler), shop: benchShop(), next: begin}
	b.describe()
	began := time.Now()
	err = b.all(ctx)
	if b.db != nil {
		err = errors.Join(err, b.close())
	}
	b.out.Took, b.out.After = time.Since(began).Seconds(), load()
	b.judge()
	return &b.out, err
}

func (b *run) describe() {
	b.out = Result{
		Version: b.o.Version, Go: runtime.Version(), OS: runtime.GOOS + "/" + runtime.GOARCH, CPU: cpuModel(), Cores: runtime.NumCPU(),
		Memory: kibibytes(field("/proc/meminfo", "MemTotal")), At: time.Now().UTC(), Before: load(),
		SKUs: b.o.SKUs, Days: b.o.Days, Step: b.o.Step.String(), Seed: b.o.Seed, Hot: b.o.Hot,
	}
}

// all runs the workloads in their order; each leaves the store to the next.
func (b *run) all(ctx context.Context) error {
	for _, w := range []workload{
		{"C0", b.calibrate},
		{"W7", b.listing},
		{"W1", b.ingest},
		{"W3", b.lines},
		{"W4", b.catalogue},
		{"W5", b.digest},
		{"W6", b.mixed},
		{"W8", b.faults},
		{"G11", b.growth},
	} {
		if !b.wanted(w.id) {
			continue
		}
		b.o.Progress(w.id)
		began := time.Now()
		got, err := w.run(ctx)
		got.Took = time.Since(began).Seconds()
		if errors.Is(err, errNoChild) {
			got.Skipped, err = err.Error(), nil
		}
		if len(got.Figures) > 0 || got.Skipped != "" {
			b.out.Workloads = append(b.out.Workloads, got)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", w.id, err)
		}
	}
	return nil
}

// wanted reports whether a workload is to be run; those on a store need W1.
func (b *run) wanted(id string) bool {
	if len(b.o.Only) == 0 {
		return true
	}
	for _, only := range b.o.Only {
		onStore := only == "W3" || only == "W4" || only == "W5" || only == "W6"
		if only == id || id == "C0" || id == "W1" && (onStore || only == "W2") {
			return true
		}
	}
	return false
}

func benchShop() *market.Shop {
	label := func(id string) market.Label { return market.Label{ID: id, Name: market.Name{Zh: id, En: id}} }
	return &market.Shop{
		ID: "bench", Name: market.Name{Zh: "基准", En: "Bench"}, Currency: "CNY", Zone: time.UTC,
		Units:    []market.Label{label("apparel"), label("beauty"), label("digital"), label("home")},
		Channels: []market.Label{label("tmall"), label("super"), label("taote")},
		Regions:  []market.Label{label("east"), label("south")},
		Bands:    []market.Band{{Label: label("low"), To: 3000}, {Label: label("middle"), From: 3000, To: 10000}, {Label: label("high"), From: 10000}},
	}
}

// categories is how many categories the items are spread over.
const categories = 40

// items names n series: an item on each of three channels.
func items(shop *market.Shop, from, n int) []series.Series {
	out := make([]series.Series, 0, n)
	for i := from; i < from+n; i++ {
		item := i / len(shop.Channels)
		out = append(out, series.Series{
			SKU: market.SKU(fmt.Sprintf("SK%08d", item)), Channel: market.Channel(shop.Channels[i%len(shop.Channels)].ID),
			Unit:     market.Unit(shop.Units[item%len(shop.Units)].ID),
			Category: market.Category("cat" + strconv.Itoa(item%categories)),
		})
	}
	return out
}

// open opens the run's store, making it when it is not there.
func (b *run) open(ctx context.Context) (err error) {
	if b.path == "" {
		b.path = filepath.Join(b.dir, "bench.db")
	}
	b.engine, b.db, b.panels, err = openStore(ctx, b.path, bolt.Options{}, b.log)
	return err
}

// openStore opens a store and its panels.
func openStore(ctx context.Context, path string, o bolt.Options, log *slog.Logger) (*bolt.Engine, *storage.DB, *series.Store, error) {
	engine, err := bolt.Open(path, o)
	if err != nil {
		return nil, nil, nil, err
	}
	db, err := openDB(ctx, engine, log)
	if err != nil {
		return nil, nil, nil, err
	}
	panels, err := series.Open(ctx, db, series.Options{Ages: keepAll})
	if err != nil {
		return nil, nil, nil, errors.Join(err, db.Close())
	}
	return engine, db, panels, nil
}

func openDB(ctx context.Context, engine *bolt.Engine, log *slog.Logger) (*storage.DB, error) {
	return storage.Open(ctx, storage.Options{Engine: engine, Logger: log})
}

// keepAll keeps what a run writes.
var keepAll = series.Ages{Slots: 500 * 24 * time.Hour, Days: 500 * 24 * time.Hour, Cubes: 500 * 24 * time.Hour}

func (b *run) close() error {
	b.panels.Close()
	err := b.db.Close()
	b.db, b.engine, b.panels = nil, nil, nil
	return err
}
