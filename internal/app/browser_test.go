package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestBrowser does in a real browser what a newcomer does: opens the chat page,
// reads the morning report, asks a question, takes an alert and sees its message
// change. Pictures of what it saw go to $SHOPWATCH_PICTURES when that is set.
func TestBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	bin, err := browser()
	if err != nil {
		if os.Getenv("SHOPWATCH_CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	for _, c := range []struct{ lang, user, digest, ask, answer, ack, acked, cut string }{
		{"zh-CN", "lin", "早报", "/shop gmv today", "GMV（支付口径）", "认领", "已认领", "竞品降价"},
		{"en", "lin", "morning report", "/shop gmv today", "GMV (paid)", "Acknowledge", "Acknowledged by", "Rival price cut"},
	} {
		t.Run(c.lang, func(t *testing.T) {
			d := playedDemo(t, c.lang)
			ctx := openBrowser(t, bin)
			b := &page{t: t, ctx: ctx, url: d.ChatURL, lang: c.lang}

			b.open("shop-digest", c.user)
			b.sees("#messages", c.digest)
			b.do(chromedp.WaitVisible("#messages .message img"))
			b.picture("digest")

			b.do(chromedp.SendKeys("#composer", c.ask+"\r"))
			b.sees("#messages .message.ephemeral", c.answer)
			b.picture("answer")

			b.open("shop-alerts", c.user)
			b.sees("#messages", c.ack)
			b.picture("alert")
			b.click(`#messages button[data-action-id="ack"]`)
			b.seesWhile(func() { deliver(t, d) }, "#messages .message.edited", c.acked)
			b.click(`#messages .message.edited .thread-link`)
			b.sees(".thread-pane", c.acked)
			b.picture("acknowledged")
			b.seesWhile(func() { b.openThread(c.cut) }, ".thread-pane .message", c.cut)
			b.do(chromedp.WaitVisible(".thread-pane .message img")) // the prices that it was raised by
			b.picture("proof")

			b.do(chromedp.Navigate(d.ChatURL+"/?view=home&channel=shopwatch&user="+c.user), chromedp.WaitVisible("#home .block"))
			b.sees("#home", c.acked)
			b.picture("home")

			b.do(chromedp.Navigate(d.StatusURL))
			b.sees("body", "mall_orders")
			b.picture("status")
		})
	}
}

// playedDemo is a demo in which the morning has passed.
func playedDemo(t *testing.T, lang string) *Demo {
	t.Helper()
	d, err := openSmallDemo(t.Context(), t.TempDir(), lang)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	hangUp, err := d.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := hangUp(); err != nil {
			t.Error(err)
		}
	})
	if err := d.App.Step(t.Context(), d.opt.Start.Add(6*time.Hour), nobody); err != nil {
		t.Fatal(err)
	}
	return d
}

// deliver lets the clock go on until the outbox is empty.
func deliver(t *testing.T, d *Demo) {
	t.Helper()
	if err := d.App.Step(t.Context(), d.Clock.Now().Add(10*time.Second), nobody); err != nil {
		t.Fatal(err)
	}
}

func nobody(context.Context) (time.Time, error) { return time.Time{}, nil }

func browser() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("no Chromium on this machine")
}

func openBrowser(t *testing.T, bin string) context.Context {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(bin), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.WindowSize(1400, 950), chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-quic", true))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	// The first call starts the browser, which then lives as long as ctx.
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// page drives one tab.
type page struct {
	t         *testing.T
	ctx       context.Context //nolint:containedctx // chromedp carries the tab in it
	url, lang string
}

const patience = 30 * time.Second

func (p *page) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.picture("failed")
		p.t.Fatal(err)
	}
}

// click presses an element, and again when the page drew it anew between finding
// and pressing it.
func (p *page) click(selector string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	err := chromedp.Do(ctx, chromedp.Click(selector))
	for err != nil && strings.Contains(err.Error(), "Could not find node") {
		err = chromedp.Do(ctx, chromedp.Click(selector))
	}
	if err != nil {
		p.picture("failed")
		p.t.Fatalf("press %s: %v", selector, err)
	}
}

func (p *page) open(channel, user string) {
	p.t.Helper()
	p.do(chromedp.Navigate(p.url+"/?channel="+channel+"&user="+user), chromedp.WaitVisible(`body[data-ready="true"]`))
}

// sees waits until an element that selector finds holds text.
func (p *page) sees(selector, text string) {
	p.t.Helper()
	p.seesWhile(func() {}, selector, text)
}

// seesWhile does so while the bot's clock has to be kept going.
func (p *page) seesWhile(goOn func(), selector, text string) {
	p.t.Helper()
	js := `(s, t) => [...document.querySelectorAll(s)].some(e => e.textContent.includes(t))`
	const look = 500 * time.Millisecond
	var err error
	for end := time.Now().Add(patience); time.Now().Before(end); {
		goOn()
		if _, err = chromedp.Run(p.ctx, chromedp.PollFunction[bool](js, chromedp.WithPollingArgs(selector, text), chromedp.WithPollingTimeout(look))); err == nil {
			return
		}
	}
	p.picture("failed")
	p.t.Fatalf("%s never showed %q: %v", selector, text, err)
}

// openThread opens the thread of a message that holds text, if there is one by
// now; the page may draw it anew at any time.
func (p *page) openThread(text string) {
	js := fmt.Sprintf(`[...document.querySelectorAll("#messages .message")].filter(e => e.textContent.includes(%q)).slice(0, 1).map(e => e.querySelector(".thread-link").click()).length`, text)
	if _, err := chromedp.Run(p.ctx, chromedp.Evaluate[int](js)); err != nil {
		p.t.Log(err)
	}
}

func (p *page) picture(name string) {
	dir := os.Getenv("SHOPWATCH_PICTURES")
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Log(err)
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name+"-"+p.lang+".png"), png, 0o600); err != nil {
		p.t.Log(err)
	}
}
