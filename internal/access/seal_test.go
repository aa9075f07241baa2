package access

import (
	"strings"
	"testing"

	"shopwatch/internal/chat"
)

func TestSeal(t *testing.T) {
	s := NewSeal([]byte("0123456789abcdef"), "ack", "snooze")
	signed := s.Sign("ack", "k7q2m9x4a7q2")
	if v, ok := s.Open("ack", signed); !ok || v != "k7q2m9x4a7q2" {
		t.Fatalf("own value refused: %q", signed)
	}
	other := NewSeal([]byte("another key of 16"), "ack")
	for name, forged := range map[string]string{
		"unsigned":       "k7q2m9x4a7q2",
		"empty":          "",
		"cut":            signed[:len(signed)-1],
		"another id":     strings.Replace(signed, "k7q2", "k7q3", 1),
		"another secret": other.Sign("ack", "k7q2m9x4a7q2"),
		"another act":    s.Sign("snooze", "k7q2m9x4a7q2"),
	} {
		if _, ok := s.Open("ack", forged); ok {
			t.Errorf("%s is taken: %q", name, forged)
		}
	}
	if v, ok := s.Open("run", "gmv today"); !ok || v != "gmv today" {
		t.Errorf("a question needs no seal: %q %v", v, ok)
	}
}

func TestSealMessage(t *testing.T) {
	s := NewSeal([]byte("0123456789abcdef"), "ack", "snooze")
	m := chat.Message{Sections: []chat.Section{{
		Accessory: &chat.Button{Verb: "ack", Value: "a"},
		Buttons:   []chat.Button{{Verb: "run", Value: "gmv"}, {Verb: "snooze", Options: []chat.Option{{Value: "1h:a"}}}},
	}}}
	out := s.Message(m)
	if m.Sections[0].Accessory.Value != "a" || m.Sections[0].Buttons[1].Options[0].Value != "1h:a" {
		t.Error("the message itself was changed")
	}
	if v, ok := s.Open("snooze", out.Sections[0].Buttons[1].Options[0].Value); !ok || v != "1h:a" || len(out.Sections[0].Buttons[1].Options[0].Value) > 75 {
		t.Errorf("option %q", out.Sections[0].Buttons[1].Options[0].Value)
	}
	if _, ok := s.Open("ack", out.Sections[0].Accessory.Value); !ok || out.Sections[0].Buttons[0].Value != "gmv" {
		t.Errorf("signed %+v", out.Sections[0])
	}
}
