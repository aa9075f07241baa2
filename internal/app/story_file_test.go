package app

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"
)

// fileIn writes the newest file of a channel: of a workbook its sheets, each
// with its number of rows and the first three, text in quotes.
func fileIn(ts *testscript.TestScript, channel string) error {
	w := of(ts)
	for _, e := range slices.Backward(w.demo.Sandbox.Transcript()) {
		if e.Channel != channel || len(e.Files) == 0 {
			continue
		}
		content, ok := w.demo.Sandbox.File(e.Files[0])
		if !ok {
			return fmt.Errorf("no file %s", e.Files[0])
		}
		text := string(content)
		if strings.HasSuffix(e.Files[0], ".xlsx") {
			var err error
			if text, err = sheetsOf(content); err != nil {
				return err
			}
		}
		return write(ts, e.Files[0]+"\n"+text)
	}
	return fmt.Errorf("no file in %s", channel)
}

func sheetsOf(content []byte) (string, error) {
	f, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	var b strings.Builder
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "%s: %d rows\n", sheet, len(rows)-1)
		for n, row := range rows[:min(4, len(rows))] {
			for i := range row {
				at, err := excelize.CoordinatesToCellName(i+1, n+1)
				if err != nil {
					return "", err
				}
				if kind, err := f.GetCellType(sheet, at); err == nil && (kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString) {
					row[i] = fmt.Sprintf("%q", row[i])
				}
			}
			fmt.Fprintln(&b, "  "+strings.Join(row, " | "))
		}
	}
	return b.String(), nil
}
