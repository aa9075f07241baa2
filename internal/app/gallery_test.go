package app

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"shopwatch/bot/sandbox"
	"shopwatch/commands"
	"shopwatch/internal/alert"
	"shopwatch/internal/card"
	"shopwatch/internal/report"
)

// openSmallGallery is the gallery over the shop that stories share.
func openSmallGallery(t *testing.T) *Demo {
	t.Helper()
	store, err := smallShop()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, storeFile), store, 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := OpenGallery(t.Context(), smallDemo(dir, "en"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// shownStates are those in which people see an alert.
var shownStates = []alert.State{alert.Firing, alert.Acknowledged, alert.Assigned, alert.Snoozed, alert.Resolved, alert.Withdrawn}

// TestGalleryLeavesNothingOut: what the gallery goes through covers what there
// is, without going through it.
func TestGalleryLeavesNothingOut(t *testing.T) {
	states := []alert.State{alert.Firing, alert.Withdrawn} // shown by themselves
	typed := []string{"judge"}                             // at the very end
	for _, f := range fates {
		states = append(states, f.state)
		typed = append(append(typed, f.typed...), f.undo)
	}
	for _, s := range shownStates {
		if !slices.Contains(states, s) {
			t.Errorf("no alert is %s", s)
		}
	}
	for _, verb := range commands.OnAlerts() {
		if !slices.Contains(typed, verb) {
			t.Errorf("nobody types %q", verb)
		}
	}
}

// TestGallery: every question of help, every kind of digest, every state in which
// people see an alert and every form is on the page, in both languages.
func TestGallery(t *testing.T) {
	if os.Getenv("SHOPWATCH_SOAK") == "" {
		t.Skip("plays a morning and asks everything, in about a minute: SHOPWATCH_SOAK=1 does so")
	}
	d := openSmallGallery(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.ChatURL+"/gallery/state", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var page struct{ Exhibits []sandbox.Exhibit }
	body, err := io.ReadAll(resp.Body)
	if err == nil {
		err = json.Unmarshal(body, &page)
	}
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]string{} // by id, all that is there
	titles := map[string]bool{}
	for _, e := range page.Exhibits {
		if shown[e.ID] != "" {
			t.Errorf("two exhibits are called %s", e.ID)
		}
		titles[e.Title] = true
		if len(e.Sides) != 2 || e.Sides[0].Lang != "zh-CN" || e.Sides[1].Lang != "en" {
			t.Fatalf("%s has %d sides", e.ID, len(e.Sides))
		}
		for _, s := range e.Sides {
			if len(s.Messages) == 0 && len(s.View) == 0 {
				t.Errorf("%s is empty in %s", e.ID, s.Lang)
			}
			for _, m := range append(s.Messages, s.View) {
				shown[e.ID] += string(m)
			}
		}
	}
	for _, q := range commands.Examples() {
		if !titles["/shop "+q] && !titles["@shopwatch "+q] {
			t.Errorf("nobody asks %q", q)
		}
	}
	for _, k := range report.DigestKinds() {
		if shown["digest-"+string(k)] == "" {
			t.Errorf("no %s digest", k)
		}
	}
	for _, s := range shownStates {
		if shown["alert-"+string(s)] == "" {
			t.Errorf("no alert is %s", s)
		}
	}
	all := strings.Join(slices.Collect(maps.Values(shown)), "")
	for _, verb := range []string{
		card.VerbSnoozeForm, card.VerbAssignForm, card.VerbResolveForm, card.VerbSilenceForm, card.VerbSubscribeForm, card.VerbQuietForm, card.VerbTargetEdit,
	} {
		if !strings.Contains(all, `"callback_id":"`+verb) {
			t.Errorf("the form %s is not shown", verb)
		}
	}
	if n := strings.Count(all, `"slack_file"`); n < 30 {
		t.Errorf("only %d pictures", n)
	}
	galleryInBrowser(t, d, len(page.Exhibits))
}

// galleryInBrowser opens the page and its copy on disk, narrow and wide: all that is
// exhibited is drawn, every picture loads and nothing sticks out.
func galleryInBrowser(t *testing.T, d *Demo, exhibits int) {
	t.Helper()
	bin, err := browser()
	if err != nil {
		t.Log(err)
		return
	}
	dir := filepath.Join(t.TempDir(), "cards")
	if err := d.Sandbox.CopyGallery(dir); err != nil {
		t.Fatal(err)
	}
	type facts struct{ Exhibits, Empty, Broken, Over int }
	ctx := openBrowser(t, bin)
	for _, url := range []string{d.ChatURL + "/gallery", "file://" + dir + "/index.html"} {
		for _, width := range []int64{390, 1280} {
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate(url), chromedp.WaitReady(`body[data-ready="true"]`)); err != nil {
				t.Fatalf("%s: %v", url, err)
			}
			got, err := chromedp.Run(ctx, chromedp.Evaluate[facts](`(async () => {
				const pictures = [...document.querySelectorAll(".exhibit img")];
				for (const p of pictures) p.loading = "eager";
				await Promise.all(pictures.map((p) => p.decode().catch(() => {})));
				return {
					Exhibits: document.querySelectorAll(".exhibit").length,
					Empty: [...document.querySelectorAll(".exhibit .side")].filter((s) => s.innerText.trim() === "").length,
					Broken: pictures.filter((p) => p.naturalWidth === 0).length,
					Over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
				};
			})()`, chromedp.EvalAwaitPromise))
			if want := (facts{Exhibits: exhibits}); err != nil || got != want {
				t.Errorf("%s, %d wide: %+v, %v; want %+v", url, width, got, err, want)
			}
		}
	}
}
