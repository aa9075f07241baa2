package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"time"
)

// calibrate is C0: what this machine can do at all, by which the rest is judged.
func (b *run) calibrate(ctx context.Context) (Workload, error) {
	w := Workload{ID: "C0", Name: "the machine"}
	defer debug.FreeOSMemory() // half a gigabyte that is not the store's
	for _, size := range []int{4 << 10, 1 << 20} {
		times, err := b.appends(ctx, size)
		if err != nil {
			return w, err
		}
		w.add(fmt.Sprintf("append %d KiB and sync p50", size>>10), quantile(times, 0.5), "ms")
	}
	speed, err := b.writes(ctx)
	if err != nil {
		return w, err
	}
	w.add("sequential write", speed, "MB/s")
	w.add("memory read, one thread", b.memory(), "MB/s")
	rate, err := b.decoding()
	w.add("encoding/json, one page", rate, "MB/s")
	return w, err
}

// appends writes blocks to a file and syncs after each.
func (b *run) appends(ctx context.Context, size int) ([]time.Duration, error) {
	f, err := os.Create(filepath.Join(b.dir, "append"))
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	block := noise(size)
	var times []time.Duration
	for range b.o.pick(200, 50) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		began := time.Now()
		if _, err := f.Write(block); err != nil {
			return nil, err
		}
		if err := f.Sync(); err != nil {
			return nil, err
		}
		times = append(times, time.Since(began))
	}
	return times, nil
}

// writes measures a long write with one sync at its end, in MB/s.
func (b *run) writes(ctx context.Context) (float64, error) {
	f, err := os.Create(filepath.Join(b.dir, "write"))
	if err != nil {
		return 0, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	block := noise(1 << 20)
	n := b.o.pick(1024, 128)
	began := time.Now()
	for range n {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		if _, err := f.Write(block); err != nil {
			return 0, err
		}
	}
	if err := f.Sync(); err != nil {
		return 0, err
	}
	return float64(n<<20) / 1e6 / time.Since(began).Seconds(), nil
}

// noise is n bytes that do not compress.
func noise(n int) []byte {
	out := make([]byte, n)
	x := uint64(1)
	for i := range out {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		out[i] = byte(x)
	}
	return out
}

// memory reads 512 MiB by one thread, in MB/s; the best of five.
func (b *run) memory() float64 {
	words := make([]uint64, b.o.pick(512, 128)<<20/8)
	for i := range words {
		words[i] = uint64(i)
	}
	best := 0.0
	for range 5 {
		began := time.Now()
		var s0, s1, s2, s3 uint64
		for i := 0; i+4 <= len(words); i += 4 {
			s0 += words[i]
			s1 += words[i+1]
			s2 += words[i+2]
			s3 += words[i+3]
		}
		b.sink += s0 + s1 + s2 + s3
		best = max(best, float64(len(words)*8)/1e6/time.Since(began).Seconds())
	}
	return best
}

// decoding is the speed of encoding/json on the page that W7 serves.
func (b *run) decoding() (float64, error) {
	page := pageOf(b.o.Seed, 0, pageItems)
	var rates []float64
	for range b.o.pick(21, 7) {
		var v listingPage
		began := time.Now()
		if err := json.Unmarshal(page, &v); err != nil {
			return 0, err
		}
		rates = append(rates, float64(len(page))/1e6/time.Since(began).Seconds())
	}
	slices.Sort(rates)
	return rates[len(rates)/2], nil
}
