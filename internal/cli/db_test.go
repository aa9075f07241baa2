package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"shopwatch/internal/app"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

// smallStore makes a store that holds one setting.
func smallStore(t *testing.T, path, value string) {
	t.Helper()
	e, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.Open(context.Background(), storage.Options{Engine: e, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Update(t.Context(), func(tx *storage.Tx) error { return tx.PutSetting("word", []byte(value)) }); err != nil {
		t.Fatal(err)
	}
}

// TestStoreVerbs: a store is copied, damaged, found to be so, and restored.
func TestStoreVerbs(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "shopwatch.db")
	smallStore(t, path, "a word that can be found in the file")
	step := func(code int, says string, args ...string) string {
		t.Helper()
		out, errs, got := run(t, append([]string{"db"}, append(args, "--data", dir)...)...)
		if got != code || !strings.Contains(out+errs, says) {
			t.Fatalf("db %s: exit %d, want %d; said %q %q, want %q in it", args[0], got, code, out, errs, says)
		}
		return out
	}
	step(exitOK, "sound", "check")
	step(exitOK, "layout 3", "stats")
	var s storage.Stats
	if err := json.Unmarshal([]byte(step(exitOK, "", "stats", "--json")), &s); err != nil || s.Bytes == 0 || len(s.Spaces) == 0 {
		t.Errorf("figures %+v, %v", s, err)
	}
	copied, _, _ := strings.Cut(step(exitOK, "backup", "backup"), "  ")
	step(exitOK, "sound", "check", copied)

	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(b, []byte("a word that"))
	b[at] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	step(exitNo, "checksum", "check")
	var c app.Checked
	if err := json.Unmarshal([]byte(step(exitNo, "", "check", "--json")), &c); err != nil || len(c.Findings) != 1 || c.Path != path {
		t.Errorf("findings %+v, %v", c, err)
	}
	step(exitNo, "checksum", "check", "--repair") // a record is not dropped
	if err := os.WriteFile(path, b[:3*4096], 0o600); err != nil {
		t.Fatal(err)
	}
	step(exitRefused, "db restore", "check")
	step(exitRefused, "restore", "stats")
	step(exitRefused, "nothing was changed", "restore", path)
	step(exitOK, "kept as", "restore")
	step(exitOK, "sound", "check")
	step(exitOK, "was", "compact")
	step(exitOK, "sound", "check")
}

// TestStoreVerbsRefuse what they cannot do, and touch nothing.
func TestStoreVerbsRefuse(t *testing.T) {
	empty := t.TempDir()
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"no store named":      {[]string{"db", "check"}, exitUsage, "--data DIR"},
		"repair of a copy":    {[]string{"db", "check", "--repair", "x.db", "--data", empty}, exitUsage, "not for a copy"},
		"no store there":      {[]string{"db", "stats", "--data", empty}, exitRefused, "no such file"},
		"nothing to copy":     {[]string{"db", "backup", "--data", empty}, exitRefused, "no such file"},
		"nothing to check":    {[]string{"db", "check", "--repair", "--data", empty}, exitRefused, "no such file"},
		"no copies":           {[]string{"db", "restore", "--data", empty}, exitRefused, "there are no copies"},
		"replay nothing":      {[]string{"replay", "--data", empty}, exitUsage, "accepts 1 arg"},
		"replay without one":  {[]string{"replay", "k7f3q2"}, exitUsage, "--data DIR"},
		"replay an id no one": {[]string{"replay", "k7f3q2", "--data", t.TempDir()}, exitNo, "no such evidence"},
	} {
		t.Run(name, func(t *testing.T) {
			out, errs, code := run(t, c.args...)
			if code != c.code || !strings.Contains(errs, c.says) {
				t.Errorf("exit %d, want %d; said %q %q, want %q in it", code, c.code, out, errs, c.says)
			}
		})
	}
	if left, _ := filepath.Glob(empty + "/*"); len(left) != 0 {
		t.Errorf("files made: %q", left)
	}
}
