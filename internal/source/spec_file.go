package source

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// fileSpec declares files that are dropped into a folder or imported by hand.
type fileSpec struct {
	path      string // glob; "" when files are only imported
	encoding  string // utf-8 or gb18030
	headerRow int    // from 1
	comma     rune
	multiline bool   // a quoted field may hold line ends
	wholeDays bool   // a file holds whole business days
	workbook  bool   // the path names workbooks
	sheet     string // name of the sheet of a workbook, or its number from 1
	archive   bool   // files that are in the store move into a folder of their own
}

func readFile(o *object, s *Spec) {
	f := &fileSpec{path: o.str("path", ""), encoding: "utf-8", headerRow: 1, comma: ','}
	s.file = f
	if f.path != "" {
		if _, err := filepath.Match(f.path, "x"); err != nil {
			o.fail("path", fmt.Sprintf("%q is not a pattern of file names", f.path), "write it like drop/orders_*.csv")
		}
		if strings.EqualFold(filepath.Ext(f.path), ".xls") {
			o.fail("path", "workbooks of the old binary form are not read", "save them as .xlsx or as CSV")
		}
	}
	if w := o.object("window"); w != nil {
		readSpans(w, s)
		w.close()
	}
	o.oneOf("format", "csv", "csv", "xlsx")
	f.workbook, f.sheet = workbookSource(o), "1"
	q := o.object("file")
	if q == nil {
		return
	}
	f.sheet = q.str("sheet", "1")
	f.archive = q.oneOf("done", "keep", "keep", "archive") == "archive"
	if f.archive && f.path == "" {
		q.fail("done", "only files that a path finds can be put away", "add path: drop/name_*.csv")
	}
	f.encoding = q.oneOf("encoding", "utf-8", "utf-8", "gb18030")
	f.headerRow = q.int("header_row", 1, 1, 100)
	f.multiline, f.wholeDays = q.flag("multiline"), q.flag("whole_days")
	if c := q.str("comma", ","); utf8.RuneCountInString(c) == 1 && !strings.ContainsAny(c, "\"\r\n\ufffd") {
		f.comma, _ = utf8.DecodeRuneInString(c)
	} else {
		q.fail("comma", fmt.Sprintf("%q is not one character that can separate fields", c), `write comma: ";" or comma: "\t"`)
	}
	q.close()
}

// workbookSource reports whether a file source's pattern names workbooks.
func workbookSource(o *object) bool {
	return strings.EqualFold(filepath.Ext(o.str("path", "")), ".xlsx") || o.str("format", "") == "xlsx"
}
