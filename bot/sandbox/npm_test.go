package sandbox

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestOfficialClients runs Slack's own Node clients against the sandbox. It
// needs node and, the first time, the npm registry. With SHOPWATCH_CI=1 their
// absence is a failure.
func TestOfficialClients(t *testing.T) {
	absent := t.Skipf
	if os.Getenv("SHOPWATCH_CI") == "1" {
		absent = t.Fatalf
	} else if testing.Short() {
		t.Skip("starts node: not with -short")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		absent("no node here: Slack's clients are not run")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if _, err := os.Stat(filepath.Join("npmtest", "node_modules", "@slack", "socket-mode")); err != nil {
		npm, err := exec.LookPath("npm")
		if err != nil {
			absent("no npm here: Slack's clients cannot be installed")
		}
		install := exec.CommandContext(ctx, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
		install.Dir = "npmtest"
		if out, err := install.CombinedOutput(); err != nil {
			absent("Slack's clients cannot be installed: %v\n%s", err, out)
		}
	}
	w := serve(t, Options{Now: time.Now, AckWithin: 3 * time.Second})
	waitFor(ctx, t, w.url)
	run := exec.CommandContext(ctx, node, "--test", "test.mjs")
	run.Dir = "npmtest"
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
