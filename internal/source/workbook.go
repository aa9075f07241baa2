package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"shopwatch/internal/market"
)

// maxBook bounds what a workbook unpacks to.
const maxBook = 512 << 20

// book reads a sheet of a workbook. Cells are taken as they are stored, not as
// they are shown: a date may be the number of its day. The sheet returned is
// nil when the file is no workbook.
func (f *File) book(ctx context.Context, name string, raw []byte) (*sheet, error) {
	if !bytes.HasPrefix(raw, []byte("PK")) {
		return nil, errors.New("not a workbook (.xlsx); is it CSV, or one of the old binary form?")
	}
	b, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxBook, UnzipXMLSizeLimit: maxBook})
	if err != nil {
		return nil, fmt.Errorf("not a workbook that can be read: %w", err)
	}
	defer func() { _ = b.Close() }() // it was only read
	if p, err := b.GetWorkbookProps(); err == nil && p.Date1904 != nil && *p.Date1904 {
		return nil, errors.New("the workbook counts days from 1904; save it with the usual calendar")
	}
	title, err := f.pickSheet(b.GetSheetList())
	if err != nil {
		return nil, err
	}
	rows, err := b.Rows(title)
	if err != nil {
		return nil, fmt.Errorf("sheet %q: %w", title, err)
	}
	defer func() { _ = rows.Close() }() // it was only read
	s := f.newSheet(name + " " + title)
	number := 0
	if err := s.headOf(rows, f.spec.file.headerRow, &number); err != nil {
		return s, err
	}
	for {
		if err := ctx.Err(); err != nil {
			return s, err
		}
		end, err := s.bookStretch(ctx, rows, &number)
		if err != nil {
			return s, err
		}
		if end {
			s.mapper.settle(name)
			return s, nil
		}
	}
}

// pickSheet finds the sheet by name, then by number.
func (f *File) pickSheet(titles []string) (string, error) {
	want := f.spec.file.sheet
	for _, t := range titles {
		if t == want {
			return t, nil
		}
	}
	if n, err := strconv.Atoi(want); err == nil && n >= 1 && n <= len(titles) {
		return titles[n-1], nil
	}
	return "", fmt.Errorf("there is no sheet %q; the workbook has: %s", want, strings.Join(titles, ", "))
}

// headOf reads up to the header and finds the mapping's columns in it.
func (s *sheet) headOf(rows *excelize.Rows, headerRow int, number *int) error {
	for range headerRow {
		*number++
		if !rows.Next() {
			return fmt.Errorf("row %d, where the header should be: the sheet ends before it", headerRow)
		}
		head, err := rows.Columns()
		if err != nil {
			return fmt.Errorf("row %d: %w", *number, err)
		}
		s.header = head
	}
	return s.named()
}

// bookStretch maps up to stretchRows rows and reports whether the sheet ended.
func (s *sheet) bookStretch(ctx context.Context, rows *excelize.Rows, number *int) (bool, error) {
	ctx, stop := context.WithTimeout(ctx, jqTime)
	defer stop()
	for range stretchRows {
		if !rows.Next() {
			return true, rows.Error()
		}
		*number++
		line, err := rows.Columns()
		if err != nil {
			return true, fmt.Errorf("row %d: %w", *number, err)
		}
		if err := s.bookRow(ctx, line, *number); err != nil {
			return true, err
		}
	}
	return false, nil
}

// bookRow maps one row. A row without any text is none; cells that are empty at
// the end of a row are not stored.
func (s *sheet) bookRow(ctx context.Context, line []string, number int) error {
	if strings.TrimSpace(strings.Join(line, "")) == "" {
		return nil
	}
	place := func() string { return fmt.Sprintf("%s:%d", s.name, number) }
	for len(line) > len(s.header) && line[len(line)-1] == "" {
		line = line[:len(line)-1]
	}
	if len(line) > len(s.header) {
		s.mapper.note(market.Reject{
			Place: place(), Reason: fmt.Sprintf("%d cells, but the header has %d", len(line), len(s.header)),
			Sample: cut(strings.Join(line, ","), sampleLength),
		}, 1)
		return nil
	}
	for len(line) < len(s.header) {
		line = append(line, "")
	}
	return s.mapper.add(ctx, &record{header: s.header, line: line}, place)
}
