package outbox

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shopwatch/internal/chat"
)

// TestBudget: whatever is asked for and however often the process starts anew,
// no minute takes more than its share, and something urgent is never kept longer
// than everything else.
func TestBudget(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		most := rapid.IntRange(8, 120).Draw(rt, "per minute")
		b, now := Budget{PerMinute: most}, start
		var sent []time.Time
		for range rapid.IntRange(1, 400).Draw(rt, "n") {
			now = now.Add(time.Duration(rapid.IntRange(0, 3000).Draw(rt, "ms")) * time.Millisecond)
			for r, other := range Ranks() {
				if r > 0 && b.Free(other).Before(b.Free(Ranks()[r-1])) {
					rt.Fatalf("%s may leave before %s", other, Ranks()[r-1])
				}
			}
			if rapid.IntRange(0, 20).Draw(rt, "restart") == 0 {
				b = restarted(rt, b, now)
			}
			if b.Free(rapid.SampledFrom(Ranks()).Draw(rt, "rank")).After(now) {
				continue
			}
			b.Spend(now)
			if rapid.IntRange(0, 10).Draw(rt, "unsent") == 0 {
				b.Return()
				continue
			}
			sent = append(sent, now)
			if n := len(sent); n > most && now.Sub(sent[n-1-most]) < time.Minute {
				rt.Fatalf("%d messages within %s", most+1, now.Sub(sent[n-1-most]))
			}
		}
	})
}

// restarted is b after it went through the store.
func restarted(rt *rapid.T, b Budget, now time.Time) Budget {
	text, err := json.Marshal(b)
	if err != nil {
		rt.Fatal(err)
	}
	var stored Budget
	if err := json.Unmarshal(text, &stored); err != nil {
		rt.Fatal(err)
	}
	next := Budget{PerMinute: b.PerMinute}
	next.Resume(stored, now)
	return next
}

// What people are told past the budget is owed, for a minute at most, and a
// clock that is set back does not silence the bot.
func TestBudgetOverdrawn(t *testing.T) {
	b := Budget{PerMinute: 40}
	for range 200 {
		b.Spend(start)
	}
	if b.Room(start) >= 0 || b.Free(Pressing).After(start.Add(maxDebt)) {
		t.Errorf("room %d, an alert may leave at %s", b.Room(start), b.Free(Pressing))
	}
	next := Budget{PerMinute: 40}
	next.Resume(Budget{Full: start.Add(30 * 24 * time.Hour), Held: start.Add(30 * 24 * time.Hour)}, start)
	if at := next.Free(Revision); at.After(start.Add(maxHeld + maxDebt)) {
		t.Errorf("after the clock was set back: %s", at)
	}
	if at := (&Budget{}).Free(Revision); !at.IsZero() {
		t.Errorf("without a limit: %s", at)
	}
}

// TestHeadsUrgent: within a place a thread that has something urgent goes first,
// from its beginning, and places with something urgent come first of all.
func TestHeadsUrgent(t *testing.T) {
	a, b, c := chat.Target{Channel: "A"}, chat.Target{Channel: "B"}, chat.Target{Channel: "C"}
	list := []Entry{
		{Key: "edit", Act: chat.Update, RootKey: "old", Target: c},
		{Key: "digest", Act: chat.Post, Target: a},
		{Key: "digest/1", Act: chat.Reply, RootKey: "digest", Target: a},
		{Key: "note", Act: chat.Post, Target: b},
		{Key: "alert/edit/1", Act: chat.Update, RootKey: "alert", Target: a},
		{Key: "alert/1", Act: chat.Reply, RootKey: "alert", Target: a, Urgent: true},
	}
	for i := range list {
		list[i].Seq = uint64(i)
	}
	var got []string
	for len(list) > 0 {
		turn := ""
		for _, h := range Heads(list) {
			turn += fmt.Sprintf("%s=%s ", h.Key, h.Rank)
			list = slices.DeleteFunc(list, func(e Entry) bool { return e.Key == h.Key })
		}
		got = append(got, turn)
	}
	want := []string{
		"alert/edit/1=pressing note=headline edit=revision ", "alert/1=pressing ", "digest=headline ", "digest/1=following ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("turns are %q", got)
	}
}
