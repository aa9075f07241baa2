package source

import (
	"context"
	"crypto/tls"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
)

// mysqlConfig reads an address of the MySQL wire: mysql://user:password@host:port/database,
// with ?tls=true, skip-verify or false. Unless private is set, the server must
// prove who it is and lie on the open internet.
func mysqlConfig(u *url.URL, private bool) (*mysql.Config, error) {
	c := mysql.NewConfig()
	c.User = u.User.Username()
	c.Passwd, _ = u.User.Password()
	c.Net, c.Addr, c.DBName = "tcp", u.Host, strings.TrimPrefix(u.Path, "/")
	if u.Port() == "" {
		c.Addr = u.Hostname() + ":3306"
	}
	if u.Hostname() == "" || c.User == "" {
		return nil, errors.New("the address of a MySQL database names a user and a host")
	}
	for key, v := range u.Query() {
		if key != "tls" {
			return nil, fmt.Errorf("the address of a MySQL database takes tls= and not %q", key)
		}
		switch v[0] {
		case "true":
			c.TLS = &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}
		case "skip-verify":
			c.TLS = &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12} //nolint:gosec // asked for by name, and only for private hosts
		case "false":
		default:
			return nil, fmt.Errorf("tls=%s is none of true, skip-verify, false", v[0])
		}
	}
	if !private && (c.TLS == nil || c.TLS.InsecureSkipVerify) {
		return nil, errPlainDatabase
	}
	c.DialFunc = dialer(private).DialContext
	c.Logger = silentMySQL{}
	return c, nil
}

// silentMySQL keeps the driver, which has a logger of its own, from printing.
type silentMySQL struct{}

func (silentMySQL) Print(...any) {}

// openMySQL begins a read-only transaction whose clock is in the zone of the
// window.
func openMySQL(ctx context.Context, q *sqlSpec) (*session, error) {
	c := q.mysql.Clone()
	c.Params = map[string]string{"time_zone": "'" + mysqlZone(q.zone) + "'"}
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return nil, &Error{Class: Setup, Message: "connect: the address cannot be used"}
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(1)
	end := func() { _ = db.Close() } // it was only read
	// The transaction must outlive the time allowed for opening it.
	conn, err := db.Conn(ctx)
	if err != nil {
		end()
		return nil, mysqlError("connect", err)
	}
	for _, text := range []string{"set transaction isolation level repeatable read", "start transaction read only"} {
		if _, err := conn.ExecContext(ctx, text); err != nil {
			end()
			return nil, mysqlError("begin", err)
		}
	}
	return &session{
		close: func() { _ = conn.Close(); end() },
		run: func(ctx context.Context, query string, bounds []any, take func(sqlRow) error) error {
			return runMySQL(ctx, conn, query, bounds, take)
		},
	}, nil
}

// mysqlZone names a zone to the server: by its offset when that never changes,
// since few servers have the tables of zone names loaded.
func mysqlZone(z *time.Location) string {
	year := time.Now().Year()
	_, winter := time.Date(year, 1, 1, 0, 0, 0, 0, z).Zone()
	_, summer := time.Date(year, 7, 1, 0, 0, 0, 0, z).Zone()
	if winter != summer {
		return z.String()
	}
	return time.Date(year, 1, 1, 0, 0, 0, 0, z).Format("-07:00")
}

func runMySQL(ctx context.Context, conn *sql.Conn, query string, bounds []any, take func(sqlRow) error) error {
	rows, err := conn.QueryContext(ctx, query, bounds...)
	if err != nil {
		return mysqlError("query", err)
	}
	defer rows.Close() //nolint:errcheck // Err has told
	kinds, err := rows.ColumnTypes()
	if err != nil {
		return mysqlError("query", err)
	}
	row := sqlRow{values: make([][]byte, len(kinds))}
	raw, into := make([]sql.RawBytes, len(kinds)), make([]any, len(kinds))
	for i, k := range kinds {
		row.columns = append(row.columns, sqlColumn{k.Name(), mysqlForm(k.DatabaseTypeName())})
		into[i] = &raw[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return mysqlError("query", err)
		}
		for i := range raw {
			row.values[i] = raw[i]
		}
		if err := take(row); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return mysqlError("query", err)
	}
	return nil
}

func mysqlForm(kind string) sqlForm {
	for _, number := range []string{"INT", "DECIMAL", "DOUBLE", "FLOAT"} {
		if strings.Contains(kind, number) {
			return sqlNumber
		}
	}
	if kind == "JSON" {
		return sqlJSON
	}
	return sqlText
}

// mysqlClasses are the server's numbers of errors that another try does not
// help.
var mysqlClasses = map[uint16]Class{
	1044: Auth, 1045: Auth, 1698: Auth, // refused
	1142: Permission, 1143: Permission, 1227: Permission,
	1049: Setup, 1054: Setup, 1064: Setup, 1146: Setup, 1298: Setup, 1792: Setup, 1290: Setup,
}

func mysqlError(doing string, err error) error {
	out := &Error{Class: Service, Err: err}
	var e *mysql.MySQLError
	if !errors.As(err, &e) {
		out.Message = fmt.Sprintf("%s: %s", doing, cause(err))
		return out
	}
	if class, ok := mysqlClasses[e.Number]; ok {
		out.Class = class
	}
	out.Message = fmt.Sprintf("%s: %s (error %d)", doing, cut(e.Message, 300), e.Number)
	return out
}
