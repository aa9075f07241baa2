package archtest

import (
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestPackageDocs: one file of each folder says what the package is.
func TestPackageDocs(t *testing.T) {
	docs := map[string][]string{}
	for _, f := range sources(t) {
		if f.test() {
			continue
		}
		if _, ok := docs[f.dir()]; !ok {
			docs[f.dir()] = nil
		}
		if f.tree.Doc == nil {
			continue
		}
		docs[f.dir()] = append(docs[f.dir()], f.path)
		want := "Package " + f.tree.Name.Name + " "
		if f.tree.Name.Name == "main" {
			want = "Command "
		}
		if text := f.tree.Doc.Text(); !strings.HasPrefix(text, want) || len(text) < 60 {
			t.Errorf("%s: the package comment must start with %q and say what the package is", f.path, want)
		}
	}
	for dir, found := range docs {
		if len(found) != 1 {
			t.Errorf("%s: %d package comments (%v), want 1", dir, len(found), found)
		}
	}
}

var (
	bannedPackages = []string{
		"util", "utils", "common", "types", "models", "helpers", "helper", "base", "manager", "service", "impl",
		"constants", "misc", "shared", "lib", "core", "pkg", "cmd",
	}
	bannedFiles    = regexp.MustCompile(`(^|_)(misc|types|interfaces|utils?|helpers?|common|constants|impl|base|manager|service)(_test)?\.go$`)
	bannedSuffixes = regexp.MustCompile(`(Manager|Coordinator|Service|Handler|Processor|Helper|Util|Impl)$`)
	getter         = regexp.MustCompile(`^Get[A-Z]`)
)

// TestNames: nouns of the trade, and no word that fits everything.
func TestNames(t *testing.T) {
	for _, f := range sources(t) {
		name := f.tree.Name.Name
		if slices.Contains(bannedPackages, strings.TrimSuffix(name, "_test")) {
			t.Errorf("%s: a package must not be called %s", f.path, name)
		}
		if bannedFiles.MatchString(path.Base(f.path)) {
			t.Errorf("%s: a file name says what is in it", f.path)
		}
		for _, d := range f.tree.Decls {
			checkNames(t, f, d)
		}
	}
}

func checkNames(t *testing.T, f file, d ast.Decl) {
	t.Helper()
	switch d := d.(type) {
	case *ast.FuncDecl:
		if getter.MatchString(d.Name.Name) && !f.test() {
			t.Errorf("%s: %s: leave out Get", f.path, d.Name.Name)
		}
		if d.Name.Name == "init" && d.Recv == nil {
			t.Errorf("%s: no init functions", f.path)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			ts, ok := spec.(*ast.TypeSpec)
			if !ok {
				continue
			}
			if bannedSuffixes.MatchString(ts.Name.Name) {
				t.Errorf("%s: the type %s needs a noun of the trade", f.path, ts.Name.Name)
			}
			if ts.Name.IsExported() && f.tree.Name.Name != "main" && strings.EqualFold(ts.Name.Name[:min(len(ts.Name.Name), len(f.tree.Name.Name))], f.tree.Name.Name) &&
				len(ts.Name.Name) > len(f.tree.Name.Name) {
				t.Errorf("%s: %s.%s stutters", f.path, f.tree.Name.Name, ts.Name.Name)
			}
		}
	}
}

// TestInterfaces: about one for a thousand lines, small, and never one of ours
// per struct.
func TestInterfaces(t *testing.T) {
	lines, found := 0, []string(nil)
	for _, f := range sources(t) {
		if f.test() {
			continue
		}
		lines += f.lines()
		ast.Inspect(f.tree, func(n ast.Node) bool {
			ts, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			if it, ok := ts.Type.(*ast.InterfaceType); ok && !constraint(it) {
				found = append(found, f.tree.Name.Name+"."+ts.Name.Name)
				if n := it.Methods.NumFields(); n > 6 {
					t.Errorf("%s: %s has %d methods, at most 6", f.path, ts.Name.Name, n)
				}
			}
			return true
		})
	}
	t.Logf("%d lines of code, %d interfaces: %v", lines, len(found), found)
	if len(found) > 4+lines/1000 {
		t.Errorf("%d interfaces in %d lines: more than one for 1,000 lines and the four seams", len(found), lines)
	}
}

// constraint tells type sets of generics from interfaces that are called.
func constraint(it *ast.InterfaceType) bool {
	for _, m := range it.Methods.List {
		switch m.Type.(type) {
		case *ast.BinaryExpr, *ast.UnaryExpr:
			return true
		}
	}
	return false
}

// starters are the packages that may start goroutines: those with a lifecycle,
// so that what is started is also stopped and waited for.
var starters = []string{"bot", "bot/slack", "bot/sandbox", "bot/robot", "jobs", "internal/app", "internal/bench", "internal/source", "internal/web", "storage"}

func TestGoroutines(t *testing.T) {
	for _, f := range sources(t) {
		if f.test() || strings.HasSuffix(f.dir(), "test") || slices.Contains(starters, f.dir()) {
			continue
		}
		ast.Inspect(f.tree, func(n ast.Node) bool {
			if g, ok := n.(*ast.GoStmt); ok {
				t.Errorf("%v: goroutines start only in %v", f.set.Position(g.Pos()), starters)
			}
			return true
		})
	}
}

// TestSleep: tests of loops run on simulated time, or wait for the event. A
// sleep says on its line what it stands for.
func TestSleep(t *testing.T) {
	for _, f := range sources(t) {
		if !f.test() || f.dir() == "internal/archtest" || strings.Contains(f.text, `"testing/synctest"`) {
			continue
		}
		for line := range strings.Lines(f.text) {
			if strings.Contains(line, "time.Sleep(") && !strings.Contains(line, "//") {
				t.Errorf("%s: %s: use testing/synctest, or say what it stands for", f.path, strings.TrimSpace(line))
			}
		}
	}
}
