package main

import (
	"context"
	"time"

	"shopwatch/internal/benchdata"
)

// peer is a database with the catalogue in it. Hours are numbered from 0 and
// loaded in order; a series is the number of its row.
type peer interface {
	// load makes an hour durable.
	load(ctx context.Context, hour int, h *benchdata.Hour) error
	// settle does what is done once after loading: fold, checkpoint, vacuum.
	settle(ctx context.Context, hours int) error
	// bytes is what the data take on disk, indexes included, logs excluded.
	bytes(ctx context.Context) (int64, error)
	// top returns the 50 series with the most GMV in an hour among those with
	// fewer than 5 pieces at less than 300 yuan.
	top(ctx context.Context, hour int) ([]int64, error)
	// changes counts, between an hour and the one before: prices that moved by
	// 5 % or more, stock-outs, restocks, rivals at 85 % of our price or less.
	changes(ctx context.Context, hour int) ([4]int64, error)
	// digest sums eight columns of the hours by 40 categories and returns the
	// GMV of each.
	digest(ctx context.Context, hours int) ([]int64, error)
	// line returns the GMV of one series over the hours.
	line(ctx context.Context, id, hours int) ([]int64, error)
	close() error
}

// maker opens a peer for options.skus series in a folder. A reason means that it is not on this machine.
type maker struct {
	name string
	make func(ctx context.Context, dir string, o options) (p peer, reason string, err error)
}

// row is what one peer measured.
type row struct {
	Name       string  `json:"name"`
	Left       string  `json:"left_out,omitempty"`
	MRows      float64 `json:"ingest_million_rows_a_second"`
	Settle     float64 `json:"settle_seconds"`
	Bytes      float64 `json:"bytes_a_sample"`
	Week       float64 `json:"bytes_a_sample_week"`
	Top        float64 `json:"top50_ms"`
	Changes    float64 `json:"changes_ms"`
	Digest     float64 `json:"digest_ms"`
	Line       float64 `json:"series_ms"`
	topIDs     []int64
	counts     [4]int64
	categories []int64
	gmv        []int64
}

// categoryOf is the category of a series.
func categoryOf(id int) int { return id / 3 % 40 }

// median times fn.
func median(times int, fn func(i int) error) (float64, error) {
	all := make([]time.Duration, times)
	for i := range all {
		began := time.Now()
		if err := fn(i); err != nil {
			return 0, err
		}
		all[i] = time.Since(began)
	}
	return middle(all), nil
}
