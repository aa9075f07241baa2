package i18n

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template/parse"
	"unicode"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
)

// The tests in this file hold for every catalogue file, whoever wrote it. A
// failure names the file and the key.

// texts are the plural forms of one message that are set, by their names.
func texts(m *goi18n.Message) map[string]string {
	all := map[string]string{"zero": m.Zero, "one": m.One, "two": m.Two, "few": m.Few, "many": m.Many, "other": m.Other}
	maps.DeleteFunc(all, func(_, text string) bool { return text == "" })
	return all
}

// readCatalogues gives the messages of every file by file name and key.
func readCatalogues(t *testing.T) map[string]map[string]*goi18n.Message {
	t.Helper()
	names, err := fs.Glob(embedded, "catalogue/*")
	if err != nil || len(names) == 0 {
		t.Fatalf("no catalogues: %v", err)
	}
	files := map[string]map[string]*goi18n.Message{}
	for _, name := range names {
		text, err := fs.ReadFile(embedded, name)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := goi18n.ParseMessageFileBytes(text, name[strings.LastIndex(name, "/")+1:], nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		files[name] = map[string]*goi18n.Message{}
		for _, m := range parsed.Messages {
			files[name][m.ID] = m
		}
	}
	return files
}

func eachText(t *testing.T, tag string, visit func(t *testing.T, where, text string)) {
	t.Helper()
	files := readCatalogues(t)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if _, fileTag, _ := areaAndTag(name); tag != "" && fileTag != tag {
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(files[name])) {
			for form, text := range texts(files[name][key]) {
				visit(t, fmt.Sprintf("%s: %s (%s)", name, key, form), text)
			}
		}
	}
}

func TestCataloguesLoad(t *testing.T) {
	if err := Check(); err != nil {
		t.Error(err)
	}
}

func TestKeysBelongToTheirAreaAndAreTwins(t *testing.T) {
	files := readCatalogues(t)
	for name, messages := range files {
		area, tag, ok := areaAndTag(name)
		if !ok {
			t.Errorf("%s: the name must be <area>.zh-CN.json or <area>.en.json", name)
			continue
		}
		twin := fmt.Sprintf("catalogue/%s.%s.json", area, map[string]string{zhTag: enTag, enTag: zhTag}[tag])
		for _, key := range slices.Sorted(maps.Keys(messages)) {
			if !strings.HasPrefix(key, area+".") {
				t.Errorf("%s: %s must start with %q", name, key, area+".")
			}
			if files[twin][key] == nil {
				t.Errorf("%s: %s has no twin in %s", name, key, twin)
			}
			if messages[key].Other == "" {
				t.Errorf("%s: %s has no text (no form \"other\")", name, key)
			}
		}
	}
}

// repeated lists the keys of a JSON object's top level that come twice; the
// decoder would silently keep the last.
func repeated(text []byte) []string {
	decoder := json.NewDecoder(bytes.NewReader(text))
	var twice []string
	seen, depth, isName := map[string]bool{}, 0, true
	for token, err := decoder.Token(); err == nil; token, err = decoder.Token() {
		switch v := token.(type) {
		case json.Delim:
			if v == '{' || v == '[' {
				depth++
			} else {
				depth--
			}
			isName = true
		case string:
			if depth == 1 && isName {
				if seen[v] {
					twice = append(twice, v)
				}
				seen[v] = true
			}
			isName = !isName
		default:
			isName = true
		}
	}
	return twice
}

func TestKeysAreNotRepeated(t *testing.T) {
	if got := repeated([]byte(`{"a": "b", "b": {"a": "x", "other": "y"}, "c": "a", "b": "z"}`)); !slices.Equal(got, []string{"b"}) {
		t.Fatalf("the search itself is wrong: %v", got)
	}
	for name := range readCatalogues(t) {
		text, err := fs.ReadFile(embedded, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range repeated(text) {
			t.Errorf("%s: %s is there twice; the first one is lost", name, key)
		}
	}
}

// fields lists the placeholders of a text.
func fields(t *testing.T, where, text string) []string {
	t.Helper()
	trees, err := parse.Parse("text", text, "{{", "}}", map[string]any{"eq": 1, "ne": 1, "and": 1, "or": 1, "not": 1, "printf": 1, "len": 1, "index": 1, "lt": 1, "gt": 1})
	if err != nil {
		t.Errorf("%s: %v", where, err)
		return nil
	}
	found := map[string]bool{}
	var walk func(n parse.Node)
	walkList := func(l *parse.ListNode) {
		if l != nil {
			for _, n := range l.Nodes {
				walk(n)
			}
		}
	}
	branch := func(p *parse.PipeNode, lists ...*parse.ListNode) {
		walk(p)
		for _, l := range lists {
			walkList(l)
		}
	}
	walk = func(n parse.Node) {
		switch n := n.(type) {
		case *parse.ListNode:
			walkList(n)
		case *parse.ActionNode:
			walk(n.Pipe)
		case *parse.PipeNode:
			for _, c := range n.Cmds {
				for _, a := range c.Args {
					walk(a)
				}
			}
		case *parse.IfNode:
			branch(n.Pipe, n.List, n.ElseList)
		case *parse.RangeNode:
			branch(n.Pipe, n.List, n.ElseList)
		case *parse.WithNode:
			branch(n.Pipe, n.List, n.ElseList)
		case *parse.FieldNode:
			found[n.Ident[0]] = true
		}
	}
	for _, tree := range trees {
		walk(tree.Root)
	}
	return slices.Sorted(maps.Keys(found))
}

func TestTwinsHaveTheSamePlaceholders(t *testing.T) {
	files := readCatalogues(t)
	for name, messages := range files {
		area, tag, _ := areaAndTag(name)
		if tag != zhTag {
			continue
		}
		twin := "catalogue/" + area + "." + enTag + ".json"
		for _, key := range slices.Sorted(maps.Keys(messages)) {
			english := files[twin][key]
			if english == nil {
				continue // told by the test of key sets
			}
			zh := fields(t, name+": "+key, messages[key].Other)
			en := fields(t, twin+": "+key, english.Other)
			if !slices.Equal(zh, en) {
				t.Errorf("%s: %s has placeholders %v, %s has %v", name, key, zh, twin, en)
			}
			for form, text := range texts(english) {
				for _, field := range fields(t, twin+": "+key, text) {
					if !slices.Contains(en, field) {
						t.Errorf("%s: %s (%s) has placeholder %s, which its other forms lack", twin, key, form, field)
					}
				}
			}
		}
	}
}

func TestFormsFitTheLanguage(t *testing.T) {
	for name, messages := range readCatalogues(t) {
		_, tag, _ := areaAndTag(name)
		for _, key := range slices.Sorted(maps.Keys(messages)) {
			forms := texts(messages[key])
			switch plural := slices.Contains(fields(t, name+": "+key, messages[key].Other), "N"); {
			case tag == zhTag && len(forms) > 1:
				t.Errorf("%s: %s: Chinese has only the form \"other\"", name, key)
			case tag == enTag && plural && forms["one"] == "":
				t.Errorf("%s: %s counts with {{.N}}, so English needs the forms \"one\" and \"other\"", name, key)
			}
		}
	}
}

func TestEnglishHasNoHan(t *testing.T) {
	eachText(t, enTag, func(t *testing.T, where, text string) {
		t.Helper()
		for _, r := range text {
			if unicode.Is(unicode.Han, r) {
				t.Errorf("%s: %q holds %q", where, text, r)
				return
			}
		}
	})
}

func TestChineseHasFullWidthMarks(t *testing.T) {
	half := regexp.MustCompile(`\p{Han}\s*[,:;()?]+\s*\p{Han}`)
	if !half.MatchString("今日,昨日") || !half.MatchString("数据 (昨日)") || half.MatchString("今日，昨日 08:02") {
		t.Fatal("the rule itself is wrong")
	}
	eachText(t, zhTag, func(t *testing.T, where, text string) {
		t.Helper()
		if found := half.FindString(text); found != "" {
			t.Errorf("%s: %q has a half-width mark in %q", where, text, found)
		}
	})
}

func TestTextsAreTidy(t *testing.T) {
	eachText(t, "", func(t *testing.T, where, text string) {
		t.Helper()
		if strings.Contains(text, "  ") {
			t.Errorf("%s: %q has a double space", where, text)
		}
		if strings.ContainsAny(text, "!！") && !strings.Contains(text, "!=") {
			t.Errorf("%s: %q exclaims", where, text)
		}
		if strings.ContainsRune(text, '￥') {
			t.Errorf("%s: %q uses the full-width ￥; write ¥", where, text)
		}
	})
}
