package lab

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// Sink writes rows as they come, as CSV or as a JSON array with a row a line.
type Sink struct {
	s       *Session
	columns []string
	csv     *csv.Writer
	out     *bufio.Writer
	rows    int
	err     error
}

// flushed is how many rows may wait: a reader of a pipe sees them soon.
const flushed = 64

// Sink starts the output with its columns. The caller closes it.
func (s *Session) Sink(columns ...string) *Sink {
	k := &Sink{s: s, columns: columns, out: bufio.NewWriter(s.Out)}
	k.csv = csv.NewWriter(k.out)
	if s.JSON {
		_, k.err = k.out.WriteString("[")
	} else {
		k.err = k.csv.Write(columns)
	}
	return k
}

// Extend starts an output that repeats the table's columns and adds some.
func (t *Table) Extend(columns ...string) (*Sink, error) {
	for _, name := range columns {
		if t.Has(name) {
			return nil, fmt.Errorf("%s has a column %q already: rename it, it is what this verb adds", t.file, name)
		}
	}
	return t.s.Sink(append(append([]string(nil), t.Columns...), columns...)...), nil
}

// Row writes the cells of an input row, if there is one, and values: strings,
// whole numbers, float64 (NaN is an empty cell, null in JSON), bool or nil.
// After a bad row that ends the run nothing is written.
func (k *Sink) Row(in *Row, values ...any) {
	if k.err != nil || k.s.Halted() {
		return
	}
	cells := make([]any, 0, len(k.columns))
	if in != nil {
		for _, c := range in.Cells {
			cells = append(cells, k.cell(c))
		}
	}
	cells = append(cells, values...)
	if len(cells) != len(k.columns) {
		k.err = fmt.Errorf("%d cells for the columns %v", len(cells), k.columns)
		return
	}
	if k.s.JSON {
		k.err = k.json(cells)
	} else {
		k.err = k.plain(cells)
	}
	if k.rows++; k.err == nil && k.rows%flushed == 0 {
		k.flush()
	}
}

// cell is an input cell on its way out: numbers are numbers in JSON.
func (k *Sink) cell(text string) any {
	if !k.s.JSON {
		return text
	}
	if text == "" {
		return nil
	}
	if v, err := strconv.ParseFloat(text, 64); err == nil && json.Valid([]byte(text)) && !math.IsInf(v, 0) {
		return json.Number(text)
	}
	return text
}

func (k *Sink) plain(cells []any) error {
	line := make([]string, len(cells))
	for i, c := range cells {
		switch v := c.(type) {
		case nil:
		case float64:
			line[i] = decimal(v)
		default:
			line[i] = fmt.Sprint(v)
		}
	}
	return k.csv.Write(line)
}

// json keeps the order of the columns, which a map would not.
func (k *Sink) json(cells []any) error {
	sep := ",\n"
	if k.rows == 0 {
		sep = "\n"
	}
	line := []byte(sep + "{")
	for i, c := range cells {
		if v, ok := c.(float64); ok {
			c = nil
			if text := decimal(v); text != "" {
				c = json.Number(text)
			}
		}
		name, _ := json.Marshal(k.columns[i])
		value, err := json.Marshal(c)
		if err != nil {
			return fmt.Errorf("column %s: %w", k.columns[i], err)
		}
		if i > 0 {
			line = append(line, ',')
		}
		line = append(append(append(line, name...), ':'), value...)
	}
	_, err := k.out.Write(append(line, '}'))
	return err
}

// decimal writes nine significant digits without an exponent; nothing for what
// is not a number.
func decimal(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return ""
	}
	short, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 9, 64), 64)
	return strconv.FormatFloat(short+0, 'f', -1, 64) // + 0: no minus zero
}

func (k *Sink) flush() {
	k.csv.Flush()
	if err := k.csv.Error(); k.err == nil {
		k.err = err
	}
	if err := k.out.Flush(); k.err == nil {
		k.err = err
	}
}

// Close ends the output and returns what went wrong with it.
func (k *Sink) Close() error {
	if k.s.JSON && k.err == nil {
		end := "\n]\n"
		if k.rows == 0 {
			end = "]\n"
		}
		_, k.err = k.out.WriteString(end)
	}
	k.flush()
	if k.err != nil {
		return fmt.Errorf("write rows: %w", k.err)
	}
	return nil
}
