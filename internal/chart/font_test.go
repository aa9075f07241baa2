package chart

import (
	"bytes"
	"encoding/csv"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/font/gofont/goregular"

	"shopwatch/internal/chat"
)

func TestBothWeightsHaveTheCharacterList(t *testing.T) {
	list, err := os.ReadFile("fonts/charset.txt")
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPen(nil)
	if err != nil {
		t.Fatal(err)
	}
	absent := map[bool][]rune{}
	count := 0
	for _, r := range string(list) {
		if r == '\n' {
			continue
		}
		count++
		for _, heavy := range []bool{false, true} {
			if f, _ := p.font(r, heavy); f == nil {
				absent[heavy] = append(absent[heavy], r)
			}
		}
	}
	if count != 7651 {
		t.Errorf("the list has %d characters, want 7,651", count)
	}
	if !slices.Equal(absent[false], absent[true]) {
		t.Errorf("regular lacks %q, bold %q", string(absent[false]), string(absent[true]))
	}
	// What the products's texts rely on; the rest of the list may have holes
	// where Noto itself has them.
	for _, r := range "「」『』（），。、；：？！“”‘’—…·¥£€$₩₫▲▼△▽−–×%✓⚠☀◐★☆①⑩↗↘□㎡°é镕囍鱻喆堃" {
		if f, _ := p.font(r, true); f == nil {
			t.Errorf("no glyph for %q", r)
		}
	}
}

// TestCoverage: every text of the product and every item title there is for
// tests can be drawn; only pictographs may be missing.
func TestCoverage(t *testing.T) {
	texts := map[string]string{}
	names, err := filepath.Glob("../i18n/catalogue/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no catalogues: %v", err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(name)] = string(text)
	}
	maps.Copy(texts, titles(t))
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		missing, err := Kit{}.Uncovered(texts[name])
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range missing {
			if !isEmoji(r) && !strings.ContainsRune(unneeded, r) {
				t.Errorf("%s: no glyph for %q (U+%04X)", name, r, r)
			}
		}
	}
}

// unneeded are characters that may come as □: list marks used in chat texts
// alone.
const unneeded = "▸"

// titles reads the real item titles that tests may use, where they are there.
func titles(t *testing.T) map[string]string {
	t.Helper()
	folder := os.Getenv("SHOPWATCH_TEST_DATA")
	if folder == "" {
		folder = "../../../shared/data"
	}
	names, err := filepath.Glob(filepath.Join(folder, "double11", "*.csv"))
	if err != nil || len(names) == 0 {
		t.Logf("no item titles in %s: only the catalogues are tested", folder)
		return nil
	}
	texts := map[string]string{}
	for _, name := range names {
		file, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		reader := csv.NewReader(bytes.NewReader(file))
		reader.FieldsPerRecord, reader.LazyQuotes = -1, true
		var all strings.Builder
		for {
			record, err := reader.Read()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for _, field := range record {
				all.WriteString(field)
			}
		}
		texts[filepath.Base(name)] = all.String()
	}
	return texts
}

func TestMissingCharacters(t *testing.T) {
	p, err := newPen(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []struct {
		name, text, want string
		missing          int
	}{
		{"plain", "美妆 GMV ▲8.2%", "美妆 GMV ▲8.2%", 0},
		{"emoji are dropped", "爆款🔥 面霜", "爆款 面霜", 1},
		{"emoji of several characters", "家👨‍👩‍👧庭", "家庭", 3},
		{"a letter becomes a box", "กAข", "□A□", 2},
		{"lines become one", "a\n b\t c ", "a b c", 0},
		{"invisible characters do not count", "a\u200b\ufeffb\u00ad\x07", "ab", 0},
	} {
		p.missing = 0
		if got := p.clean(v.text); got != v.want || p.missing != v.missing {
			t.Errorf("%s: %q with %d missing, want %q with %d", v.name, got, p.missing, v.want, v.missing)
		}
	}
	told := 0
	k := Kit{Missing: func(n int) { told += n }}
	c := dayZh()
	c.Series[0].Name = "ไทย🔥"
	if err := k.SVG(io.Discard, c); err != nil || told != 4 {
		t.Errorf("told %d missing characters and error %v, want 4", told, err)
	}
	if missing, err := k.Uncovered("กกA🔥"); err != nil || !slices.Equal(missing, []rune("ก🔥")) {
		t.Errorf("uncovered %q, %v", string(missing), err)
	}
}

// TestExtraFont: a character that the built-in font lacks is taken from the
// other one. Here the first font is one that has Latin letters only.
func TestExtraFont(t *testing.T) {
	other, err := ParseFont(boldTTF)
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPen(other)
	if err != nil {
		t.Fatal(err)
	}
	if p.regular, err = ParseFont(goregular.TTF); err != nil {
		t.Fatal(err)
	}
	if f, _ := p.font('镕', false); f != other {
		t.Error("the extra font was not asked")
	}
	if f, _ := p.font('A', false); f == other {
		t.Error("the extra font was asked although the first has the character")
	}
	if _, err := ParseFont([]byte("no font")); err == nil {
		t.Error("a file that is no font was accepted")
	}
}

func TestWidth(t *testing.T) {
	p, err := newPen(nil)
	if err != nil {
		t.Fatal(err)
	}
	near := func(name string, got, want float64) {
		t.Helper()
		if got < want-0.05 || got > want+0.05 {
			t.Errorf("%s: %.2f, want %.2f", name, got, want)
		}
	}
	near("a Chinese character is as wide as it is high", p.width("万", 20, false), 20)
	near("all digits are alike", p.width("1111", 20, true), p.width("8888", 20, true))
	near("nothing", p.width("", 20, false), 0)
	near("a middle dot is no hole", p.width("·", 20, false), 8)
	if got := p.fit("一二三四五六", 20, false, 80); got != "一二三…" {
		t.Errorf("cut to %q", got)
	}
	if got := p.fit("Apparel and more", 20, false, 100); !strings.HasSuffix(got, "...") || p.width(got, 20, false) > 100 {
		t.Errorf("cut to %q", got)
	}
	if got := p.fit("短", 20, false, 80); got != "短" {
		t.Errorf("changed to %q", got)
	}
	if got := p.fit("长长长", 20, false, 1); got != "..." {
		t.Errorf("cut to %q", got)
	}
}

func TestEmptyChartsAreDrawn(t *testing.T) {
	for _, c := range []chat.Chart{{}, {Kind: chat.BarChart}, {Kind: chat.LineChart, Series: []chat.Series{{}}}, {Kind: "pie"}} {
		if err := SVG(io.Discard, c); err != nil {
			t.Error(err)
		}
	}
}
