package slack_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"shopwatch/bot/sandbox"
	"shopwatch/bot/slack"
	"shopwatch/internal/chat"
)

func withChart() chat.Message {
	return chat.Message{Text: "GMV 628.4万", Sections: []chat.Section{
		{Body: []chat.Rich{chat.Line("today")}},
		{Chart: &chat.Chart{Title: "GMV by hour", Alt: "GMV rises to 628.4万 at 24:00"}},
	}}
}

func TestPictureIsShown(t *testing.T) {
	w := newWorld(t, sandbox.Options{FilePolls: 3}, nil)
	there := chat.Target{Channel: w.channel("shop-digest")}
	r := w.send(chat.Delivery{Key: "k", Act: chat.Post, Target: there, Message: withChart()})
	if r.Degraded != "" {
		t.Errorf("degraded: %s", r.Degraded)
	}
	blocks := string(w.last().Blocks)
	if !strings.Contains(blocks, "slack_file") || !strings.Contains(blocks, "GMV rises to 628.4万") {
		t.Errorf("no picture: %s", blocks)
	}
	// An edit with the same picture uploads nothing.
	w.box.Inject(sandbox.Fault{Method: "files.getUploadURLExternal", Status: 500})
	if r = w.send(chat.Delivery{Key: "k/2", Act: chat.Update, Root: r.Ref, Message: withChart()}); r.Degraded != "" {
		t.Errorf("degraded: %s", r.Degraded)
	}
}

// The words go out in time whatever happens to the picture, and say its words.
func TestWordsDoNotWaitForThePicture(t *testing.T) {
	for name, spoil := range map[string]func(*slack.Config, *world){
		"never ready": func(_ *slack.Config, w *world) { w.box.SetFilePolls(-1) },
		"not to be drawn": func(c *slack.Config, _ *world) {
			c.Draw = func(io.Writer, chat.Chart) error { return errors.New("no font") }
		},
		"nothing drawn": func(c *slack.Config, _ *world) { c.Draw = func(io.Writer, chat.Chart) error { return nil } },
		"no renderer":   func(c *slack.Config, _ *world) { c.Draw = nil },
		"no upload": func(_ *slack.Config, w *world) {
			w.box.Inject(sandbox.Fault{Method: "files.getUploadURLExternal", Status: 500})
		},
		"not completed": func(_ *slack.Config, w *world) {
			w.box.Inject(sandbox.Fault{Method: "files.completeUploadExternal", Status: 200, Body: "{}"})
		},
		"not to be asked": func(_ *slack.Config, w *world) {
			w.box.Inject(sandbox.Fault{Method: "files.info", Status: 200, Body: `{"ok":false,"error":"file_not_found"}`})
		},
		"foreign address": func(_ *slack.Config, w *world) {
			w.box.Inject(sandbox.Fault{Method: "files.getUploadURLExternal", Status: 200, Body: `{"ok":true,"upload_url":"http://169.254.169.254/x","file_id":"F1"}`})
		},
		"refused by slack": func(_ *slack.Config, w *world) {
			w.box.Inject(sandbox.Fault{Method: "chat.postMessage", Times: 1, Status: 200, Body: `{"ok":false,"error":"invalid_blocks"}`})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var w *world
			var edited slack.Config
			w = newWorld(t, sandbox.Options{}, nil)
			edited = slack.Config{
				BotToken: botToken, AppToken: appToken, APIURL: w.url + "/api/", Timeout: time.Second,
				PictureWait: 300 * time.Millisecond, Draw: dot, Logger: w.log.logger(),
			}
			there := chat.Target{Channel: w.channel("shop-digest")}
			spoil(&edited, w)
			s, err := slack.New(edited)
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			r, err := s.Send(t.Context(), chat.Delivery{Key: "k", Act: chat.Post, Target: there, Message: withChart()})
			if err != nil || r.Degraded == "" {
				t.Fatalf("receipt %+v, %v", r, err)
			}
			if d := time.Since(began); d > 2*time.Second {
				t.Errorf("took %s", d)
			}
			if got := string(w.last().Blocks); strings.Contains(got, "slack_file") || !strings.Contains(got, "GMV rises to 628.4万") {
				t.Errorf("blocks %s", got)
			}
		})
	}
}
