package source

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"shopwatch/internal/market"
)

// bombs are answers that would cost memory, time or the truth.
var bombs = map[string]func(w http.ResponseWriter){
	"gzip of 256 MiB": func(w http.ResponseWriter) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		zeros := make([]byte, 1<<20)
		for range 256 {
			if _, err := z.Write(zeros); err != nil {
				return // the reader has had enough
			}
		}
		_ = z.Close()
	},
	"endless": func(w http.ResponseWriter) {
		for _, err := io.WriteString(w, `{"items":[`); err == nil; {
			_, err = w.Write(bytes.Repeat([]byte(`{"sku":"a"},`), 4096))
		}
	},
	"10,000 deep":        send(strings.Repeat(`{"items":`, 10_000) + "1" + strings.Repeat("}", 10_000)),
	"10,000 lists deep":  send(strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000)),
	"a number of 4 MB":   send(`{"total":` + strings.Repeat("9", 4<<20) + `,"items":[]}`),
	"an exponent":        send(`{"total":1,"items":[{"sku":"a","channel":"c","available":1e999999999}]}`),
	"2,000,000 keys":     send(keys(2_000_000)),
	"one key twice":      send(`{"total":1,"total":0,"items":[]}`),
	"GBK bytes":          send("{\"total\":1,\"items\":[{\"sku\":\"\xcc\xec\xc3\xa8\",\"channel\":\"c\",\"available\":1}]}"),
	"NUL":                send("{\"total\":1,\x00\"items\":[]}"),
	"a second document":  send(`{"total":0,"items":[]}{"total":1}`),
	"nothing":            send(""),
	"a page of a portal": send("<!doctype html><title>log in</title>"),
}

func send(body string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) { _, _ = io.WriteString(w, body) }
}

// keys is an object with n members.
func keys(n int) string {
	var b strings.Builder
	b.WriteString(`{"total":1`)
	for i := range n {
		fmt.Fprintf(&b, `,"%x":0`, i)
	}
	return b.String() + "}"
}

// peak is the most memory that the process has held since the last call, and
// what it holds now, in bytes; 0 where the system does not tell.
func peak() (most, now int64) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil || os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) != nil {
		return 0, 0
	}
	field := func(name string) int64 {
		_, rest, _ := strings.Cut(string(text), name+":")
		kb, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
		n, _ := strconv.ParseInt(kb, 10, 64)
		return n << 10
	}
	return field("VmHWM"), field("VmRSS")
}

// What no honest API sends is refused, soon, and without much memory; nothing of
// it is stored as if it were whole.
func TestBombs(t *testing.T) {
	const most = 80 << 20 // 33 to 47 MiB as a rule; the rest is for the collector of garbage
	for name, body := range bombs {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { body(w) }))
			defer srv.Close()
			a, _ := serveAPI(t, srv.URL, listYAML)
			debug.FreeOSMemory()
			peak()
			_, before := peak()
			began := time.Now()
			p, err := a.Pull(t.Context(), Request{Shop: cnShop(t), Now: topNow})
			took := time.Since(began)
			held, _ := peak()
			if p.Snapshot.State == market.Complete || err == nil && len(p.Snapshot.Manifest.Reasons) == 0 {
				t.Errorf("taken as whole: %v, %+v", err, p.Snapshot)
			}
			if took > 20*time.Second {
				t.Errorf("took %s", took)
			}
			if held > 0 && held-before > most && !raceEnabled {
				t.Errorf("held %d MiB", (held-before)>>20)
			}
			t.Logf("%d MiB, %s: %.120s", (held-before)>>20, took.Round(time.Millisecond), errorText(err))
		})
	}
	// A byte order mark is no offence.
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "\ufeff"+`{"total":1,"items":[{"sku":"a","channel":"c","available":1}]}`)
	}))
	defer srv.Close()
	a, _ := serveAPI(t, srv.URL, listYAML)
	if p, err := a.Pull(t.Context(), Request{Shop: cnShop(t), Now: topNow}); err != nil || p.Snapshot.State != market.Complete {
		t.Error(err, p.Snapshot)
	}
}

func errorText(err error) string {
	if err == nil {
		return "no error"
	}
	return err.Error()
}

// A redirect is never followed, wherever it leads, and takes no token along.
func TestRedirects(t *testing.T) {
	var reached atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer other.Close()
	for _, code := range []int{301, 302, 303, 307, 308} {
		for _, to := range []string{other.URL + "/x", "http://169.254.169.254/latest/meta-data/", "file:///etc/passwd", "//" + strings.TrimPrefix(other.URL, "http://"), "/again"} {
			calls := 0
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				calls++
				w.Header()["Location"] = []string{to}
				w.WriteHeader(code)
			}))
			a, _ := serveAPI(t, srv.URL, listYAML)
			p, err := a.Pull(t.Context(), Request{Shop: cnShop(t), Now: topNow})
			srv.Close()
			if err == nil || p.Snapshot.State == market.Complete || calls > maxTries {
				t.Errorf("%d to %s: %v after %d calls", code, to, err, calls)
			}
		}
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("%d requests went to another host", n)
	}
}

// Whatever way an address inside our own network is written, nothing connects to
// it unless the declaration allows it.
func TestProbes(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var accepted atomic.Int32
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			accepted.Add(1)
			_ = c.Close()
		}
	}()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	for _, probe := range []string{
		"https://127.0.0.1:PORT/", "https://localhost:PORT/", "https://2130706433:PORT/", "https://0x7f000001:PORT/", "https://0177.0.0.1:PORT/",
		"https://127.1:PORT/", "https://0:PORT/", "https://0.0.0.0:PORT/", "https://[::1]:PORT/", "https://[::]:PORT/", "https://[::ffff:127.0.0.1]:PORT/",
		"https://[::ffff:7f00:1]:PORT/", "https://[64:ff9b::7f00:1]:PORT/", "https://[2002:7f00:1::]:PORT/", "https://169.254.169.254/latest/meta-data/",
		"https://eco.taobao.com@127.0.0.1:PORT/", "https://127.0.0.1:PORT#@eco.taobao.com/", "https://127.0.0.1:PORT\\@eco.taobao.com/",
		"http://127.0.0.1:PORT/", "file:///etc/passwd", "gopher://127.0.0.1:PORT/", "//127.0.0.1:PORT/", "https:///x",
	} {
		yaml := strings.ReplaceAll(strings.Replace(listYAML, "  allow_private: true\n", "", 1), "URL/stock", `"`+strings.ReplaceAll(strings.ReplaceAll(probe, "PORT", port), `\`, `\\`)+`"`)
		specs, err := ParseSpecs("probe.yaml", []byte(yaml), topEnv)
		if err != nil {
			continue // refused as a declaration
		}
		src, err := Build(specs[0], Deps{Seed: 1})
		if err != nil {
			continue
		}
		a := src.(*api)
		var waits []time.Duration
		a.sleep = noWait(&waits)
		ctx, stop := context.WithTimeout(t.Context(), 2*time.Second) // a look-up of a name that is none may take long
		p, err := a.Pull(ctx, Request{Shop: cnShop(t), Now: topNow})
		stop()
		if err == nil || p.Snapshot.State == market.Complete {
			t.Errorf("%s was asked: %v", probe, err)
		}
	}
	if n := accepted.Load(); n != 0 {
		t.Errorf("%d connections were made", n)
	}
}

// nameServer answers each look-up of an A record with the next address.
func nameServer(t *testing.T, addresses ...string) (r *net.Resolver, asked *atomic.Int32) {
	t.Helper()
	conn, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	asked = &atomic.Int32{}
	go func() {
		buf := make([]byte, 512)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			_, _ = conn.WriteTo(dnsAnswer(buf[:n], func() net.IP {
				i := min(int(asked.Add(1)), len(addresses)) - 1
				return net.ParseIP(addresses[i]).To4()
			}), from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}, asked
}

// dnsAnswer answers a question of one name (RFC 1035, section 4); only questions
// for an A record have an answer.
func dnsAnswer(q []byte, next func() net.IP) []byte {
	end := 12
	for q[end] != 0 {
		end += int(q[end]) + 1
	}
	end += 5 // the root, type and class
	out := append([]byte{}, q[:end]...)
	out[2], out[3] = 0x81, 0x80
	binary.BigEndian.PutUint16(out[6:], 0)
	binary.BigEndian.PutUint16(out[8:], 0)
	binary.BigEndian.PutUint16(out[10:], 0)
	if binary.BigEndian.Uint16(q[end-4:]) == 1 {
		binary.BigEndian.PutUint16(out[6:], 1)
		out = append(out, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
		out = append(out, next()...)
	}
	return out
}

// A name that is public when it is looked at and ours when it is dialled is not
// dialled: the address that counts is the one of the connection.
func TestRebinding(t *testing.T) {
	reached := false
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer srv.Close()
	_, port, _ := net.SplitHostPort(srv.Listener.Addr().String())
	resolver, asked := nameServer(t, "140.205.94.189", "127.0.0.1")
	first, err := resolver.LookupNetIP(t.Context(), "ip4", "shop.example.")
	if err != nil || len(first) != 1 || !public(first[0]) {
		t.Fatal(first, err)
	}
	d := dialer(false)
	d.Resolver = resolver
	out := transport(false)
	out.DialContext = d.DialContext
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://shop.example.:"+port+"/", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	res, err := (&http.Client{Transport: out}).Do(req)
	if err == nil {
		_ = res.Body.Close()
	}
	if err == nil || reached || asked.Load() < 2 || !strings.Contains(err.Error(), "127.0.0.1:"+port+" is not on the open internet") {
		t.Errorf("%v, reached %t, %d look-ups", err, reached, asked.Load())
	}
}

// Whatever is pushed: no panic, nothing that is not signed is let through, and a
// delivery is taken whole or not at all.
func FuzzPush(f *testing.F) {
	const yaml = `
sources:
- {id: refunds, shop: tmall, fact: refund, driver: push, secret: "${TOP_SECRET}", currency: CNY, records: '.list | rows', fields: {refund_id: {jq: .id, type: id}, amount: {jq: .fee, unit: major}, status: {jq: .state, map: {DONE: success}}, created: {jq: .at, format: unix}, modified: {jq: .at, format: unix}}}
`
	specs, err := ParseSpecs("p.yaml", []byte(yaml), topEnv)
	if err != nil {
		f.Fatal(err)
	}
	src, err := Build(specs[0], Deps{})
	if err != nil {
		f.Fatal(err)
	}
	p, shop := src.(*Push), cnShop(f)
	stamp := fmt.Sprint(topNow.Unix())
	for _, body := range []string{
		`{"list":[{"id":1234567890123456789,"fee":"12.50","state":"DONE","at":1795305600}]}`, `{"list":{"x":[{"id":"1","fee":1,"state":"?","at":0}]}}`,
		`{"list":[{"id":"1","fee":"1","state":"DONE","at":1},{"id":"2","fee":"x","state":"DONE","at":1}]}`, `[]`, `null`, "\ufeff{}", `{"list":[[[[`, "\xff", "{\"list\":\t[]}",
	} {
		f.Add([]byte(body), "d1", stamp, "", true)
	}
	f.Add([]byte("{}"), "d 1", "+"+stamp, "sha256=00 00", false)
	f.Add([]byte("{}"), "", "01795345200", strings.Repeat("00", 32), false)
	f.Fuzz(func(t *testing.T, body []byte, id, timestamp, signature string, sign bool) {
		d := Delivery{ID: id, Timestamp: timestamp, Signature: signature, Body: body}
		if sign {
			d.Signature += fmt.Sprintf(" %x", pushSignature(topSecrets["TOP_SECRET"], timestamp, body))
		}
		if err := p.Verify(d, topNow); err != nil && !errors.Is(err, ErrForged) || err == nil && !sign {
			t.Fatalf("%v for %+v", err, d)
		}
		pull, err := p.Take(t.Context(), d, Request{Shop: shop, Now: topNow})
		switch s := pull.Snapshot; {
		case s.State == market.Complete && (err != nil || pull.Rows == nil || s.Manifest.Rows != pull.Rows.Len() || s.Manifest.Rejected > 0 && float64(s.Manifest.Rejected) > 0.01*float64(s.Manifest.Rows+s.Manifest.Rejected)):
			t.Fatalf("%v, %+v", err, s)
		case s.State != market.Complete && (s.State != market.Failed || pull.Rows != nil):
			t.Fatalf("half a delivery: %v, %+v", err, s)
		}
	})
}
