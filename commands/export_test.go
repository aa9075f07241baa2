package commands

import (
	"bytes"
	"fmt"
	"log/slog"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"shopwatch/internal/access"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

// openShop is an Env over an empty store.
func openShop(t *testing.T) *Env {
	t.Helper()
	engine, err := bolt.Open(filepath.Join(t.TempDir(), "shop.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.Open(t.Context(), storage.Options{Engine: engine, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return New(Env{DB: db, Shop: sentenceShop()})
}

// stockUp pulls one picture of the stock of n items.
func stockUp(t *testing.T, env *Env, n int) {
	t.Helper()
	b := market.NewBatch(market.Inventory, n)
	sku, channel, have, listed := market.Inventory.MustCol("sku"), market.Inventory.MustCol("channel"), market.Inventory.MustCol("available"), market.Inventory.MustCol("listed")
	for i := range n {
		r := b.Append()
		b.SetText(r, sku, fmt.Sprintf("SK%06d", i))
		b.SetText(r, channel, "flagship")
		b.SetInt(r, have, int64(i))
		b.SetInt(r, listed, 1)
	}
	at := now.Add(-time.Hour)
	err := env.DB.Update(t.Context(), func(tx *storage.Tx) error {
		_, err := tx.PutPull(env.Shop, market.Pull{Rows: b, Snapshot: market.Snapshot{
			Source: "stock", Shop: env.Shop.ID, Table: market.Inventory.Name, PulledAt: at, Window: market.Window{Start: at.Add(-time.Hour), End: at}, Watermark: at,
			State: market.Complete, Manifest: market.Manifest{Rows: n, Digest: "1"},
		}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (env *Env) answerTo(t *testing.T, lang, text string) chat.Message {
	t.Helper()
	r, err := env.Answer(t.Context(), Ask{User: "U1", Lang: lang, Now: now, Text: text, Allows: func(access.Right) bool { return true }})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return r.Message
}

// saidIn is all that a message says.
func saidIn(m chat.Message) string {
	var b strings.Builder
	b.WriteString(m.Text)
	for _, s := range m.Sections {
		for _, r := range append(append([]chat.Rich{}, s.Body...), s.Note...) {
			b.WriteString("\n" + r.Plain())
		}
	}
	return b.String()
}

func bookOf(t *testing.T, m chat.Message) *excelize.File {
	t.Helper()
	if m.File == nil {
		t.Fatalf("no file with %q", m.Text)
	}
	book, err := excelize.OpenReader(bytes.NewReader(m.File.Content))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := book.Close(); err != nil {
			t.Error(err)
		}
	})
	return book
}

// TestFileIsCut: a file holds the first ten thousand rows; the message and the
// file itself say how many were left out.
func TestFileIsCut(t *testing.T) {
	env := openShop(t)
	const more = 7
	stockUp(t, env, fileRows+more)
	m := env.answerTo(t, "en", "export stock all")
	if said := saidIn(m); !strings.Contains(said, "first 10,000 rows; 7 more are left out") {
		t.Errorf("the message says\n%s", said)
	}
	book := bookOf(t, m)
	rows, err := book.GetRows("Items")
	if err != nil || len(rows) != fileRows+1 {
		t.Errorf("%d rows with the heading, %v", len(rows), err)
	}
	about, err := book.GetRows("About")
	if err != nil || len(about) == 0 {
		t.Fatal(err)
	}
	if last := about[len(about)-1]; len(last) != 2 || last[0] != "Rows left out" || last[1] != strconv.Itoa(more) {
		t.Errorf("the file says %q", last)
	}
	if said := saidIn(env.answerTo(t, "en", "export stock all top 20")); !strings.Contains(said, "9,987 more are left out") {
		t.Errorf("of those asked for: %s", said)
	}
}

// TestFileWithoutData: a question that cannot be answered for want of a table names
// it, asked for in words or as a file.
func TestFileWithoutData(t *testing.T) {
	env := openShop(t)
	stockUp(t, env, 3)
	for _, lang := range []string{"en", "zh-CN"} {
		for _, question := range []string{"complaints 7d", "returns 7d", "gmv yesterday", "price moves"} {
			words, file := env.answerTo(t, lang, question), env.answerTo(t, lang, question+" xlsx")
			if words.Text != file.Text || file.File != nil || !strings.ContainsAny(words.Text, "(（") {
				t.Errorf("%s: in words %q, as a file %q", question, words.Text, file.Text)
			}
		}
	}
}

// TestFilesOfPlans: the dictionary and the calendar have files, too, in the
// asker's language; what is named is what they hold.
func TestFilesOfPlans(t *testing.T) {
	env := openShop(t)
	for question, want := range map[string]struct {
		sheet, cell string
		rows        int
	}{
		"define aov xlsx":   {"Metrics", "AOV", 2},
		"export define gmv": {"Metrics", "GMV (paid)", 4},
		"导出 口径":             {"Metrics", "Orders", 40},
		"export calendar":   {"Campaigns", "Double 12", 3},
	} {
		book := bookOf(t, env.answerTo(t, "en", question))
		rows, err := book.GetRows(want.sheet)
		text := fmt.Sprint(rows)
		if err != nil || len(rows) < want.rows || !strings.Contains(text, want.cell) {
			t.Errorf("%s: %d rows of %s, %v\n%s", question, len(rows), want.sheet, err, text)
		}
	}
	if m := env.answerTo(t, "en", "export silence rule=stock_out 4h"); m.File != nil {
		t.Error("an act became a file")
	}
}
