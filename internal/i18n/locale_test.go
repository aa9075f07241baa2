package i18n

import (
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

func TestFor(t *testing.T) {
	for tag, want := range map[string]string{
		"zh": zhTag, "zh-CN": zhTag, "zh_TW": zhTag, "ZH-Hans-CN": zhTag, "zh-HK": zhTag,
		"en": enTag, "en-GB": enTag, "": enTag, "fr": enTag, "zha": enTag, "中文": enTag,
	} {
		if got := For(tag).Tag(); got != want {
			t.Errorf("For(%q) speaks %s, want %s", tag, got, want)
		}
	}
}

// small is a pair of catalogues with one of every defect.
func small(t *testing.T) *tongues {
	t.Helper()
	set, err := load(fstest.MapFS{
		"catalogue/card.zh-CN.json": {Data: []byte(`{
			"card.hello": "{{.shop}} 早报",
			"card.items": {"other": "{{.N}} 件 {{.shop}}"}}`)},
		"catalogue/card.en.json": {Data: []byte(`{
			"card.hello": "{{.shop}} report",
			"card.items": {"one": "{{.N}} item of {{.shop}}", "other": "{{.N}} items of {{.shop}}"},
			"card.rows": "{{.N}} rows",
			"card.only": "English alone"}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestTexts(t *testing.T) {
	set := small(t)
	for _, v := range []struct{ got, want string }{
		{set.zh.T("card.hello", "shop", "天猫"), "天猫 早报"},
		{set.en.T("card.hello", "shop", "Tmall"), "Tmall report"},
		{set.en.T("card.hello", "shop", "<no value>"), "<no value> report"}, // a name is a name
		{set.zh.N("card.items", 1234, "shop", "店"), "1,234 件 店"},
		{set.en.N("card.items", 1, "shop", "A"), "1 item of A"},
		{set.en.N("card.items", 0, "shop", "A"), "0 items of A"},
		{set.en.N("card.items", 2, "shop", "A"), "2 items of A"},
		{set.en.N("card.rows", 1), "1 rows"}, // no form "one": not nice, but said
	} {
		if v.got != v.want {
			t.Errorf("got %q, want %q", v.got, v.want)
		}
	}
	if set.zh.Faults() != 0 || set.en.Faults() != 0 {
		t.Errorf("faults counted in correct texts: zh %d, en %d", set.zh.Faults(), set.en.Faults())
	}
}

func TestFaultsAreShownAndCounted(t *testing.T) {
	for name, ask := range map[string]func(l *Locale) string{
		"unknown key":                    func(l *Locale) string { return l.T("card.nowhere") },
		"unknown key in plural":          func(l *Locale) string { return l.N("card.nowhere", 1) },
		"value not given":                func(l *Locale) string { return l.T("card.hello") },
		"value not given in plural":      func(l *Locale) string { return l.N("card.items", 3) },
		"value nil":                      func(l *Locale) string { return l.T("card.hello", "shop", nil) },
		"value without name":             func(l *Locale) string { return l.T("card.hello", "shop") },
		"value without name in plural":   func(l *Locale) string { return l.N("card.items", 3, "shop") },
		"name that is no text":           func(l *Locale) string { return l.T("card.hello", 1, 2) },
		"text only in the other tongue":  func(l *Locale) string { return l.T("card.only") },
		"count only in the other tongue": func(l *Locale) string { return l.N("card.rows", 2) },
	} {
		t.Run(name, func(t *testing.T) {
			l := small(t).zh
			got := ask(l)
			if !strings.HasPrefix(got, "«card.") || !strings.HasSuffix(got, "»") {
				t.Errorf("got %q, want the key in guillemets", got)
			}
			if l.Faults() != 1 {
				t.Errorf("counted %d faults, want 1", l.Faults())
			}
		})
	}
}

func TestLoadNamesTheBadFileAndKeepsTheRest(t *testing.T) {
	set, err := load(fstest.MapFS{
		"catalogue/good.en.json":   {Data: []byte(`{"good.one": "here"}`)},
		"catalogue/broken.en.json": {Data: []byte(`{"broken.one": `)},
		"catalogue/card.fr.json":   {Data: []byte(`{}`)},
	})
	if err == nil {
		t.Fatal("a broken file and a wrong name went unnoticed")
	}
	for _, name := range []string{"broken.en.json", "card.fr.json"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%q does not name %s", err, name)
		}
	}
	if got := set.en.T("good.one"); got != "here" {
		t.Errorf("the good file is lost: %q", got)
	}
}

func TestLocalesServeManyAtOnce(t *testing.T) {
	set := small(t)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 200 {
				if got := set.en.N("card.items", 1, "shop", "A"); got != "1 item of A" {
					t.Errorf("got %q", got)
				}
				set.en.T("card.nowhere")
			}
		})
	}
	group.Wait()
	if set.en.Faults() != 1600 {
		t.Errorf("counted %d faults, want 1600", set.en.Faults())
	}
}
