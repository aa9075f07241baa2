package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"shopwatch/bot/sandbox"
	"shopwatch/internal/config"
	"shopwatch/storage/bolt"
)

// patient is a configuration with a workspace, a shop's API and a store, and
// what doctor says of it.
type patient struct {
	*testing.T
	dir, file string
	api       http.HandlerFunc
}

func newPatient(t *testing.T, shop string) *patient {
	t.Helper()
	p := &patient{T: t, dir: t.TempDir(), api: func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"rows":[{"sku":"A","channel":"tmall","available":3}]}`)
	}}
	box, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	chat := httptest.NewServer(box.Handler())
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.api(w, r) }))
	t.Cleanup(func() {
		if err := box.Close(); err != nil {
			t.Error(err)
		}
		chat.Close()
		api.Close()
	})
	box.SetBaseURL(chat.URL)
	p.file = filepath.Join(p.dir, "config.yaml")
	text := fmt.Sprintf(`shops:
  - {id: s, name: {zh: %s, en: Shop}, zone: Asia/Shanghai, currency: CNY}
slack: {bot_token: "${BOT}", app_token: "${APP}", api_url: %s/api/}
post:
  - {channel: C0NOWHERE, alerts: [all]}
alerts:
  - to: ["#general"]
    mention: [S0NOGROUP]
    escalate: [30m U0NOBODY1, 1h C0NOWHERE]
access: {admins: [U0NOBODY1]}
storage: {path: %s}
web: {listen: "127.0.0.1:0"}
sources:
  - id: stock
    shop: s
    fact: inventory
    driver: http
    allow_private: true
    request: {url: %q}
    records: '.rows[]'
    fields:
      sku: {jq: .sku, type: id}
      channel: {jq: .channel, type: id}
      available: {jq: .available, type: int}
`, shop, chat.URL, filepath.Join(p.dir, "data", "shopwatch.db"), api.URL)
	if err := os.WriteFile(p.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *patient) examine() (string, error) {
	p.Helper()
	p.Setenv("BOT", sandbox.DefaultBotToken)
	p.Setenv("APP", sandbox.DefaultAppToken)
	c, problems, err := config.Load(p.file, os.LookupEnv, config.Options{})
	if err != nil || len(problems) > 0 {
		p.Fatal(problems, err)
	}
	var out bytes.Buffer
	err = Doctor(context.Background(), DoctorOptions{Config: c, Env: os.LookupEnv, Out: &out, Logger: slog.New(slog.DiscardHandler)})
	return out.String(), err
}

func (p *patient) says(out string, want ...string) {
	p.Helper()
	for _, w := range want {
		if !strings.Contains(out, w) {
			p.Errorf("doctor does not say %q:\n%s", w, out)
		}
	}
}

func TestDoctor(t *testing.T) {
	p := newPatient(t, "天猫店")
	out, err := p.examine()
	if !errors.Is(err, ErrUnwell) {
		t.Errorf("a channel that is not there is not an ill: %v", err)
	}
	p.says(out, "✓ store  ", "can be created", "✓ source.stock  1 rows", "✓ slack.auth", "✓ slack.scopes", "✓ slack.socket",
		"✓ charts.fonts", "× slack.channel.C0NOWHERE", "/invite @bot", "post[0].channel", "alerts[0].escalate[1]",
		"✓ slack.channel.#general", "× slack.group.S0NOGROUP", "alerts[0].mention[0]",
		"× slack.person.U0NOBODY1", "config.yaml line 9, alerts[0].escalate[0]; line 10, access.admins[0]", "3 of ")
	if strings.Contains(out, sandbox.DefaultBotToken) {
		t.Errorf("a token is shown:\n%s", out)
	}
	if _, err := os.Stat(filepath.Join(p.dir, "data", "shopwatch.db")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("doctor has made a store: %v", err)
	}
}

// TestCheckNamed asks the chat alone, as check --chat does, and what a start logs.
func TestCheckNamed(t *testing.T) {
	p := newPatient(t, "天猫店")
	p.Setenv("BOT", sandbox.DefaultBotToken)
	p.Setenv("APP", sandbox.DefaultAppToken)
	c, problems, err := config.Load(p.file, os.LookupEnv, config.Options{})
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	var out, book bytes.Buffer
	log := slog.New(slog.NewTextHandler(&book, nil))
	if err := CheckNamed(t.Context(), &out, c, log); !errors.Is(err, ErrUnwell) || strings.Count(out.String(), "× ") != 3 {
		t.Errorf("%v:\n%s", err, out.String())
	}
	talk, _, err := slackOf(c, log, heard{})
	if err != nil {
		t.Fatal(err)
	}
	warnNamed(t.Context(), talk, c, log)
	if text := book.String(); strings.Count(text, "level=WARN") != 3 || !strings.Contains(text, "line 8, alerts[0].mention[0]") {
		t.Errorf("a start says:\n%s", text)
	}
}

func TestDoctorFindsWhatIsWrong(t *testing.T) {
	p := newPatient(t, "𪚥店")
	p.api = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }
	if err := os.MkdirAll(filepath.Join(p.dir, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.dir, "data", "shopwatch.db"), []byte("not a store"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := p.examine()
	if !errors.Is(err, ErrUnwell) {
		t.Error(err)
	}
	p.says(out, "✓ config  ", "× store", "× source.stock", "403", "× charts.fonts", "𪚥")
}

// TestDoctorBesideARunningBot: a store that is in use is no fault.
func TestDoctorBesideARunningBot(t *testing.T) {
	p := newPatient(t, "天猫店")
	if err := os.MkdirAll(filepath.Join(p.dir, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	held, err := bolt.Open(filepath.Join(p.dir, "data", "shopwatch.db"), bolt.Options{InitialMmapSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := held.Close(); err != nil {
			t.Error(err)
		}
	}()
	out, _ := p.examine()
	p.says(out, "✓ store  ", "a running bot", "✓ web  ")
}
