package cli

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
	"time"
)

// gauge reads a number of /metrics.
func (p *program) gauge(name string) float64 {
	p.Helper()
	text := get(p.T, "http://"+p.page+"/metrics", canaryPage)
	m := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindStringSubmatch(text)
	if m == nil {
		p.Fatalf("%s is not in %s", name, text)
	}
	v, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		p.Fatal(err)
	}
	return v
}

// nextCollection is the size of the heap at which it is collected again: about
// twice what was alive at the last time.
const nextCollection = "go_memstats_next_gc_bytes"

// TestFlatProgram: connections that drop, reloads, deliveries and questions leave
// nothing behind: neither goroutines nor open files, nor what a configuration before
// was made of.
func TestFlatProgram(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the whole program")
	}
	rounds := 12
	if os.Getenv("SHOPWATCH_SOAK") != "" {
		rounds = 400
	}
	p := newProgram(t, 1)
	p.start()
	p.up("first")
	round := func(n int) {
		t.Helper()
		taken := len(p.said("configuration taken"))
		for i := range 3 {
			p.push(http.DefaultClient, canaryPush, fmt.Sprint("flat-", n, "-", i))
		}
		_, _ = p.box.Type(t.Context(), "mei", "ops", "/shop status") // it may come while no link is there
		if n%2 == 0 {                                                // links are opened anew at their own slow pace otherwise
			p.box.Drop()
			p.hup()
			p.until("taken", func() bool { return len(p.said("configuration taken")) > taken })
		}
		p.until("connected", func() bool { return p.box.Links() == 2 })
		p.up(fmt.Sprint("flat-", n))
	}
	const slack = 5
	round(0)
	round(1)
	goroutines, files, memory := p.gauge("go_goroutines"), p.gauge("process_open_fds"), p.gauge("process_resident_memory_bytes")
	heap := p.gauge(nextCollection)
	began := time.Now()
	for n := range rounds {
		round(2 + n)
	}
	var g, f float64
	http.DefaultClient.CloseIdleConnections()
	for end := time.Now().Add(10 * time.Second); ; <-time.After(100 * time.Millisecond) {
		g, f = p.gauge("go_goroutines"), p.gauge("process_open_fds")
		if g <= goroutines+slack && f <= files+slack {
			break
		}
		if time.Now().After(end) {
			t.Errorf("goroutines went from %.0f to %.0f, open files from %.0f to %.0f", goroutines, g, files, f)
			break
		}
	}
	t.Logf("%d rounds in %s: goroutines %.0f to %.0f, open files %.0f to %.0f, memory %.1f to %.1f MiB", rounds, time.Since(began).Round(time.Second),
		goroutines, g, files, f, memory/(1<<20), p.gauge("process_resident_memory_bytes")/(1<<20))
	if next := p.gauge(nextCollection); next > heap+64<<20 {
		t.Errorf("the next collection was due at %.1f MiB and is at %.1f: configurations before are kept", heap/(1<<20), next/(1<<20))
	}
	p.stop()
}

// crowd opens so many connections to the page and says nothing on them.
func (p *program) crowd(n int) (all []net.Conn) {
	p.Helper()
	for range n {
		c, err := (&net.Dialer{Timeout: time.Second}).DialContext(p.Context(), "tcp", p.page)
		if err != nil {
			continue // the queue of the port is full as well
		}
		all = append(all, c)
	}
	return all
}

// TestFewFiles: with few file descriptors, all of them taken by visitors, the
// program lives on, and does what waits once they are gone.
func TestFewFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the whole program")
	}
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell to set a limit")
	}
	p := newProgram(t, 4)
	p.start()
	p.up("first")
	p.stop()
	keys := p.enqueue(0, 12, 4)
	p.cmd = p.command()
	p.cmd.Path, p.cmd.Args = shell, []string{"sh", "-c", `ulimit -n 48 && exec "$0" serve -c "$1"`, p.exe, p.conf}
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.up("few")
	visitors := p.crowd(120)
	<-time.After(time.Second) // the program has none left meanwhile
	refused := 0
	for i := range 5 {
		client := &http.Client{Timeout: 200 * time.Millisecond, Transport: &http.Transport{DisableKeepAlives: true}}
		if !p.push(client, canaryPush, fmt.Sprint("crowded-", i)) {
			refused++
		}
	}
	if refused == 0 {
		t.Error("every delivery was taken: the descriptors did not run out")
	}
	for _, v := range visitors {
		_ = v.Close() // it has come for nothing
	}
	p.up("after")
	p.until("sent", func() bool { return len(p.copies()) >= len(keys) })
	p.stop()
	var l load
	l.check(p, keys)
	t.Logf("%d of 5 deliveries could not be taken without descriptors", refused)
}
