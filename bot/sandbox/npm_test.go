package sandbox

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"testing"
	"time"

	"shopwatch/bot/sandbox/npmtest"
)

// TestOfficialClients runs Slack's own Node clients against the sandbox.
func TestOfficialClients(t *testing.T) {
	dir, node := npmtest.Dir(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	w := serve(t, Options{Now: time.Now, AckWithin: 3 * time.Second})
	waitFor(ctx, t, w.url)
	run := exec.CommandContext(ctx, node, "--test", "test.mjs")
	run.Dir = dir
	run.Env = append(os.Environ(), "SANDBOX_URL="+w.url)
	if out, err := run.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// waitFor makes sure that the server answers before another program is started.
func waitFor(ctx context.Context, t *testing.T, url string) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
}
