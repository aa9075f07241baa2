package source

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"shopwatch/internal/market"
)

// sheet is a file while it is read.
type sheet struct {
	name   string
	mapper *mapper
	hash   string // of the header
	header []string
}

// sheet reads the rows of a decoded file. The sheet is never nil; an error says
// that the file as a whole cannot be trusted.
func (f *File) sheet(ctx context.Context, name string, text []byte) (*sheet, error) {
	s := f.newSheet(name)
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = f.spec.file.comma
	r.ReuseRecord = true
	r.FieldsPerRecord = -1
	for range f.spec.file.headerRow {
		head, err := r.Read()
		if err != nil {
			return s, fmt.Errorf("row %d, where the header should be: %w", f.spec.file.headerRow, plainCSV(err))
		}
		s.header = slices.Clone(head)
	}
	if err := s.named(); err != nil {
		return s, err
	}
	if err := s.rows(ctx, r, f.spec.file.multiline); err != nil {
		return s, err
	}
	s.mapper.settle(name)
	return s, nil
}

// newSheet begins a sheet; the columns of its mapping get their place in the
// header of this one file.
func (f *File) newSheet(name string) *sheet {
	m := *f.spec.mapping
	m.fields = slices.Clone(m.fields)
	return &sheet{name: name, mapper: newMapper(&m)}
}

// named takes the header in: its hash, and where the mapped columns are.
func (s *sheet) named() error {
	for i := range s.header {
		s.header[i] = strings.TrimSpace(s.header[i])
	}
	sum := sha256.Sum256([]byte(strings.Join(s.header, "\x1f")))
	s.hash = hex.EncodeToString(sum[:8])
	return s.bind(s.mapper.m)
}

// plainCSV is the cause of a CSV error without its position, which counts rows
// differently from people.
func plainCSV(err error) error {
	var parse *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return errors.New("the file ends before it")
	case errors.As(err, &parse):
		return parse.Err
	}
	return err
}

// bind finds the columns of the mapping in the header.
func (s *sheet) bind(m *mapping) error {
	var missing []string
	find := func(name string) int {
		at := slices.Index(s.header, name)
		if at < 0 {
			text := fmt.Sprintf("column %q is not in the header", name)
			if w := nearest(name, s.header); w != "" {
				text += fmt.Sprintf(" (there is %q)", w)
			}
			missing = append(missing, text)
		} else if slices.Contains(s.header[at+1:], name) {
			missing = append(missing, fmt.Sprintf("column %q is in the header twice", name))
		}
		return at
	}
	for i := range m.fields {
		f := &m.fields[i]
		if f.from.col != "" {
			f.from.at = find(f.from.col)
		}
		if t := f.conv.times; t != nil && t.col != "" {
			bound := *t
			bound.at = find(t.col)
			f.conv.times = &bound
		}
	}
	for _, name := range m.occurrence {
		s.mapper.counted = append(s.mapper.counted, find(name))
	}
	if len(missing) > 0 {
		return errors.New(cut(strings.Join(slices.Compact(missing), "; ")+"; the header has: "+strings.Join(s.header, ", "), 600))
	}
	return nil
}

// rows maps every row. A quotation mark that is out of place may have swallowed
// any number of rows, so the file is given up; a row with too many or too few
// fields, or with a mark inside a bare field, is refused alone.
func (s *sheet) rows(ctx context.Context, r *csv.Reader, multiline bool) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		end, err := s.stretch(ctx, r, multiline)
		if end || err != nil {
			return err
		}
	}
}

// stretchRows is how many rows of a file are what a page is of an answer: jq
// has so much time for them.
const stretchRows = 1024

// stretch maps up to stretchRows rows and reports whether the file ended.
func (s *sheet) stretch(ctx context.Context, r *csv.Reader, multiline bool) (bool, error) {
	ctx, stop := context.WithTimeout(ctx, jqTime)
	defer stop()
	for range stretchRows {
		line, err := r.Read()
		if errors.Is(err, io.EOF) {
			return true, nil
		}
		if parse, ok := errors.AsType[*csv.ParseError](err); ok {
			s.refuse(parse.StartLine, parse.Line-parse.StartLine+1, line, parse.Err.Error())
			if errors.Is(parse.Err, csv.ErrQuote) {
				return true, fmt.Errorf("line %d: a quotation mark is out of place or has no end; rows after it cannot be told apart", parse.StartLine)
			}
			continue
		}
		if err != nil {
			return true, err
		}
		if err := s.row(ctx, r, line, multiline); err != nil {
			return true, err
		}
	}
	return false, nil
}

// row maps one row.
func (s *sheet) row(ctx context.Context, r *csv.Reader, line []string, multiline bool) error {
	from, _ := r.FieldPos(0)
	to, _ := r.FieldPos(len(line) - 1)
	to += strings.Count(line[len(line)-1], "\n")
	switch {
	case len(line) != len(s.header):
		s.refuse(from, to-from+1, line, fmt.Sprintf("%d fields, but the header has %d", len(line), len(s.header)))
		return nil
	case to > from && !multiline:
		s.refuse(from, to-from+1, line, "a field goes over several lines; multiline: true allows it")
		return nil
	}
	rec := &record{header: s.header, line: line}
	return s.mapper.add(ctx, rec, func() string { return fmt.Sprintf("%s:%d", s.name, from) })
}

func (s *sheet) refuse(line, lines int, fields []string, why string) {
	s.mapper.note(market.Reject{
		Place: fmt.Sprintf("%s:%d", s.name, line), Reason: why, Sample: cut(strings.Join(fields, ","), sampleLength),
	}, max(1, lines))
}
