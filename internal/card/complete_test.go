package card

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"shopwatch/internal/chat"
	"shopwatch/internal/i18n"
)

// TestEveryCardHasAGolden: each way to write a card is among the cards that the
// goldens show, in both languages, and no golden is left of one that is not.
func TestEveryCardHasAGolden(t *testing.T) {
	shown := called(t)
	if len(shown) < 30 {
		t.Fatalf("only %d calls were found: the test is blind", len(shown))
	}
	pen := reflect.TypeFor[Pen]()
	for m := range pen.Methods() {
		if writes(m.Type) && !shown[m.Name] {
			t.Errorf("Pen.%s has no golden: add it to the cards of a test", m.Name)
		}
	}
	names := map[string]bool{}
	p := New(i18n.En(), shop())
	for _, all := range []map[string]chat.Message{cards(p), formCards(p)} {
		for name := range all {
			names[name] = true
		}
	}
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name, _, _ := strings.Cut(filepath.Base(file), ".")
		if !names[name] {
			t.Errorf("%s shows no card that there is", file)
		}
	}
}

// writes reports whether a method gives messages, or a form.
func writes(m reflect.Type) bool {
	for out := range m.Outs() {
		switch out {
		case reflect.TypeFor[chat.Message](), reflect.TypeFor[[]chat.Message](), reflect.TypeFor[chat.Form](), reflect.TypeFor[chat.Section](), reflect.TypeFor[[]chat.Section]():
			return true
		}
	}
	return false
}

// called are the methods that the tests' collections of cards and forms call.
func called(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv != nil || !collects(f.Name.Name) {
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if c, ok := n.(*ast.CallExpr); ok {
					if s, ok := c.Fun.(*ast.SelectorExpr); ok {
						names[s.Sel.Name] = true
					}
				}
				return true
			})
		}
	}
	return names
}

// collects tells a function that lists cards or forms.
func collects(name string) bool {
	return name == "cards" || strings.HasSuffix(name, "Cards") || strings.HasSuffix(strings.ToLower(name), "forms")
}
