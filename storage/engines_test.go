package storage_test

import (
	"log/slog"
	"slices"
	"testing"

	"shopwatch/storage"
	"shopwatch/storage/storagetest"
)

// TestEnginesAgree: the store answers alike over another engine, so nothing in
// it rests on bbolt.
func TestEnginesAgree(t *testing.T) {
	one := openStore(t)
	fillAll(t, one)
	two, err := storage.Open(t.Context(), storage.Options{Engine: storagetest.NewMemory(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore(t, two)
	fillAll(t, two)
	if got, want := answers(t, two), answers(t, one); !slices.Equal(got, want) {
		t.Error("the engines differ")
	}
	if found, err := two.Check(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("check: %q, %v", found, err)
	}
}
