package analysis

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFindCauses(t *testing.T) {
	for _, tc := range []struct{ text, cause, matched string }{
		{"瓶子漏液，弄得到处都是", CausePackaging, "漏液"},
		{"颜色发错了，图片是蓝的", CauseDescription, "颜色发错"},
		{"没有色差，但是用两天就坏了", CauseQuality, "坏"},
		{"这是假货吧", CauseCounterfeit, "假货"},
		{"不是假货，就是味道不好", CauseQuality, "味道"},
		{"是不是假货啊", CauseCounterfeit, "假货"},
		{"等了八天才到", CauseLogistics, "等了"},
		{"第二天就降价，客服不给保价", CausePrice, "降价"},
		{"申请退款一直不退", CauseRefund, "退款"},
		{"客服态度差", CauseService, "客服"},
		{"The bottle was leaking", CausePackaging, "leak"},
		{"Clearly a FAKE", CauseCounterfeit, "FAKE"},
		{"It is not fake but it broke", CauseQuality, "broke"},
		{"Relate to others", CauseOther, ""},
		{"一般般", CauseOther, ""},
		{"", CauseOther, ""},
	} {
		got := FindCauses(tc.text)[0]
		if got.Cause != tc.cause || got.Matched != tc.matched {
			t.Errorf("%q: %s by %q, want %s by %q", tc.text, got.Cause, got.Matched, tc.cause, tc.matched)
		}
	}
}

func FuzzFindCauses(f *testing.F) {
	f.Add("漏液 leaking\x80not fake")
	f.Add("İİ没有色差")
	f.Fuzz(func(t *testing.T, text string) {
		for _, h := range FindCauses(text) {
			if h.Cause != CauseOther && !strings.Contains(text, h.Matched) {
				t.Errorf("%q does not hold %q", text, h.Matched)
			}
		}
	})
}

// seedCodes maps the labels of the seed to ours; what we do not tell apart is
// filed with its nearest.
var seedCodes = map[string]string{
	"LOG": CauseLogistics, "DESC": CauseDescription, "AUTH": CauseCounterfeit, "MISS": CauseService, "SVC": CauseService,
	"REF": CauseRefund, "PRICE": CausePrice, "PACK": CausePackaging, "INV": CauseService, "QUAL": CauseQuality, "OTHER": CauseOther,
}

func TestCausesOnLabelledReviews(t *testing.T) {
	f, err := os.Open(filepath.Join(dataDir(t), "analytics", "causes", "cause_seed.csv"))
	if err != nil {
		t.Skipf("labelled reviews are not here: %v", err)
	}
	t.Cleanup(func() { _ = f.Close() })
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var hit, wrong, missed float64
	for _, row := range rows[1:] {
		want := map[string]bool{}
		for l := range strings.SplitSeq(row[2], "|") {
			want[seedCodes[l]] = true
		}
		for _, h := range FindCauses(row[3]) {
			if want[h.Cause] {
				hit++
			} else {
				wrong++
			}
			delete(want, h.Cause)
		}
		missed += float64(len(want))
	}
	f1 := 2 * hit / (2*hit + wrong + missed)
	t.Logf("micro-F1 %.3f (precision %.3f, recall %.3f)", f1, hit/(hit+wrong), hit/(hit+missed))
	if f1 < 0.75 {
		t.Errorf("micro-F1 %.3f on the labelled reviews, want at least 0.75", f1)
	}
}

// dataDir is the folder of shared test data: $SHOPWATCH_TEST_DATA, else
// ../shared/data beside the module.
func dataDir(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("SHOPWATCH_TEST_DATA"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; filepath.Dir(dir) != dir; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(filepath.Dir(dir), "shared", "data")
		}
	}
	t.Skip("no go.mod above the test")
	return ""
}
