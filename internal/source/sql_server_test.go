//go:build linux

package source

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
)

// server is a real database on loopback, run by a user without rights.
type server struct {
	dsn  string // mysql:// or postgres://, as the reader
	exec func(tb testing.TB, statements ...string)
}

const readerPassword = "canary-reader-pw"

// find returns the first of the programs that is there, or skips the test.
func find(tb testing.TB, names ...string) string {
	tb.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
		if all, err := filepath.Glob(name); err == nil && len(all) > 0 {
			slices.Sort(all)
			return all[len(all)-1]
		}
	}
	tb.Skipf("not installed: %s", names[0])
	return ""
}

// nobody makes a command run without rights; both servers refuse to be root.
func nobody(tb testing.TB, dir, name string, args ...string) *exec.Cmd {
	tb.Helper()
	c := exec.CommandContext(tb.Context(), name, args...)
	c.Dir = dir
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "HOME=" + dir, "TZ=UTC"}
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if os.Getuid() == 0 {
		const id = 65534
		c.SysProcAttr.Credential = &syscall.Credential{Uid: id, Gid: id}
		if err := os.Chown(dir, id, id); err != nil {
			tb.Fatal(err)
		}
	}
	return c
}

// serverDir is a folder that the server's user can reach, which the parents of
// t.TempDir are closed to.
func serverDir(tb testing.TB) string {
	tb.Helper()
	dir, err := os.MkdirTemp("", "shopwatch-db") //nolint:usetesting // see above
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func freePort(tb testing.TB) int {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// start runs a server until the test ends and waits until ready says so.
func start(tb testing.TB, c *exec.Cmd, ready func() error) {
	tb.Helper()
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		tb.Fatal(err)
	}
	gone := make(chan error, 1)
	go func() { gone <- c.Wait() }()
	tb.Cleanup(func() {
		_ = c.Process.Signal(syscall.SIGTERM)
		select {
		case <-gone:
		case <-time.After(10 * time.Second):
			_ = c.Process.Kill()
			<-gone
		}
	})
	var err error
	for range 300 {
		if err = ready(); err == nil {
			return
		}
		select {
		case <-gone:
			gone <- nil
			tb.Fatalf("%s ended: %s", c.Path, out.String())
		case <-time.After(100 * time.Millisecond):
		}
	}
	tb.Fatalf("%s is not ready: %v\n%s", c.Path, err, out.String())
}

func startPostgres(tb testing.TB) server {
	tb.Helper()
	initdb := find(tb, "/usr/lib/postgresql/*/bin/initdb", "initdb")
	dir, port := serverDir(tb), freePort(tb)
	data := filepath.Join(dir, "data")
	if out, err := nobody(tb, dir, initdb, "-D", data, "-U", "owner", "-A", "trust", "-E", "UTF8", "--no-sync").CombinedOutput(); err != nil {
		tb.Fatalf("initdb: %v\n%s", err, out)
	}
	rules := "host all owner 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
	if err := os.WriteFile(filepath.Join(data, "pg_hba.conf"), []byte(rules), 0o644); err != nil {
		tb.Fatal(err)
	}
	owner := fmt.Sprintf("postgres://owner@127.0.0.1:%d/postgres?sslmode=disable", port)
	c := nobody(tb, dir, filepath.Join(filepath.Dir(initdb), "postgres"), "-D", data, "-p", fmt.Sprint(port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "timezone=UTC")
	run := func(statements ...string) error {
		conn, err := pgx.Connect(tb.Context(), owner)
		if err != nil {
			return err
		}
		defer conn.Close(context.WithoutCancel(tb.Context()))
		for _, s := range statements {
			if _, err := conn.Exec(tb.Context(), s); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		return nil
	}
	start(tb, c, func() error { return run("select 1") })
	if err := run("create role reader login password '"+readerPassword+"'", "alter default privileges grant select on tables to reader"); err != nil {
		tb.Fatal(err)
	}
	return server{
		dsn: fmt.Sprintf("postgres://reader:%s@127.0.0.1:%d/postgres?sslmode=disable", readerPassword, port),
		exec: func(tb testing.TB, statements ...string) {
			tb.Helper()
			if err := run(statements...); err != nil {
				tb.Fatal(err)
			}
		},
	}
}

func startMariaDB(tb testing.TB) server {
	tb.Helper()
	daemon := find(tb, "/usr/sbin/mariadbd", "mariadbd")
	install := find(tb, "mariadb-install-db")
	dir, port := serverDir(tb), freePort(tb)
	data := filepath.Join(dir, "data")
	if out, err := nobody(tb, dir, install, "--no-defaults", "--datadir="+data, "--auth-root-authentication-method=normal", "--skip-test-db").CombinedOutput(); err != nil {
		tb.Fatalf("mariadb-install-db: %v\n%s", err, out)
	}
	c := nobody(tb, dir, daemon, "--no-defaults", "--datadir="+data, "--bind-address=127.0.0.1", fmt.Sprintf("--port=%d", port),
		"--socket="+filepath.Join(dir, "s"), "--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M",
		"--character-set-server=utf8mb4", "--default-time-zone=+00:00")
	root := mysql.NewConfig()
	root.User, root.Net, root.Addr = "root", "tcp", fmt.Sprintf("127.0.0.1:%d", port)
	root.Logger = silentMySQL{}
	connector, err := mysql.NewConnector(root)
	if err != nil {
		tb.Fatal(err)
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(1)
	tb.Cleanup(func() { _ = db.Close() })
	run := func(statements ...string) error {
		for _, s := range statements {
			if _, err := db.ExecContext(tb.Context(), s); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		return nil
	}
	start(tb, c, func() error { return run("select 1") })
	if err := run("create database shop", "use shop", "create user reader@'127.0.0.1' identified by '"+readerPassword+"'", "grant select on shop.* to reader@'127.0.0.1'"); err != nil {
		tb.Fatal(err)
	}
	return server{
		dsn: fmt.Sprintf("mysql://reader:%s@127.0.0.1:%d/shop?tls=false", readerPassword, port),
		exec: func(tb testing.TB, statements ...string) {
			tb.Helper()
			if err := run(statements...); err != nil {
				tb.Fatal(err)
			}
		},
	}
}

// open builds the first source of a declaration against s.
func (s server) open(tb testing.TB, yaml string) *database {
	tb.Helper()
	if strings.HasPrefix(s.dsn, "mysql") {
		yaml = strings.NewReplacer("$1", "?", "$2", "?").Replace(yaml)
	}
	specs, err := ParseSpecs("sql.yaml", []byte(yaml), func(string) (string, bool) { return s.dsn, true })
	if err != nil {
		tb.Fatal(err)
	}
	src, err := Build(specs[0], Deps{})
	if err != nil {
		tb.Fatal(err)
	}
	return src.(*database)
}
