package commands

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shopwatch/internal/access"
	"shopwatch/internal/market"
)

// sentenceShop is the shop of testShop as far as sentences name it: one more
// unit, and campaigns before and after today.
func sentenceShop() *market.Shop {
	shop := testShop()
	shop.Units = append(shop.Units, market.Label{ID: "digital", Name: market.Name{Zh: "数码", En: "Digital"}})
	shop.Calendar.Campaigns = append(shop.Calendar.Campaigns,
		market.Campaign{ID: "d12", Name: market.Name{Zh: "双12", En: "Double 12"}, Peak: market.DateOf(2026, 12, 12)})
	return shop
}

// asGrammar reads a question of the grammar.
func asGrammar(shop *market.Shop, text string) (Query, error) {
	c, rest := find("", text)
	if c == nil {
		return Query{}, errors.New("no verb")
	}
	if c.Literal {
		return Query{Verb: c.Name, Item: rest}, nil
	}
	q, err := Parse(shop, c.Name, rest, now)
	q.Period.Asked = ""
	return q, err
}

// readAs is the question of the grammar that a text is read as, "" when none is.
// The catalogue has one item, 面膜.
func readAs(shop *market.Shop, text string) string {
	env, ask := &Env{Shop: shop}, Ask{Text: text, Now: now}
	if env.grammatical(ask) {
		return text
	}
	said, item, _ := env.sentence(ask)
	if item != "" && item != "面膜" {
		return ""
	}
	return said
}

// sentencesOf reads a table of sentences with what each must lead to.
func sentencesOf(t *testing.T, path string) (list [][2]string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for l := range strings.Lines(string(content)) {
		if text, want, ok := strings.Cut(strings.TrimSpace(l), " => "); ok && !strings.HasPrefix(l, "#") {
			list = append(list, [2]string{text, want})
		}
	}
	return list
}

// TestSentences: what people would type leads to the question that they mean.
func TestSentences(t *testing.T) {
	shop := sentenceShop()
	list := sentencesOf(t, "testdata/sentences.txt")
	if len(list) < 120 {
		t.Errorf("%d sentences, want at least 120", len(list))
	}
	for _, s := range list {
		want, err := asGrammar(shop, s[1])
		if err != nil {
			t.Errorf("%s: the table's question %q is none: %v", s[0], s[1], err)
		}
		said := readAs(shop, s[0])
		got, err := asGrammar(shop, said)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s\n  read as %q, want %q", s[0], said, s[1])
		}
	}
}

// TestUnseenSentences measures how many sentences are read that nothing was made
// for. None may be read as another question: those not understood get the help.
func TestUnseenSentences(t *testing.T) {
	shop := sentenceShop()
	list := sentencesOf(t, "testdata/sentences_unseen.txt")
	right, none, offered := 0, 0, 0
	for _, s := range list {
		said := readAs(shop, s[0])
		if said == "" {
			if none++; s[1] == "?" {
				right++
			} else {
				near := readSentence(shop, s[0], shop.Day(now)).nearestQuestions(nearQuestions)
				if slices.ContainsFunc(near, func(q string) bool { return strings.Fields(q)[0] == strings.Fields(s[1])[0] }) {
					offered++
				}
				t.Logf("not understood: %s (offered: %s)", s[0], strings.Join(near, "; "))
			}
			continue
		}
		want, _ := asGrammar(shop, s[1])
		got, err := asGrammar(shop, said)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s\n  read as %q, want %q", s[0], said, s[1])
			continue
		}
		right++
	}
	t.Logf("%d of %d as meant, %d not understood; the command meant is among the questions offered for %d", right, len(list), none, offered)
}

// TestGrammarKnowsBetter: what is wrong with a question of the grammar is said by
// the grammar, however many words it has.
func TestGrammarKnowsBetter(t *testing.T) {
	env := openShop(t)
	for question, want := range map[string]string{
		"target beauty 2026-12 base lots":       "lots is not an amount for base",
		"gmv yesterday by unit beauty top=many": "many",
		"gmv 2026-02-30 by unit please tell me": "2026-02-30",
	} {
		if m := env.answerTo(t, "en", question); !strings.Contains(m.Text, want) || strings.Contains(m.Text, "well enough") {
			t.Errorf("%s: %s", question, m.Text)
		}
	}
}

// TestIdeasOnce: a form means one thing; of two the second would never be read.
func TestIdeasOnce(t *testing.T) {
	seen := map[string]idea{}
	known := map[idea]bool{"named": true, "future": true, "named_campaign": true}
	for _, s := range ideas() {
		if was, twice := seen[s.form]; twice {
			t.Errorf("%q means %q and %q", s.form, was, s.is)
		}
		if s.form == "" || spoken(s.form) != s.form {
			t.Errorf("%q of %q is never met: what is read is %q", s.form, s.is, spoken(s.form))
		}
		seen[s.form], known[s.is] = s.is, true
	}
	for _, r := range readings {
		for w := range strings.FieldsSeq(strings.ReplaceAll(r.needs, "|", " ") + " " + r.may) {
			if !known[idea(w)] {
				t.Errorf("the reading %q knows of an idea %q that no word means", r.ask, w)
			}
		}
		if _, err := asGrammar(sentenceShop(), r.ask); err != nil {
			t.Errorf("the reading %q is no question: %v", r.ask, err)
		}
	}
}

// FuzzSentence: whatever is typed is read as a question that the grammar takes or
// refuses with a reason, or as none; so are the questions offered instead. None
// of them does anything but answer, subscriptions apart.
func FuzzSentence(f *testing.F) {
	for _, s := range []string{"how are we doing today", "昨天为什么跌", "top ten ten ten", "最近两周 两周", "what does  mean", "是什么", "\"", "11/11到", "next 99 months", "跟昨天比", "前十", "\x00双12"} {
		f.Add(s)
	}
	shop := sentenceShop()
	f.Fuzz(func(t *testing.T, text string) {
		if len([]rune(text)) > maxText {
			return
		}
		said, _, s := (&Env{Shop: shop}).sentence(Ask{Text: text, Now: now})
		list := []string{said}
		if s != nil {
			list = append(list, s.nearestQuestions(nearQuestions)...)
		}
		for _, q := range list {
			if q == "" {
				continue
			}
			c, _ := find("", q)
			if c == nil || c.Right != access.View && !strings.HasSuffix(c.Name, "subscribe") {
				t.Fatalf("%q leads to %q", text, q)
			}
			if _, err := asGrammar(shop, q); err != nil {
				if _, ok := trouble(err); !ok {
					t.Fatalf("%q leads to %q: %v", text, q, err)
				}
			}
		}
	})
}

func BenchmarkSentence(b *testing.B) {
	env, ask := &Env{Shop: sentenceShop()}, Ask{Text: "which items of beauty run out this week", Now: now}
	for b.Loop() {
		env.sentence(ask)
	}
}
