package pricing

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"shopwatch/internal/market"
)

func TestSizeOf(t *testing.T) {
	for title, want := range map[string]Size{
		"玻色因面霜 50ml": {50, "ml"}, "精华液 15ml*2 礼盒": {30, "ml"}, "洗发水1.5L": {1500, "ml"}, "洁面乳 100克": {100, "g"}, "大米 2.5kg": {2500, "g"},
		"Face cream 50 ML x 2": {100, "ml"}, "防晒霜SPF50+ 50g": {50, "g"}, "30毫升×3瓶": {90, "ml"}, "2L": {2000, "ml"},
	} {
		if got, ok := SizeOf(title); !ok || got != want {
			t.Errorf("%s: %v %v, want %v", title, got, ok, want)
		}
	}
	for _, title := range []string{"", "羽绒服 L", "128GB 手机", "3Large", "110cm", "0ml", "90白鸭绒", "5G手机壳 6Gifts", "128G"} {
		if got, ok := SizeOf(title); ok {
			t.Errorf("%s: %v, want none", title, got)
		}
	}
	if !Differs("面霜 50ml", "霜 30ml") || Differs("面霜 50ml", "霜 50 毫升") || Differs("面霜 50ml", "霜 50g") || Differs("面霜", "霜 30ml") {
		t.Error("sizes are held against each other wrongly")
	}
	if got := (Size{50, "ml"}).Per(129_00); got != 258_00 {
		t.Errorf("129 for 50 ml is %d for 100", got)
	}
}

func TestGiftWorth(t *testing.T) {
	for gift, want := range map[string]market.Fen{"赠化妆包（价值39.9元）": 39_90, "bag worth ¥30": 30_00, "价值￥120的礼盒": 120_00, "小样两件": 0, "": 0, "价值感": 0} {
		if got, ok := GiftWorth(gift); got != want || ok != (want > 0) {
			t.Errorf("%s: %d %v, want %d", gift, got, ok, want)
		}
	}
}

// FuzzSizeOf: whatever a title says, a size is finite and above 0, and no title differs
// from itself.
func FuzzSizeOf(f *testing.F) {
	for _, s := range []string{"面霜 50ml", "15ml*2", "1.5L", "999999999ml", "5g×99", "升", "ml", "\xff50ml", "2 \u212ag", "3\t公斤"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, title string) {
		if s, ok := SizeOf(title); ok && !(s.Amount > 0 && s.Amount < 1e12 && (s.Unit == "ml" || s.Unit == "g")) {
			t.Errorf("%q: %v", title, s)
		}
		if sizes.MatchString(title) && !mayHaveSize(title) {
			t.Errorf("the size in %q is not looked for", title)
		}
		if Differs(title, title) {
			t.Errorf("%q differs from itself", title)
		}
		GiftWorth(title)
	})
}

// TestParts: the parts of a landed price make it up, to the smallest unit.
func TestParts(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		at := time.Unix(1_800_000_000, 0)
		fen := func(name string) market.Fen { return market.Fen(rapid.Int64Range(0, 1e8).Draw(r, name)) }
		known := func(name string) bool { return rapid.Bool().Draw(r, name) }
		when := func(name string) time.Time {
			return at.Add(time.Duration(rapid.Int64Range(-5, 5).Draw(r, name)) * time.Hour)
		}
		terms := Terms{
			List: fen("list"), Deal: fen("deal"), ListKnown: known("list known"), DealKnown: known("deal known"), Coupon: fen("coupon"),
			Gift: rapid.SampledFrom([]string{"", "小样", "买二送一", "buy 3 get 1 free"}).Draw(r, "gift"),
			From: when("from"), Until: when("until"), Next: fen("next"), NextKnown: known("next known"),
		}
		p, ok := terms.Parts(at)
		landed, also := terms.Landed(at)
		if ok != also || ok && landed != p.Landed {
			r.Fatalf("%+v %v is not %d %v", p, ok, landed, also)
		}
		if !ok {
			return
		}
		want := p.Base - p.Coupon
		if p.Got > 0 {
			want = market.Fen((int64(want)*int64(p.Paid) + int64(p.Got)/2) / int64(p.Got))
		}
		if want != p.Landed || p.Coupon > p.Base || p.Landed < 0 {
			r.Fatalf("%+v does not add up", p)
		}
	})
}
