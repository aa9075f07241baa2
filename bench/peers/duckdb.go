package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"os"
	"path/filepath"

	"github.com/duckdb/duckdb-go/v2"

	"shopwatch/internal/benchdata"
)

type duck struct {
	questions
	connector *duckdb.Connector
	path      string
	sorted    bool
}

func openDuckDB(ctx context.Context, dir string, _ options) (peer, string, error) {
	return openDuck(ctx, dir, false)
}

func openDuckDBSorted(ctx context.Context, dir string, _ options) (peer, string, error) {
	return openDuck(ctx, dir, true)
}

const duckTable = "CREATE TABLE panel (t INTEGER, sku INTEGER, price INTEGER, rival INTEGER, stock INTEGER, units INTEGER, orders INTEGER, gmv BIGINT, visits INTEGER, carts INTEGER, complaints INTEGER, refunds INTEGER)"

func openDuck(ctx context.Context, dir string, sorted bool) (peer, string, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, "", err
	}
	d := &duck{path: filepath.Join(dir, "duck.db"), sorted: sorted}
	return d, "", d.open(ctx, duckTable)
}

func (d *duck) open(ctx context.Context, first string) (err error) {
	if d.connector, err = duckdb.NewConnector(d.path, nil); err != nil {
		return err
	}
	d.questions = questions{sql.OpenDB(d.connector), question}
	if first == "" {
		return nil
	}
	_, err = d.db.ExecContext(ctx, first)
	return err
}

func (d *duck) load(ctx context.Context, hour int, h *benchdata.Hour) (err error) {
	conn, err := d.connector.Connect(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	a, err := duckdb.NewAppenderFromConn(conn, "", "panel")
	if err != nil {
		return err
	}
	args := make([]driver.Value, 12)
	for i := range h.Len() {
		args[0], args[1] = int32(hour), int32(i)
		for c, v := range values(h, i) {
			if c == 5 {
				args[2+c] = v
			} else {
				args[2+c] = int32(v)
			}
		}
		if err := a.AppendRow(args...); err != nil {
			return errors.Join(err, a.Close())
		}
	}
	return a.Close()
}

// settle checkpoints; sorted, it also writes the table anew by series into a
// file of its own, so that no space of the first is counted.
func (d *duck) settle(ctx context.Context, _ int) error {
	if _, err := d.db.ExecContext(ctx, "CHECKPOINT"); err != nil || !d.sorted {
		return err
	}
	next := d.path + ".sorted"
	for _, text := range []string{
		"ATTACH '" + next + "' AS s", "CREATE TABLE s.panel AS SELECT * FROM panel ORDER BY sku, t", "CHECKPOINT s", "DETACH s",
	} {
		if _, err := d.db.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	if err := d.db.Close(); err != nil {
		return err
	}
	if err := os.Remove(d.path); err != nil {
		return err
	}
	d.path = next
	return d.open(ctx, "")
}

func (d *duck) bytes(context.Context) (int64, error) {
	info, err := os.Stat(d.path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func (d *duck) close() error { return d.db.Close() }
