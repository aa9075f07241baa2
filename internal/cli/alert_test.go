package cli

import (
	"encoding/json"
	"strings"
	"testing"
)

const routed = `language: en
shops: [{id: s, name: {zh: 店, en: Shop}}]
slack: {bot_token: "${SLACK_BOT_TOKEN}", app_token: "${SLACK_APP_TOKEN}"}
post:
- {channel: "#all", alerts: [gmv_drop]}
alerts:
- match: rule=stock_out
  to: ["#stock"]
  quiet: [daily 22:00-08:00]
  escalate: [30m U0123ABCD, 1h S0123ABCD]
  routes:
  - {match: severity=critical, to: [U0456EFGH], language: zh-CN, continue: true}
  - {match: unit=beauty, to: ["#beauty"], group_by: [rule], mention: [S0123ABCD]}
`

// A node below takes what it matches, further ones only after continue, and
// what none takes stays above; what a node leaves out it has from above.
func TestAlertTest(t *testing.T) {
	t.Setenv("SLACK_BOT_TOKEN", "xoxb-canary")
	t.Setenv("SLACK_APP_TOKEN", "xapp-canary")
	path := write(t, "config.yaml", routed)
	for labels, want := range map[string]string{
		"rule=gmv_drop":                                   "post[0] #all",
		"rule=rival_move":                                 "",
		"rule=stock_out severity=warning":                 "alerts[0] #stock",
		"rule=stock_out severity=warning unit=beauty":     "alerts[0].routes[1] #beauty",
		"rule=stock_out severity=critical unit=beauty":    "alerts[0].routes[0] U0456EFGH; alerts[0].routes[1] #beauty",
		`rule=stock_out severity=critical unit="digital"`: "alerts[0].routes[0] U0456EFGH",
	} {
		out, errs, code := run(t, "alert", "test", "-c", path, "--json", "--at", "2026-11-22T23:30:00+08:00", labels)
		var got struct {
			Told []struct {
				Node     string   `json:"node"`
				To       []string `json:"to"`
				Language string   `json:"language"`
				Held     string   `json:"held_until"`
				Escalate []string `json:"escalate"`
			} `json:"told"`
		}
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Fatalf("%s: %v in %s%s", labels, err, out, errs)
		}
		var told []string
		for _, x := range got.Told {
			told = append(told, x.Node+" "+strings.Join(x.To, ","))
			if strings.HasPrefix(x.Node, "alerts") && (x.Held != "2026-11-23T08:00:00+08:00" || len(x.Escalate) != 2) {
				t.Errorf("%s: %s is held until %q, escalates %v", labels, x.Node, x.Held, x.Escalate)
			}
		}
		if strings.Join(told, "; ") != want || (code == exitOK) != (want != "") {
			t.Errorf("%s goes to %q, exit %d, want %q", labels, told, code, want)
		}
	}
	for args, says := range map[string]string{"rul=x": "label", "rule=~x": "use =", "shop=other": "no shop", "rule": "operator"} {
		if _, errs, code := run(t, "alert", "test", "-c", path, args); code != exitUsage || !strings.Contains(errs, says) {
			t.Errorf("%s: exit %d, %q", args, code, errs)
		}
	}
}

func TestScenarioSeeds(t *testing.T) {
	for text, want := range map[string]int{"7": 1, "1-5": 5, "5-1": 0, "a": 0, "1-": 0, "1-2000": 0, "-1": 0} {
		if got, err := seedRange(text); len(got) != want || (err == nil) != (want > 0) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}
