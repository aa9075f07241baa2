package series_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
	"shopwatch/storage/series"
)

// Every form in which blocks were ever written has a small store in testdata, with
// slots, a day and a week of fixtureFrame. It is written once, by the program that
// writes that form, and never again:
//
//	WRITE_FIXTURE=1 go test -run TestWriteFixture ./storage/series

const (
	fixtureSeries = 140 // two blocks of a week
	fixtureHours  = 7*24 + 24 + 12
)

var fixtureForms = []string{"plain-columns", "related-columns"}

func fixturePath(form string) string { return filepath.Join("testdata", form+".db.zst") }

// fixtureFrame is an hour of the fixture: orders follow from pieces, money from
// pieces and price, stock is drawn down, and of each something is not known or
// does not follow.
func fixtureFrame(hour int) *series.Columns {
	cols := series.NewColumns(fixtureSeries)
	for id := range uint32(fixtureSeries) {
		i := int(id)
		price := int64(1990 + 100*(i%17) + 10*(hour/(5+i%9)))
		units := int64(max(0, (i*7+hour*13)%11-7))
		sold := 0
		for h := range hour + 1 {
			sold += max(0, (i*7+h*13)%11-7)
		}
		values := [series.Width]int64{
			price, price - int64(hour%3), int64(5000 - sold + (hour/40)*500), units, units - units/3, units * price,
			int64((i + hour) % 5), int64((i + hour) % 5 / 3), int64(i * hour % 97 / 96), units / 3,
		}
		if (i+hour)%23 == 0 {
			values[series.GMV] -= 50
		}
		for c, v := range values {
			if (i*5+hour*3+c)%29 != 0 && (c != int(series.Refunds) || hour < 100) {
				cols.Set(series.Column(c), id, v)
			}
		}
	}
	return cols
}

var fixtureOptions = series.Options{Settle: time.Hour}

func TestWriteFixture(t *testing.T) {
	if os.Getenv("WRITE_FIXTURE") == "" {
		t.Skip("set WRITE_FIXTURE=1 after adding a form of blocks")
	}
	path := fixturePath(fixtureForms[len(fixtureForms)-1])
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("%s is there already (%v); a fixture is never rewritten", path, err)
	}
	w := onDisk(t, fixtureOptions)
	w.register(fixtureSeries)
	for h := range fixtureHours {
		w.update(func(tx *storage.Tx) error {
			return w.s.Put(tx, w.shop, series.Frame{Revision: market.Revision(h + 1), Slot: benchStart.Add(time.Duration(h) * time.Hour), Columns: fixtureFrame(h)})
		})
	}
	w.compact(benchStart.Add(fixtureHours * time.Hour))
	var file bytes.Buffer
	must(t, w.db.Backup(t.Context(), &file))
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression))
	must(t, err)
	must(t, os.MkdirAll("testdata", 0o755))
	must(t, errors.Join(os.WriteFile(path, z.EncodeAll(file.Bytes(), nil), 0o644), z.Close())) //nolint:gosec // a file for everyone to read
}

// TestPastForms: what past programs have written is read as it was said.
func TestPastForms(t *testing.T) {
	frames := make([]*series.Columns, fixtureHours)
	for h := range frames {
		frames[h] = fixtureFrame(h)
	}
	for _, form := range fixtureForms {
		t.Run(form, func(t *testing.T) {
			w := unpacked(t, form)
			w.view(func(tx *storage.Tx) error {
				for h := range fixtureHours {
					got, _, err := w.s.Read(tx, w.shop.ID, benchStart.Add(time.Duration(h)*time.Hour), 0)
					if err != nil {
						return err
					}
					sameColumns(t, h, got, frames[h])
				}
				window := market.Window{Start: benchStart, End: benchStart.Add(fixtureHours * time.Hour)}
				for _, id := range []uint32{0, 77, fixtureSeries - 1} {
					for c := range series.Column(series.Width) {
						l, err := w.s.Line(tx, w.shop.ID, id, window, 0, c)
						if err != nil {
							return err
						}
						sameLine(t, l, frames, id, c)
					}
				}
				return nil
			})
			found, err := series.Check(t.Context(), w.db)
			if err != nil || len(found) > 0 {
				t.Errorf("check: %q, %v", found, err)
			}
		})
	}
}

// unpacked opens a copy of a fixture.
func unpacked(t *testing.T, form string) *world {
	packed, err := os.ReadFile(fixturePath(form))
	must(t, err)
	z, err := zstd.NewReader(nil)
	must(t, err)
	defer z.Close()
	file, err := z.DecodeAll(packed, nil)
	must(t, err)
	path := filepath.Join(t.TempDir(), "shop.db")
	must(t, os.WriteFile(path, file, 0o600))
	w := newWorld(t, fixtureOptions, func() storage.Engine {
		e, err := bolt.Open(path, bolt.Options{})
		must(t, err)
		return e
	})
	t.Cleanup(w.close)
	return w
}

func sameColumns(t *testing.T, hour int, got, want *series.Columns) {
	t.Helper()
	for c := range series.Column(series.Width) {
		for id := range uint32(fixtureSeries) {
			a, known := got.Value(c, id)
			if b, should := want.Value(c, id); known != should || known && a != b {
				t.Fatalf("hour %d, series %d, %v: %d %v, want %d %v", hour, id, c, a, known, b, should)
			}
		}
	}
}

func sameLine(t *testing.T, l *series.Line, frames []*series.Columns, id uint32, c series.Column) {
	t.Helper()
	if len(l.Slots) != len(frames) {
		t.Fatalf("%d slots", len(l.Slots))
	}
	for h := range l.Slots {
		a, known := l.Value(c, h)
		if b, should := frames[h].Value(c, id); known != should || known && a != b {
			t.Fatalf("series %d, hour %d, %v: %d %v, want %d %v", id, h, c, a, known, b, should)
		}
	}
}
