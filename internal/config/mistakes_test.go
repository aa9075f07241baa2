package config

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// mistakes are files with one seeded fault each: where it is reported, what is
// said about it, and what is offered instead.
var mistakes = []struct {
	name  string
	text  string // appended to minimal, or instead of it when it has shops
	at    string // line:col of the first problem, lines of minimal included
	key   string
	cause string
	fix   string
	zh    string
}{
	{"unknown key", "web:\n  listn: 127.0.0.1:1\n", "13:3", "web.listn", "unknown key, did you mean listen?", "write listen:", "是否想写 listen"},
	{"unknown key without a near one", "colour: red\n", "12:1", "colour", "unknown key", "language, shops, slack", "未知的键"},
	{"secret key misspelt", "shops: [{id: a}]\nslack:\n  bot_tokn: CANARY-1\n  app_token: ${SLACK_APP_TOKEN}\n", "2:1", "slack", "bot_token is missing", "add bot_token: ${SLACK_BOT_TOKEN}", "缺少必填项 bot_token"},
	{"literal secret", "shops: [{id: a}]\nslack:\n  bot_token: CANARY-2\n  app_token: ${SLACK_APP_TOKEN}\n", "3:14", "slack.bot_token", "must not stand in the file", "write bot_token: ${SLACK_BOT_TOKEN} or bot_token: file:/run/secrets/bot_token", "密钥不能直接写在配置里"},
	{"secret in a default", "shops: [{id: a}]\nslack:\n  bot_token: ${SLACK_BOT_TOKEN:-CANARY-3}\n  app_token: ${SLACK_APP_TOKEN}\n", "3:14", "slack.bot_token", "must not stand in the file", "write bot_token: ${SLACK_BOT_TOKEN}", "密钥"},
	{"unset variable", "shops: [{id: a}]\nslack:\n  bot_token: ${NOT_SET_HERE}\n  app_token: ${SLACK_APP_TOKEN}\n", "3:14", "slack.bot_token", "NOT_SET_HERE is not set or empty", "set NOT_SET_HERE before starting", "NOT_SET_HERE 没有设置"},
	{"unset plain variable", "storage:\n  path: ${NOT_SET_HERE}\n", "13:9", "storage.path", "NOT_SET_HERE is not set", "${NOT_SET_HERE:-default}", "没有设置"},
	{"broken reference", "storage:\n  path: \"${oops\"\n", "13:9", "storage.path", "reference after ${ is not complete", "write ${NAME}", "不完整"},
	{"secret file missing", "web:\n  token: file:/nowhere/at/all\n", "13:10", "web.token", "does not exist", "check the path", "不存在"},
	{"secret file relative", "web:\n  token: file:secret.txt\n", "13:10", "web.token", "absolute path", "file:/run/secrets/name", "绝对路径"},
	{"fraction for a whole number", "rules: {stock_out: {top: 1.5}}\n", "12:26", "rules.stock_out.top", "whole number is needed, not 1.5", "top: 50", "应是整数"},
	{"octal", "rules: {stock_out: {top: 0123}}\n", "12:26", "rules.stock_out.top", "whole number is needed, not 0123", "top: 50", "应是整数"},
	{"number for a text", "shops:\n- id: 0123\n", "2:7", "shops[0].id", "0123 would be read as a number", `use quotes: "0123"`, "会被当成数字"},
	{"switch for a text", "shops: [{id: true}]\n", "1:14", "shops[0].id", "true would be read as a switch", `use quotes: "true"`, "开关"},
	{"nothing after the colon", "logs:\n  level:\n", "13:3", "logs.level", "there is no value", "write a value", "没有值"},
	{"null", "logs: {level: null}\n", "12:15", "logs.level", "there is no value", "write a value", "没有值"},
	{"channel eaten by a comment", "shops: [{id: a}]\nslack: {bot_token: \"${SLACK_BOT_TOKEN}\", app_token: \"${SLACK_APP_TOKEN}\"}\npost:\n- channel: #ops\n  alerts: [all]\n", "4:12", "post[0].channel", "# after a space starts a comment", `channel: "#..."`, "开始了注释"},
	{"full-width comma", "shops:\n- {id: a, units: [{id: b, words: [x，y]}]}\n", "2:35", "shops[0].units[0].words[0]", "one single item", "plain comma", "全角逗号"},
	{"full-width colon at the top", "language： zh-CN\nshops: [{id: a}]\n", "1:9", "", "full-width colon", "language: ...", "半角冒号"},
	{"full-width colon in a group", "logs:\n  level： debug\n", "13:8", "logs", "full-width colon", "level: ...", "全角冒号"},
	{"full-width space", "logs:\n  level:　debug\n", "13:9", "logs", "full-width space", "plain space", "全角空格"},
	{"curly quotes", "storage:\n  path: “data/x.db”\n", "13:9", "storage.path", "curly quotes", "straight quotes", "弯引号"},
	{"tab", "logs:\n\tlevel: debug\n", "13:1", "", "tab is used for indentation", "indent with spaces", "制表符"},
	{"over-indented dash", "access:\n  admins:\n  - U0123456\n   - U0123457\n", "14:3", "access.admins[0]", "joined to the item above", "align all dashes", "对齐"},
	{"second document", "---\nlogs: {level: debug}\n", "12:1", "", "second document", "remove the ---", "第二个"},
	{"reserved character", "storage:\n  path: @all\n", "13:9", "", "cannot start with @", "in quotes", "引号"},
	{"percent", "rules: {gmv_drop: {min_drop: 35%}}\n", "12:30", "rules.gmv_drop.min_drop", "percent sign", "write 0.35", "写成 0.35"},
	{"out of range", "rules: {gmv_drop: {min_drop: 35}}\n", "12:30", "rules.gmv_drop.min_drop", "35 is outside 0.01 to 0.9", "min_drop: 0.3", "超出 0.01 到 0.9"},
	{"duration without a unit", "schedule:\n  deadline: 90\n", "13:13", "schedule.deadline", "no unit", "90s, 15m, 2h or 1d", "缺少单位"},
	{"duration in weeks", "schedule:\n  deadline: 2w\n", "13:13", "schedule.deadline", "2w is not a duration", "90s, 15m, 2h or 1d", "不是时长"},
	{"forgotten too soon", "storage: {keep: {raw: 3d}}\n", "12:23", "storage.keep.raw", "3d is too short", "at least 14d", "太短"},
	{"minute 61", "schedule:\n  morning: \"61 8 * * *\"\n", "13:12", "schedule.morning", "minute 61 is outside 0-59", `morning: "30 8 * * *"`, "分 61 超出 0-59"},
	{"six fields", "schedule:\n  watch: \"0 */10 * * * *\"\n", "13:10", "schedule.watch", "has 5 fields, this has 6", "minute hour day month weekday", "应有 5 段"},
	{"schedule that never fires", "schedule:\n  watch: \"0 0 31 2 *\"\n", "13:10", "schedule.watch", "cannot run: no such day", "write for example", "不会运行"},
	{"anchor", "logs: &x {level: debug}\n", "12:7", "", "anchors", "write the content out", "锚点"},
	{"alias", "logs: *x\n", "12:7", "", "aliases", "write the content out", "引用"},
	{"tag", "logs: !!map {level: debug}\n", "12:7", "", "tags", "remove the tag", "标签"},
	{"merge", "logs:\n  <<: {level: debug}\n", "13:3", "", "merge keys", "write the content out", "合并键"},
	{"duplicate key", "logs: {level: debug}\nlogs: {level: info}\n", "13:1", "logs", "already on line 12", "remove one", "重复"},
	{"unclosed quote", "storage:\n  path: \"abc\n", "13:9", "", "quote is never closed", "close the quote", "引号没有结束"},
	{"unclosed bracket", "access:\n  admins: [U0123456\nlogs: {level: info}\n", "14:1", "", "bracket before this is never closed", "add the ]", "括号没有结束"},
	{"word near an accepted one", "logs: {level: debig}\n", "12:15", "logs.level", "did you mean debug?", "debug, info, warn, error", "是否想写 debug"},
	{"unknown time zone", "shops: [{id: a, zone: Asia/Pekin}]\n", "1:23", "shops[0].zone", "unknown time zone Asia/Pekin", "Asia/Shanghai", "不认识的时区"},
	{"currency", "shops: [{id: a, currency: yuan}]\n", "1:27", "shops[0].currency", "yuan is not a currency code", "CNY", "币种"},
	{"amount", "shops: [{id: a, bands: [{id: b, from: 12.345}]}]\n", "1:39", "shops[0].bands[0].from", "12.345 is not an amount of CNY", "628.4万", "不是 CNY 金额"},
	{"bands overlap", "shops: [{id: a, bands: [{id: b, to: 100}, {id: c, from: 99}]}]\n", "1:57", "shops[0].bands[1].from", "overlaps the band b", "start where the one below ends", "重叠"},
	{"tiers shrink", "shops: [{id: a, targets: [{from: 2026-11-01, to: 2026-11-30, base: 10, sprint: 9}]}]\n", "1:80", "shops[0].targets[0].sprint", "base is larger than sprint", "tiers must grow", "base ≤ sprint ≤ challenge"},
	{"date", "shops: [{id: a, calendar: {holidays: [2026-13-01]}}]\n", "1:39", "shops[0].calendar.holidays[0]", "2026-13-01 is not a date", "2026-11-11", "不是日期"},
	{"dates in the wrong order", "shops: [{id: a, targets: [{from: 2026-11-30, to: 2026-11-01, base: 10}]}]\n", "1:50", "shops[0].targets[0].to", "before it begins", "same day as from or later", "早于"},
	{"unit not declared", "shops: [{id: a, units: [{id: beauty}], targets: [{unit: baeuty, from: 2026-11-01, to: 2026-11-30, base: 10}]}]\n", "1:57", "shops[0].targets[0].unit", "baeuty is not one of the units", "known: beauty", "units 里没有"},
	{"id twice", "shops:\n- id: a\n- id: a\n", "3:7", "shops[1].id", "already on line 2", "choose another", "重复"},
	{"channel", "shops: [{id: a}]\nslack: {bot_token: \"${SLACK_BOT_TOKEN}\", app_token: \"${SLACK_APP_TOKEN}\"}\npost: [{channel: ops, alerts: [all]}]\n", "3:18", "post[0].channel", "ops is not a channel", `"#name"`, "不是频道"},
	{"post for nothing", "shops: [{id: a}]\nslack: {bot_token: \"${SLACK_BOT_TOKEN}\", app_token: \"${SLACK_APP_TOKEN}\"}\npost:\n- channel: C01234567\n", "4:1", "post[0]", "nothing would be posted", "digests: [morning]", "不会发送"},
	{"socket without app token", "shops: [{id: a}]\nslack: {bot_token: \"${SLACK_BOT_TOKEN}\"}\n", "2:1", "slack", "socket mode needs app_token", "app_token: ${SLACK_APP_TOKEN}", "需要 app_token"},
	{"open to the network", "web:\n  listen: 0.0.0.0:8788\n", "13:11", "web.listen", "reachable from other machines", "127.0.0.1:8788", "可从别的机器访问"},
	{"API address", "shops: [{id: a}]\nslack: {bot_token: \"${SLACK_BOT_TOKEN}\", app_token: \"${SLACK_APP_TOKEN}\", api_url: \"http://evil.example/\"}\n", "2:84", "slack.api_url", "not a usable address", "https://", "地址"},
	{"user id", "access: {admins: [lilei]}\n", "12:19", "access.admins[0]", "lilei is not a user id", "Copy member ID", "用户 id"},
	{"no shop", "language: en\n", "1:1", "", "shops is missing", "add shops:", "缺少必填项 shops"},
	{"list without brackets", "shops: [{id: a}]\nslack: {bot_token: \"${SLACK_BOT_TOKEN}\", app_token: \"${SLACK_APP_TOKEN}\"}\npost: [{channel: C01234567, alerts: all}]\n", "3:37", "post[0].alerts", "a list is needed", "write [all]", "列表"},
	{"group without content", "logs: debug\n", "12:7", "logs", "group of keys", "key: value lines", "一组键"},
	{"empty file", "\n", "1:1", "", "file is empty", "shopwatch init", "空的"},
	{"only comments", "# nothing\n", "1:1", "", "file is empty", "shopwatch init", "空的"},
	{"a list as the file", "- a\n- b\n", "1:1", "", "must consist of keys", "language: en", "键"},
	{"not UTF-8", "language: \xc4\xe3\n", "1:11", "", "not UTF-8", "UTF-8", "UTF-8"},
	{"too large", "# " + strings.Repeat("x", 1<<20) + "\n", "1:1", "", "larger than 1 MiB", "source files", "1 MiB"},
	{"brackets without end", "a: " + strings.Repeat("[", 5000) + "\n", "1:1", "", "nested too deeply", "closing bracket", "嵌套"},
}

// whole tells texts that stand for themselves from those appended to minimal.
func whole(text string) string {
	own := strings.Contains(text, "shops:") || strings.HasPrefix(text, "- ") || strings.TrimSpace(text) == "" ||
		strings.HasPrefix(text, "#") || strings.HasPrefix(text, "language") || strings.HasPrefix(text, "a: ")
	if own {
		return text
	}
	return strings.TrimSuffix(minimal, "\n") + "\n" + text
}

func neverFires(line string) error {
	if line == "0 0 31 2 *" {
		return errors.New("no such day")
	}
	return nil
}

func TestMistakes(t *testing.T) {
	for _, m := range mistakes {
		t.Run(m.name, func(t *testing.T) {
			c, problems := Parse("config.yaml", []byte(whole(m.text)), testEnv, Options{CheckCron: neverFires})
			if len(problems) == 0 {
				t.Fatalf("accepted: %+v", c)
			}
			var out bytes.Buffer
			if err := problems.Write(&out, "en"); err != nil {
				t.Fatal(err)
			}
			p := problems[0]
			if got := fmt.Sprintf("%d:%d", p.Line, p.Col); got != m.at {
				t.Errorf("at %s, want %s", got, m.at)
			}
			if p.Key != m.key {
				t.Errorf("key %q, want %q", p.Key, m.key)
			}
			if !strings.Contains(p.Cause("en"), m.cause) {
				t.Errorf("cause %q, want %q in it", p.Cause("en"), m.cause)
			}
			if !strings.Contains(p.Remedy("en"), m.fix) {
				t.Errorf("remedy %q, want %q in it", p.Remedy("en"), m.fix)
			}
			if zh := p.Cause("zh-CN") + p.Remedy("zh-CN"); !strings.Contains(zh, m.zh) {
				t.Errorf("zh %q, want %q in it", zh, m.zh)
			}
			if c != nil {
				t.Error("a configuration was returned beside problems")
			}
			if t.Failed() {
				t.Log("\n" + out.String())
			}
			checkClean(t, problems)
		})
	}
}

// checkClean fails on secrets and on blanks that were never filled.
func checkClean(t *testing.T, problems Problems) {
	t.Helper()
	for _, lang := range []string{"en", "zh-CN"} {
		var out bytes.Buffer
		_ = problems.Write(&out, lang)
		text := strings.ToLower(out.String() + problems.Error() + fmt.Sprintf("%+v %#v", problems, problems))
		if strings.Contains(text, "canary") {
			t.Errorf("a secret is shown:\n%s", out.String())
		}
		for _, p := range problems {
			if blank := blanks.FindString(p.Cause(lang) + p.Remedy(lang)); blank != "" {
				t.Errorf("%s: the blank %s of %s was not filled", lang, blank, p.Code)
			}
			if p.Cause(lang) == "" || p.Remedy(lang) == "" {
				t.Errorf("%s: no text for %s", lang, p.Code)
			}
		}
	}
}
