package jobs_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"shopwatch/internal/outbox"
	"shopwatch/internal/wiretest"
)

// TestDeliverWire: whatever happens on the way to the chat, each message is there
// once and in its place's order, no matter whether every second connection is
// spoilt or all are for a while. Nothing is given up.
func TestDeliverWire(t *testing.T) {
	t.Parallel()
	p := newPost(t, "C0A", "C0B")
	proxy := wiretest.New(t, strings.TrimPrefix(p.url, "http://"))
	p.Sender = p.adapter("http://" + proxy.Addr())
	var keys []string
	n := 0
	say := func() {
		for _, c := range []string{"C0A", "C0B"} {
			e := in(c).Root(fmt.Sprintf("digest/%03d", n), words("GMV 628"), p.clock())
			keys = append(keys, e.Key)
			p.put(e)
		}
		n++
	}
	// What is in doubt rests until the workspace has done what still reached it,
	// which takes real time.
	settle := func() {
		for _, k := range keys[max(0, len(keys)-8):] {
			if p.entry(k).State == outbox.Doubt {
				<-time.After(callTime / 4)
				return
			}
		}
	}
	doubts := &finds{Sender: p.Sender}
	p.Sender = doubts
	for _, f := range wiretest.Faults(callTime) {
		proxy.Spoil(f, 1)
		say()
		p.later(max(p.tick().Sub(p.clock()), time.Second))
		proxy.Spoil(f, 2)
		say()
		p.later(max(p.tick().Sub(p.clock()), time.Second))
		if proxy.Hurt() == 0 {
			t.Errorf("%s: nothing was spoilt", f.Name)
		}
		proxy.Mend()
		p.drain(settle)
		for _, k := range keys {
			if e := p.entry(k); e.State != outbox.Sent {
				t.Errorf("after %s: %s is %s: %s", f.Name, k, e.State, e.Reason)
			}
		}
	}
	proxy.Freeze() // kept connections lead nowhere, and nobody says so
	say()
	p.drain(settle)
	p.exactlyOnce(keys)
	for _, c := range []string{"C0A", "C0B"} {
		list := p.said(c)
		for i := 1; i < len(list); i++ {
			if list[i].Delivery < list[i-1].Delivery {
				t.Errorf("%s comes after %s", list[i].Delivery, list[i-1].Delivery)
			}
		}
	}
	t.Logf("the history was asked %d times", doubts.n)
}
