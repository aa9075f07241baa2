package bot_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"shopwatch/bot"
	"shopwatch/commands"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

// heard is a place that keeps what is answered.
type heard struct {
	mu   sync.Mutex
	said []chat.Message
}

func (h *heard) Send(context.Context, chat.Delivery) (chat.Receipt, error) {
	return chat.Receipt{}, errors.New("nothing is posted here")
}

func (h *heard) Find(context.Context, chat.Delivery, time.Time) (chat.Receipt, bool, error) {
	return chat.Receipt{}, false, nil
}

func (h *heard) Share(ctx context.Context, e chat.Event, m chat.Message) error {
	return h.Answer(ctx, e, m)
}

func (h *heard) Answer(_ context.Context, _ chat.Event, m chat.Message) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.said = append(h.said, m)
	return nil
}

func openStore(t *testing.T, o bolt.Options) *storage.DB {
	t.Helper()
	e, err := bolt.Open(filepath.Join(t.TempDir(), "s.db"), o)
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.Open(t.Context(), storage.Options{Engine: e, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// fullStore is a store that takes no write any more.
func fullStore(t *testing.T) *storage.DB {
	t.Helper()
	db := openStore(t, bolt.Options{MaxSize: 8 << 20})
	n := 0
	for _, size := range []int{1 << 20, 64 << 10, 4 << 10, 100} {
		for refused := 0; refused < 3; n++ {
			err := db.Update(t.Context(), func(tx *storage.Tx) error { return tx.PutSetting(fmt.Sprint(n), make([]byte, size)) })
			switch {
			case errors.Is(err, storage.ErrFull):
				refused++
			case err != nil || n > 1000:
				t.Fatalf("after %d writes: %v", n, err)
			}
		}
	}
	return db
}

// TestAnswersWithoutRoom: a store that is full keeps nobody from asking.
func TestAnswersWithoutRoom(t *testing.T) {
	db, place := fullStore(t), &heard{}
	env := commands.New(commands.Env{DB: db, Shop: &market.Shop{ID: "mall", Zone: time.UTC}})
	d := bot.New(bot.Config{
		DB: db, Commands: func(string) *commands.Env { return env }, Sender: place, Logger: slog.New(slog.DiscardHandler), Now: time.Now, Lang: "en",
		Waiting: 3,
	})
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = d.Run(ctx) })
	defer running.Wait()
	defer stop()
	for i, text := range []string{"help", "gmv", "status"} {
		if a := d.Accept(t.Context(), chat.Event{Kind: chat.Command, Command: "/shop", Text: text, User: "U1", Keys: []string{fmt.Sprint("key ", i)}}); a.Text != "" {
			t.Errorf("%s is turned away: %q", text, a.Text)
		}
	}
	d.Settle()
	place.mu.Lock()
	defer place.mu.Unlock()
	if len(place.said) != 3 {
		t.Errorf("%d answers, want 3", len(place.said))
	}
}

// TestEndAnswersWhatWaits: who was taken in before the end is answered.
func TestEndAnswersWhatWaits(t *testing.T) {
	db := openStore(t, bolt.Options{InitialMmapSize: 1 << 20})
	place, env := &heard{}, commands.New(commands.Env{DB: db, Shop: &market.Shop{ID: "mall", Zone: time.UTC}})
	d := bot.New(bot.Config{
		DB: db, Commands: func(string) *commands.Env { return env }, Sender: place, Logger: slog.New(slog.DiscardHandler), Now: time.Now, Lang: "en",
		Workers: 2, Waiting: 20,
	})
	for i := range 20 {
		if a := d.Accept(t.Context(), chat.Event{Kind: chat.Command, Command: "/shop", Text: "help", User: "U1", Keys: []string{fmt.Sprint("key ", i)}}); a.Text != "" {
			t.Fatalf("turned away: %q", a.Text)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := d.Run(ctx); err != nil {
		t.Fatal(err)
	}
	place.mu.Lock()
	defer place.mu.Unlock()
	if len(place.said) != 20 {
		t.Errorf("%d answers, want 20", len(place.said))
	}
}

// TestCutOff: a bot that is started anew tells whom its predecessor left without
// an answer, once; those who were answered hear nothing.
func TestCutOff(t *testing.T) {
	db := openStore(t, bolt.Options{InitialMmapSize: 1 << 20})
	now := time.Now()
	start := func() (*bot.Desk, *heard, func()) {
		place, env := &heard{}, commands.New(commands.Env{DB: db, Shop: &market.Shop{ID: "mall", Zone: time.UTC}})
		d := bot.New(bot.Config{
			DB: db, Commands: func(string) *commands.Env { return env }, Sender: place, Logger: slog.New(slog.DiscardHandler),
			Now: func() time.Time { return now }, Lang: "en", Workers: 2, Waiting: 20,
		})
		ctx, stop := context.WithCancel(t.Context())
		return d, place, func() { stop(); _ = d.Run(ctx) } // one that ends at once, after what it owes
	}
	accept := func(d *bot.Desk, e chat.Event) {
		t.Helper()
		if a := d.Accept(t.Context(), e); a.Text != "" {
			t.Fatalf("turned away: %q", a.Text)
		}
	}
	answered, place, run := start()
	accept(answered, chat.Event{Kind: chat.Command, Command: "/shop", Text: "help", User: "U1", Keys: []string{"a"}})
	run()
	if len(place.said) != 1 {
		t.Fatalf("%d answers, want 1", len(place.said))
	}
	killed, _, _ := start() // takes in and never runs
	accept(killed, chat.Event{Kind: chat.Command, Command: "/gmv", Text: "昨天", User: "U1", Channel: "C1", Keys: []string{"b"}})
	now = now.Add(time.Second)
	accept(killed, chat.Event{Kind: chat.Press, Verb: "ack", User: "U2", Channel: "C1", Lang: "zh-CN", Keys: []string{"c", "d"}})
	accept(killed, chat.Event{Kind: chat.Home, User: "U2", Keys: []string{"e"}})
	next, place, run := start()
	accept(next, chat.Event{Kind: chat.Command, Command: "/shop", Text: "help", User: "U3", Keys: []string{"f"}})
	run()
	var texts []string
	for _, m := range place.said {
		if strings.Contains(m.Text, "gmv 昨天") && (len(m.Sections[0].Buttons) != 1 || m.Sections[0].Buttons[0].Value != "gmv 昨天") {
			t.Errorf("no button that asks again: %+v", m)
		}
		texts = append(texts, m.Text)
	}
	said := strings.Join(texts, "\n")
	if len(texts) != 3 || !strings.Contains(said, "before I could answer “gmv 昨天”") || !strings.Contains(said, "请看看是否已生效") {
		t.Errorf("said:\n%s", said)
	}
	_, place, run = start()
	run()
	if len(place.said) != 0 {
		t.Errorf("said again: %+v", place.said)
	}
}

// crowded is a place that takes nothing for a while, as a chat does that was
// given too much.
type crowded struct {
	heard
	limits  int
	refused int
}

func (c *crowded) Answer(ctx context.Context, e chat.Event, m chat.Message) error {
	if c.refused < c.limits {
		c.refused++
		return &chat.SendError{Failure: chat.Limited, After: 7 * time.Second, Reason: "ratelimited"}
	}
	return c.heard.Answer(ctx, e, m)
}

// TestAnswerAfterALimit: an answer that the chat did not take for its rate is
// given again when it may be, once, and not beyond the time of an answer.
func TestAnswerAfterALimit(t *testing.T) {
	for _, c := range []struct{ limits, said, refused int }{{1, 1, 1}, {3, 1, 3}, {9, 0, 5}} {
		synctest.Test(t, func(t *testing.T) {
			db, place := openStore(t, bolt.Options{InitialMmapSize: 1 << 20}), &crowded{limits: c.limits}
			env := commands.New(commands.Env{DB: db, Shop: &market.Shop{ID: "mall", Zone: time.UTC}})
			d := bot.New(bot.Config{
				DB: db, Commands: func(string) *commands.Env { return env }, Sender: place, Logger: slog.New(slog.DiscardHandler), Now: time.Now, Lang: "en",
			})
			ctx, stop := context.WithCancel(t.Context())
			var running sync.WaitGroup
			running.Go(func() { _ = d.Run(ctx) })
			defer running.Wait()
			defer stop()
			d.Accept(t.Context(), chat.Event{Kind: chat.Command, Command: "/shop", Text: "help", User: "U1", Keys: []string{"key"}})
			d.Settle()
			if len(place.said) != c.said || place.refused != c.refused {
				t.Errorf("%d limits: %d answers after %d refusals", c.limits, len(place.said), place.refused)
			}
		})
	}
}
