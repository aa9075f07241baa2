package sandbox

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

// browse opens headless Chromium and collects what the page complains about.
func browse(t *testing.T) (context.Context, func() string) {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser is too slow for -short")
	}
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium here: the page is not driven")
	}
	flags := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WindowSize(1400, 900))
	faults := make(chan string, 100)
	alloc, stopAlloc := chromedp.NewExecAllocator(t.Context(), flags...)
	ctx, stop := chromedp.NewContext(alloc, chromedp.WithListener(func(e any) {
		switch e := e.(type) {
		case *runtime.EventExceptionThrown:
			faults <- e.ExceptionDetails.Text
		case *log.EventEntryAdded:
			faults <- e.Entry.Text
		}
	}))
	ctx, cancel := context.WithTimeout(ctx, 40*time.Second)
	t.Cleanup(func() {
		cancel()
		stop()
		stopAlloc()
	})
	return ctx, func() string {
		var list []string
		for {
			select {
			case f := <-faults:
				list = append(list, f)
			default:
				return strings.Join(list, "\n")
			}
		}
	}
}

// A person opens the page, completes a command from the suggestions, fills in
// the form that comes up, presses a button and reads the thread.
func TestAPersonAtThePage(t *testing.T) {
	w := serve(t, Options{AckWithin: 5 * time.Second})
	b := startBot(t, w, func(e socketmode.Event) any {
		if e.Type == socketmode.EventTypeSlashCommand {
			return map[string]any{"text": "opening the form"}
		}
		return nil
	})
	ts := w.post(t, "channel", "C0GENERAL", "text", "low stock", "blocks", card)
	w.post(t, "channel", "C0GENERAL", "text", "a <b>reply</b> &amp; &lt;script&gt;alert(1)&lt;/script&gt; *bold*", "thread_ts", ts)
	ctx, faults := browse(t)
	root := `.message[data-ts="` + ts + `"]`
	run := func(what string, actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, actions...); err != nil {
			t.Fatalf("%s: %v\n%s", what, err, faults())
		}
	}
	read := func(selector string) string {
		t.Helper()
		text, err := chromedp.Run(ctx, chromedp.TextContent(selector))
		if err != nil {
			t.Fatalf("read %s: %v", selector, err)
		}
		return text
	}
	run("open", chromedp.Navigate(w.url+"/?user=lin&channel=general"), chromedp.WaitVisible(root),
		chromedp.WaitVisible(`#status[data-link="on"]`))
	run("suggestion", chromedp.SendKeys("#composer", "/sh"), chromedp.WaitVisible(`.suggestion[data-command="/shop"]`),
		chromedp.SendKeys("#composer", "\tmute\r"), chromedp.WaitVisible(".message.ephemeral"))
	cmd := b.next(t).Data.(slack.SlashCommand)
	if cmd.Text != "mute" {
		t.Errorf("typed %q", cmd.Text)
	}
	if a := w.call(t, "views.open", "trigger_id", cmd.TriggerID, "view", form); a["ok"] != true {
		t.Fatal(a)
	}
	run("form", chromedp.WaitVisible("dialog.modal"), chromedp.Click("dialog.modal .submit"), chromedp.WaitVisible("dialog.modal .error"),
		chromedp.SendKeys(`dialog.modal [data-block-id="why"] input`, "sale ends"), chromedp.SetValue(`dialog.modal select.field`, "1d"),
		chromedp.Click("dialog.modal .submit"), chromedp.WaitNotPresent("dialog.modal"))
	values := b.next(t).Data.(slack.InteractionCallback).View.State.Values
	if values["why"]["text"].Value != "sale ends" || values["long"]["pick"].SelectedOption.Value != "1d" {
		t.Errorf("%+v", values)
	}
	run("button", chromedp.Click(root+` button[data-action-id="ack"][data-value="two"]`))
	if act := b.next(t).Data.(slack.InteractionCallback).ActionCallback.BlockActions[0]; act.Value != "two" {
		t.Errorf("%+v", act)
	}
	run("overflow", chromedp.Click(root+` details.overflow summary`), chromedp.Click(root+` .overflow button[data-value="mute"]`))
	if act := b.next(t).Data.(slack.InteractionCallback).ActionCallback.BlockActions[0]; act.SelectedOption.Value != "mute" {
		t.Errorf("%+v", act)
	}
	run("thread", chromedp.Click(root+" .thread-link"), chromedp.WaitVisible(".thread-pane .message + .message"),
		chromedp.SendKeys("#thread-composer", "/shop gmv\r"), chromedp.WaitVisible(".thread-pane .message.system"))
	if got := read(".thread-pane .message + .message .text"); got != "a <b>reply</b> & <script>alert(1)</script> bold" {
		t.Errorf("reply shown as %q", got)
	}
	if got := read(".thread-pane .message + .message .text strong"); got != "bold" {
		t.Errorf("bold shown as %q", got)
	}
	run("narrow", chromedp.EmulateViewport(360, 780), chromedp.Click("#thread-close"), chromedp.WaitVisible("#messages "+root))
	over, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth - document.documentElement.clientWidth`))
	if err != nil || over > 0 {
		t.Errorf("at 360 pixels %d stick out: %v", over, err)
	}
	if f := faults(); f != "" {
		t.Errorf("the page complained:\n%s", f)
	}
}

// TestGalleryInTheBrowser opens the gallery from its server and its copy from disk,
// narrow and wide, light and dark: every exhibit is drawn, pictures are there,
// nothing sticks out and nothing is complained about.
func TestGalleryInTheBrowser(t *testing.T) {
	w := serve(t, Options{Lang: "en"})
	id := w.upload(t, "gmv.png", picture(t))
	for { // until it has been looked through
		if f, _, _, err := w.client.GetFileInfoContext(t.Context(), id, 0, 0); err != nil || f.Mimetype != "" {
			break
		}
	}
	blocks := strings.Replace(card, "[", `[{"type":"image","alt_text":"GMV","slack_file":{"id":"`+id+`"}},`, 1)
	root := w.post(t, "channel", "C0GENERAL", "text", "low stock", "blocks", blocks)
	w.clock.Step(2 * time.Second)
	w.post(t, "channel", "C0GENERAL", "text", strings.Repeat("a-very-long-word", 30)+" </script><b>", "thread_ts", root)
	messages, err := w.Thread(w.state(t, "").Me.ID, "C0GENERAL", root)
	if err != nil {
		t.Fatal(err)
	}
	w.Exhibit([]Exhibit{
		{ID: "stock", Group: "Answers", Title: "/shop stock low", Sides: []Side{{Lang: "zh-CN", Messages: messages}, {Lang: "en", Messages: messages}}},
		{ID: "form", Group: "Forms", Title: "a form", Sides: []Side{{Lang: "zh-CN", View: []byte(form)}, {Lang: "en", View: []byte(form)}}},
	})
	dir := t.TempDir() + "/copy"
	if err := w.CopyGallery(dir); err != nil {
		t.Fatal(err)
	}
	if err := w.CopyGallery(dir); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("a copy over another one: %v", err)
	}
	ctx, faults := browse(t)
	for _, url := range []string{w.url + "/gallery", "file://" + dir + "/index.html"} {
		for _, width := range []int64{390, 1280} {
			for _, scheme := range []string{"light", "dark"} {
				got, err := galleryAt(ctx, url, width, scheme)
				if err != nil {
					t.Fatalf("%s, %d wide: %v\n%s", url, width, err, faults())
				}
				if want := (galleryFacts{Exhibits: 2, Sides: 4, Empty: 0, Pictures: 2, Over: 0}); got != want {
					t.Errorf("%s, %d wide, %s: %+v, want %+v", url, width, scheme, got, want)
				}
			}
		}
	}
	if said := faults(); said != "" {
		t.Errorf("the browser complains: %s", said)
	}
}

// galleryFacts are what a browser makes of the gallery.
type galleryFacts struct {
	Exhibits, Sides, Empty int
	Pictures               int // that are loaded
	Over                   int // pixels that stick out to the right
}

// galleryAt opens the gallery so wide and in those colours.
func galleryAt(ctx context.Context, url string, width int64, scheme string) (galleryFacts, error) {
	colours := chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	})
	err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900), colours, chromedp.Navigate(url), chromedp.WaitReady(`body[data-ready="true"]`))
	if err != nil {
		return galleryFacts{}, err
	}
	return chromedp.Run(ctx, chromedp.Evaluate[galleryFacts](`(async () => {
		const pictures = [...document.querySelectorAll(".exhibit img")];
		for (const p of pictures) { p.loading = "eager"; await p.decode().catch(() => {}); }
		const sides = [...document.querySelectorAll(".exhibit .side")];
		return {
			Exhibits: document.querySelectorAll(".exhibit").length, Sides: sides.length,
			Empty: sides.filter((s) => s.innerText.trim() === "").length,
			Pictures: pictures.filter((p) => p.naturalWidth > 0).length,
			Over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
		};
	})()`, chromedp.EvalAwaitPromise))
}
