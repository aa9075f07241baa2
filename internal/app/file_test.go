package app

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"shopwatch/commands"
	"shopwatch/internal/access"
)

var han = regexp.MustCompile(`\p{Han}`)

// TestEveryAnswerAsFile asks an example of every question as a file: each
// gives a workbook that opens, with headings and sheet names in
// words, or says that it has no table.
func TestEveryAnswerAsFile(t *testing.T) {
	if testing.Short() {
		t.Skip("fills a shop first")
	}
	w := &world{ctx: t.Context(), dir: t.TempDir(), heard: map[string]int{}}
	defer func() {
		if err := w.close(); err != nil {
			t.Error(err)
		}
	}()
	if err := w.open([]string{"en"}); err != nil {
		t.Fatal(err)
	}
	files := 0
	more := []string{"top by category", "top moves", "gmv by hour", "forecast by unit", "sku SK0001492", "hits lang=en"}
	for _, q := range append(commands.Examples(), more...) {
		r, err := w.demo.App.envs[0].Answer(t.Context(), commands.Ask{
			User: "U1", Lang: "zh-CN", Now: w.demo.Clock.Now(), Text: "export " + q, Allows: func(r access.Right) bool { return r == access.View },
		})
		if err != nil {
			t.Fatalf("%s: %v", q, err)
		}
		if r.Message.File == nil {
			t.Logf("%s: %s", q, r.Message.Text)
			continue
		}
		files++
		checkBook(t, q, r.Message.File.Content)
	}
	if files < 25 {
		t.Errorf("only %d files", files)
	}
}

func checkBook(t *testing.T, question string, content []byte) {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Errorf("%s: %v", question, err)
		return
	}
	defer func() {
		if err := book.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, name := range book.GetSheetList() {
		rows, err := book.GetRows(name)
		if err != nil || len(rows) < 2 {
			t.Errorf("%s, sheet %s: %d rows, %v", question, name, len(rows), err)
			continue
		}
		for _, head := range append(strings.Fields(name), rows[0]...) {
			if head == strings.ToLower(head) && head != " " && !han.MatchString(head) {
				t.Errorf("%s, sheet %s: %q has no words; add file.col_… or file.sheet_… to the catalogue", question, name, head)
			}
		}
	}
}
