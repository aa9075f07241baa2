package wiretest

import (
	"context"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"
)

// End is how a direction ends before its time.
type End string

// Ends.
const (
	Open  End = ""      // it goes on
	Cut   End = "cut"   // the connection is closed
	Reset End = "reset" // the connection is reset
	Stall End = "stall" // nothing passes any more, and nobody says so
)

// Flow is what happens to one direction of a connection. The zero Flow passes
// everything on.
type Flow struct {
	// Delay and up to Jitter more pass before each piece.
	Delay, Jitter time.Duration
	Piece         int // bytes at once; 0 is whatever comes
	// End comes after so many bytes.
	End   End
	After int
}

// Fault is what happens to each connection, in both directions.
type Fault struct {
	Name   string
	Up     Flow // what the client sends
	Down   Flow // what the server sends
	Refuse bool // the connection is closed as soon as it is there
	// Harmless: it is only slow, and nobody has to notice.
	Harmless bool
}

// Faults are the ones that every client of ours must cope with, for a client that
// gives up after patience.
func Faults(patience time.Duration) []Fault {
	piece := patience / 40
	return []Fault{
		{Name: "slow", Down: Flow{Delay: patience / 5}, Harmless: true},
		{Name: "uneven", Up: Flow{Jitter: piece}, Down: Flow{Jitter: patience / 5}, Harmless: true},
		{Name: "in small pieces", Up: Flow{Piece: 64}, Down: Flow{Piece: 7}, Harmless: true},
		{Name: "narrow", Down: Flow{Piece: 4, Delay: piece}},
		{Name: "refused", Refuse: true},
		{Name: "cut before the answer", Down: Flow{End: Cut}},
		{Name: "cut in the head", Down: Flow{End: Cut, After: 20}},
		{Name: "cut in the body", Down: Flow{End: Cut, After: 200}},
		{Name: "reset before the answer", Down: Flow{End: Reset}},
		{Name: "reset in the body", Down: Flow{End: Reset, After: 200}},
		{Name: "no answer", Down: Flow{End: Stall}},
		{Name: "an answer that stops", Down: Flow{End: Stall, After: 200}},
		{Name: "the request is cut", Up: Flow{End: Cut, After: 60}},
		{Name: "the request is reset", Up: Flow{End: Reset, After: 60}},
		{Name: "the request hangs", Up: Flow{End: Stall, After: 60}},
	}
}

// Proxy passes connections on to a server.
type Proxy struct {
	listener net.Listener
	target   string

	mu    sync.Mutex
	fault Fault
	every int // of how many new connections one is spoilt
	seen  int
	hurt  int // connections that were spoilt
	links map[*link]bool
	all   sync.WaitGroup
}

// New starts a proxy before the server at target (host:port). It ends with the test.
func New(tb testing.TB, target string) *Proxy {
	tb.Helper()
	l, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	p := &Proxy{listener: l, target: target, every: 1, links: map[*link]bool{}}
	p.all.Go(func() { p.accept(tb.Context()) })
	tb.Cleanup(func() {
		_ = l.Close() // accept ends
		p.hangUp()
		p.all.Wait()
	})
	return p
}

// Addr is where the proxy listens.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Spoil lets f happen to each connection from now on, or to the first of every
// so many. The connections that are open are closed.
func (p *Proxy) Spoil(f Fault, every int) {
	p.mu.Lock()
	p.fault, p.every, p.seen, p.hurt = f, max(every, 1), 0, 0
	p.mu.Unlock()
	p.hangUp()
}

// Mend ends the fault.
func (p *Proxy) Mend() { p.Spoil(Fault{}, 1) }

// Freeze lets nothing more pass on the connections that are open: their other
// end is gone without a word, as with a firewall that forgets. New ones are fine.
// It returns how many there were.
func (p *Proxy) Freeze() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.links {
		l.freeze()
	}
	return len(p.links)
}

// Hurt is how many connections were spoilt since Spoil.
func (p *Proxy) Hurt() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.hurt
}

func (p *Proxy) hangUp() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.links {
		l.close(false)
	}
}

func (p *Proxy) accept(ctx context.Context) {
	for {
		c, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		p.seen++
		f := Fault{}
		if (p.seen-1)%p.every == 0 {
			f = p.fault
		}
		if f != (Fault{}) {
			p.hurt++
		}
		dice := rand.New(rand.NewPCG(1, uint64(p.seen)))
		p.mu.Unlock()
		if f.Refuse {
			reset(c)
			continue
		}
		p.all.Go(func() { p.join(ctx, c, f, dice) })
	}
}

// join connects c with the server until one of them has had enough.
func (p *Proxy) join(ctx context.Context, c net.Conn, f Fault, dice *rand.Rand) {
	s, err := (&net.Dialer{}).DialContext(ctx, "tcp", p.target)
	if err != nil {
		reset(c)
		return
	}
	l := &link{client: c, server: s, over: make(chan struct{}), frozen: make(chan struct{})}
	p.mu.Lock()
	p.links[l] = true
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		delete(p.links, l)
		p.mu.Unlock()
	}()
	up, down := dice.Uint64(), dice.Uint64()
	var both sync.WaitGroup
	both.Go(func() { l.pass(s, c, f.Up, rand.New(rand.NewPCG(2, up))) })
	both.Go(func() { l.pass(c, s, f.Down, rand.New(rand.NewPCG(3, down))) })
	both.Wait()
	l.close(false)
}

// link is one connection through the proxy.
type link struct {
	client, server net.Conn
	once, ice      sync.Once
	over           chan struct{} // closed with the link
	frozen         chan struct{} // closed when nothing passes any more
}

func (l *link) freeze() { l.ice.Do(func() { close(l.frozen) }) }

// close ends the link; the client sees a reset if it is hard.
func (l *link) close(hard bool) {
	l.once.Do(func() {
		close(l.over)
		if hard {
			reset(l.client)
		}
		_ = l.client.Close() // closed already when it was reset
		_ = l.server.Close()
	})
}

func reset(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // what is closed then is reset
	}
	_ = c.Close()
}

// pass copies one direction as f says.
func (l *link) pass(to io.Writer, from io.Reader, f Flow, dice *rand.Rand) {
	buf, passed := make([]byte, 32<<10), 0
	for {
		if f.End != Open && passed >= f.After && l.end(f.End) {
			return
		}
		n, err := from.Read(buf)
		if err != nil {
			l.close(false)
			return
		}
		if f.End != Open {
			n = min(n, f.After-passed)
		}
		if !l.write(to, buf[:n], f, dice) {
			return
		}
		passed += n
	}
}

// write passes one piece after the other on; false when the link is over.
func (l *link) write(to io.Writer, b []byte, f Flow, dice *rand.Rand) bool {
	for len(b) > 0 {
		wait := f.Delay
		if f.Jitter > 0 {
			wait += time.Duration(dice.Int64N(int64(f.Jitter)))
		}
		select {
		case <-l.over:
		case <-l.frozen:
		case <-time.After(wait):
		}
		if l.stands() {
			<-l.over
			return false
		}
		n := len(b)
		if f.Piece > 0 {
			n = min(n, f.Piece)
		}
		if _, err := to.Write(b[:n]); err != nil {
			l.close(false)
			return false
		}
		b = b[n:]
	}
	return true
}

// stands reports whether nothing passes any more.
func (l *link) stands() bool {
	select {
	case <-l.over:
	case <-l.frozen:
	default:
		return false
	}
	return true
}

// end ends the link in one of the ways; it returns when it is over.
func (l *link) end(how End) bool {
	if how != Stall {
		l.close(how == Reset)
	}
	<-l.over
	return true
}
