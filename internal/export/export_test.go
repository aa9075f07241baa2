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
		{Name: "sku", Kind: Text}, {Name: "name", Kind: Text}, {Name: "gmv", Kind: Money}, {Name: "at", Kind: Moment}, {Name: "share", Kind: Number}, {Name: "out", Kind: Flag}, {Name: "in.day", Kind: Date}, {Name: "in.count", Kind: Number},
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
	if err := WriteWorkbook(&b, append(sheets, Sheet{Name: "", Columns: []Column{{Name: "x", Kind: Text}}}), style); err != nil {
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
	want := []string{`=HYPERLINK("http://x")`, "面霜\n50ml", "-1,234.05", "2026-11-22 01:00:00", "0.13", "TRUE", "2026-11-21", "3"}
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
	want := [][]any{{"east", market.Name{Zh: "华东"}, market.Fen(10050), nil, nil, nil}, {"total", market.Name{}, market.Fen(10050), market.Fen(100), nil, 0.5}}
	if d := cmp.Diff(want, s[0].Rows); d != "" {
		t.Error(d)
	}
	if d := Definitions(s); len(d.Rows) != 2 || d.Rows[0][0] != "gmv_paid" {
		t.Errorf("definitions %+v", d.Rows)
	}
}

type part struct {
	Channel market.Channel `json:"channel"`
	Landed  *int64         `json:"landed" cell:"money"`
}

type offered struct {
	SKU        market.SKU     `json:"sku"`
	Cover      float64        `json:"cover"`
	CoverKnown bool           `json:"cover_known"`
	Margin     report.Value   `json:"margin"`
	Took       time.Duration  `json:"took"`
	Channel    market.Channel `json:"channel"`
	Parts      []part         `json:"parts"`
}

func (o offered) MarshalJSON() ([]byte, error) {
	if !o.CoverKnown {
		return []byte(`{"cover":null}`), nil
	}
	return []byte(`{}`), nil
}

// TestUnknownIsNoCell: what is not known is no cell, whichever way a report says
// so, and what only says so is no column.
func TestUnknownIsNoCell(t *testing.T) {
	price := int64(-1999)
	got := Sheets(struct {
		Items []offered `json:"items"`
		More  int       `json:"more"`
	}{Items: []offered{
		{SKU: "A", Took: 95 * time.Minute, Parts: []part{{Channel: "tmall", Landed: &price}, {Channel: "live"}}},
		{SKU: "B", Cover: 0, CoverKnown: true, Margin: report.Value{V: 0.3, Known: true}, Channel: "live"},
	}, More: 7})
	want := []Sheet{
		{Name: "items", More: 7, Columns: []Column{{Name: "sku", Kind: Text}, {Name: "cover", Kind: Number}, {Name: "margin", Kind: Share}, {Name: "took", Kind: Span}, {Name: "channel", Kind: Text}}, Rows: [][]any{
			{"A", nil, nil, 95 * time.Minute, ""}, {"B", 0.0, 0.3, time.Duration(0), "live"},
		}},
		{Name: "items parts", Columns: []Column{{Name: "sku", Kind: Text}, {Name: "channel", Kind: Text}, {Name: "landed", Kind: Money}}, Rows: [][]any{
			{"A", "tmall", market.Fen(-1999)}, {"A", "live", nil},
		}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestTextStaysWhole: ids of 19 digits, titles of 30 characters and texts that
// look like something else come back from a workbook as they were, as text.
func TestTextStaysWhole(t *testing.T) {
	texts := []string{
		"7012345678901234567", "0012", "=1+1", "+86 138", "-5", "@channel", "面霜\n50ml\r\n", strings.Repeat("超长标题商品", 5), "1e5", "2026-11-22",
		"TRUE", " padded ", "a\tb", "'quoted", "_x000D_", strings.Repeat("长", 32_767),
	}
	s := Sheet{Name: "x", Columns: []Column{{Name: "id", Kind: Text}}}
	for _, text := range texts {
		s.Rows = append(s.Rows, []any{text})
	}
	var b bytes.Buffer
	if err := WriteWorkbook(&b, []Sheet{s}, style); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for i, want := range texts {
		at, _ := excelize.CoordinatesToCellName(1, i+2)
		got, err := f.GetCellValue("x", at)
		kind, kindErr := f.GetCellType("x", at)
		if err != nil || kindErr != nil || got != want || kind != excelize.CellTypeInlineString {
			t.Errorf("%.40q came back as %.40q of type %v (%v, %v)", want, got, kind, err, kindErr)
		}
	}
}
