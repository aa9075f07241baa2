package cli

import (
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"shopwatch/bot/sandbox"
)

// TestCanaries: marked secrets go in by the environment; after everything that
// can go wrong has gone wrong none is found in what the program wrote, showed,
// posted or stored, nor in the traces of its end.
func TestCanaries(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the whole program")
	}
	p := newProgram(t, 1)
	shown := map[string]string{}
	verb := func(args ...string) {
		t.Helper()
		out, _ := p.command(args...).CombinedOutput() // findings give a code of their own
		shown["shopwatch "+strings.Join(args, " ")] = string(out)
	}
	p.start()
	p.up("canary")
	p.until("connected", func() bool { return p.box.Links() == 2 && len(p.said("socket open")) == 2 })
	ask := func() {
		for _, q := range []string{"/shop status", "/shop help", "/shop alerts", "/shop nonsense <!channel>"} {
			_, _ = p.box.Type(t.Context(), "mei", "ops", q) // an answer may fail: that is the point
		}
	}
	ask()
	for _, f := range []sandbox.Fault{
		{Status: 500, Body: canaryBot}, {Status: 200, Body: `{"ok":false,"error":"` + canaryBot + `"}`}, {Cut: true}, {Status: 429}, {Status: 200, Body: "<" + canaryApp},
	} {
		f.Method = "*"
		p.box.Inject(f)
		ask()
		p.box.Drop()
		<-time.After(100 * time.Millisecond) // the program tries to connect meanwhile
		p.box.Mend()
	}
	p.push(http.DefaultClient, "another key", "forged")
	p.push(http.DefaultClient, canaryPush, "bad \x00 id")
	for _, path := range []string{"/", "/healthz", "/readyz", "/metrics", "/status.json"} {
		shown[path] = get(t, "http://"+p.page+path, "")
		shown[path+" with the token"] = get(t, "http://"+p.page+path, canaryPage)
	}
	verb("outbox", "list", "-c", p.conf)
	verb("doctor", "-c", p.conf)
	verb("source", "list", "-c", p.conf)
	p.box.Revoke(true)
	verb("doctor", "-c", p.conf, "--json")
	if err := p.cmd.Process.Signal(syscall.SIGQUIT); err != nil { // it writes all its stacks
		t.Fatal(err)
	}
	_ = p.cmd.Wait() // with a code of its own
	p.cmd = nil
	for _, args := range [][]string{{"config", "-c", p.conf}, {"config", p.conf}, {"check", p.conf}, {"check", "-c", p.conf}, {"db", "stats", "-c", p.conf}, {"manifest"}} {
		verb(args...)
	}
	shown["log and traces"] = p.log.String()
	posted, err := json.Marshal(p.box.Transcript())
	if err != nil {
		t.Fatal(err)
	}
	shown["posts"] = string(posted)
	err = filepath.WalkDir(p.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || path == p.exe {
			return err
		}
		b, err := os.ReadFile(path)
		shown[path] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	bytes, hits := 0, 0
	for where, text := range shown {
		bytes += len(text)
		for _, secret := range []string{canaryBot, canaryApp, canarySign, canaryPush, canaryPage} {
			if strings.Contains(text, secret) {
				hits++
				t.Errorf("%s holds %s: %s", where, secret, around(text, secret))
			}
		}
	}
	for where, mark := range map[string]string{"log and traces": "goroutine ", "posts": "ephemeral", p.store(): "refund"} {
		if !strings.Contains(shown[where], mark) {
			t.Errorf("%s does not hold %q: what was to be searched is not there", where, mark)
		}
	}
	t.Logf("%d hits in %d places with %d bytes", hits, len(shown), bytes)
}

func get(t *testing.T, url, token string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.SetBasicAuth("shop", token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.Status + "\n" + string(b)
}

// around is the neighbourhood of a find.
func around(text, find string) string {
	i := strings.Index(text, find)
	return text[max(0, i-80):min(len(text), i+len(find)+80)]
}
