package export

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"shopwatch/internal/market"
	"shopwatch/internal/report"
)

var style = Style{Zone: time.FixedZone("CST", 8*3600), Currency: "CNY"}

type inner struct {
	Day   market.Day `json:"day"`
	Count int64      `json:"count"`
}

type row struct {
	SKU   market.SKU  `json:"sku"`
	Name  market.Name `json:"name"`
	GMV   market.Fen  `json:"gmv"`
	At    time.Time   `json:"at"`
	Share float64     `json:"share"`
	Out   bool        `json:"out"`
	In    inner       `json:"in"`
	Many  []string    `json:"many"` // does not fit a cell
	own   int         //nolint:unused // must not be looked at
}

type answer struct {
	Title string
	Items []row    `json:"items"`
	Empty []row    `json:"empty"`
	Words []string `json:"words"`
}

func sample() answer {
	return answer{Items: []row{
		{
			SKU: `=HYPERLINK("http://x")`, Name: market.Name{Zh: "面霜\n50ml"}, GMV: -123405, At: time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC),
			Share: 0.125, Out: true, In: inner{Day: market.DateOf(2026, 11, 21), Count: 3},
		},
		{SKU: "B", GMV: 5},
	}}
}

func TestSheets(t *testing.T) {
	sheets := Sheets(sample())
	if len(sheets) != 1 || sheets[0].Name != "items" {
		t.Fatalf("%d sheets: %+v", len(sheets), sheets)
	}
	want := []Column{
		{"sku", Text}, {"name", Text}, {"gmv", Money}, {"at", Moment}, {"share", Number}, {"out", Flag}, {"in.day", Date}, {"in.count", Number},
	}
	if d := cmp.Diff(want, sheets[0].Columns); d != "" {
		t.Error(d)
	}
	if sheets := Sheets(3); sheets != nil {
		t.Errorf("a number has sheets %v", sheets)
	}
}

func TestCSV(t *testing.T) {
	var b bytes.Buffer
	if err := WriteCSV(&b, Sheets(sample())[0], style); err != nil {
		t.Fatal(err)
	}
	text, bom := strings.CutPrefix(b.String(), "\ufeff")
	if !bom {
		t.Error("no byte-order mark")
	}
	got, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"sku", "name", "gmv", "at", "share", "out", "in.day", "in.count"},
		{`'=HYPERLINK("http://x")`, "面霜\n50ml", "-1234.05", "2026-11-22 01:00:00", "0.125", "true", "2026-11-21", "3"},
		{"B", "", "0.05", "", "0", "false", "", "0"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// FuzzLiteral: no text leaves as something that a spreadsheet runs, and none is
// lost.
func FuzzLiteral(f *testing.F) {
	for _, s := range []string{"", "=1+1", "@SUM(A1)", "-2", "+3", "\t=1", "面霜", "'quoted"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out := literal(s)
		if out != "" && strings.ContainsAny(out[:1], "=+-@\t\r") {
			t.Errorf("%q leaves as %q", s, out)
		}
		if !strings.HasSuffix(out, s) || len(out) > len(s)+1 {
			t.Errorf("%q became %q", s, out)
		}
	})
}

func TestWorkbook(t *testing.T) {
	sheets := Sheets(sample())
	sheets[0].Name = "a/b:c" + strings.Repeat("长", 40)
	var b bytes.Buffer
	if err := WriteWorkbook(&b, append(sheets, Sheet{Name: "", Columns: []Column{{"x", Text}}}), style); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}()
	name := f.GetSheetList()[0]
	rows, err := f.GetRows(name)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`=HYPERLINK("http://x")`, "面霜\n50ml", "-1,234.05", "2026-11-22 01:00:00", "0.125", "TRUE", "2026-11-21", "3"}
	if d := cmp.Diff(want, rows[1]); d != "" {
		t.Error(d)
	}
	if formula, err := f.GetCellFormula(name, "A2"); err != nil || formula != "" {
		t.Errorf("a title has become the formula %q %v", formula, err)
	}
	if kind, err := f.GetCellType(name, "C2"); err != nil || kind == excelize.CellTypeSharedString || kind == excelize.CellTypeInlineString {
		t.Errorf("money is stored as text (%v, %v)", kind, err)
	}
}

func TestFigures(t *testing.T) {
	f := report.Figures{
		Metrics: []string{"gmv_paid", "refund_rate"}, Base: &report.Comparison{},
		Total: []report.Value{{V: 10050, Known: true}, {}}, Before: []report.Value{{V: 100, Known: true}, {V: 0.5, Known: true}},
		Rows: []report.FigureRow{{Key: "east", Name: market.Name{Zh: "华东"}, Values: []report.Value{{V: 10050, Known: true}, {}}}},
	}
	s := Sheets(f)
	want := [][]any{{"east", "华东", market.Fen(10050), nil, nil, nil}, {"total", "", market.Fen(10050), market.Fen(100), nil, 0.5}}
	if d := cmp.Diff(want, s[0].Rows); d != "" {
		t.Error(d)
	}
	if d := Definitions(s); len(d.Rows) != 2 || d.Rows[0][0] != "gmv_paid" {
		t.Errorf("definitions %+v", d.Rows)
	}
}
