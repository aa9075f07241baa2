package cli

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"shopwatch/bot/sandbox"
	"shopwatch/storage"
)

// edit puts text in the place of the configuration at once, and tells the program.
func (p *program) edit(text string) {
	p.Helper()
	if err := os.WriteFile(p.conf+".new", []byte(text), 0o600); err != nil {
		p.Fatal(err)
	}
	if err := os.Rename(p.conf+".new", p.conf); err != nil {
		p.Fatal(err)
	}
	p.hup()
}

func (p *program) hup() {
	p.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		p.Fatal(err)
	}
}

// yaml is the configuration as it is.
func (p *program) yaml() string {
	p.Helper()
	text, err := os.ReadFile(p.conf)
	if err != nil {
		p.Fatal(err)
	}
	return string(text)
}

// entry is a line of the program's log.
type entry struct {
	Level, Msg, Key, Err, Remedy, Job, Outcome string
	Line, Col                                  int
	Due                                        time.Time
}

// said are the lines of the log with that message.
func (p *program) said(msg string) (out []entry) {
	p.Helper()
	for line := range strings.Lines(p.log.String()) {
		var e entry
		if json.Unmarshal([]byte(line), &e) == nil && e.Msg == msg {
			out = append(out, e)
		}
	}
	return out
}

// until waits for something to be so.
func (p *program) until(what string, is func() bool) {
	p.Helper()
	for end := time.Now().Add(30 * time.Second); !is(); {
		if time.Now().After(end) {
			p.Fatalf("not %s: %s", what, p.log)
		}
		<-time.After(5 * time.Millisecond)
	}
}

// slips are edits of the configuration with one mistake each: what is replaced,
// and by what.
var slips = [][2]string{
	{"language: en", "langage: en"},
	{"currency: CNY, zone", "currency: yuan, zone"},
	{"driver: push", "driver: carrier-pigeon"},
	{`"${BOT}"`, `"xoxb-in-the-file"`},
	{"post:", "posts:"},
	{"level: debug", "level: debig"},
	{"language: en", "language: fr"},
	{"language: en", "language：en"},
	{"language: en", "language: &a en"},
	{"language: en", "language: *a"},
	{"language: en", "language: null"},
	{"language: en", "language: \"en"},
	{"language: en", "language: en\nlanguage: en"},
	{"logs:", "log:"},
	{"digests: [morning], alerts: [all]", "language: en"},
	{"Asia/Shanghai", "Asia/Pekin"},
	{"mode: socket", "mode: telegraph"},
	{`"${BOT}"`, `"${NOT_SET_HERE}"`},
	{`"${BOT}"`, `"${BOT"`},
	{`"${APP}"`, `"file:/nowhere/at/all"`},
	{`"${APP}"`, `"file:relative"`},
	{`app_token: "${APP}", `, ""},
	{"/api/\"", "\""},
	{"C0OPERATE", "ops"},
	{"C0OPERATE", "#ops"},
	{"digests: [morning]", "digests: [mourning]"},
	{"digests: [morning]", "digests: morning"},
	{"alerts: [all]", "alerts: [everything]"},
	{"shop: mall, digests", "shop: mill, digests"},
	{"mmap: 64MiB", "mmap: lots"},
	{"mmap: 64MiB", "mmap: 64MiB, keep: {raw: 3d}"},
	{`listen: "127.0.0.1`, `listen: "localhost:80:`},
	{"format: json", "format: xml"},
	{"fact: refund", "fact: refound"},
	{"  shop: mall\n", "  shop: mill\n"},
	{"records: .list | rows", "records: .list |"},
	{"type: money, unit: major", "type: money, unit: grams"},
	{"type: id}", "type: idea}"},
	{`secret: "${PUSH}"`, `secret: "plain-in-the-file"`},
	{"jq: .fee", "jq: .fee |"},
}

// TestReloadBroken: a configuration with a mistake is not taken. It is said once
// where the mistake is, and the bot goes on as it was.
func TestReloadBroken(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the whole program")
	}
	edits := slips
	if os.Getenv("SHOPWATCH_SOAK") == "" {
		edits = edits[:6]
	}
	p := newProgram(t, 1)
	good := p.yaml()
	p.start()
	p.up("before")
	for i, e := range edits {
		broken := strings.Replace(good, e[0], e[1], 1)
		if broken == good {
			t.Fatalf("%q is not in the configuration", e[0])
		}
		before := len(p.said(notTaken))
		p.edit(broken)
		p.until("told of "+e[1], func() bool { return len(p.said(notTaken)) > before })
		if !p.push(http.DefaultClient, canaryPush, fmt.Sprint("slip", i)) {
			t.Errorf("after %q nothing is taken", e[1])
		}
		told := p.said(notTaken)[before:]
		if len(told) != 1 || told[0].Level != "ERROR" || told[0].Line == 0 || told[0].Col == 0 || told[0].Err == "" {
			t.Errorf("after %q the log says %+v", e[1], told)
		}
	}
	for i, way := range []func(){
		func() { p.edit(strings.Replace(good, p.store(), p.store()+".other", 1)) },
		func() {
			if err := os.Remove(p.conf); err != nil {
				t.Fatal(err)
			}
			p.hup()
		},
	} {
		way()
		p.until("told of the whole file", func() bool { return len(p.said(notTaken)) == len(edits)+i+1 })
	}
	p.up("after")
	p.stop()
	if n := len(p.said("configuration taken")); n != 0 {
		t.Errorf("%d configurations were taken", n)
	}
	t.Logf("%d broken configurations, %d errors", len(edits)+2, len(p.said(notTaken)))
}

// TestReload: what has changed counts, secrets in files too; a configuration
// that cannot be served makes room for the one before.
func TestReload(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the whole program")
	}
	p := newProgram(t, 1)
	secret := filepath.Join(p.dir, "token")
	setToken := func(text string) {
		if err := os.WriteFile(secret, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	opens := func(token string) bool { return strings.HasPrefix(get(t, "http://"+p.page+"/", token), "200") }
	taken := func(n int) {
		t.Helper()
		p.until(fmt.Sprint("taken ", n), func() bool { return len(p.said("configuration taken")) == n })
		p.up(fmt.Sprint("taken", n))
	}
	setToken("one-token")
	good := strings.Replace(p.yaml(), `"${PAGE}"`, `"file:`+secret+`"`, 1)
	p.start()
	p.up("first")
	p.edit(good)
	taken(1)
	if opens(canaryPage) || !opens("one-token") {
		t.Error("the token of the page is as before")
	}
	setToken("another-token")
	p.hup() // the file is the same, its secret is not
	taken(2)
	if opens("one-token") || !opens("another-token") {
		t.Error("the secret was not read again")
	}
	held, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = held.Close() }()
	p.edit(strings.Replace(good, p.page, held.Addr().String(), 1))
	p.until("back", func() bool { return len(p.said("configuration not served, the one before goes on")) == 1 })
	taken(3)
	p.edit(strings.Replace(good, "level: debug", "level: error", 1))
	taken(4)
	said := len(p.log.String())
	p.up("quiet")
	p.stop()
	if text := p.log.String()[said:]; text != "" {
		t.Errorf("the level of the log is as before: %s", text)
	}
}

// TestReloadProgram: told again and again under load to read its configuration,
// the program loses nothing, does nothing twice and answers everybody.
func TestReloadProgram(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the whole program")
	}
	times := 10
	if os.Getenv("SHOPWATCH_SOAK") != "" {
		times = 200
	}
	const channels = 20
	p := newProgram(t, channels)
	p.start()
	p.up("first")
	p.stop()
	keys := p.enqueue(0, max(40, times), channels)
	due := []string{"watch/mall", "outcome/mall", "compact/mall", "settle/mall", "size", "prune", "backup"}
	inStore(t, p.store(), func(tx *storage.Tx) error {
		for i, j := range due {
			if err := tx.PutDue(j, time.Now().Add(time.Duration(i)*300*time.Millisecond)); err != nil {
				return err
			}
		}
		return nil
	})
	p.box.Inject(sandbox.Fault{Method: "chat.postMessage", Share: 0.5, Deaf: true, Delay: 100 * time.Millisecond})
	p.start()
	p.up("again")
	var l load
	l.begin(p, 0, 2)
	began := time.Now()
	asked, unanswered := make(chan int), make(chan int)
	over := make(chan struct{})
	go func() {
		n, lost := p.keepAsking("lin", over)
		asked <- n
		unanswered <- lost
	}()
	for range times {
		p.hup()
		<-time.After(250 * time.Millisecond)
	}
	took := time.Since(began)
	p.until("sent", func() bool { return len(p.copies()) >= len(keys) })
	p.until("done with what was due", func() bool {
		ran := map[string]bool{}
		for _, e := range p.said("job finished") {
			ran[e.Job] = true
		}
		return !slices.ContainsFunc(due, func(j string) bool { return !ran[j] })
	})
	close(over)
	questions, lost := <-asked, <-unanswered
	l.end()
	p.up("last")
	p.stop()
	l.check(p, keys)
	taken, runs := len(p.said("configuration taken")), p.runs()
	if taken == 0 || questions == 0 || lost > 0 {
		t.Errorf("%d configurations were taken; of %d questions %d got no answer", taken, questions, lost)
	}
	if len(l.acked) == 0 || l.lost > 0 {
		t.Errorf("%d deliveries were taken and %d turned away: the port was closed", len(l.acked), l.lost)
	}
	t.Logf("%d signals in %s, %d configurations taken; %d deliveries turned away; %d questions, %d without an answer; %d jobs ran", times, took.Round(time.Millisecond), taken, l.lost, questions, lost, len(runs))
}

// TestReloadHTTP: where the workspace calls the bot, a reload closes the door to
// none of its events: nobody is told that a command did not work.
func TestReloadHTTP(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the whole program")
	}
	times := 10
	if os.Getenv("SHOPWATCH_SOAK") != "" {
		times = 200
	}
	p := newHTTPProgram(t, 1)
	p.start()
	p.up("first")
	over, done := make(chan struct{}), make(chan struct{})
	asked, failed := 0, 0
	go func() {
		defer close(done)
		for {
			select {
			case <-over:
				return
			case <-time.After(10 * time.Millisecond):
			}
			x, err := p.box.Type(p.Context(), "mei", "ops", "/shop help")
			if asked++; err != nil || !x.Acked {
				failed++
			}
		}
	}()
	for range times {
		p.hup()
		<-time.After(250 * time.Millisecond)
	}
	close(over)
	<-done
	taken := len(p.said("configuration taken"))
	p.stop()
	if taken < times/2 || asked < times || failed > 0 {
		t.Errorf("%d of %d configurations were taken; of %d commands %d did not work", taken, times, asked, failed)
	}
	t.Logf("%d configurations taken; %d commands, %d did not work", taken, asked, failed)
}

// runs counts the runs of each job, and fails for a due time with two.
func (p *program) runs() map[string]int {
	p.Helper()
	jobs, dues := map[string]int{}, map[string]int{}
	for _, e := range p.said("job finished") {
		jobs[e.Job]++
		key := e.Job + " " + e.Due.Format(time.RFC3339Nano)
		if dues[key]++; dues[key] == 2 {
			p.Errorf("%s ran twice", key)
		}
		if e.Outcome != "ok" {
			p.Errorf("%s: %s", key, e.Outcome)
		}
	}
	return jobs
}

// keepAsking has user ask one question after the other, and wait for the answer
// to each that the program has acknowledged.
func (p *program) keepAsking(user string, over <-chan struct{}) (asked, lost int) {
	answers := func() (n int) {
		for _, e := range p.box.Transcript() {
			if e.Kind == "ephemeral" && e.Only == user {
				n++
			}
		}
		return n
	}
	for {
		select {
		case <-over:
			return asked, lost
		case <-time.After(50 * time.Millisecond):
		}
		if p.box.Links() == 0 {
			continue
		}
		before := answers()
		x, err := p.box.Type(p.Context(), user, "ops", "/shop help")
		if err != nil || !x.Acked {
			continue // the person was told that it did not work
		}
		asked++
		end := time.Now().Add(15 * time.Second)
		for answers() == before && time.Now().Before(end) {
			<-time.After(5 * time.Millisecond)
		}
		if answers() == before {
			lost++
		}
	}
}
