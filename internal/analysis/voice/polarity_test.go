package voice

import (
	"bytes"
	"strings"
	"testing"
)

func TestPolarity(t *testing.T) {
	for text, negative := range map[string]bool{
		"很好，很喜欢，下次还会来": false, "质量太差了，再也不买了": true,
		"Great quality, fast delivery, highly recommend": false, "Terrible, it broke after two days": true,
		"不是很好": true, "没有任何问题，非常满意": false, "Not good": true,
	} {
		if p := BuiltinPolarity().Polarity(text); p.Negative() != negative {
			t.Errorf("%q: positive with %.2f", text, p.Positive)
		}
	}
}

var toy = []Sample{{Text: "好 good", Positive: true}, {Text: "坏 bad"}, {Text: "很好", Positive: true, Group: "a"}, {Text: "很坏", Group: "a"}}

func TestTrain(t *testing.T) {
	a, err := Train(toy)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := Train(toy)
	one, _ := a.Encode()
	two, _ := b.Encode()
	if !bytes.Equal(one, two) {
		t.Error("the same texts give two models")
	}
	back, err := DecodeModel(one)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range toy {
		if got, want := back.Polarity(s.Text), a.Polarity(s.Text); got != want || got.Negative() == s.Positive {
			t.Errorf("%q: %v after %v", s.Text, got, want)
		}
	}
	for _, bad := range [][]Sample{nil, toy[:1]} {
		if _, err := Train(bad); err == nil {
			t.Errorf("%d texts of one label are enough", len(bad))
		}
	}
}

func TestDecodeModel(t *testing.T) {
	good := bytes.Clone(builtinModel)
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 1
	for want, b := range map[string][]byte{
		"not a polarity model": []byte("PK"), "ends early": []byte(modelMagic + "{}"), "damaged": flipped, "checksum": good[:len(good)-9],
	} {
		if _, err := DecodeModel(b); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if m, err := DecodeModel(good); err != nil || m.Recipe.SHA256 == "" || m.Recipe.Data == "" {
		t.Errorf("the built-in model does not say what it was trained on: %v", err)
	}
}

func FuzzDecodeModel(f *testing.F) {
	m, err := Train(toy)
	if err != nil {
		f.Fatal(err)
	}
	m.grams, m.Recipe.Bits = m.grams[:16], 4
	b, _ := m.Encode()
	f.Add(b)
	f.Add([]byte(modelMagic))
	f.Fuzz(func(_ *testing.T, b []byte) {
		if m, err := DecodeModel(b); err == nil {
			m.Polarity("很好 good")
		}
	})
}

func BenchmarkPolarity(b *testing.B) {
	text := "手机收到一个月了，发票还没收到，联系售后，说尽快处理，现在还没有结果，是不是正品值得怀疑？不给发票继续投诉！"
	b.ReportAllocs()
	for b.Loop() {
		BuiltinPolarity().Polarity(text)
	}
}
