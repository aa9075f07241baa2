package lab

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Table is a CSV input with named columns, read row by row. A byte order mark
// and CRLF line ends are tolerated; names of columns are compared without case
// and outer spaces; columns that a verb does not know are kept as they are.
type Table struct {
	// Columns are the names as they stand in the file.
	Columns []string

	s     *Session
	file  string
	close func() error // of a file that was only read
	csv   *csv.Reader
	index map[string]int
	err   error
}

// Table opens input i and reads its header. It refuses a header without the
// needed columns. The caller closes the table.
func (s *Session) Table(i int, need ...string) (*Table, error) {
	in, name, err := s.open(i)
	if err != nil {
		return nil, err
	}
	t := &Table{s: s, file: name, close: in.Close, index: map[string]int{}}
	if err := t.header(in, need); err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}

// Close closes the input.
func (t *Table) Close() { _ = t.close() }

func (t *Table) header(in io.Reader, need []string) error {
	b := bufio.NewReader(in)
	if mark, err := b.Peek(3); err == nil && string(mark) == "\xef\xbb\xbf" {
		_, _ = b.Discard(3)
	}
	t.csv = csv.NewReader(b)
	t.csv.FieldsPerRecord = -1
	t.csv.ReuseRecord = true
	names, err := t.csv.Read()
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%s is empty: the first line names the columns %s", t.file, strings.Join(need, ","))
	}
	if err != nil {
		return fmt.Errorf("%s: header: %w", t.file, err)
	}
	for i, name := range names {
		name = strings.TrimSpace(name)
		if !utf8.ValidString(name) {
			return fmt.Errorf("%s: the header is not UTF-8: save the file as \"CSV UTF-8\"", t.file)
		}
		key := strings.ToLower(name)
		if _, twice := t.index[key]; twice && name != "" {
			return fmt.Errorf("%s: the column %q stands there twice", t.file, name)
		}
		t.Columns = append(t.Columns, name)
		t.index[key] = i
	}
	for _, want := range need {
		if _, ok := t.index[want]; !ok {
			return fmt.Errorf("%s: no column %q: the first line must name %s, and names %s",
				t.file, want, strings.Join(need, ","), strings.Join(t.Columns, ","))
		}
	}
	return nil
}

// Has reports whether the header names a column.
func (t *Table) Has(column string) bool { _, ok := t.index[column]; return ok }

// Rows are the data rows that could be split into columns. The row is valid
// until the next one.
func (t *Table) Rows() iter.Seq[*Row] {
	return func(yield func(*Row) bool) {
		for {
			cells, err := t.csv.Read()
			wrong, broken := errors.AsType[*csv.ParseError](err)
			switch {
			case errors.Is(err, io.EOF):
				return
			case broken:
				t.s.complain(t.file, wrong.StartLine, wrong.Err.Error())
				continue
			case err != nil:
				t.err = fmt.Errorf("read %s: %w", t.file, err)
				return
			}
			line, _ := t.csv.FieldPos(0)
			row := &Row{Line: line, Cells: cells, t: t, ok: true}
			if row.check() && !yield(row) {
				return
			}
		}
	}
}

// Err is what ended Rows early, or the sum of the bad rows when they end the
// run. Verbs that answer at the end of the input ask before they do.
func (t *Table) Err() error {
	if t.err != nil {
		return t.err
	}
	return t.s.verdict()
}

// Row is one line. Its readers mark it as bad when a cell is not what it should
// be; OK tells afterwards.
type Row struct {
	Line  int
	Cells []string

	t  *Table
	ok bool
}

// OK reports whether nothing is wrong with the row.
func (r *Row) OK() bool { return r.ok }

// Bad marks the row as bad and says why.
func (r *Row) Bad(format string, args ...any) {
	if r.ok {
		r.t.s.complain(r.t.file, r.Line, fmt.Sprintf(format, args...))
	}
	r.ok = false
}

func (r *Row) check() bool {
	if len(r.Cells) != len(r.t.Columns) {
		r.Bad("%d cells, the header has %d", len(r.Cells), len(r.t.Columns))
	} else if slices.ContainsFunc(r.Cells, func(c string) bool { return !utf8.ValidString(c) }) {
		r.Bad("not UTF-8: save the file as \"CSV UTF-8\"")
	}
	return r.ok
}

// Text is a cell without outer spaces; empty when there is no such column.
func (r *Row) Text(column string) string {
	if i, ok := r.t.index[column]; ok {
		return strings.TrimSpace(r.Cells[i])
	}
	return ""
}

// moments are the forms of a timestamp. Those without an offset are wall time,
// read as UTC.
var moments = []string{
	time.DateTime, "2006-01-02T15:04:05", time.RFC3339, "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04", "2006-01-02T15:04",
	time.DateOnly, "2006/1/2", "2006/1/2 15:04:05", "2006/1/2 15:04", "20060102",
}

// Time is a timestamp; its location is the offset in the text, else UTC.
func (r *Row) Time(column string) time.Time {
	text := r.Text(column)
	for _, form := range moments {
		if at, err := time.Parse(form, text); err == nil {
			return at
		}
	}
	r.Bad("%s: %q is no timestamp such as 2026-11-22 08:00:00, 2026-11-22T08:00:00+08:00 or 2026-11-22", column, text)
	return time.Time{}
}

// unknown are the cells that say that there is no value.
var unknown = []string{"", "na", "nan", "null", "none", "-", "—"}

// Number is a number; known is false when the cell says that there is none.
func (r *Row) Number(column string) (v float64, known bool) {
	text := r.Text(column)
	if slices.Contains(unknown, strings.ToLower(text)) {
		return 0, false
	}
	v, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil:
		r.Bad("%s: %q is no number", column, text)
	case math.Abs(v) > 1e100:
		r.Bad("%s: %q is too large", column, text)
	default:
		return v, true
	}
	return 0, false
}

// Count is a whole number from 0; known is false when the cell is empty.
func (r *Row) Count(column string) (n int64, known bool) {
	v, known := r.Number(column)
	if known && (v < 0 || v != math.Trunc(v) || v > 1e15) {
		r.Bad("%s: %q is no count: whole numbers from 0", column, r.Text(column))
		return 0, false
	}
	return int64(v), known
}
