package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
	"shopwatch/storage/series"
)

// ErrRefused is the kind of error that keeps the program from starting: the
// configuration or the store is not usable as it is.
var ErrRefused = errors.New("refused to start")

// storeFile is the name of the store in a data folder.
const storeFile = "shopwatch.db"

// openStore opens or creates the store at path.
func openStore(ctx context.Context, path string, mmap int64, log *slog.Logger) (*storage.DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("%w: folder of the store: %w", ErrRefused, err)
	}
	engine, err := bolt.Open(path, bolt.Options{InitialMmapSize: int(mmap)})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	db, err := storage.Open(ctx, storage.Options{Engine: engine, Logger: log})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return db, nil
}

// openSeries loads the panels of a store. They must be closed before it is.
func openSeries(ctx context.Context, db *storage.DB) (*series.Store, error) {
	s, err := series.Open(ctx, db, series.Options{})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return s, nil
}

// shopSetting is where a store keeps the shop whose facts it holds, so that it
// can be asked without a configuration.
const shopSetting = "shop"

// storedShop is a shop as a store keeps it: its zone by name.
type storedShop struct {
	market.Shop
	Zone string
}

func saveShop(ctx context.Context, db *storage.DB, shop *market.Shop) error {
	raw, err := json.Marshal(storedShop{Shop: *shop, Zone: shop.Zone.String()})
	if err != nil {
		return fmt.Errorf("save shop %s: %w", shop.ID, err)
	}
	return db.Update(ctx, func(tx *storage.Tx) error { return tx.PutSetting(shopSetting, raw) })
}

// loadShop returns the shop that a store was made for.
func loadShop(ctx context.Context, db *storage.DB) (*market.Shop, error) {
	var s storedShop
	err := db.View(ctx, func(tx *storage.Tx) error {
		raw, ok, err := tx.Setting(shopSetting)
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("%w: this store does not say which shop it holds; name a configuration with -c", ErrRefused)
		}
		return json.Unmarshal(raw, &s)
	})
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		return nil, fmt.Errorf("shop %s: %w", s.ID, err)
	}
	s.Shop.Zone = zone
	return &s.Shop, nil
}

// lastPull is when the newest data arrived; the zero time when none ever did.
func lastPull(ctx context.Context, db *storage.DB, shop market.ShopID) (last time.Time, err error) {
	err = db.View(ctx, func(tx *storage.Tx) error {
		feeds, err := tx.Feeds(shop)
		for _, f := range feeds {
			if f.Last.PulledAt.After(last) {
				last = f.Last.PulledAt
			}
		}
		return err
	})
	return last, err
}
