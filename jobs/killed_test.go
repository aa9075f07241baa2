package jobs_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"shopwatch/bot/sandbox"
	"shopwatch/bot/slack"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/outbox"
	"shopwatch/jobs"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

// Environment of a process that delivers until it dies: the store, the chat,
// and the place and the number of times after which it dies there.
const (
	childStore = "JOBS_TEST_STORE"
	childChat  = "JOBS_TEST_CHAT"
	childDies  = "JOBS_TEST_DIES"
)

func TestMain(m *testing.M) {
	if os.Getenv(childStore) != "" {
		if err := deliverUntilDead(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// settle is how long a doubtful call rests here: more than its time-out.
const settle = 2 * callTime

// failpoint ends the process as a kill would, at the n-th passing of its place.
type failpoint struct {
	place string
	n     int
}

func (f *failpoint) pass(place string) {
	if f.place != place {
		return
	}
	if f.n--; f.n <= 0 {
		os.Exit(137)
	}
}

// failing is a store whose commits are places to die at.
type failing struct {
	storage.Engine
	f *failpoint
}

func (e failing) Update(ctx context.Context, fn func(storage.Writer) error) error {
	e.f.pass("before commit")
	err := e.Engine.Update(ctx, func(w storage.Writer) error {
		err := fn(w)
		e.f.pass("within commit")
		return err
	})
	e.f.pass("after commit")
	return err
}

// dying is a chat whose calls are places to die at.
type dying struct {
	chat.Sender
	f *failpoint
}

func (d dying) Send(ctx context.Context, x chat.Delivery) (chat.Receipt, error) {
	d.f.pass("before call")
	if d.f.place == "during call" { // the platform takes it; the answer finds nobody
		time.AfterFunc(callTime/4, func() { d.f.pass("during call") })
	}
	r, err := d.Sender.Send(ctx, x)
	d.f.pass("after call")
	return r, err
}

func (d dying) Find(ctx context.Context, x chat.Delivery, since time.Time) (chat.Receipt, bool, error) {
	d.f.pass("before look-up")
	r, found, err := d.Sender.Find(ctx, x, since)
	d.f.pass("after look-up")
	return r, found, err
}

// deliverUntilDead empties the outbox, unless it dies before.
func deliverUntilDead() error {
	place, n, _ := strings.Cut(os.Getenv(childDies), "/")
	times, err := strconv.Atoi(n)
	if err != nil {
		return err
	}
	f := &failpoint{place: place, n: times}
	ctx := context.Background()
	engine, err := bolt.Open(os.Getenv(childStore), bolt.Options{InitialMmapSize: 1 << 20})
	if err != nil {
		return err
	}
	db, err := storage.Open(ctx, storage.Options{Engine: failing{engine, f}, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	talk, err := slack.New(slack.Config{
		BotToken: sandbox.DefaultBotToken, AppToken: sandbox.DefaultAppToken, APIURL: os.Getenv(childChat), Timeout: callTime,
	})
	if err != nil {
		return err
	}
	d := jobs.Deliver{
		DB: db, Sender: dying{talk, f}, Policy: outbox.DefaultPolicy(), Logger: slog.New(slog.DiscardHandler), Now: time.Now,
		Shop: &market.Shop{ID: "mall", Zone: time.UTC}, Inline: true,
	}
	d.Policy.Settle = settle
	for {
		next, err := d.Tick(ctx)
		if err != nil || next.IsZero() {
			return err
		}
		time.Sleep(max(time.Until(next), time.Millisecond)) // real time: the process is killed in it
	}
}

// TestDeliverKilledAtEachStep ends the delivering process at each step of a
// delivery, in turn and at the first, second and third passing of it. The next
// process goes on; in the end every message is there once.
func TestDeliverKilledAtEachStep(t *testing.T) {
	t.Parallel()
	passings := 1
	if os.Getenv("SHOPWATCH_SOAK") != "" {
		passings = 20
	}
	box, err := sandbox.New(sandbox.Options{PostBurst: -1, Channels: []sandbox.Channel{{ID: "C0A", Name: "c0a"}, {ID: "C0B", Name: "c0b"}}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(box.Handler())
	t.Cleanup(func() { _ = box.Close(); server.Close() })
	box.SetBaseURL(server.URL)
	// The platform commits, and answers a while later.
	box.Inject(sandbox.Fault{Method: "chat.postMessage", After: true, Deaf: true, Delay: callTime / 2})
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "s.db")
	var keys []string
	kills := map[string]int{}
	life := func(dies string) bool {
		cmd := exec.CommandContext(t.Context(), exe)
		cmd.Env = append(os.Environ(), childStore+"="+path, childChat+"="+server.URL+"/api/", childDies+"="+dies)
		out, err := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); err != nil && code != 137 {
			t.Fatalf("%s: %v: %s", dies, err, out)
		}
		return err != nil
	}
	n := 0
	for _, place := range []string{"before commit", "within commit", "after commit", "before call", "during call", "after call", "before look-up", "after look-up"} {
		for times := range passings {
			keys = append(keys, enqueueInto(t, path, &n)...)
			if strings.HasSuffix(place, "look-up") { // something must be in doubt
				life("during call/1")
			}
			passing := 1
			if !strings.HasSuffix(place, "look-up") {
				passing += times % 5
			}
			if life(fmt.Sprint(place, "/", passing)) {
				kills[place]++
			}
		}
	}
	life("nowhere/1")
	copies, lost, twice := map[string]int{}, 0, 0
	for _, e := range box.Transcript() {
		if e.Kind == "post" {
			copies[e.Delivery]++
		}
	}
	for _, k := range keys {
		lost += min(1, max(0, 1-copies[k]))
		twice += max(0, copies[k]-1)
	}
	if lost+twice > 0 {
		t.Errorf("of %d posts %d are lost and %d are there twice", len(keys), lost, twice)
	}
	for place := range kills {
		if kills[place] < passings {
			t.Errorf("killed %d times %s, want %d", kills[place], place, passings)
		}
	}
	if len(kills) != 8 {
		t.Errorf("killed at %v", kills)
	}
	t.Logf("%d posts, %d lost, %d twice; killed %v", len(keys), lost, twice, kills)
}

// enqueueInto puts two messages into the outbox of a store that nobody has open.
func enqueueInto(t *testing.T, path string, n *int) (keys []string) {
	t.Helper()
	engine, err := bolt.Open(path, bolt.Options{InitialMmapSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.Open(t.Context(), storage.Options{Engine: engine, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	err = db.Update(t.Context(), func(tx *storage.Tx) error {
		for _, channel := range []string{"C0A", "C0B"} {
			*n++
			e := in(channel).Root(fmt.Sprint("digest/", *n), words("GMV 628"), time.Now())
			keys = append(keys, e.Key)
			if _, err := tx.Enqueue(e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}
