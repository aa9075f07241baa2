package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"shopwatch/internal/benchdata"
)

// columns of the table that every SQL peer has.
const columns = "t, sku, price, rival, stock, units, orders, gmv, visits, carts, complaints, refunds"

// values of a row, in the order of columns without t and sku.
func values(h *benchdata.Hour, i int) [10]int64 { return h.Row(i) }

// questions asks a database over database/sql. at is how it names its n-th
// parameter.
type questions struct {
	db *sql.DB
	at func(n int) string
}

func question(int) string { return "?" }
func dollar(n int) string { return fmt.Sprintf("$%d", n) }

func (q *questions) top(ctx context.Context, hour int) ([]int64, error) {
	return q.ints(ctx, fmt.Sprintf("SELECT sku FROM panel WHERE t = %s AND stock < 5 AND price < 30000 ORDER BY gmv DESC, sku LIMIT 50", q.at(1)), hour)
}

func (q *questions) ints(ctx context.Context, text string, args ...any) ([]int64, error) {
	rows, err := q.db.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var v int64
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

func (q *questions) changes(ctx context.Context, hour int) (out [4]int64, err error) {
	sum := func(cond string) string { return "sum(CASE WHEN " + cond + " THEN 1 ELSE 0 END)" }
	text := "SELECT " + strings.Join([]string{
		sum("a.price <> b.price AND b.price > 0 AND abs(a.price - b.price) * 20 >= b.price"),
		sum("a.stock <= 0 AND b.stock > 0"), sum("a.stock > 0 AND b.stock <= 0"),
		sum("a.rival < b.rival AND a.price > 0 AND a.rival * 20 <= a.price * 17 AND NOT (b.rival * 20 <= b.price * 17)"),
	}, ", ") + fmt.Sprintf(" FROM panel a JOIN panel b ON b.sku = a.sku WHERE a.t = %s AND b.t = %s", q.at(1), q.at(2))
	err = q.db.QueryRowContext(ctx, text, hour, hour-1).Scan(&out[0], &out[1], &out[2], &out[3])
	return out, err
}

func (q *questions) digest(ctx context.Context, hours int) ([]int64, error) {
	text := fmt.Sprintf("SELECT CAST(sum(gmv) AS BIGINT), CAST(sum(units) AS BIGINT), CAST(sum(orders) AS BIGINT), CAST(sum(visits) AS BIGINT), CAST(sum(carts) AS BIGINT), CAST(sum(complaints) AS BIGINT), CAST(sum(refunds) AS BIGINT), CAST(sum(stock) AS BIGINT) FROM panel WHERE t < %s GROUP BY %s ORDER BY %[2]s", q.at(1), thirdOf40)
	rows, err := q.db.QueryContext(ctx, text, hours)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var v [8]int64
		if err := rows.Scan(&v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[7]); err != nil {
			return nil, err
		}
		out = append(out, v[0])
	}
	return out, rows.Err()
}

// thirdOf40 is categoryOf in SQL.
const thirdOf40 = "((sku - sku % 3) / 3) % 40"

func (q *questions) line(ctx context.Context, id, hours int) ([]int64, error) {
	in := make([]string, hours)
	for i := range in {
		in[i] = fmt.Sprint(i)
	}
	return q.ints(ctx, fmt.Sprintf("SELECT gmv FROM panel WHERE sku = %s AND t IN (%s) ORDER BY t", q.at(1), strings.Join(in, ",")), id)
}
