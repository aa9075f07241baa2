package source

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"shopwatch/internal/market"
)

// adviceYAML reads the kind of export that shops download by hand.
const adviceYAML = `
sources:
- id: advice
  shop: tmall
  fact: ads_day
  driver: file
  path: DIR/*.xlsx
  file: {sheet: 明细, header_row: 2, done: archive}
  fields:
    day: {col: 统计日期, type: date, formats: ["2006-01-02", "2006/1/2"]}
    plan: {col: 计划, type: id}
    cost: {col: 花费, type: money, unit: major, currency: CNY}
    clicks: {col: 点击量, type: int, zh_units: true}
`

// workbook makes a file with a cover sheet, a title line, and rows of cells.
func workbook(tb testing.TB, rows ...[]any) []byte {
	tb.Helper()
	b := excelize.NewFile()
	defer b.Close()
	if _, err := b.NewSheet("明细"); err != nil {
		tb.Fatal(err)
	}
	all := append([][]any{{"导出时间 2026-11-22"}, {" 统计日期", "计划", "花费", "点击量", "备注"}}, rows...)
	for i, row := range all {
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			tb.Fatal(err)
		}
		if err := b.SetSheetRow("明细", at, &row); err != nil {
			tb.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

func advice(tb testing.TB, dir string) *File {
	tb.Helper()
	return fileSource(tb, strings.ReplaceAll(adviceYAML, "DIR", dir), "")
}

func TestWorkbook(t *testing.T) {
	book := workbook(t,
		[]any{"2026-11-20", "1234567890123456789", "1,234.50", "1.2万"},
		[]any{time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), "p2", 4.35, 7, "一个日期数"},
		[]any{},
		[]any{"2026/11/22", "p3", "--", ""},
	)
	f := advice(t, t.TempDir())
	r := Request{Shop: cnShop(t), Now: topNow.Add(24 * time.Hour)}
	p, err := f.PullFile(t.Context(), "advice.xlsx", bytes.NewReader(book), r)
	if err != nil {
		t.Fatal(err, p.Rejects)
	}
	want := []string{"2026-11-20 1234567890123456789 123450 12000", "2026-11-21 p2 435 7", "2026-11-22 p3 - -"}
	if diff := cmp.Diff(want, show(p.Rows, "day", "plan", "cost", "clicks")); diff != "" {
		t.Error(diff)
	}
	if m := p.Snapshot.Manifest; p.Snapshot.State != market.Complete || m.Rejected != 0 || m.Digest == "" {
		t.Errorf("%+v", p.Snapshot)
	}
}

// What a workbook cannot be trusted with is refused with its place.
func TestWorkbookRefusals(t *testing.T) {
	f := advice(t, t.TempDir())
	r := Request{Shop: cnShop(t), Now: topNow}
	for name, c := range map[string]struct {
		file []byte
		says string
	}{
		"long id that a spreadsheet cut": {workbook(t, []any{"2026-11-20", "1.23456789012346E+18", 1, 1}), "lost digits"},
		"not a workbook":                 {[]byte("日期,计划\n"), "not a workbook"},
		"broken zip":                     {[]byte("PK\x03\x04 and no more"), "not a workbook that can be read"},
		"more cells":                     {workbook(t, []any{"2026-11-20", "p", 1, 1, "", "x"}), "6 cells"},
	} {
		p, err := f.PullFile(t.Context(), "advice.xlsx", bytes.NewReader(c.file), r)
		if err == nil || !strings.Contains(err.Error(), c.says) || p.Rows != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	other := fileSource(t, strings.Replace(strings.ReplaceAll(adviceYAML, "DIR", t.TempDir()), "sheet: 明细", "sheet: 汇总", 1), "")
	if _, err := other.PullFile(t.Context(), "a.xlsx", bytes.NewReader(workbook(t)), r); err == nil || !strings.Contains(err.Error(), "Sheet1, 明细") {
		t.Error(err)
	}
	csv := fileSource(t, strings.Replace(strings.ReplaceAll(adviceYAML, "DIR/*.xlsx", "x/*.csv"), "sheet: 明细, ", "", 1), "")
	if _, err := csv.PullFile(t.Context(), "a.xlsx", bytes.NewReader(workbook(t)), r); err == nil || !strings.Contains(err.Error(), "format: xlsx") {
		t.Error(err)
	}
}

// Files that are in the store go into the archive; nothing is overwritten, and
// a file that changed after it was read stays.
func TestArchive(t *testing.T) {
	dir := t.TempDir()
	f := advice(t, dir)
	r := Request{Shop: cnShop(t), Now: topNow}
	drop := func(name, day string) {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, workbook(t, []any{day, "p", 1, 1}), 0o600); err != nil {
			t.Fatal(err)
		}
		old := time.Now().Add(-time.Minute)
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	pull := func() market.Pull {
		t.Helper()
		p, err := f.Pull(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	if p := pull(); p.Snapshot.State != "" || p.Rows != nil {
		t.Errorf("an empty folder gave %+v", p.Snapshot)
	}
	for i, day := range []string{"2026-11-20", "2026-11-21"} {
		drop("a.xlsx", day)
		if p := pull(); p.Rows.Len() != 1 {
			t.Fatal(p.Rows.Len())
		}
		if err := f.Stored(); err != nil {
			t.Fatal(err)
		}
		left, _ := filepath.Glob(filepath.Join(dir, "*.xlsx"))
		kept, _ := filepath.Glob(filepath.Join(dir, archiveFolder, "*.xlsx"))
		if len(left) != 0 || len(kept) != i+1 {
			t.Fatalf("%d files left, %d kept", len(left), len(kept))
		}
	}
	drop("b.xlsx", "2026-11-22")
	pull()
	drop("b.xlsx", "2026-11-19")
	if err := os.Chtimes(filepath.Join(dir, "b.xlsx"), topNow, topNow); err != nil {
		t.Fatal(err)
	}
	if err := f.Stored(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "b.xlsx")); err != nil {
		t.Error("a file that nobody has read went into the archive")
	}
}
