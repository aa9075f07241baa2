package source

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// errPlainDatabase says that a password would cross the internet in the clear.
var errPlainDatabase = errors.New("the connection is not encrypted, or to an unproved server; sslmode=verify-full (PostgreSQL) or tls=true (MySQL) proves it, allow_private: true is for a host of your own network")

// postgresConfig reads an address of the PostgreSQL wire. Unless private is
// set, the server must prove who it is and lie on the open internet.
func postgresConfig(dsn string, private bool) (*pgx.ConnConfig, error) {
	c, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("not the address of a PostgreSQL database") // its own text may hold the password
	}
	proved := c.TLSConfig != nil && !c.TLSConfig.InsecureSkipVerify && c.TLSConfig.VerifyPeerCertificate == nil
	for _, f := range c.Fallbacks {
		proved = proved && f.TLSConfig != nil
	}
	if !private && !proved {
		return nil, errPlainDatabase
	}
	c.DialFunc = dialer(private).DialContext
	if c.RuntimeParams == nil {
		c.RuntimeParams = map[string]string{}
	}
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "shopwatch"
	}
	return c, nil
}

// openPostgres begins a read-only transaction whose clock is in the zone of the
// window.
func openPostgres(ctx context.Context, q *sqlSpec) (*session, error) {
	conn, err := pgx.ConnectConfig(ctx, q.postgres.Copy())
	if err != nil {
		return nil, postgresError("connect", err)
	}
	end := func() {
		ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer stop()
		_ = conn.Close(ctx) // it was only read; the server forgets it either way
	}
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err == nil {
		_, err = tx.Exec(ctx, "select set_config('timezone', $1, true), set_config('datestyle', 'ISO', true)", q.zone.String())
	}
	if err != nil {
		end()
		return nil, postgresError("begin", err)
	}
	return &session{close: end, run: func(ctx context.Context, query string, bounds []any, take func(sqlRow) error) error {
		return runPostgres(ctx, tx, query, bounds, take)
	}}, nil
}

// runPostgres asks for every value as text, which is exact for each type.
func runPostgres(ctx context.Context, tx pgx.Tx, query string, bounds []any, take func(sqlRow) error) error {
	args := append([]any{pgx.QueryResultFormats{pgx.TextFormatCode}}, bounds...)
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return postgresError("query", err)
	}
	defer rows.Close()
	var row sqlRow
	for rows.Next() {
		if row.columns == nil {
			for _, f := range rows.FieldDescriptions() {
				row.columns = append(row.columns, sqlColumn{f.Name, postgresForm(f.DataTypeOID)})
			}
		}
		row.values = rows.RawValues()
		if err := take(row); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return postgresError("query", err)
	}
	return nil
}

func postgresForm(oid uint32) sqlForm {
	switch oid {
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID, pgtype.NumericOID, pgtype.Float4OID, pgtype.Float8OID:
		return sqlNumber
	case pgtype.BoolOID:
		return sqlBool
	case pgtype.JSONOID, pgtype.JSONBOID:
		return sqlJSON
	}
	return sqlText
}

// postgresError classes a failure by its SQLSTATE.
func postgresError(doing string, err error) error {
	out := &Error{Class: Service, Err: err}
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		out.Message = fmt.Sprintf("%s: %s", doing, cause(err))
		return out
	}
	switch {
	case strings.HasPrefix(e.Code, "28"):
		out.Class = Auth
	case e.Code == "42501":
		out.Class = Permission
	case e.Code == "25006", strings.HasPrefix(e.Code, "42"), strings.HasPrefix(e.Code, "22"), strings.HasPrefix(e.Code, "3D"):
		out.Class = Setup
	}
	out.Message = fmt.Sprintf("%s: %s (SQLSTATE %s)", doing, cut(e.Message, 300), e.Code)
	if e.Position > 0 {
		out.Message += fmt.Sprintf(" at character %d of the query", e.Position)
	}
	return out
}
