package bolt_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

// BenchmarkOpen opens a file of blocks of 20 KB, 200 MiB unless BENCH_BLOCKS says
// how many; most of the time goes into looking at its pages.
func BenchmarkOpen(b *testing.B) {
	blocks := 10_000
	if n := os.Getenv("BENCH_BLOCKS"); n != "" {
		if _, err := fmt.Sscan(n, &blocks); err != nil {
			b.Fatal(err)
		}
	}
	path := filepath.Join(b.TempDir(), "s.db")
	e, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		b.Fatal(err)
	}
	value := make([]byte, 20_000)
	for day := 0; day*500 < blocks; day++ {
		err := e.Update(b.Context(), func(w storage.Writer) error {
			for i := range 500 {
				if err := w.Put(fmt.Sprintf("event/x/%05d", day), fmt.Appendf(nil, "%05d", i), value); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	h, err := e.Health(b.Context(), false)
	if err != nil {
		b.Fatal(err)
	}
	if err := e.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		e, err := bolt.Open(path, bolt.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := e.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(h.Bytes)/float64(1<<20), "MiB")
}
