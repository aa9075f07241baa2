package sandbox

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

func (w *world) get(t *testing.T, path string) (*http.Response, string) {
	t.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Get(w.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func (w *world) state(t *testing.T, query string) pageState {
	t.Helper()
	_, body := w.get(t, "/page/state?"+query)
	var s pageState
	if err := json.Unmarshal([]byte(body), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func (w *world) act(t *testing.T, name, body string, headers ...string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url+"/page/"+name, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func TestPageLoadsOnlyItself(t *testing.T) {
	w := serve(t, Options{Lang: "zh", TeamName: `<天猫> "旗舰"`})
	resp, body := w.get(t, "/")
	if resp.StatusCode != 200 || !strings.Contains(resp.Header.Get("Content-Security-Policy"), "script-src 'self'; style-src 'self'") {
		t.Errorf("%v", resp.Header)
	}
	for _, bad := range []string{"style=", "<style", " onclick", "http://", "https://", "<天猫>"} {
		if strings.Contains(body, bad) {
			t.Errorf("page holds %q", bad)
		}
	}
	if !strings.Contains(body, `lang="zh-CN"`) || !strings.Contains(body, "频道") {
		t.Error("page is not Chinese")
	}
	imports := regexp.MustCompile(`from "\./([a-z]+\.js)"`)
	seen, todo := map[string]bool{}, []string{"app.js", "style.css", "icon.svg"}
	for len(todo) > 0 {
		name := todo[0]
		todo = todo[1:]
		if seen[name] {
			continue
		}
		seen[name] = true
		resp, text := w.get(t, "/assets/"+name)
		if resp.StatusCode != 200 || strings.Contains(text, "innerHTML") {
			t.Errorf("%s: %s", name, resp.Status)
		}
		for _, m := range imports.FindAllStringSubmatch(text, -1) {
			todo = append(todo, m[1])
		}
	}
	if resp, _ := w.get(t, "/assets/index.html"); resp.StatusCode != 404 {
		t.Errorf("the template is served: %s", resp.Status)
	}
}

func TestPageWordsAreTwins(t *testing.T) {
	zh, en := pageWords("zh-CN"), pageWords("en")
	hole := regexp.MustCompile(`\{\w+\}`)
	for key, text := range zh {
		if strings.Join(hole.FindAllString(text, -1), "") != strings.Join(hole.FindAllString(en[key], -1), "") || en[key] == "" {
			t.Errorf("%s: %q and %q", key, text, en[key])
		}
	}
	if len(zh) != len(en) {
		t.Errorf("%d words and %d", len(zh), len(en))
	}
}

func TestOtherHostsAndOriginsAreRefused(t *testing.T) {
	w := serve(t, Options{})
	say := `{"user":"lin","channel":"general","text":"hi"}`
	for _, c := range []struct {
		name    string
		headers []string
		status  int
	}{
		{"our own page", []string{"Origin", w.url, "Sec-Fetch-Site", "same-origin"}, 200},
		{"a program", nil, 200},
		{"localhost", []string{"Host", "localhost:8080"}, 200},
		{"IPv6 loopback", []string{"Host", "[::1]:8080"}, 200},
		{"another site", []string{"Origin", "https://evil.example"}, 403},
		{"a sandboxed frame", []string{"Origin", "null"}, 403},
		{"another site by fetch metadata", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"a form", []string{"Content-Type", "text/plain"}, 403},
		{"a rebound name", []string{"Host", "evil.example"}, 403},
		{"a name that begins like ours", []string{"Host", "localhost.evil.example"}, 403},
	} {
		if status, text := w.act(t, "type", say, c.headers...); status != c.status {
			t.Errorf("%s: %d %s", c.name, status, text)
		}
	}
	if n := len(w.Transcript()); n != 4 {
		t.Errorf("%d messages went through", n)
	}
}

func TestUnreadCounts(t *testing.T) {
	w := serve(t, Options{})
	root := w.post(t, "channel", "C0GENERAL", "text", "one")
	w.post(t, "channel", "C0GENERAL", "text", "two")
	w.post(t, "channel", "C0GENERAL", "text", "a reply does not count", "thread_ts", root)
	unread := func(user string) int {
		for _, c := range w.state(t, "user="+user+"&channel=shop-digest").Channels {
			if c.Name == "general" {
				return c.Unread
			}
		}
		t.Fatal("no channel")
		return 0
	}
	if n := unread("lin"); n != 2 {
		t.Errorf("%d unread", n)
	}
	if status, text := w.act(t, "read", `{"user":"lin","channel":"general"}`); status != 200 {
		t.Fatal(status, text)
	}
	if lin, mei := unread("lin"), unread("mei"); lin != 0 || mei != 2 {
		t.Errorf("lin %d, mei %d", lin, mei)
	}
}

func TestStateShowsWhatAPersonMaySee(t *testing.T) {
	w := serve(t, Options{Channels: []Channel{{Name: "general"}, {Name: "secret", Private: true, Members: []string{"mei", "shopwatch"}}}})
	w.post(t, "channel", "C0SECRET", "text", "psst")
	w.call(t, "chat.postEphemeral", "channel", "C0GENERAL", "user", "U0MEI", "text", "for mei")
	lin, mei := w.state(t, "user=lin&channel=secret"), w.state(t, "user=mei&channel=secret")
	if lin.Open.Name != "general" || len(lin.Messages) != 0 || len(lin.Channels) != 2 {
		t.Errorf("lin sees %+v", lin)
	}
	if mei.Open.Name != "secret" || len(mei.Messages) != 1 || len(mei.Channels) != 3 {
		t.Errorf("mei sees %+v", mei)
	}
	if m := w.state(t, "user=mei&channel=general").Messages; len(m) != 1 || !m[0].Ephemeral {
		t.Errorf("mei sees %+v", m)
	}
}

func TestPermalinkOpensThePage(t *testing.T) {
	w := serve(t, Options{})
	resp, _ := w.get(t, "/archives/C0GENERAL/p1795219320000001?thread_ts=1795219320.000000")
	if got := resp.Header.Get("Location"); got != "/?channel=C0GENERAL&message=1795219320.000001&thread=1795219320.000000" {
		t.Errorf("%s", got)
	}
}

func TestEventStreamTellsOfChanges(t *testing.T) {
	w := serve(t, Options{})
	resp, err := http.Get(w.url + "/page/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := make(chan string, 10)
	go func() {
		for s := bufio.NewScanner(resp.Body); s.Scan(); {
			if s.Text() != "" {
				lines <- s.Text()
			}
		}
	}()
	next := func() string {
		select {
		case l := <-lines:
			return l
		case <-time.After(5 * time.Second):
			t.Fatal("silence")
			return ""
		}
	}
	first := next()
	w.post(t, "channel", "C0GENERAL", "text", "x")
	if second := next(); !strings.HasPrefix(second, "data: ") || second == first {
		t.Errorf("%q then %q", first, second)
	}
}

func FuzzEncode(f *testing.F) {
	w, err := newWorkspace(Options{}.withDefaults())
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"@lin hi", "a<b>&", "<@U0LIN>", "#general.", "@lin@lin", "<!channel> @nobody", "给@lin 看 #shop-digest，谢谢"} {
		f.Add(seed)
	}
	known := regexp.MustCompile(`<[@#][CU]0[A-Z]+(\|[^<>|]+)?>`)
	f.Fuzz(func(t *testing.T, text string) {
		// Nothing typed becomes markup except known people and channels.
		if rest := known.ReplaceAllString(w.encode(text, true), ""); strings.ContainsAny(rest, "<>") {
			t.Errorf("%q became %q", text, rest)
		}
	})
}

func FuzzParseTS(f *testing.F) {
	for _, seed := range []string{"1795219320.000001", "1795219320", "x", ".", "1.2", "1.0000001", "-1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, ts string) {
		us, ok := parseTS(ts)
		if !ok {
			return
		}
		if again, ok := parseTS(formatTS(us)); !ok || again != us {
			t.Errorf("%q reads as %d and then %d", ts, us, again)
		}
	})
}
