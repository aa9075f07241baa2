package app

import (
	"context"

	"shopwatch/internal/source"
	"shopwatch/storage"
)

// sourceMemory keeps what sources must remember in the store, among its
// settings. Before the store is open it knows nothing and keeps nothing.
func sourceMemory(db func() *storage.DB) source.Memory {
	return source.Memory{
		Load: func(ctx context.Context, key string) (v []byte, err error) {
			if db() == nil {
				return nil, nil
			}
			err = db().View(ctx, func(tx *storage.Tx) error {
				v, _, err = tx.Setting(key)
				return err
			})
			return v, err
		},
		Save: func(ctx context.Context, key string, v []byte) error {
			if db() == nil {
				return nil
			}
			return db().Update(ctx, func(tx *storage.Tx) error { return tx.PutSetting(key, v) })
		},
	}
}
