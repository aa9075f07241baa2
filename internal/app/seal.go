package app

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
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
func loadSeal(ctx context.Context, db *storage.DB, fresh func() []byte) (access.Seal, error) {
	var key []byte
	err := db.Update(ctx, func(tx *storage.Tx) error {
		old, ok, err := tx.Setting(sealSetting)
		if err != nil || ok && len(old) == sealKey {
			key = old
			return err
		}
		key = fresh()
		return tx.PutSetting(sealSetting, key)
	})
	if err != nil {
		return access.Seal{}, fmt.Errorf("key of the buttons: %w", err)
	}
	return access.NewSeal(key, card.SealedVerbs()...), nil
}

// secretKey makes a key that nobody can guess.
func secretKey() []byte {
	key := make([]byte, sealKey)
	_, _ = rand.Read(key) // never fails
	return key
}

// seededKey makes the key of a demo, which keeps nothing secret and must say the
// same when it is played again with the same seed.
func seededKey(seed uint64) func() []byte {
	return func() []byte {
		sum := sha256.Sum256(fmt.Appendf(nil, "buttons of demo %d", seed))
		return sum[:sealKey]
	}
}
