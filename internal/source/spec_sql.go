package source

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
)

// sqlSpec declares a query of a database.
type sqlSpec struct {
	postgres *pgx.ConnConfig // nil for the MySQL wire
	mysql    *mysql.Config   // nil for the PostgreSQL wire
	query    string
	windowed bool
	format   string // how the bounds of the window are written
	zone     *time.Location
	json     []string // text columns that hold JSON
	maxRows  int
	timeout  time.Duration
	private  bool
}

// sqlMoments are the forms in which both databases write dates and times.
var sqlMoments = []string{"2006-01-02 15:04:05", "2006-01-02", "2006-01-02 15:04:05-07", "2006-01-02 15:04:05-07:00", time.RFC3339}

const (
	defaultQueryTime = 60 * time.Second
	defaultMaxRows   = 1_000_000
)

func readSQL(o *object, s *Spec) {
	q := &sqlSpec{private: o.flag("allow_private"), zone: time.UTC, format: time.DateTime}
	s.sql = q
	o.need("dsn", "query")
	q.connection(o, s)
	if w := o.object("window"); w != nil {
		q.window(w, s)
	}
	q.query = strings.TrimSuffix(strings.TrimSpace(o.str("query", "")), ";")
	if q.query != "" {
		q.checkQuery(o)
	}
	q.json = o.strings("json")
	q.maxRows = o.int("max_rows", defaultMaxRows, 1, 50_000_000)
	q.timeout = o.span("timeout", defaultQueryTime)
}

func (q *sqlSpec) window(w *object, s *Spec) {
	readSpans(w, s)
	q.windowed = true
	w.str("field", "") // for the reader: the column that the query compares
	if z := w.zone(); z != nil {
		q.zone = z
	} else if !w.has("tz") {
		w.fail("tz", "the bounds of a window need a zone", "write tz: Asia/Shanghai")
	}
	q.format = w.str("format", time.DateTime)
	if !strings.Contains(q.format, "06") && unixFormats[q.format] == 0 {
		w.fail("format", fmt.Sprintf("%q is not a layout with a year", q.format), `write the moment 2006-01-02 15:04:05 the way the column has it, 2006-01-02 for a date, or unix`)
	}
	w.close()
}

// windowZone is the zone of the window, which dates and times without one of
// their own are in.
func windowZone(o *object) *time.Location {
	if w := o.object("window"); w != nil {
		return w.zone()
	}
	return nil
}

// connection reads the address of the database.
func (q *sqlSpec) connection(o *object, s *Spec) {
	n := o.get("dsn")
	if n == nil {
		return
	}
	dsn, named := o.r.scalar(n, o.at("dsn"))
	if named && o.r.env == nil || dsn == "" {
		return // only looked over: the address is not known
	}
	const remedy = `write dsn: "${NAME}" with postgres://reader:password@host:5432/database or mysql://reader:password@host:3306/database in that variable`
	u, err := url.Parse(dsn)
	if err != nil {
		o.fail("dsn", "not the address of a database", remedy) // the parser's own text repeats the password
		return
	}
	if password, ok := u.User.Password(); ok {
		if len(password) > 3 {
			s.secrets = append(s.secrets, password)
		}
		if !named {
			o.fail("dsn", "a password stands in the file", remedy)
		}
	}
	switch u.Scheme {
	case "postgres", "postgresql":
		q.postgres, err = postgresConfig(dsn, q.private)
	case "mysql":
		q.mysql, err = mysqlConfig(u, q.private)
	default:
		o.fail("dsn", fmt.Sprintf("the scheme %q is neither postgres nor mysql", u.Scheme), remedy)
		return
	}
	if err != nil {
		o.fail("dsn", err.Error(), remedy)
		return
	}
	if !q.private && privateHost(u.Hostname()) {
		o.fail("dsn", "this address lies in a private network", "allow_private: true allows it")
	}
}

var (
	// quoted is what a query holds that is not code: texts, names, comments.
	quoted = regexp.MustCompile(`(?s)'(?:[^']|'')*'|"(?:[^"]|"")*"|` + "`[^`]*`" + `|--[^\n]*|/\*.*?\*/`)
	dollar = regexp.MustCompile(`\$([0-9]+)`)
	begins = regexp.MustCompile(`(?i)^\s*(select|with|values|table)\b`)
)

// checkQuery refuses what is not one query with the bounds of the window as its
// only parameters. That it changes nothing is for the read-only transaction.
func (q *sqlSpec) checkQuery(o *object) {
	code := quoted.ReplaceAllString(q.query, " ")
	switch {
	case !begins.MatchString(code):
		o.fail("query", "a source only reads: the query begins with select or with", "")
	case strings.Contains(code, ";"):
		o.fail("query", "one query is one statement", "take out the semicolon")
	}
	want, remedy := "", "write: where dt >= $1 and dt < $2 (PostgreSQL), or ? and ? (MySQL)"
	var got []string
	for _, m := range dollar.FindAllStringSubmatch(code, -1) {
		if !slices.Contains(got, "$"+m[1]) {
			got = append(got, "$"+m[1])
		}
	}
	slices.Sort(got)
	marks := strings.Count(code, "?")
	if q.windowed {
		want = "$1 $2"
	}
	switch have := strings.Join(got, " "); {
	case q.mysql != nil && (len(got) > 0 || q.windowed && marks != 2 || !q.windowed && marks > 0),
		q.postgres != nil && have != want,
		q.mysql == nil && q.postgres == nil && have != want && (!q.windowed || len(got) > 0 || marks != 2):
		if q.windowed {
			o.fail("query", "the query does not ask for the window: its start and its end are the two parameters", remedy)
		} else {
			o.fail("query", "the query has parameters, but the source has no window to fill them", "add window:, or write the value into the query")
		}
	}
}

// bounds are the parameters of the query for a stretch. A format without hours
// names whole days: then the stretch is widened to the days it touches.
func (q *sqlSpec) bounds(start, end time.Time) []any {
	if !q.windowed {
		return nil
	}
	switch unixFormats[q.format] {
	case time.Second:
		return []any{start.Unix(), end.Unix()}
	case time.Millisecond:
		return []any{start.UnixMilli(), end.UnixMilli()}
	}
	start, end = start.In(q.zone), end.In(q.zone)
	if wholeDates(q.format) {
		y, m, d := end.Date()
		if midnight := time.Date(y, m, d, 0, 0, 0, 0, q.zone); midnight.Before(end) {
			end = time.Date(y, m, d+1, 0, 0, 0, 0, q.zone)
		}
	}
	return []any{start.Format(q.format), end.Format(q.format)}
}
