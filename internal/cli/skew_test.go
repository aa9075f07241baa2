package cli

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"shopwatch/bot/sandbox"
)

// TestSkewProgram: requests of a Slack whose clock is ten minutes off are
// refused, and the channel that gets every alert is told once.
func TestSkewProgram(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the whole program")
	}
	p := newProgram(t, 1)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().String()
	_ = l.Close() // free for the program
	text := strings.Replace(p.yaml(), `mode: socket, `, `mode: http, listen: "`+at+`", `, 1)
	if err := os.WriteFile(p.conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p.start()
	p.up("skew")
	for i := range 3 {
		body := fmt.Sprintf("command=%%2Fshop&text=help&user_id=U1&trigger_id=t%d", i)
		stamp := fmt.Sprint(time.Now().Add(-10 * time.Minute).Unix())
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+at+"/slack/commands", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("X-Slack-Request-Timestamp", stamp)
		req.Header.Set("X-Slack-Signature", sandbox.Sign(canarySign, stamp, []byte(body)))
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if _ = res.Body.Close(); res.StatusCode != http.StatusUnauthorized {
			t.Errorf("answered with %s", res.Status)
		}
	}
	told := func() (n int) {
		for _, e := range p.box.Transcript() {
			if e.Kind == "post" && strings.Contains(e.Text, "10 min ahead of Slack's") {
				n++
			}
		}
		return n
	}
	p.until("told", func() bool { return told() > 0 })
	p.stop()
	if n := told(); n != 1 {
		t.Errorf("told %d times", n)
	}
}
