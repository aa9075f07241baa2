package app

import (
	"context"
	"crypto/rand"
	"fmt"

	"shopwatch/internal/access"
	"shopwatch/internal/card"
	"shopwatch/storage"
)

// sealSetting is where a store keeps the key that signs what buttons carry, so
// that buttons outlive a restart.
const sealSetting = "seal"

// sealKey is the length of that key in bytes.
const sealKey = 32

// loadSeal returns the seal of a store, making its key on first use.
func loadSeal(ctx context.Context, db *storage.DB) (access.Seal, error) {
	var key []byte
	err := db.Update(ctx, func(tx *storage.Tx) error {
		old, ok, err := tx.Setting(sealSetting)
		if err != nil || ok && len(old) == sealKey {
			key = old
			return err
		}
		key = make([]byte, sealKey)
		_, _ = rand.Read(key) // never fails
		return tx.PutSetting(sealSetting, key)
	})
	if err != nil {
		return access.Seal{}, fmt.Errorf("key of the buttons: %w", err)
	}
	return access.NewSeal(key, card.SealedVerbs()...), nil
}
