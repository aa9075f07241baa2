package slack_test

import (
	"errors"
	"strings"
	"testing"

	"shopwatch/bot/sandbox"
	"shopwatch/internal/chat"
)

func withFile() chat.Message {
	m := text("stock.xlsx")
	m.File = &chat.File{Name: "stock.xlsx", Title: "Stock", Content: []byte("PK\x03\x04\xff"), Aside: "in your direct messages"}
	return m
}

// The file of a private answer goes to the asker's direct messages, and the
// answer that says so comes after it.
func TestFileOfAnAnswer(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, nil)
	events := w.listen(w.s.Socket(), nil)
	w.awaitLinks(1)
	e := w.asked(events, "/shop stock xlsx")
	if err := w.s.Answer(t.Context(), e, withFile()); err != nil {
		t.Fatal(err)
	}
	all := w.box.Transcript()
	if len(all) < 2 {
		t.Fatalf("%+v", all)
	}
	file, answer := all[len(all)-2], all[len(all)-1]
	if file.Kind != "file" || file.Channel != "@mei" || strings.Join(file.Files, "") != "stock.xlsx" {
		t.Errorf("file %+v", file)
	}
	if answer.Kind != "ephemeral" || answer.Only != "mei" || !strings.Contains(string(answer.Blocks), "in your direct messages") {
		t.Errorf("answer %+v", answer)
	}
	if content, ok := w.box.File("stock.xlsx"); !ok || string(content) != "PK\x03\x04\xff" {
		t.Errorf("the bytes have become %q", content)
	}
}

// A file that the chat takes and never shows is not called attached.
func TestFileThatNeverComes(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, nil)
	events := w.listen(w.s.Socket(), nil)
	w.awaitLinks(1)
	e := w.asked(events, "/shop stock xlsx")
	w.box.SetFilePolls(-1)
	if err := w.s.Answer(t.Context(), e, withFile()); !errors.Is(err, chat.ErrNoFile) {
		t.Errorf("error %v", err)
	}
	if n := len(w.said("ephemeral", "file")); n != 0 {
		t.Errorf("%d things said of a file that is not there", n)
	}
}

// Shared, it hangs in the thread of what was said.
func TestFileForEveryone(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, nil)
	events := w.listen(w.s.Socket(), nil)
	w.awaitLinks(1)
	if err := w.s.Share(t.Context(), w.asked(events, "/shop stock xlsx share"), withFile()); err != nil {
		t.Fatal(err)
	}
	all := w.box.Transcript()
	post, file := all[len(all)-2], all[len(all)-1]
	if post.Kind != "post" || file.Kind != "file" || file.Channel != "general" || file.ThreadTS != post.TS {
		t.Errorf("%+v\n%+v", post, file)
	}
	w.box.Inject(sandbox.Fault{Method: "files.completeUploadExternal", Times: 1, Status: 500})
	if err := w.s.Share(t.Context(), w.asked(events, "/shop stock xlsx share"), withFile()); !errors.Is(err, chat.ErrNoFile) {
		t.Errorf("error %v", err)
	}
}
