package card

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"shopwatch/internal/chat"
	"shopwatch/internal/i18n"
)

// figure is a number as it is written: the values that it may stand for.
type figure struct {
	text      string
	low, high float64
}

var (
	digits = regexp.MustCompile(`(\d[\d,]*)(\.\d+)?(万亿|亿|万|[KMBT]\b)?`)
	scales = map[string]float64{"": 1, "万": 1e4, "亿": 1e8, "万亿": 1e12, "K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
)

// figuresIn are the numbers, dates, times and digits of ids of a text, by size.
// What is rounded (6.28M, 628.4万) stands for all that rounds to it.
func figuresIn(text string) []figure {
	var out []figure
	for _, m := range digits.FindAllStringSubmatch(text, -1) {
		whole := strings.ReplaceAll(strings.TrimSuffix(m[1], ","), ",", "")
		v, _ := strconv.ParseFloat(whole+m[2], 64)
		half := 0.0
		if m[3] != "" { // exact otherwise
			half = math.Pow(10, -float64(max(len(m[2])-1, 0))) / 2
		}
		out = append(out, figure{m[0], (v - half) * scales[m[3]], (v + half) * scales[m[3]]})
	}
	slices.SortStableFunc(out, func(a, b figure) int {
		switch x, y := a.low+a.high, b.low+b.high; {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	return out
}

// unlike lists the figures of one text that the other lacks.
func unlike(zh, en string) (list []string) {
	a, b := figuresIn(zh), figuresIn(en)
	for _, x := range a {
		i := slices.IndexFunc(b, func(y figure) bool { return x.low <= y.high*(1+1e-12) && y.low <= x.high*(1+1e-12) })
		if i < 0 {
			list = append(list, "zh "+x.text)
			continue
		}
		b = slices.Delete(b, i, i+1)
	}
	for _, y := range b {
		list = append(list, "en "+y.text)
	}
	return list
}

func TestUnlikeSees(t *testing.T) {
	for _, same := range [][2]string{
		{"GMV 628.4万 ▲8.2%", "GMV ¥6.28M ▲8.2%"},
		{"1.2万", "¥12.3K"},
		{"11/21 周六 08:02", "Sat 11/21 08:02"},
		{"9,999", "10K"},
		{"1.9亿", "190M"},
		{"", ""},
	} {
		if d := unlike(same[0], same[1]); len(d) > 0 {
			t.Errorf("%v: %v", same, d)
		}
	}
	for _, other := range [][2]string{{"628.4万", "¥6.30M"}, {"8.2%", "8.3%"}, {"3 款", "items"}, {"11/21", "11/22"}, {"¥291.00", "¥291.01"}} {
		if len(unlike(other[0], other[1])) == 0 {
			t.Errorf("%v count as the same", other)
		}
	}
}

// TestTwinFigures: every number, date and id stands in both languages, in the
// headline, in the card, and in the words for its picture.
func TestTwinFigures(t *testing.T) {
	zh, en := cards(New(i18n.Zh(), shop())), cards(New(i18n.En(), shop()))
	for name, m := range zh {
		for part, of := range map[string]func(chat.Message) string{
			"headline": func(m chat.Message) string { return m.Text },
			"card":     func(m chat.Message) string { return text(t, chat.Message{Sections: m.Sections}) },
			"picture":  pictured,
		} {
			if d := unlike(of(m), of(en[name])); len(d) > 0 {
				t.Errorf("%s, %s: %v\n%s\n%s", name, part, d, of(m), of(en[name]))
			}
		}
	}
}

// pictured is what stands in the pictures of a message and the words for them.
func pictured(m chat.Message) string {
	var parts []string
	for _, s := range m.Sections {
		if c := s.Chart; c != nil {
			parts = append(parts, c.Alt, c.Title, c.Subtitle, c.KPI, c.Change, c.Footer)
			for _, x := range c.Series {
				parts = append(parts, x.Name)
				parts = append(parts, x.Labels...)
			}
			for _, x := range c.Targets {
				parts = append(parts, x.Name)
			}
			parts = append(parts, c.Positions...)
		}
	}
	return strings.Join(parts, "\n")
}
