package web

import (
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/device"
)

// TestBrowserPage opens the page in a real browser, narrow and wide: nothing
// sticks out, the style sheet is applied, and the policy refuses nothing.
func TestBrowserPage(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser: not with -short")
	}
	browser := ""
	for _, name := range []string{"chromium", "google-chrome", "chromium-browser"} {
		if path, err := exec.LookPath(name); err == nil && browser == "" {
			browser = path
		}
	}
	if browser == "" {
		t.Skip("no chromium on this computer")
	}
	h, err := New(options())
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	defer srv.Close()
	flags := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browser), chromedp.NoSandbox)
	alloc, stop := chromedp.NewExecAllocator(t.Context(), flags...)
	defer stop()
	ctx, closeTab := chromedp.NewContext(alloc)
	defer closeTab()
	var mu sync.Mutex
	var complaints []string
	err = chromedp.Listen(ctx, func(ev any) {
		if e, ok := ev.(*log.EventEntryAdded); ok {
			mu.Lock()
			defer mu.Unlock()
			complaints = append(complaints, e.Entry.Text)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	look(ctx, t, "narrow", chromedp.Emulate(device.GalaxyS5), srv.URL) // 360 wide
	look(ctx, t, "wide", chromedp.EmulateViewport(1200, 800), srv.URL)
	mu.Lock()
	defer mu.Unlock()
	if len(complaints) > 0 {
		t.Errorf("the browser complains: %s", strings.Join(complaints, "\n"))
	}
}

// facts are what the browser made of the page.
type facts struct {
	Over    int    // pixels that stick out to the right
	Rows    int    // of the tables
	Numbers string // how digits are set
}

func look(ctx context.Context, t *testing.T, name string, size chromedp.Action[chromedp.Void], url string) {
	t.Helper()
	if err := chromedp.Do(ctx, size, chromedp.Navigate(url+"/?lang=zh-CN")); err != nil {
		t.Fatal(err)
	}
	got, err := chromedp.Run(ctx, chromedp.Evaluate[facts](`({
		Over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
		Rows: document.querySelectorAll("tbody tr").length,
		Numbers: getComputedStyle(document.body).fontVariantNumeric})`))
	if err != nil {
		t.Fatal(err)
	}
	if want := (facts{Rows: 8, Numbers: "tabular-nums"}); got != want {
		t.Errorf("%s: %+v, want %+v", name, got, want)
	}
	dir := os.Getenv("SHOPWATCH_SHOTS")
	if dir == "" {
		return
	}
	shot, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "status-"+name+".png"), shot, 0o600); err != nil {
		t.Fatal(err)
	}
}
