package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"shopwatch/internal/benchdata"
)

// postgres is a server of our own in a temporary folder.
type postgres struct {
	questions
	conn   *pgx.Conn
	server *exec.Cmd
	dir    string
}

func openPostgres(ctx context.Context, _ string, o options) (peer, string, error) {
	if _, err := os.Stat(filepath.Join(o.postgres, "initdb")); err != nil {
		return nil, "no PostgreSQL in " + o.postgres, nil
	}
	dir, err := os.MkdirTemp("", "peers-pg-") // short: a socket's path is
	if err != nil {
		return nil, "", err
	}
	p := &postgres{dir: dir}
	if err := p.start(ctx, o.postgres); err != nil {
		return nil, "", errors.Join(err, p.close())
	}
	return p, "", nil
}

// start makes a cluster, runs it and connects. The server refuses to run as
// root, so it runs as another user then.
func (p *postgres) start(ctx context.Context, bin string) error {
	var as *syscall.SysProcAttr
	if os.Geteuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			if u, err = user.Lookup("nobody"); err != nil {
				return err
			}
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err := errors.Join(err1, err2, os.Chown(p.dir, uid, gid)); err != nil {
			return err
		}
		as = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	}
	data := filepath.Join(p.dir, "data")
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale")
	initdb.SysProcAttr, initdb.Dir = as, p.dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	p.server = exec.CommandContext(ctx, filepath.Join(bin, "postgres"), "-D", data, "-k", p.dir, "-c", "listen_addresses=",
		"-c", "shared_buffers=1GB", "-c", "work_mem=256MB", "-c", "max_wal_size=8GB", "-c", "jit=off")
	p.server.SysProcAttr, p.server.Dir = as, p.dir
	if err := p.server.Start(); err != nil {
		return err
	}
	return p.connect(ctx)
}

func (p *postgres) connect(ctx context.Context) error {
	config, err := pgx.ParseConfig("host=" + p.dir + " user=postgres database=postgres")
	if err != nil {
		return err
	}
	for try := 0; ; try++ {
		if p.conn, err = pgx.ConnectConfig(ctx, config); err == nil {
			break
		}
		if try > 100 || ctx.Err() != nil {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
	p.questions = questions{stdlib.OpenDB(*config), dollar}
	_, err = p.conn.Exec(ctx, "CREATE TABLE panel (t int, sku int, price int, rival int, stock int, units int, orders int, gmv bigint, visits int, carts int, complaints int, refunds int, PRIMARY KEY (t, sku))")
	return err
}

// hourRows feeds COPY.
type hourRows struct {
	hour, i int
	h       *benchdata.Hour
	row     [12]any
}

func (r *hourRows) Next() bool { r.i++; return r.i < r.h.Len() }
func (r *hourRows) Err() error { return nil }
func (r *hourRows) Values() ([]any, error) {
	r.row[0], r.row[1] = int32(r.hour), int32(r.i)
	for c, v := range values(r.h, r.i) {
		if c == 5 {
			r.row[2+c] = v
		} else {
			r.row[2+c] = int32(v)
		}
	}
	return r.row[:], nil
}

func (p *postgres) load(ctx context.Context, hour int, h *benchdata.Hour) error {
	names := []string{"t", "sku", "price", "rival", "stock", "units", "orders", "gmv", "visits", "carts", "complaints", "refunds"}
	n, err := p.conn.CopyFrom(ctx, pgx.Identifier{"panel"}, names, &hourRows{hour: hour, i: -1, h: h})
	if err == nil && n != int64(h.Len()) {
		err = fmt.Errorf("%d of %d rows", n, h.Len())
	}
	return err
}

func (p *postgres) settle(ctx context.Context, _ int) error {
	_, err := p.conn.Exec(ctx, "VACUUM ANALYZE panel")
	return err
}

func (p *postgres) bytes(ctx context.Context) (n int64, err error) {
	err = p.conn.QueryRow(ctx, "SELECT pg_total_relation_size('panel')").Scan(&n)
	return n, err
}

func (p *postgres) close() error {
	if p.db != nil {
		p.db.Close() //nolint:errcheck // the server goes away with it
	}
	if p.conn != nil {
		p.conn.Close(context.Background()) //nolint:errcheck // as above
	}
	if p.server != nil && p.server.Process != nil {
		_ = p.server.Process.Signal(syscall.SIGINT) // fast shutdown
		_ = p.server.Wait()
	}
	return os.RemoveAll(p.dir)
}
