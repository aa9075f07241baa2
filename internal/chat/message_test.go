package chat

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFileInJSON: bytes survive the store, and so does what an older version of
// the program had put there as text.
func TestFileInJSON(t *testing.T) {
	f := File{Name: "a.xlsx", Title: "A", Content: []byte{'P', 'K', 3, 4, 0, 0xff}, Aside: "over there"}
	b, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	var got File
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(f, got); d != "" {
		t.Error(d)
	}
	var old Message
	if err := json.Unmarshal([]byte(`{"text":"all","file":{"name":"a.csv","title":"A","content":"\ufeffsku\r\n"}}`), &old); err != nil {
		t.Fatal(err)
	}
	if want := (&File{Name: "a.csv", Title: "A", Content: []byte("\ufeffsku\r\n")}); cmp.Diff(want, old.File) != "" {
		t.Error(cmp.Diff(want, old.File))
	}
}
