package source

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Memory keeps what must outlive the process: bans of hours and refresh tokens
// that can be used once. The zero Memory keeps nothing.
type Memory struct {
	// Load returns what was saved under key, nil when nothing was.
	Load func(ctx context.Context, key string) ([]byte, error)
	// Save keeps v under key; nil removes it. What it has returned from is on
	// the disk.
	Save func(ctx context.Context, key string, v []byte) error
}

func (m Memory) load(ctx context.Context, key string) ([]byte, error) {
	if m.Load == nil {
		return nil, nil
	}
	v, err := m.Load(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("look up %s: %w", key, err)
	}
	return v, nil
}

func (m Memory) save(ctx context.Context, key string, v []byte) error {
	if m.Save == nil {
		return nil
	}
	if err := m.Save(context.WithoutCancel(ctx), key, v); err != nil {
		return fmt.Errorf("keep %s: %w", key, err)
	}
	return nil
}

// memoryKey names something by its kind and contents, which may be nobody's
// business.
func memoryKey(kind, name string) string {
	sum := sha256.Sum256([]byte(name))
	return "source/" + kind + "/" + hex.EncodeToString(sum[:12])
}

// keptBan is a ban as it is saved.
type keptBan struct {
	Until time.Time `json:"until"`
	Why   string    `json:"why"`
}

func loadBan(ctx context.Context, m Memory, key string) (b keptBan, err error) {
	raw, err := m.load(ctx, key)
	if err != nil || raw == nil {
		return b, err
	}
	if err := json.Unmarshal(raw, &b); err != nil {
		return b, fmt.Errorf("look up %s: %w", key, err)
	}
	return b, nil
}

// saveBan keeps a ban, and forgets it when until is zero.
func saveBan(ctx context.Context, m Memory, key string, b keptBan) error {
	if b.Until.IsZero() {
		return m.save(ctx, key, nil)
	}
	raw, err := json.Marshal(b)
	if err != nil {
		return fmt.Errorf("keep %s: %w", key, err)
	}
	return m.save(ctx, key, raw)
}

// sealFormat begins a sealed text: its version. Salt, nonce and the text
// follow.
const (
	sealFormat = 1
	sealSalt   = 16
)

// sealInfo keeps the key apart from any other that may be made of the same
// secrets.
const sealInfo = "shopwatch refresh token"

var errSeal = errors.New("sealed with other secrets")

// seal encrypts text for whoever knows secrets: AES-256-GCM under a key that
// HKDF-SHA256 makes of them and of a salt of its own. name is authenticated, so
// that what is sealed for one purpose cannot be put in the place of another.
func seal(secrets, name, text string) ([]byte, error) {
	head := make([]byte, 1+sealSalt)
	head[0] = sealFormat
	_, _ = rand.Read(head[1:]) // never fails
	box, err := sealBox(secrets, head[1:])
	if err != nil {
		return nil, err
	}
	return box.Seal(head, nil, []byte(text), append([]byte(name), head...)), nil
}

// unseal returns what seal was given; errSeal when the secrets or the name are
// not the same, or a bit has changed.
func unseal(secrets, name string, sealed []byte) (string, error) {
	if len(sealed) <= 1+sealSalt || sealed[0] != sealFormat {
		return "", errSeal
	}
	head := sealed[: 1+sealSalt : 1+sealSalt]
	box, err := sealBox(secrets, head[1:])
	if err != nil {
		return "", err
	}
	text, err := box.Open(nil, nil, sealed[1+sealSalt:], append([]byte(name), head...))
	if err != nil {
		return "", errSeal
	}
	return string(text), nil
}

func sealBox(secrets string, salt []byte) (cipher.AEAD, error) {
	const keySize = 32
	key, err := hkdf.Key(sha256.New, []byte(secrets), salt, sealInfo, keySize)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	box, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return box, nil
}
