package archtest

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const module = "shopwatch"

// pkg is what go list says of a package.
type pkg struct {
	ImportPath   string
	Dir          string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

// name is the path inside the module; the main package's is empty.
func (p pkg) name() string { return strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/") }

var listed = sync.OnceValues(func() (map[string]pkg, error) {
	list := exec.Command("go", "list", "-e", "-deps", "-json=ImportPath,Dir,Imports,TestImports,XTestImports", module+"/...")
	out, err := list.Output()
	if err != nil {
		return nil, err
	}
	all := map[string]pkg{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var p pkg
		if err := dec.Decode(&p); err != nil {
			return nil, err
		}
		all[p.ImportPath] = p
	}
	return all, nil
})

// packages are all packages that the module consists of or depends on.
func packages(t *testing.T) map[string]pkg {
	t.Helper()
	all, err := listed()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	return all
}

// ours are the packages of the module, in order.
func ours(t *testing.T) []pkg {
	t.Helper()
	var list []pkg
	for path, p := range packages(t) {
		if path == module || strings.HasPrefix(path, module+"/") {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b pkg) int { return strings.Compare(a.ImportPath, b.ImportPath) })
	if len(list) == 0 {
		t.Fatal("the module has no packages")
	}
	return list
}

// reach maps everything that from imports, directly or not, to an importer.
func reach(all map[string]pkg, from string) map[string]string {
	via := map[string]string{}
	for todo := []string{from}; len(todo) > 0; {
		p := todo[0]
		todo = todo[1:]
		for _, imp := range all[p].Imports {
			if _, seen := via[imp]; !seen {
				via[imp] = p
				todo = append(todo, imp)
			}
		}
	}
	return via
}

// root is the top of the repository.
func root(t *testing.T) string {
	t.Helper()
	dir, err := top()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func top() (string, error) {
	dir, err := os.Getwd()
	for ; err == nil && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			return dir, nil
		}
	}
	return "", errors.Join(err, errors.New("no go.mod above this test"))
}

// file is one Go file.
type file struct {
	path string // from the root, with slashes
	text string
	tree *ast.File
	set  *token.FileSet
}

func (s file) test() bool { return strings.HasSuffix(s.path, "_test.go") }

func (s file) dir() string { return filepath.ToSlash(filepath.Dir(s.path)) }

// lines counts the lines of code, comments and blanks left out.
func (s file) lines() int {
	n := 0
	for line := range strings.Lines(s.text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			n++
		}
	}
	return n
}

// parsed is every Go file of the repository, read once for all tests.
var parsed = sync.OnceValues(func() ([]file, error) {
	top, err := top()
	if err != nil {
		return nil, err
	}
	paths, err := walk(top, ".go")
	if err != nil {
		return nil, err
	}
	list := make([]file, len(paths))
	for i, path := range paths {
		text, err := os.ReadFile(filepath.Join(top, path))
		if err != nil {
			return nil, err
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, path, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		list[i] = file{path: path, text: string(text), tree: tree, set: set}
	}
	return list, nil
})

func sources(t *testing.T) []file {
	t.Helper()
	list, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// skipped are folders that hold nothing of ours.
var skipped = []string{".git", ".cache", "node_modules", "dist", "data", "fuzz"}

// files are the repository's files with one of the suffixes, from the root.
func files(t *testing.T, suffixes ...string) []string {
	t.Helper()
	list, err := walk(root(t), suffixes...)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// isModule reports whether a folder is a module of its own (bench/peers), whose
// shape is not the product's.
func isModule(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

func walk(top string, suffixes ...string) ([]string, error) {
	var list []string
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains(skipped, d.Name()) || path != top && isModule(path) {
				return fs.SkipDir
			}
			return nil
		}
		if slices.ContainsFunc(suffixes, func(s string) bool { return strings.HasSuffix(path, s) }) {
			rel, err := filepath.Rel(top, path)
			list = append(list, filepath.ToSlash(rel))
			return err
		}
		return nil
	})
	return list, err
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
