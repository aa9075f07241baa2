package evidence_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"shopwatch/internal/chat"
	"shopwatch/internal/evidence"
	"shopwatch/storage"
)

func lines(texts ...string) map[string][]chat.Message {
	var body []chat.Rich
	for _, s := range texts {
		body = append(body, chat.Line(s))
	}
	return map[string][]chat.Message{"en": {{Text: "x", Sections: []chat.Section{{Body: body}}}}}
}

type numbers struct {
	GMV    int `json:"gmv"`
	Orders int `json:"orders"`
}

// TestReplayTellsDifferences: what is computed again is compared to the byte,
// and where it differs is said.
func TestReplayTellsDifferences(t *testing.T) {
	first := said(1)
	first.Report, first.Texts = numbers{100, 7}, lines("GMV 100", "orders 7", "all well")
	for name, c := range map[string]struct {
		report any
		texts  map[string][]chat.Message
		want   string // all of Differs, joined
	}{
		"the same":         {numbers{100, 7}, lines("GMV 100", "orders 7", "all well"), ""},
		"a number":         {numbers{120, 7}, lines("GMV 120", "orders 7", "all well"), "numbers: gmv|text (en) line 1 is now: GMV 120|text (en): 1 lines of 3 are no longer said"},
		"only words":       {numbers{100, 7}, lines("GMV 100", "orders 7", "well"), "text (en) line 3 is now: well|text (en): 1 lines of 3 are no longer said"},
		"the order":        {numbers{100, 7}, lines("orders 7", "GMV 100", "all well"), "text (en): the lines have another order"},
		"a line too many":  {numbers{100, 7}, lines("GMV 100", "orders 7", "all well", "and more"), "text (en) line 4 is now: and more"},
		"a list, no field": {[]int{1}, lines("GMV 100", "orders 7", "all well"), "numbers: gmv, orders"},
	} {
		t.Run(name, func(t *testing.T) {
			db := openStore(t)
			id := keep(t, db, first, nil)
			again := func(context.Context, *storage.DB, evidence.Basis, storage.Evidence, []byte) (evidence.Said, error) {
				now := first
				now.Report, now.Texts = c.report, c.texts
				return now, nil
			}
			r, err := evidence.Replay(t.Context(), db, nil, "#"+strings.ToUpper(id), "", again)
			if err != nil || strings.Join(r.Differs, "|") != c.want {
				t.Fatalf("differs %q, %v; want %q", r.Differs, err, c.want)
			}
			if !strings.HasSuffix(r.Text, "evidence #"+id+"\n") || len(r.Numbers) == 0 {
				t.Errorf("shown %q, %q", r.Text, r.Numbers)
			}
		})
	}
}

// keep stores what was said; change may alter the record.
func keep(t *testing.T, db *storage.DB, s evidence.Said, change func(*storage.Evidence)) string {
	t.Helper()
	r, err := basis().Record(s)
	if err == nil {
		if change != nil {
			change(&r.Evidence)
		}
		err = errors.Join(db.View(t.Context(), r.Name), r.Keep(t.Context(), db))
	}
	if err != nil {
		t.Fatal(err)
	}
	return r.ID
}

// TestReplayRefuses what it cannot compute, and says why.
func TestReplayRefuses(t *testing.T) {
	db := openStore(t)
	fails := func(context.Context, *storage.DB, evidence.Basis, storage.Evidence, []byte) (evidence.Said, error) {
		return evidence.Said{}, storage.ErrForgotten
	}
	for name, c := range map[string]struct {
		id, lang string
		want     error
		says     string
	}{
		"an id that nobody has": {"zzzzzz", "", evidence.ErrUnknown, "its time is over"},
		"another format":        {keep(t, db, said(1), func(e *storage.Evidence) { e.Format = 99 }), "", evidence.ErrFormat, "format 99"},
		"an unknown kind":       {keep(t, db, said(2), func(e *storage.Evidence) { e.Kind = "song" }), "", evidence.ErrFormat, "song"},
		"forgotten facts":       {keep(t, db, said(3), nil), "", storage.ErrForgotten, "no longer kept"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := evidence.Replay(t.Context(), db, nil, c.id, c.lang, fails)
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "#"+c.id) {
				t.Errorf("error = %v", err)
			}
		})
	}
	id := keep(t, db, said(4), nil)
	_, err := evidence.Replay(t.Context(), db, nil, id, "zh-CN", func(context.Context, *storage.DB, evidence.Basis, storage.Evidence, []byte) (evidence.Said, error) {
		return said(4), nil
	})
	if err == nil || !strings.Contains(err.Error(), "only in en") {
		t.Errorf("a language that it was not said in: %v", err)
	}
}
