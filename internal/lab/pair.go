package lab

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"shopwatch/internal/analysis/explain"
)

// pair is a table of before and one of after, row by row of the same members.
type pair struct {
	dims, measures []string
	keys           []string    // of each row: its members, joined
	members        [][]string  // of each row
	before, after  [][]float64 // of each row, by measure; 0 where a period lacks it
}

// readPair reads both tables. measures nil takes every column of numbers, dims
// nil every column of text. A period's missing row is an amount of 0: what was
// not sold was not sold; an unknown cell is a bad row.
func (s *Session) readPair(dims, measures []string) (*pair, error) {
	rows, err := s.readWhole(0)
	if err != nil {
		return nil, err
	}
	after, err := s.readWhole(1)
	if err != nil {
		return nil, err
	}
	p := &pair{dims: dims, measures: measures}
	if err := p.columns(rows, after); err != nil {
		return nil, err
	}
	index := map[string]int{}
	for side, table := range []*whole{rows, after} {
		for _, row := range table.rows {
			p.add(side, table, row, index, s)
		}
	}
	if err := s.verdict(); err != nil {
		return nil, err
	}
	if len(p.keys) == 0 {
		return nil, errors.New("both tables are without rows: nothing to explain")
	}
	return p, nil
}

// whole is a table held in memory.
type whole struct {
	file    string
	columns []string // in small letters
	rows    []wholeRow
}

type wholeRow struct {
	line  int
	cells []string
}

func (s *Session) readWhole(i int) (w *whole, err error) {
	t, err := s.Table(i)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	w = &whole{file: t.file}
	for _, c := range t.Columns {
		w.columns = append(w.columns, strings.ToLower(c))
	}
	for row := range t.Rows() {
		w.rows = append(w.rows, wholeRow{row.Line, slices.Clone(row.Cells)})
	}
	return w, t.Err()
}

// number reads a cell; ok is false when it is none.
func number(cell string) (v float64, ok bool) {
	v, err := strconv.ParseFloat(strings.TrimSpace(cell), 64)
	return v, err == nil && math.Abs(v) <= 1e100
}

// columns tells dimensions from measures by the first table's cells.
func (p *pair) columns(before, after *whole) error {
	for _, name := range slices.Concat(p.dims, p.measures) {
		for _, w := range []*whole{before, after} {
			if !slices.Contains(w.columns, name) {
				return fmt.Errorf("%s: no column %q, it has %s", w.file, name, strings.Join(w.columns, ", "))
			}
		}
	}
	chosenDims, chosenMeasures := p.dims != nil, p.measures != nil
	for i, name := range before.columns {
		if slices.Contains(p.dims, name) || slices.Contains(p.measures, name) || !slices.Contains(after.columns, name) {
			continue
		}
		numbers := 0
		for _, row := range before.rows {
			if _, ok := number(row.cells[i]); ok {
				numbers++
			}
		}
		switch isNumber := 2*numbers > len(before.rows); {
		case isNumber && !chosenMeasures:
			p.measures = append(p.measures, name)
		case !isNumber && !chosenDims:
			p.dims = append(p.dims, name)
		}
	}
	if len(p.dims) == 0 {
		return fmt.Errorf("%s: no column of text that both tables have: name the dimensions with --dims", before.file)
	}
	if len(p.measures) == 0 {
		return fmt.Errorf("%s: no column of numbers that both tables have", before.file)
	}
	return nil
}

func (p *pair) add(side int, w *whole, row wholeRow, index map[string]int, s *Session) {
	members := make([]string, len(p.dims))
	for i, d := range p.dims {
		members[i] = strings.TrimSpace(row.cells[slices.Index(w.columns, d)])
	}
	amounts := make([]float64, len(p.measures))
	for i, m := range p.measures {
		cell := row.cells[slices.Index(w.columns, m)]
		v, ok := number(cell)
		if !ok {
			s.complain(w.file, row.line, fmt.Sprintf("%s: %q is no number", m, cell))
			return
		}
		amounts[i] = v
	}
	key := strings.Join(members, "&")
	i, ok := index[strings.Join(members, "\x1f")]
	if !ok {
		i = len(p.keys)
		index[strings.Join(members, "\x1f")] = i
		p.keys, p.members = append(p.keys, key), append(p.members, members)
		p.before, p.after = append(p.before, make([]float64, len(p.measures))), append(p.after, make([]float64, len(p.measures)))
	}
	into := p.before[i]
	if side == 1 {
		into = p.after[i]
	}
	for k, v := range amounts {
		into[k] += v
	}
}

// table is one measure, or the ratio of two, as leaves.
func (p *pair) table(measure, base string) explain.Table {
	m, b := slices.Index(p.measures, measure), slices.Index(p.measures, base)
	t := explain.Table{Dims: p.dims}
	for i := range p.keys {
		x := explain.Leaf{Members: p.members[i], Actual: p.after[i][m], Forecast: p.before[i][m]}
		if b >= 0 {
			x.Base, x.BaseForecast = p.after[i][b], p.before[i][b]
		}
		t.Leaves = append(t.Leaves, x)
	}
	return t
}

func compareSize(a, b float64) int { return cmp.Compare(math.Abs(a), math.Abs(b)) }
