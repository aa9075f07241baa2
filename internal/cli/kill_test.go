package cli

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"shopwatch/bot/sandbox"
)

// load pushes deliveries and types questions until stop, and remembers what was
// acknowledged.
type load struct {
	mu    sync.Mutex
	acked []string
	lost  int // deliveries that had no answer, or were turned away
	asked int
	done  chan struct{}
	all   sync.WaitGroup
}

// begin starts senders for the n-th life of the program.
func (l *load) begin(p *program, n, senders int) {
	l.done = make(chan struct{})
	for s := range senders {
		l.all.Go(func() {
			client := &http.Client{Transport: &http.Transport{}, Timeout: 20 * time.Second}
			defer client.CloseIdleConnections()
			for i := 0; ; i++ {
				select {
				case <-l.done:
					return
				default:
				}
				id := fmt.Sprintf("r%d-%d-%d", n, s, i)
				taken := p.push(client, canaryPush, id)
				l.mu.Lock()
				if taken {
					l.acked = append(l.acked, id)
				} else {
					l.lost++
				}
				l.mu.Unlock()
			}
		})
	}
	l.all.Go(func() {
		for {
			select {
			case <-l.done:
				return
			case <-time.After(10 * time.Millisecond):
			}
			if p.box.Links() > 0 {
				_, _ = p.box.Type(p.Context(), "mei", "ops", "/shop status") // the program may be gone
				l.asked++
			}
		}
	})
}

func (l *load) end() {
	close(l.done)
	l.all.Wait()
}

// check compares what was acknowledged with what is there.
func (l *load) check(p *program, keys []string) {
	p.Helper()
	stored, lost := p.stored(), 0
	for _, id := range l.acked {
		if !stored[id] {
			lost++
		}
	}
	missing, twice, copies := 0, 0, p.copies()
	for _, k := range keys {
		switch n := copies[k]; {
		case n == 0:
			missing++
		case n > 1:
			twice++
		}
	}
	if lost+missing+twice > 0 {
		p.Errorf("%d of %d acknowledged snapshots are lost; of %d posts %d are lost and %d are there twice", lost, len(l.acked), len(keys), missing, twice)
	}
	p.Logf("%d snapshots acknowledged, %d lost; %d posts, %d lost, %d twice; %d questions", len(l.acked), lost, len(keys), missing, twice, l.asked)
}

// TestKillProgram kills the real program again and again while deliveries come
// in, questions are asked and posts go out to a chat that is slow to commit.
func TestKillProgram(t *testing.T) {
	if os.Getenv("SHOPWATCH_SOAK") == "" {
		t.Skip("make soak kills the real binary; steps of a delivery are killed in ./jobs")
	}
	cycles := 1000
	if n, err := strconv.Atoi(os.Getenv("SHOPWATCH_KILLS")); err == nil {
		cycles = n
	}
	const channels = 200
	p := newProgram(t, channels)
	for _, d := range []time.Duration{20, 60, 100, 150} {
		p.box.Inject(sandbox.Fault{Method: "chat.postMessage", Share: 0.25, Deaf: true, Delay: d * time.Millisecond})
		p.box.Inject(sandbox.Fault{Method: "chat.postMessage", Share: 0.1, Delay: d * time.Millisecond, After: true, Deaf: true})
	}
	rng, began := rand.New(rand.NewPCG(1, 1000)), time.Now()
	var l load
	var keys []string
	for n := range cycles {
		keys = append(keys, p.enqueue(len(keys), 2, channels)...)
		p.start()
		l.begin(p, n, 2)
		l.acked = append(l.acked, p.upWith(&l, n))
		<-time.After(time.Duration(15+rng.IntN(180)) * time.Millisecond)
		p.kill()
		l.end()
		if n%100 == 99 {
			t.Logf("%d kills in %s", n+1, time.Since(began).Round(time.Second))
		}
	}
	p.start()
	copies := func() int { return len(p.copies()) }
	for end := time.Now().Add(10 * time.Minute); copies() < len(keys) && time.Now().Before(end); {
		<-time.After(200 * time.Millisecond)
	}
	<-time.After(20 * time.Second) // a duplicate would come now: what is in doubt has settled
	p.stop()
	l.check(p, keys)
	t.Logf("%d kills in %s", cycles, time.Since(began).Round(time.Second))
}

// upWith is up while senders are at work: the lock of the list is theirs too.
func (p *program) upWith(l *load, n int) string {
	id := p.up(fmt.Sprint("k", n))
	l.mu.Lock()
	defer l.mu.Unlock()
	return id
}

// TestTermProgram: told to stop under load, the program ends within ten seconds
// with code 0, and has lost nothing that it had acknowledged.
func TestTermProgram(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the whole program")
	}
	p := newProgram(t, 20)
	p.start()
	p.up("first")
	p.stop()
	keys := p.enqueue(0, 40, 20)
	p.box.Inject(sandbox.Fault{Method: "chat.postMessage", Share: 0.5, Deaf: true, Delay: 100 * time.Millisecond})
	p.start()
	var l load
	l.begin(p, 0, 4)
	p.up("second")
	<-time.After(300 * time.Millisecond)
	took := p.stop()
	l.end()
	if took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
	if len(l.acked) == 0 {
		t.Error("nothing was acknowledged: there was no load")
	}
	p.start()
	for end := time.Now().Add(20 * time.Second); len(p.copies()) < len(keys) && time.Now().Before(end); {
		<-time.After(50 * time.Millisecond)
	}
	p.stop()
	l.check(p, keys)
	t.Logf("stopped in %s", took.Round(time.Millisecond))
}

// TestPausedProgram: a program that stood still goes on where it was.
func TestPausedProgram(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the whole program")
	}
	p := newProgram(t, 1)
	p.start()
	p.up("before")
	if err := p.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	<-time.After(time.Second) // stands still
	if err := p.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	p.up("after")
	p.stop()
}
