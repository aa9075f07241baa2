package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

var blanks = regexp.MustCompile(`\{[a-z]+\}`)

// golden compares with testdata/name and rewrites it when UPDATE is set.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") != "" {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs, UPDATE=1 rewrites it; got:\n%s", path, got)
	}
}

// TestAllAtOnce shows a file with many faults as people see it.
func TestAllAtOnce(t *testing.T) {
	text := `language: cn
shops:
- id: 天猫
  zone: Asia/Pekin
  name: {zh: 天猫, en: Tmall}
  bands:
  - {id: traffic, from: 0, to: 100}
  - {id: profit, from: 90}
slack:
  bot_token: xoxb-1-canary
  bot_tokn: canary-misspelt
  app_token: ${SLACK_APP_TOKEN}
schedule:
  morning: "61 8 * * *"
post:
- channel: #ops
  alerts: [rival_mov]
- {channel: "#经营", signing_key: canary-in-flow, digests: [moning]}
`
	_, problems := Parse("config.yaml", []byte(text), testEnv, Options{})
	checkClean(t, problems)
	for _, lang := range []string{"en", "zh-CN"} {
		var out bytes.Buffer
		if err := problems.Write(&out, lang); err != nil {
			t.Fatal(err)
		}
		golden(t, "problems."+lang+".txt", out.String())
	}
	for i := 1; i < len(problems); i++ {
		if problems[i].Line < problems[i-1].Line {
			t.Errorf("line %d comes after line %d", problems[i].Line, problems[i-1].Line)
		}
	}
}

// TestCanary plants a secret in every place where someone might write one, next
// to a fault, and looks for it in everything that can be printed.
func TestCanary(t *testing.T) {
	for _, text := range []string{
		"slack: {bot_token: canary-1, mode: sockt}\n",
		"slack:\n  bot_token: \"canary-2\n",
		"slack:\n  bot_token: |\n    canary-3: x\n    canary-3\n  mode: ![\n",
		"slack:\n  bot_tokens:\n  - canary-4\n  - *canary\n",
		"slak:\n  token: canary-5\n  &a b: canary\n",
		"slack:\n  app_token: >-\n    canary-6\n\tx\n",
		"language: xoxb-canary-7\n",
		"storage: {path: \"postgres://u:canary-8@h/db\", x: 1, mmap: 1}\n",
		"web: {listen: \"http://h/?access_token=canary-9\"}\n",
		"canary-10 xoxb-canary\n",
		"sources:\n- id: a\n  auth: {secret: canary-11, key: *x}\n",
		"sources:\n- id: a\n  note: \"sign=canary-12\" &x\n",
		"slack:\n  bot_token: ${SLACK_BOT_TOKEN}\n  mode: ${SLACK_BOT_TOKEN}\n",
		"post: [{channel: \"${SLACK_SIGNING_SECRET}\", shop: \"${SLACK_SIGNING_SECRET}\"}]\n",
		"shops: [{id: a, currency: \"${SLACK_SIGNING_SECRET}\", bands: [{id: b, from: \"${SLACK_SIGNING_SECRET}\"}]}]\n",
		"schedule: {deadline: \"${SLACK_SIGNING_SECRET}\"}\nstorage: {mmap: \"${SLACK_SIGNING_SECRET}\"}\nweb: {listen: \"${SLACK_SIGNING_SECRET}\"}\n",
	} {
		_, problems := Parse("config.yaml", []byte(text), testEnv, Options{})
		if len(problems) == 0 {
			t.Errorf("accepted: %q", text)
		}
		checkClean(t, problems)
	}
}

func TestSecretIsNeverPrinted(t *testing.T) {
	s := Secret("canary")
	held := struct {
		Token Secret
		List  []Secret
		Map   map[string]Secret
	}{s, []Secret{s}, map[string]Secret{"a": s}}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%5.2s", "%T %v"} {
		fmt.Fprintf(&out, verb+"\n", s)
		fmt.Fprintf(&out, verb+"\n", held)
	}
	fmt.Fprintln(&out, s, held)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "secret", s, "held", held)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "secret", s)
	asJSON, err := json.Marshal(held)
	if err != nil {
		t.Fatal(err)
	}
	asYAML, err := yaml.Marshal(held)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(asJSON)
	out.Write(asYAML)
	if strings.Contains(out.String(), "canary") || strings.Contains(out.String(), "63616e") {
		t.Errorf("the secret is in:\n%s", out.String())
	}
	if !strings.Contains(string(asYAML), "[secret]") || Secret("").String() != "" {
		t.Errorf("yaml = %s", asYAML)
	}
}

// TestWords keeps both languages complete: the same blanks, no empty text.
func TestWords(t *testing.T) {
	for code, both := range texts {
		for _, pair := range [][2]string{{both.zh.cause, both.en.cause}, {both.zh.remedy, both.en.remedy}} {
			if pair[0] == "" || pair[1] == "" {
				t.Errorf("%s: a text is empty", code)
			}
			zh, en := map[string]bool{}, map[string]bool{}
			for _, b := range blanks.FindAllString(pair[0], -1) {
				zh[b] = true
			}
			for _, b := range blanks.FindAllString(pair[1], -1) {
				en[b] = true
			}
			if fmt.Sprint(zh) != fmt.Sprint(en) {
				t.Errorf("%s: blanks differ: zh %v, en %v", code, zh, en)
			}
		}
	}
}

// TestCodes finds codes that no text or no seeded mistake belongs to.
func TestCodes(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no sources", err)
	}
	used := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || name == "texts.go" {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for code := range texts {
			used[string(code)] = used[string(code)] || bytes.Contains(source, []byte(`"`+string(code)+`"`))
		}
	}
	for code, ok := range used {
		if !ok {
			t.Errorf("the text %q is never used", code)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(minimal))
	for _, m := range mistakes {
		if len(m.text) < 4096 {
			f.Add([]byte(whole(m.text)))
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, problems := Parse("f.yaml", raw, testEnv, Options{})
		if (c == nil) == (len(problems) == 0) {
			t.Fatalf("config %v beside problems %v", c, problems)
		}
		lines := bytes.Count(raw, []byte("\n")) + bytes.Count(raw, []byte("\r")) + 1
		for _, p := range problems {
			if p.Line < 1 || p.Line > lines || p.Col < 1 || p.Cause("en") == "" {
				t.Fatalf("problem without a place or text: %+v (of %d lines)", p, lines)
			}
		}
		var out bytes.Buffer
		_ = problems.Write(&out, "zh-CN")
		if c != nil && (len(c.Shops) == 0 || c.Shops[0].Zone.Location == nil || len(c.Markets()) != len(c.Shops)) {
			t.Fatalf("accepted without a usable shop: %+v", c)
		}
	})
}
