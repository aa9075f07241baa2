package config

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shopwatch/internal/market"
)

// minimal is the shortest useful file.
const minimal = `language: en
shops:
- id: tmall
slack:
  bot_token: ${SLACK_BOT_TOKEN}
  app_token: ${SLACK_APP_TOKEN}
post:
- channel: "#ops"
  digests: [morning]
  alerts: [all]
sources: []
`

func testEnv(name string) (string, bool) {
	v, ok := map[string]string{
		"SLACK_BOT_TOKEN": "xoxb-canary-0123456789", "SLACK_APP_TOKEN": "xapp-canary-0123456789",
		"SLACK_SIGNING_SECRET": "canary0123456789abcdef", "SHOPWATCH_WEB_TOKEN": "canary-web", "EMPTY": "", "DIR": "data/x",
	}[name]
	return v, ok
}

// load parses a text that must be fine.
func load(t *testing.T, text string) *Config {
	t.Helper()
	c, problems := Parse("config.yaml", []byte(text), testEnv, Options{})
	if len(problems) > 0 {
		var b bytes.Buffer
		_ = problems.Write(&b, "en")
		t.Fatalf("problems:\n%s", b.String())
	}
	return c
}

func TestMinimal(t *testing.T) {
	c := load(t, minimal)
	shop := c.Markets()[0]
	if shop.ID != "tmall" || shop.Currency != "CNY" || shop.Zone.String() != "Asia/Shanghai" || shop.Name.Zh != "tmall" {
		t.Errorf("shop = %+v", shop)
	}
	if c.Post[0].Shop != "tmall" || c.Post[0].Language != "en" || !c.HasSources || c.Slack.Mode != "socket" {
		t.Errorf("filled in: post %+v, sources %v, mode %q", c.Post[0], c.HasSources, c.Slack.Mode)
	}
	if c.Schedule.Morning != "30 8 * * *" || c.Rules.RivalMove.MinCut != 0.05 || c.Storage.Mmap != 16<<30 {
		t.Errorf("defaults: %+v %+v %+v", c.Schedule, c.Rules, c.Storage)
	}
	if string(c.Slack.BotToken) != "xoxb-canary-0123456789" {
		t.Errorf("bot token was not read from the environment")
	}
}

func TestOddButFine(t *testing.T) {
	for name, text := range map[string]string{
		"byte order mark":                       "\ufeff" + minimal,
		"Windows line ends":                     strings.ReplaceAll(minimal, "\n", "\r\n"),
		"wide comma in quotes":                  strings.Replace(minimal, "id: tmall", `{id: tmall, units: [{id: a, words: ["女装，男装"]}]}`, 1),
		"wide colon in a name":                  strings.Replace(minimal, "id: tmall", "id: tmall\n  name: {zh: 天猫：旗舰}", 1),
		"variable with a default":               minimal + "storage: {path: \"${NOWHERE:-here.db}\"}\n",
		"dollar":                                minimal + "storage: {path: a$$b}\n",
		"web beyond this computer with a token": minimal + "web: {listen: \":8788\", token: \"${SHOPWATCH_WEB_TOKEN}\"}\n",
	} {
		t.Run(name, func(t *testing.T) {
			load(t, strings.Replace(text, "- {id", "- {id", 1))
		})
	}
	if c := load(t, minimal+"storage: {path: \"${DIR}/a$$b${EMPTY:-.db}\"}\n"); c.Storage.Path != "data/x/a$b.db" {
		t.Errorf("path = %q", c.Storage.Path)
	}
}

func TestSecretFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte("canary-of-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := load(t, strings.Replace(minimal, "bot_token: ${SLACK_BOT_TOKEN}", "bot_token: file:"+path, 1))
	if string(c.Slack.BotToken) != "canary-of-file" {
		t.Errorf("token = %q", string(c.Slack.BotToken))
	}
}

func TestShopInWordsOfTheTrade(t *testing.T) {
	c := load(t, `
shops:
- id: tmall
  zone: Europe/London
  currency: GBP
  day_start: 4h
  units: [{id: beauty, name: {zh: 美妆, en: beauty}, words: [makeup]}]
  bands:
  - {id: traffic, to: 100}
  - {id: profit, from: 100, to: "300.50"}
  - {id: image, from: 300.50}
  targets:
  - {from: 2026-11-01, to: 2026-11-30, base: 1.2亿, sprint: 15000.5万}
  - {unit: beauty, from: 2026-11-01, to: 2026-11-03, each: day, base: 1000, sprint: 2000, challenge: 3000}
  - {unit: beauty, from: 2026-01-15, to: 2026-03-10, each: month, base: 1}
  calendar:
    holidays: [2026-10-01]
    makeup: [2026-10-10]
    campaigns:
    - id: d11
      peak: 2026-11-11
      phases: [{id: warmup, from: 2026-10-20, to: 2026-11-10}, {id: live, from: 2026-11-11, to: 2026-11-11, uplift: 6.5}]
`)
	s := c.Markets()[0]
	if s.DayStart != 4*time.Hour || s.Units[0].Name.In("zh") != "美妆" || s.Units[0].Words[0] != "makeup" {
		t.Errorf("shop = %+v", s)
	}
	if b, ok := s.Band(30049); !ok || b.ID != "profit" {
		t.Errorf("band of 300.49 = %v %v", b.ID, ok)
	}
	if b, ok := s.Band(30050); !ok || b.ID != "image" {
		t.Errorf("band of 300.50 = %v %v", b.ID, ok)
	}
	day := func(s string) market.Day { d, _ := market.ParseDay(s); return d }
	month, ok := s.TargetOn("", day("2026-11-01"), day("2026-11-30"))
	if !ok || month.Base != 120_000_000_00 || month.Sprint != 150_005_000_00 || month.Challenge != month.Sprint {
		t.Errorf("month target = %+v %v", month, ok)
	}
	if tt, ok := s.TargetOn("beauty", day("2026-11-02"), day("2026-11-02")); !ok || tt.Challenge != 3000_00 {
		t.Errorf("day target = %+v %v", tt, ok)
	}
	for _, span := range [][2]string{{"2026-01-15", "2026-01-31"}, {"2026-02-01", "2026-02-28"}, {"2026-03-01", "2026-03-10"}} {
		if _, ok := s.TargetOn("beauty", day(span[0]), day(span[1])); !ok {
			t.Errorf("no target for %v", span)
		}
	}
	if _, phase, ok := s.Calendar.On(day("2026-11-11")); !ok || phase.ID != "live" || phase.Uplift != 6.5 {
		t.Errorf("phase = %+v", phase)
	}
	if !s.Calendar.Workday(day("2026-10-10")) || s.Calendar.Workday(day("2026-10-01")) {
		t.Error("calendar: make-up day or holiday is wrong")
	}
}

func TestLoadReadsAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(minimal), 0o600); err != nil {
		t.Fatal(err)
	}
	c, problems, err := Load(path, testEnv, Options{})
	if err != nil || len(problems) > 0 || c.File != path || string(c.Raw) != minimal {
		t.Errorf("Load = %v, %v, %v", c, problems, err)
	}
	if _, _, err := Load(path+"x", testEnv, Options{}); err == nil {
		t.Error("a missing file is no error")
	}
}
