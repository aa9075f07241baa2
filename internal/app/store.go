package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"shopwatch/internal/config"
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

// storeOptions are the engine's options of a configuration; nil has none.
func storeOptions(c *config.Config) bolt.Options {
	if c == nil {
		return bolt.Options{}
	}
	return bolt.Options{InitialMmapSize: int(c.Storage.Mmap), MaxSize: int(c.Storage.MaxSize)}
}

// openStore opens or creates the store at path. A store of an older layout is
// copied beside itself before it is changed.
func openStore(ctx context.Context, path string, o bolt.Options, log *slog.Logger) (*storage.DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("%w: folder of the store: %w", ErrRefused, err)
	}
	engine, err := bolt.Open(path, o)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	db, err := storage.Open(ctx, storage.Options{Engine: engine, Logger: log, BeforeMigration: func(ctx context.Context, layout int, backup func(io.Writer) error) error {
		old := fmt.Sprintf("%s.layout-%d", path, layout)
		log.LogAttrs(ctx, slog.LevelInfo, "store is copied before its layout changes", slog.String("copy", old))
		return bolt.WriteCopy(ctx, old, backup)
	}})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return db, nil
}

// lookAtStore opens a store to be read only: it must exist, and its layout stays
// as it is.
func lookAtStore(ctx context.Context, path string, log *slog.Logger) (*storage.DB, error) {
	engine, err := bolt.Open(path, bolt.Options{ReadOnly: true})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	db, err := storage.Open(ctx, storage.Options{Engine: engine, Logger: log, ReadOnly: true})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return db, nil
}

// openSeries loads the panels of a store, which keep their levels for as long as
// ages say. They must be closed before the store is.
func openSeries(ctx context.Context, db *storage.DB, ages series.Ages) (*series.Store, error) {
	s, err := series.Open(ctx, db, series.Options{Ages: ages, Pins: (*storage.Tx).Pins})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return s, nil
}

// shopSetting is where a store keeps the shop whose facts it holds, so that it
// can be asked without a configuration.
const shopSetting = "shop"

func saveShop(ctx context.Context, db *storage.DB, shop *market.Shop) error {
	raw, err := market.EncodeShop(shop)
	if err != nil {
		return err
	}
	return db.Update(ctx, func(tx *storage.Tx) error { return tx.PutSetting(shopSetting, raw) })
}

// loadShop returns the shop that a store was made for.
func loadShop(ctx context.Context, db *storage.DB) (shop *market.Shop, err error) {
	err = db.View(ctx, func(tx *storage.Tx) error {
		raw, ok, err := tx.Setting(shopSetting)
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("%w: this store does not say which shop it holds; name a configuration with -c", ErrRefused)
		}
		shop, err = market.DecodeShop(raw)
		return err
	})
	return shop, err
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
