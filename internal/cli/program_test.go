package cli

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"shopwatch/bot/sandbox"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/outbox"
	"shopwatch/storage"
)

// asProgram makes the test binary be the program.
const asProgram = "SHOPWATCH_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(Main(os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// Secrets of the program under test. None may be found anywhere outside its
// environment.
const (
	canaryBot  = "xoxb-canary-6c1d9f"
	canaryApp  = "xapp-canary-0b7e42"
	canarySign = "canary-signing-93ab55"
	canaryPush = "canary-push-key-e7710c"
	canaryPage = "canary-page-token-44fd"
)

// program is the whole program as its own process, between a workspace and
// senders of deliveries.
type program struct {
	*testing.T
	box  *sandbox.Sandbox
	dir  string
	conf string
	exe  string
	page string // address of the status page
	// events is where the workspace calls the bot; empty for a socket.
	events string
	log    *lines

	cmd *exec.Cmd
}

// lines is what the program has written.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

const programYAML = `
language: en
shops:
- {id: mall, currency: CNY, zone: Asia/Shanghai}
slack: {mode: socket, bot_token: "${BOT}", app_token: "${APP}", signing_secret: "${SIGN}", api_url: "URL/api/", posts_per_minute: 600}
post:
- {channel: C0OPERATE, shop: mall, digests: [morning], alerts: [all]}
storage: {path: STORE, mmap: 64MiB}
web: {listen: "PAGE", token: "${PAGE}"}
logs: {level: debug, format: json}
sources:
- id: refunds
  shop: mall
  fact: refund
  driver: push
  secret: "${PUSH}"
  records: .list | rows
  fields:
    refund_id: {jq: .id, type: id}
    amount: {jq: .fee, type: money, unit: major, currency: CNY}
    status: {jq: .state, map: {DONE: success, OPEN: open}}
    created: {jq: .at, type: time, format: unix}
    modified: {jq: .at, type: time, format: unix}
`

// newProgram prepares a workspace with n channels and a configuration.
func newProgram(t *testing.T, n int) *program {
	t.Helper()
	return prepare(t, n, "")
}

// newHTTPProgram is newProgram with a workspace that calls the bot.
func newHTTPProgram(t *testing.T, n int) *program {
	t.Helper()
	p := prepare(t, n, freePort(t))
	p.edited(`mode: socket`, `mode: http, listen: "`+p.events+`"`)
	return p
}

// edited changes the configuration of a program that does not run.
func (p *program) edited(old, text string) {
	p.Helper()
	if err := os.WriteFile(p.conf, []byte(strings.Replace(p.yaml(), old, text, 1)), 0o600); err != nil {
		p.Fatal(err)
	}
}

// freePort is an address for the program to listen on.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close() // free for the program
	return l.Addr().String()
}

// prepare is newProgram; events is where the workspace calls the bot, empty for
// a socket.
func prepare(t *testing.T, n int, events string) *program {
	t.Helper()
	dir, err := os.MkdirTemp("", "sw") //nolint:usetesting // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	p := &program{T: t, dir: dir, events: events, page: freePort(t), conf: filepath.Join(dir, "config.yaml"), log: &lines{}}
	o := sandbox.Options{
		AckWithin: 300 * time.Millisecond, BotToken: canaryBot, AppToken: canaryApp, SigningSecret: canarySign,
		Channels: []sandbox.Channel{{ID: "C0OPERATE", Name: "ops"}},
	}
	if events != "" {
		o.HTTPURL, o.AckWithin = "http://"+events, 3*time.Second // as Slack waits
	}
	for i := range n {
		o.Channels = append(o.Channels, sandbox.Channel{ID: channelID(i), Name: strings.ToLower(channelID(i))})
	}
	if p.box, err = sandbox.New(o); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(p.box.Handler())
	t.Cleanup(func() {
		p.kill()
		_ = p.box.Close()
		server.Close()
		_ = os.RemoveAll(dir)
	})
	p.box.SetBaseURL(server.URL)
	text := strings.NewReplacer("URL", server.URL, "STORE", p.store(), `"PAGE"`, `"`+p.page+`"`).Replace(programYAML)
	if err := os.WriteFile(p.conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p.exe = p.binary()
	return p
}

func channelID(i int) string { return fmt.Sprintf("C0LANE%03d", i) }

func (p *program) store() string { return filepath.Join(p.dir, "s.db") }

// binary is the test binary itself; the long tests build the real one.
func (p *program) binary() string {
	p.Helper()
	if os.Getenv("SHOPWATCH_SOAK") == "" {
		exe, err := os.Executable()
		if err != nil {
			p.Fatal(err)
		}
		return exe
	}
	exe := filepath.Join(p.dir, "shopwatch")
	if out, err := exec.CommandContext(p.Context(), "go", "build", "-o", exe, "shopwatch").CombinedOutput(); err != nil {
		p.Fatalf("%v: %s", err, out)
	}
	return exe
}

// command is a verb of the program with its secrets in the environment.
func (p *program) command(args ...string) *exec.Cmd {
	ctx := context.WithoutCancel(p.Context())
	cmd := exec.CommandContext(ctx, p.exe, args...)
	cmd.Env = append(os.Environ(), asProgram+"=1",
		"BOT="+canaryBot, "APP="+canaryApp, "SIGN="+canarySign, "PUSH="+canaryPush, "PAGE="+canaryPage)
	return cmd
}

// start runs the bot.
func (p *program) start() {
	p.Helper()
	p.cmd = p.command("serve", "-c", p.conf)
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	if err := p.cmd.Start(); err != nil {
		p.Fatal(err)
	}
}

// kill ends it without a word.
func (p *program) kill() {
	if p.cmd != nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait() // killed
		p.cmd = nil
	}
}

// stop ends it as a supervisor does and returns how long that took.
func (p *program) stop() time.Duration {
	p.Helper()
	began := time.Now()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		p.Errorf("the program ended with %v: %s", err, p.log)
	}
	p.cmd = nil
	return time.Since(began)
}

// push delivers one refund, signed with key; it reports whether it was taken.
func (p *program) push(client *http.Client, key, id string) bool {
	now := time.Now().Unix()
	body := fmt.Sprintf(`{"list":[{"id":%q,"fee":"12.50","state":"DONE","at":%d}]}`, id, now)
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(fmt.Sprint(now) + ":" + body))
	req, err := http.NewRequestWithContext(p.Context(), http.MethodPost, "http://"+p.page+"/push/refunds", strings.NewReader(body))
	if err != nil {
		p.Error(err)
		return false
	}
	req.Header.Set("X-Shopwatch-Delivery", id)
	req.Header.Set("X-Shopwatch-Timestamp", fmt.Sprint(now))
	req.Header.Set("X-Shopwatch-Signature", hex.EncodeToString(h.Sum(nil)))
	res, err := client.Do(req)
	if err != nil {
		return false // not up yet, or not any more
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return err == nil && res.StatusCode == http.StatusOK
}

// up pushes until the first delivery is taken and returns its id.
func (p *program) up(prefix string) string {
	p.Helper()
	for end := time.Now().Add(30 * time.Second); ; {
		id := fmt.Sprint(prefix, "-up-", time.Now().UnixNano())
		if p.push(http.DefaultClient, canaryPush, id) {
			return id
		}
		if time.Now().After(end) {
			p.Fatalf("the program does not answer: %s", p.log)
		}
		<-time.After(2 * time.Millisecond)
	}
}

// enqueue puts n messages into the outbox of a program that does not run and
// returns their keys.
func (p *program) enqueue(first, n, channels int) (keys []string) {
	p.Helper()
	inStore(p.T, p.store(), func(tx *storage.Tx) error {
		var errs []error
		for i := range n {
			r := outbox.Route{Target: chat.Target{Channel: channelID((first + i) % channels)}, Lang: "en"}
			e := r.Root(fmt.Sprint("digest/", first+i), chat.Message{Text: fmt.Sprint("GMV ", first+i)}, time.Now())
			_, err := tx.Enqueue(e)
			errs, keys = append(errs, err), append(keys, e.Key)
		}
		return errors.Join(errs...)
	})
	return keys
}

// stored are the ids of the refunds in the store of a program that does not run.
func (p *program) stored() map[string]bool {
	p.Helper()
	ids := map[string]bool{}
	shop := &market.Shop{ID: "mall", Currency: "CNY", Zone: time.FixedZone("", 8*3600)}
	inStore(p.T, p.store(), func(tx *storage.Tx) error {
		now := time.Now()
		all, err := tx.Events(storage.EventQuery{Shop: shop, Table: market.Refunds, Window: market.Window{Start: now.Add(-48 * time.Hour), End: now.Add(time.Hour)}})
		for _, b := range all {
			for i := range b.Len() {
				ids[b.Column("refund_id").Texts[i]] = true
			}
		}
		return err
	})
	return ids
}

// copies counts what the workspace holds by delivery key.
func (p *program) copies() map[string]int {
	n := map[string]int{}
	for _, e := range p.box.Transcript() {
		if e.Kind == "post" || e.Kind == "reply" {
			n[e.Delivery]++
		}
	}
	return n
}
