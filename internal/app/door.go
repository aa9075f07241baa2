package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"shopwatch/bot/slack"
	"shopwatch/internal/chat"
)

// Doors are the ports of a process. They stay open while one configuration
// takes the place of another: who comes in between waits for the next app
// instead of being turned away. Close them at the end.
type Doors struct {
	mu   sync.Mutex
	open map[string]*door
	once sync.Once
	err  error
	shut chan struct{} // closed with the first Close
}

// NewDoors returns doors of which none is open yet.
func NewDoors() *Doors { return &Doors{open: map[string]*door{}, shut: make(chan struct{})} }

const (
	// drain is how long requests that are under way may take when their app ends.
	drain = 10 * time.Second
	// vacancy is how long a request waits for the next app.
	vacancy = 20 * time.Second
)

// errNoPort says that the doors are being closed.
var errNoPort = errors.New("the program ends")

// door is one listener with its server, which outlives the apps behind it.
type door struct {
	server   *http.Server
	listener net.Listener
	failed   chan error    // of the server, once
	shut     chan struct{} // closed when the door closes for good

	mu   sync.Mutex
	here *tenant       // nil while no app is behind the door
	next chan struct{} // closed when one is again
}

// tenant is an app behind a door, with the requests that it is answering.
type tenant struct {
	http.Handler
	busy sync.WaitGroup
}

// at opens the door at an address, or finds it open.
func (d *Doors) at(address string, listen func() (net.Listener, error)) (*door, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if one := d.open[address]; one != nil {
		return one, nil
	}
	select {
	case <-d.shut:
		return nil, errNoPort
	default:
	}
	l, err := listen()
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	one := &door{listener: l, failed: make(chan error, 1), shut: make(chan struct{}), next: make(chan struct{})}
	one.server = &http.Server{Handler: one, ReadHeaderTimeout: 2 * time.Second}
	d.open[address] = one
	go func() { one.failed <- one.server.Serve(l) }()
	return one, nil
}

// tcp is at for a TCP address.
func (d *Doors) tcp(ctx context.Context, address string) (*door, error) {
	return d.at(address, func() (net.Listener, error) { return (&net.ListenConfig{}).Listen(ctx, "tcp", address) })
}

// keep closes all doors but those given: the configuration names them no more.
func (d *Doors) keep(ctx context.Context, wanted ...*door) error {
	d.mu.Lock()
	var gone []*door
	for address, one := range d.open {
		if !slices.Contains(wanted, one) {
			gone = append(gone, one)
			delete(d.open, address)
		}
	}
	d.mu.Unlock()
	return closeDoors(ctx, gone)
}

// Close shuts all doors and waits for the requests that are under way. Who waits
// for the next app is told that there is none. It may be called more than once, and
// goes on when ctx ends.
func (d *Doors) Close(ctx context.Context) error {
	d.once.Do(func() {
		close(d.shut)
		d.err = d.keep(ctx)
	})
	return d.err
}

func closeDoors(ctx context.Context, list []*door) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	errs := make([]error, len(list))
	var all sync.WaitGroup
	for i, one := range list {
		all.Go(func() {
			close(one.shut)
			errs[i] = one.server.Shutdown(ctx)
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// serve answers with h until ctx ends, and then lets requests finish. The door
// stays open.
func (o *door) serve(ctx context.Context, h http.Handler) error {
	t := &tenant{Handler: h}
	o.mu.Lock()
	o.here = t
	close(o.next)
	o.next = make(chan struct{})
	o.mu.Unlock()
	select {
	case err := <-o.failed:
		o.failed <- err // for the next one
		if !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve %s: %w", o.listener.Addr(), err)
		}
		<-ctx.Done() // the program ends
	case <-ctx.Done():
	}
	o.mu.Lock()
	o.here = nil
	o.mu.Unlock()
	left := make(chan struct{})
	go func() { t.busy.Wait(); close(left) }()
	select {
	case <-left:
		return nil
	case <-time.After(drain):
		return fmt.Errorf("serve %s: requests are still under way after %s", o.listener.Addr(), drain)
	}
}

// ServeHTTP has the app behind the door answer, or waits for one.
func (o *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	wait := time.NewTimer(vacancy)
	defer wait.Stop()
	for {
		t, next := o.enter()
		if t != nil {
			defer t.busy.Done()
			t.ServeHTTP(w, r)
			return
		}
		select {
		case <-next:
			continue
		case <-r.Context().Done():
		case <-o.shut:
		case <-wait.C:
		}
		w.Header().Set("Retry-After", "5")
		w.Header().Set("Connection", "close")
		http.Error(w, "not served now: come again", http.StatusServiceUnavailable)
		return
	}
}

// enter returns the app behind the door, which then counts the request as its
// own, or what is closed when there is one.
func (o *door) enter() (*tenant, <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.here != nil {
		o.here.busy.Add(1)
	}
	return o.here, o.next
}

// eventDoor is the transport in which the platform calls the bot: whoever knocks
// is let in as long as events are taken.
type eventDoor struct {
	http *slack.HTTP
	door *door // set before Run
}

// Run implements chat.Transport.
func (e *eventDoor) Run(ctx context.Context, accept func(context.Context, chat.Event) chat.Ack) error {
	return e.http.Around(ctx, accept, func(ctx context.Context) error { return e.door.serve(ctx, e.http) })
}
