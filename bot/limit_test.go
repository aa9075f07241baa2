package bot_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"shopwatch/bot"
	"shopwatch/commands"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
)

// TestFlood: one person asks 500 times while others ask a few questions: the
// flood is turned away with a polite word, the others are answered at once.
func TestFlood(t *testing.T) {
	e, err := bolt.Open(filepath.Join(t.TempDir(), "s.db"), bolt.Options{InitialMmapSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.Open(t.Context(), storage.Options{Engine: e, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	place := &heard{}
	env := commands.New(commands.Env{DB: db, Shop: &market.Shop{ID: "mall", Zone: time.UTC}})
	d := bot.New(bot.Config{
		DB: db, Commands: func(string) *commands.Env { return env }, Sender: place, Logger: slog.New(slog.DiscardHandler), Now: time.Now, Lang: "en",
		Workers: 8, Waiting: 256, Limit: bot.Limit{Burst: 15, Every: 2 * time.Second},
	})
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = d.Run(ctx) })
	defer running.Wait()
	defer stop()
	ask := func(user string, kind chat.EventKind, n int) chat.Ack {
		return d.Accept(t.Context(), chat.Event{Kind: kind, Command: "/shop", Text: "help", User: user, Keys: []string{fmt.Sprint(user, n)}})
	}
	slow := 0
	var waits []time.Duration
	for i := range 500 {
		if a := ask("U0FLOOD", chat.Command, i); strings.Contains(a.Text, "wait") {
			slow++
		}
		if i%10 == 0 {
			began := time.Now()
			if a := ask(fmt.Sprint("U", i), chat.Command, i); a.Text != "" {
				t.Errorf("another person is turned away: %q", a.Text)
			}
			waits = append(waits, time.Since(began))
		}
	}
	slices.Sort(waits)
	if p99 := waits[len(waits)-1]; slow < 470 || p99 > 300*time.Millisecond {
		t.Errorf("%d of 500 turned away; the others waited up to %s", slow, p99)
	}
	t.Logf("%d of 500 turned away; others were taken in %s at most, %s in the middle", slow, waits[len(waits)-1], waits[len(waits)/2])
	for i := range 20 { // who only presses is told once
		ask("U0FLOOD", chat.Mentioned, 1000+i)
	}
	ask("U0OTHER", chat.Mentioned, 0)
	d.Settle()
	place.mu.Lock()
	defer place.mu.Unlock()
	polite := 0
	for _, m := range place.said {
		if strings.Contains(m.Text, "wait") {
			polite++
		}
	}
	if polite > 1 {
		t.Errorf("%d replies to a flood", polite)
	}
}
