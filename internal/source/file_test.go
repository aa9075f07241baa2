package source

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"shopwatch/internal/market"
)

const reviewYAML = `
sources:
- id: reviews
  shop: tmall
  fact: review
  driver: file
  path: drop/reviews_*.csv
  file: {FILE}
  fields:
    review_id: {col: 编号, type: id}
    created: {col: 时间, type: time, format: "2006/1/2 15:04", tz: Asia/Shanghai}
    result: {col: 结果, map: {好评: good, 中评: neutral, 差评: bad}}
    text: {col: 内容, type: text}
`

func fileSource(tb testing.TB, yaml, dir string) *File {
	tb.Helper()
	specs, err := ParseSpecs("test.yaml", []byte(yaml), nil)
	if err != nil {
		tb.Fatal(err)
	}
	s, err := Build(specs[0], Deps{Dir: dir})
	if err != nil {
		tb.Fatal(err)
	}
	return s.(*File)
}

func reviews(tb testing.TB, options string) *File {
	tb.Helper()
	return fileSource(tb, strings.ReplaceAll(reviewYAML, "FILE", options), "")
}

func read(tb testing.TB, f *File, text string) (market.Pull, error) {
	tb.Helper()
	return f.PullFile(context.Background(), "r.csv", strings.NewReader(text), Request{Shop: cnShop(tb), Now: topNow})
}

const reviewHead = "编号,时间,结果,内容\n"

func reviewLines(n int) string {
	var b strings.Builder
	b.WriteString(reviewHead)
	for i := range n {
		fmt.Fprintf(&b, "%d,2026/11/5 8:%02d,好评,不错 %d\n", i, i%60, i)
	}
	return b.String()
}

func TestFileEncodings(t *testing.T) {
	text := reviewHead + "1,2026/11/5 23:30,差评,\"收到\"\"假货\"\",退款\"\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`1 bad 收到"假货",退款 2026-11-05T15:30:00Z`}
	for name, c := range map[string][2]string{
		"utf-8": {"encoding: utf-8", text}, "utf-8 with a mark": {"encoding: utf-8", "\ufeff" + text},
		"gb18030": {"encoding: gb18030", gb}, "carriage returns": {"", strings.ReplaceAll(text, "\n", "\r\n")},
		"header lower down": {"header_row: 2", "导出时间 2026\n" + text}, "semicolons": {`comma: ";"`, strings.ReplaceAll(strings.ReplaceAll(text, ",退款", "，退款"), ",", ";")},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := read(t, reviews(t, c[0]), c[1])
			if err != nil || p.Snapshot.State != market.Complete {
				t.Fatal(err, p.Rejects)
			}
			got := show(p.Rows, "review_id", "result", "text", "created")
			if name == "semicolons" {
				got[0] = strings.ReplaceAll(got[0], "，", ",")
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if w := p.Snapshot.Window; !w.Start.Equal(time.Date(2026, 11, 4, 16, 0, 0, 0, time.UTC)) || w.Duration() != 24*time.Hour {
				t.Errorf("window %v", w)
			}
			if !p.Snapshot.Watermark.Equal(time.Date(2026, 11, 5, 15, 30, 0, 0, time.UTC)) {
				t.Errorf("watermark %v", p.Snapshot.Watermark)
			}
		})
	}
	for name, c := range map[string][2]string{"gb read as utf-8": {"encoding: utf-8", gb}, "utf-8 read as gb": {"encoding: gb18030", reviewHead + "1,2026/11/5 23:30,差评,😀\xff\xff\n"}} {
		if p, err := read(t, reviews(t, c[0]), c[1]); err == nil || p.Snapshot.State != market.Failed {
			t.Errorf("%s: %v %s", name, err, p.Snapshot.State)
		}
	}
}

// A file that is damaged is refused whole: half an import looks like a bad day.
func TestDamagedFiles(t *testing.T) {
	good := reviewLines(200)
	at := func(n int, line string) string {
		lines := strings.SplitAfter(good, "\n")
		lines[n] = line + "\n"
		return strings.Join(lines, "")
	}
	for _, c := range []struct {
		name, text string
		state      market.Condition
		rejected   int
		say        string
	}{
		{"one short row", at(100, "99,2026/11/5 8:00"), market.Complete, 1, ""},
		{"one bad time", at(100, "99,yesterday,好评,x"), market.Complete, 1, ""},
		{"a mark inside a bare field", at(100, `99,2026/11/5 8:00,好评,a"b`), market.Complete, 1, ""},
		{"three bad rows", at(100, "1\n2\n3"), market.Failed, 3, "3 of 202 rows were refused"},
		{"a quotation without end", at(100, `99,2026/11/5 8:00,好评,"x`), market.Failed, 101, "quotation mark"},
		{"a quotation that ends later", strings.Replace(at(100, `99,2026/11/5 8:00,"好评,x`), "150,2026", `150",2026`, 1), market.Failed, 0, "refused"},
		{"an unknown word", at(100, "99,2026/11/5 8:00,五星,x"), market.Failed, 1, "五星"},
		{"a renamed column", strings.Replace(good, "结果", "评价结果", 1), market.Failed, 0, `column "结果" is not in the header (there is "评价结果")`},
		{"a column twice", strings.Replace(good, "内容", "结果", 1), market.Failed, 0, "twice"},
		{"nothing", "", market.Failed, 0, "the file ends before it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := read(t, reviews(t, ""), c.text)
			if p.Snapshot.State != c.state || (err == nil) != (c.state == market.Complete) {
				t.Fatalf("%s, %v", p.Snapshot.State, err)
			}
			if c.rejected > 0 && p.Snapshot.Manifest.Rejected != c.rejected {
				t.Errorf("%d rejected, want %d", p.Snapshot.Manifest.Rejected, c.rejected)
			}
			if c.state == market.Failed && (p.Rows != nil || !strings.Contains(err.Error(), c.say) || p.Snapshot.Manifest.Digest == "") {
				t.Errorf("%v, rows %d", err, p.Rows.Len())
			}
			if c.rejected == 1 && p.Rejects[0].Place != "r.csv:101" {
				t.Errorf("%+v", p.Rejects[0])
			}
		})
	}
}

func TestFieldsOverSeveralLines(t *testing.T) {
	text := reviewHead + "1,2026/11/5 8:00,好评,\"两行\n的评论\"\n2,2026/11/5 8:00,好评,x\n"
	p, err := read(t, reviews(t, "multiline: true"), text)
	if err != nil || p.Rows.Len() != 2 || p.Rows.Column("text").Text(0) != "两行\n的评论" {
		t.Error(err, p.Rejects)
	}
	if p, err = read(t, reviews(t, ""), text); err == nil || p.Snapshot.Manifest.Rejected != 2 || p.Rejects[0].Place != "r.csv:2" {
		t.Error(err, p.Rejects)
	}
}

func TestSameFileTwice(t *testing.T) {
	f := reviews(t, "")
	one, _ := read(t, f, reviewLines(3))
	two, _ := read(t, f, reviewLines(3))
	other, _ := read(t, f, reviewLines(4))
	if one.Snapshot.Manifest.Digest != two.Snapshot.Manifest.Digest || one.Snapshot.Manifest.Digest == other.Snapshot.Manifest.Digest {
		t.Error("digests do not tell files apart")
	}
	changed := fileSource(t, strings.ReplaceAll(strings.ReplaceAll(reviewYAML, "FILE", ""), "中评: neutral", "中评: bad"), "")
	if again, _ := read(t, changed, reviewLines(3)); again.Snapshot.Manifest.Digest == one.Snapshot.Manifest.Digest {
		t.Error("another mapping of the same file counts as read already")
	}
	// A row that stands twice counts once, and the later one holds.
	p, err := read(t, f, reviewHead+"7,2026/11/5 8:00,好评,a\n7,2026/11/5 8:00,差评,b\n")
	if err != nil || p.Snapshot.Manifest.Rows != 1 || p.Rows.Len() != 1 {
		t.Error(err, p.Snapshot.Manifest)
	}
}

func TestFilesOfAFolder(t *testing.T) {
	dir := t.TempDir()
	f := fileSource(t, strings.ReplaceAll(reviewYAML, "FILE", ""), dir)
	r := Request{Shop: cnShop(t), Now: topNow}
	if p, err := f.Pull(context.Background(), r); err == nil || p.Snapshot.State != market.Failed {
		t.Error("no file, and no error")
	}
	if err := os.Mkdir(filepath.Join(dir, "drop"), 0o700); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-time.Hour)
	for name, text := range map[string]string{"reviews_10.csv": "10,2026/11/7 8:00,好评,x\n", "reviews_9.csv": "9,2026/11/5 8:00,好评,x\n"} {
		path := filepath.Join(dir, "drop", name)
		if err := os.WriteFile(path, []byte(reviewHead+text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	names, err := f.Files()
	if err != nil || len(names) != 2 || filepath.Base(names[0]) != "reviews_9.csv" {
		t.Fatal(names, err)
	}
	p, err := f.Pull(context.Background(), r)
	if err != nil || p.Rows.Len() != 2 || p.Snapshot.Manifest.Pages != 2 || p.Snapshot.Window.Duration() != 72*time.Hour {
		t.Fatal(err, p.Snapshot)
	}
	if err := os.Chtimes(names[1], time.Now(), time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err = f.Pull(context.Background(), r); err == nil || !strings.Contains(err.Error(), "still being written") {
		t.Error(err)
	}
}

func TestNaturalOrder(t *testing.T) {
	names := strings.Fields("a10 a9 a009 b a a1b2 a1b10 2011-10-05 2011-9-30 日2 日10")
	slices.SortStableFunc(names, natural)
	if got := strings.Join(names, " "); got != "2011-9-30 2011-10-05 a a1b2 a1b10 a9 a009 a10 b 日2 日10" {
		t.Error(got)
	}
}

// FuzzCSV: every line of a file is a row, a refusal or skipped, or the file is
// refused; the values that are taken are those of encoding/csv.
func FuzzCSV(f *testing.F) {
	f.Add("1,2026/11/5 8:00,好评,x\n2,2026/11/5 8:00,差评,\"a,b\"\n")
	f.Add("1,2026/11/5 8:00,好评,\"x\n2,2026/11/5 8:00,差评,b\n")
	f.Add("1\n\n2,,,\n\"\n")
	f.Add("a\"b,1,2,3\r\n")
	src := reviews(f, "")
	f.Fuzz(func(t *testing.T, body string) {
		p, err := src.PullFile(context.Background(), "r.csv", strings.NewReader(reviewHead+body), Request{Shop: cnShop(t), Now: topNow})
		switch p.Snapshot.State {
		case market.Complete:
			if err != nil || p.Rows == nil || p.Rows.Len() != p.Snapshot.Manifest.Rows {
				t.Fatalf("%v %+v", err, p.Snapshot)
			}
			for i := range p.Rows.Len() {
				if !p.Rows.Column("review_id").Known(i) || !p.Rows.Column("created").Known(i) || !slices.Contains([]string{"good", "neutral", "bad"}, p.Rows.Column("result").Text(i)) {
					t.Fatal(show(p.Rows, "review_id", "created", "result"))
				}
			}
		case market.Failed:
			var e *Error
			if !errors.As(err, &e) || p.Rows != nil {
				t.Fatalf("%v %+v", err, p.Snapshot)
			}
		default:
			t.Fatalf("state %s", p.Snapshot.State)
		}
	})
}
