package evidence_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"shopwatch/internal/chat"
	"shopwatch/internal/evidence"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

func basis() evidence.Basis {
	shop := &market.Shop{ID: "mall", Zone: time.FixedZone("Asia/Shanghai", 8*3600)}
	for d := range market.Day(500) {
		shop.Targets = append(shop.Targets, market.Target{Unit: "beauty", From: 20000 + d, To: 20000 + d, Base: 100, Sprint: 200})
	}
	return evidence.Basis{Shop: shop}
}

func said(n int) evidence.Said {
	g := report.GMV{Shop: "mall", Parts: make([]report.Part, 30)}
	return evidence.Said{
		Kind: evidence.KindAnswer, Verb: "gmv", Args: "yesterday", Now: time.Unix(int64(n), 0), Data: report.Coverage{Revision: 1}, Report: g,
		Texts: map[string][]chat.Message{"en": {{Text: "GMV", Sections: []chat.Section{{Heading: "GMV", Note: []chat.Rich{chat.Line("as of now")}}}}}},
	}
}

func openStore(tb testing.TB) *storage.DB {
	tb.Helper()
	e, err := bolt.Open(filepath.Join(tb.TempDir(), "shop.db"), bolt.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	db, err := storage.Open(context.Background(), storage.Options{Engine: e, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return db
}

// BenchmarkName is what evidence adds to an answer before it is sent.
func BenchmarkName(b *testing.B) {
	db, n, basis := openStore(b), 0, basis().Frozen()
	for b.Loop() {
		n++
		r, err := basis.Record(said(n))
		if err == nil {
			err = db.View(b.Context(), r.Name)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkKeep is what is done after the answer has been sent.
func BenchmarkKeep(b *testing.B) {
	db, n, basis := openStore(b), 0, basis().Frozen()
	for b.Loop() {
		n++
		r, err := basis.Record(said(n))
		if err == nil {
			err = db.View(b.Context(), r.Name)
		}
		if err == nil {
			err = r.Keep(b.Context(), db)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}
