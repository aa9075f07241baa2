package voice

import (
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	for _, tc := range []struct{ text, cause, matched string }{
		{"瓶子漏液，弄得到处都是", Packaging, "漏液"},
		{"颜色发错了，图片是蓝的", Description, "颜色发"},
		{"没有色差，但是用两天就坏了", Quality, "坏"},
		{"这是假货吧", Counterfeit, "假货"},
		{"不是假货，就是味道不好", Quality, "味道"},
		{"是不是假货啊", Counterfeit, "假货"},
		{"等了八天才到", Logistics, "等了"},
		{"第二天就降价，客服不给保价", Price, "降价"},
		{"退款一直不到", Refund, "退款"},
		{"客服态度差", Service, "客服"},
		{"说好的赠品没有", Missing, "赠品"},
		{"要了好久发票都不给开", Invoice, "发票"},
		{"快递员太慢了", Logistics, "快递员太慢"},
		{"跟专柜买的不一样", Counterfeit, "专柜买的不一样"},
		{"苹果跟上次买的不一样，不甜", Quality, "不甜"},
		{"The bottle was leaking", Packaging, "leak"},
		{"Clearly a FAKE", Counterfeit, "FAKE"},
		{"It is not fake but it broke", Quality, "broke"},
		{"Great phone, fast delivery", Other, ""},
		{"delivery took three weeks", Logistics, "delivery took"},
		{"物流很快，客服态度很好", Other, ""},
		{"好不好用买了才知道", Other, ""},
		{"Relate to others", Other, ""},
		{"质量太差", Quality, "质量太"},
		{"太差了", Quality, "太差"},
		{"颜色不一样，太差了", Description, "颜色不一样"},
		{"小气", Other, ""},
		{"", Other, ""},
	} {
		got := Builtin().Find(tc.text)[0]
		if got.Cause != tc.cause || got.Matched != tc.matched {
			t.Errorf("%q: %s by %q, want %s by %q", tc.text, got.Cause, got.Matched, tc.cause, tc.matched)
		}
	}
}

func TestFindSeveral(t *testing.T) {
	text := "客服不回，退款拖着，还是假货"
	var got []string
	for _, h := range Builtin().Find(text) {
		got = append(got, h.Cause)
		for _, s := range h.Spans {
			if s.Start < 0 || s.End > len(text) || s.Start >= s.End {
				t.Errorf("%s at %v", h.Cause, s)
			}
		}
	}
	if want := "counterfeit service refund"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestCodes(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Causes {
		if code := Code(c); code == "" || seen[code] {
			t.Errorf("cause %s has the code %q", c, code)
		} else {
			seen[code] = true
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add("漏液 leaking\x80not fake")
	f.Add("İİ没有色差")
	f.Add("好不好用……不错\x00")
	f.Fuzz(func(t *testing.T, text string) {
		for _, h := range Builtin().Find(text) {
			if h.Cause == Other {
				continue
			}
			if !strings.Contains(text, h.Matched) || h.Matched == "" || len(h.Spans) == 0 {
				t.Errorf("%q does not hold %q", text, h.Matched)
			}
			for i, s := range h.Spans {
				if s.Start >= s.End || i > 0 && s.Start < h.Spans[i-1].End {
					t.Errorf("%q: spans %v", text, h.Spans)
				}
			}
		}
	})
}

func BenchmarkFind(b *testing.B) {
	text := "手机收到一个月了，发票还没收到，联系售后，说尽快处理，现在还没有结果，是不是正品值得怀疑？不给发票继续投诉！"
	b.ReportAllocs()
	for b.Loop() {
		Builtin().Find(text)
	}
}
