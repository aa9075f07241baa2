package main

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"

	_ "github.com/mattn/go-sqlite3" // driver "sqlite3"
	_ "modernc.org/sqlite"          // driver "sqlite"

	"shopwatch/internal/benchdata"
)

type sqlite struct {
	questions
	path   string
	insert *sql.Stmt
	args   []any
}

// atOnce is how many rows one INSERT brings.
const atOnce = 50

func openSQLite(ctx context.Context, driver, dir string) (peer, string, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, "", err
	}
	path := filepath.Join(dir, "sqlite.db")
	db, err := sql.Open(driver, path)
	if err != nil {
		return nil, "", err
	}
	db.SetMaxOpenConns(1)
	for _, text := range []string{
		"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA cache_size = -1000000",
		"CREATE TABLE panel (t INTEGER, sku INTEGER, price INTEGER, rival INTEGER, stock INTEGER, units INTEGER, orders INTEGER, gmv INTEGER, visits INTEGER, carts INTEGER, complaints INTEGER, refunds INTEGER, PRIMARY KEY (t, sku)) WITHOUT ROWID",
	} {
		if _, err := db.ExecContext(ctx, text); err != nil {
			db.Close()
			if strings.Contains(err.Error(), "CGO_ENABLED=0") {
				return nil, "built without cgo", nil
			}
			return nil, "", err
		}
	}
	one := "(" + strings.TrimSuffix(strings.Repeat("?,", 12), ",") + ")"
	insert, err := db.PrepareContext(ctx, "INSERT INTO panel ("+columns+") VALUES "+strings.TrimSuffix(strings.Repeat(one+",", atOnce), ","))
	if err != nil {
		return nil, "", err
	}
	return &sqlite{questions: questions{db, question}, path: path, insert: insert}, "", nil
}

func (s *sqlite) load(ctx context.Context, hour int, h *benchdata.Hour) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to take back
	insert := tx.StmtContext(ctx, s.insert)
	for i := 0; i < h.Len(); i += atOnce {
		s.args = s.args[:0]
		for k := i; k < i+atOnce; k++ {
			s.args = append(s.args, hour, k)
			for _, v := range values(h, k) {
				s.args = append(s.args, v)
			}
		}
		if _, err := insert.ExecContext(ctx, s.args...); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func (s *sqlite) settle(ctx context.Context, _ int) error {
	_, err := s.db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}

func (s *sqlite) bytes(context.Context) (int64, error) {
	info, err := os.Stat(s.path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func (s *sqlite) close() error { return s.db.Close() }
