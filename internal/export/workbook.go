package export

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"shopwatch/internal/market"
)

// maxSheetName is how many characters the name of a sheet may have.
const maxSheetName = 31

// WriteWorkbook writes sheets as an XLSX workbook: numbers, money, shares, dates
// and moments as such, text as text whatever it begins with.
func WriteWorkbook(w io.Writer, sheets []Sheet, style Style) (err error) {
	f := excelize.NewFile()
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	formats, err := newFormats(f, style)
	if err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	for i, s := range sheets {
		name := sheetName(s.Name, i)
		if i == 0 {
			err = f.SetSheetName("Sheet1", name)
		} else {
			_, err = f.NewSheet(name)
		}
		if err == nil {
			err = writeSheet(f, name, s, style, formats)
		}
		if err != nil {
			return fmt.Errorf("workbook, sheet %s: %w", name, err)
		}
	}
	_, err = f.WriteTo(w)
	return err
}

// sheetName makes a name that a workbook takes.
func sheetName(name string, i int) string {
	clean := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) {
			return '_'
		}
		return r
	}, name)
	if clean == "" {
		clean = fmt.Sprintf("table_%d", i+1)
	}
	if r := []rune(clean); len(r) > maxSheetName {
		return string(r[:maxSheetName])
	}
	return clean
}

// newFormats makes a cell style for each kind of column.
func newFormats(f *excelize.File, style Style) (map[Kind]int, error) {
	money := "#,##0"
	if exp := style.Currency.Exponent(); exp > 0 {
		money += "." + strings.Repeat("0", exp)
	}
	out := map[Kind]int{}
	for kind, format := range map[Kind]string{Money: money, Share: "0.0%", Date: "yyyy-mm-dd", Moment: "yyyy-mm-dd hh:mm:ss", Span: "[h]:mm:ss", Text: "@", Number: "0.00"} {
		id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
		if err != nil {
			return nil, err
		}
		out[kind] = id
	}
	return out, nil
}

func writeSheet(f *excelize.File, name string, s Sheet, style Style, formats map[Kind]int) error {
	out, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	head := make([]any, len(s.Columns))
	for i, c := range s.Columns {
		head[i] = c.head()
	}
	if err := out.SetRow("A1", head); err != nil {
		return err
	}
	for n, row := range s.Rows {
		line := make([]any, len(row))
		for i, v := range row {
			line[i] = excelize.Cell{StyleID: formats[shown(v, s.Columns[i].Kind)], Value: style.value(v)}
		}
		at, err := excelize.CoordinatesToCellName(1, n+2)
		if err != nil {
			return err
		}
		if err := out.SetRow(at, line); err != nil {
			return err
		}
	}
	return out.Flush()
}

// shown is the kind by which a value is formatted: its own where it has one, for
// columns that hold several, else its column's.
func shown(v any, column Kind) Kind {
	switch v.(type) {
	case market.Fen:
		return Money
	case market.Day:
		return Date
	case time.Time:
		return Moment
	case time.Duration:
		return Span
	case float64:
		return column
	case string, market.Name:
		return Text
	}
	return ""
}

// value is what a workbook keeps of a cell.
func (s Style) value(v any) any {
	switch x := v.(type) {
	case market.Name:
		return s.name(x)
	case market.Fen:
		return float64(x) / math.Pow10(s.Currency.Exponent())
	case time.Duration:
		return x.Hours() / 24 // a spreadsheet's day is 1
	case market.Day:
		y, m, d := x.Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	case time.Time:
		// A workbook knows no zones: the wall clock of the shop is kept.
		t := s.local(x)
		return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	}
	return v
}
