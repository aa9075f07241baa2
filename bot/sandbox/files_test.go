package sandbox

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"github.com/slack-go/slack"
)

func picture(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// upload sends raw bytes and completes without sharing.
func (w *world) upload(t *testing.T, name string, body []byte) string {
	t.Helper()
	a, err := w.client.GetUploadURLExternalContext(t.Context(), slack.GetUploadURLExternalParameters{FileName: name, FileSize: len(body)})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(a.UploadURL, "application/octet-stream", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != 200 {
		t.Fatal(resp.Status)
	}
	if _, err := w.client.CompleteUploadExternalContext(t.Context(), slack.CompleteUploadExternalParameters{
		Files: []slack.FileSummary{{ID: a.FileID, Title: "GMV"}},
	}); err != nil {
		t.Fatal(err)
	}
	return a.FileID
}

func TestPictureIsUsableAMomentLater(t *testing.T) {
	w := serve(t, Options{PostBurst: -1, FilePolls: 2})
	id := w.upload(t, "gmv.png", picture(t))
	if id != "F0SANDBOX001" {
		t.Errorf("id %s", id)
	}
	blocks := `[{"type":"divider"},{"type":"image","alt_text":"GMV","slack_file":{"id":"` + id + `"}}]`
	for poll := range 3 {
		if poll == 2 {
			// Two calls found it unprocessed: it is usable now.
			w.post(t, "channel", "C0GENERAL", "text", "x", "blocks", blocks)
			if f, _, _, err := w.client.GetFileInfoContext(t.Context(), id, 0, 0); err != nil || f.Mimetype != "image/png" {
				t.Errorf("%v %q", err, f.Mimetype)
			}
			break
		}
		a := w.refused(t, "invalid_blocks", "chat.postMessage", "channel", "C0GENERAL", "text", "x", "blocks", blocks)
		messages, _ := json.Marshal(a["response_metadata"])
		if !strings.Contains(string(messages), "invalid slack file [json-pointer:/blocks/1/slack_file]") {
			t.Errorf("%s", messages)
		}
		f, _, _, err := w.client.GetFileInfoContext(t.Context(), id, 0, 0)
		if err != nil || f.Mimetype != "" {
			t.Errorf("poll %d: %v %q", poll, err, f.Mimetype)
		}
	}
	text := w.upload(t, "rows.csv", []byte("a,b\n"))
	w.SetFilePolls(0)
	for range 3 {
		w.call(t, "files.info", "file", text)
	}
	w.refused(t, "invalid_blocks", "chat.postMessage", "channel", "C0GENERAL", "text", "x", "blocks", strings.Replace(blocks, id, text, 1))
}

func TestNeverProcessed(t *testing.T) {
	w := serve(t, Options{})
	w.SetFilePolls(-1)
	id := w.upload(t, "gmv.png", picture(t))
	for range 10 {
		if f, _, _, err := w.client.GetFileInfoContext(t.Context(), id, 0, 0); err != nil || f.Mimetype != "" {
			t.Fatalf("%v %q", err, f.Mimetype)
		}
	}
}

func TestShareAppearsLater(t *testing.T) {
	w := serve(t, Options{})
	root := w.post(t, "channel", "C0GENERAL", "text", "root")
	// slack-go uploads as a multipart form and completes with the channel.
	f, err := w.client.UploadFileContext(t.Context(), slack.UploadFileParameters{
		Reader: strings.NewReader("a,b\n1,2\n"), Filename: "rows.csv", FileSize: 8, Title: "Rows", Channel: "C0GENERAL", ThreadTimestamp: root,
		InitialComment: "all rows",
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(w.Transcript()); n != 1 {
		t.Errorf("%d events before anybody looked", n)
	}
	list, _, _, err := w.client.GetConversationRepliesContext(t.Context(), &slack.GetConversationRepliesParameters{ChannelID: "C0GENERAL", Timestamp: root})
	if err != nil || len(list) != 2 || len(list[1].Files) != 1 || list[1].Files[0].ID != f.ID || list[1].Text != "all rows" {
		t.Fatalf("%v %+v", err, list)
	}
	if e := w.Transcript()[1]; e.Kind != "file" || e.ThreadTS != root {
		t.Errorf("%+v", e)
	}
	info, _, _, err := w.client.GetFileInfoContext(t.Context(), f.ID, 0, 0)
	if err != nil || info.Mimetype != "text/csv" || info.Shares.Public["C0GENERAL"][0].Ts != list[1].Timestamp {
		t.Errorf("%v %+v", err, info)
	}
}

func TestUploadsThatAreRefused(t *testing.T) {
	w := serve(t, Options{})
	w.refused(t, "invalid_arguments", "files.getUploadURLExternal", "filename", "x.png", "length", "0")
	a := w.call(t, "files.getUploadURLExternal", "filename", "x.png", "length", "5")
	resp, err := http.Post(a["upload_url"].(string), "application/octet-stream", strings.NewReader("123"))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != 400 {
		t.Errorf("3 of 5 bytes: %s", resp.Status)
	}
	w.refused(t, "file_not_found", "files.completeUploadExternal", "files", `[{"id":"`+a["file_id"].(string)+`"}]`)
	w.refused(t, "file_not_found", "files.info", "file", "F404")
}
