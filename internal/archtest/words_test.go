package archtest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	// phrases promise a later that never comes, or say that this is not real.
	phrases = regexp.MustCompile(`(?i:\b(in production|for now|simplified|hard-?coded|fixme|xxx:|hack:))|\bTODO\b`)
	// owned is a TODO that names who will do it.
	owned = regexp.MustCompile(`TODO\([a-z]+\)`)
	// chinese is how the script is called.
	chinese = regexp.MustCompile(`(?i)simplified[ _]?chinese`)
	// places exist on one machine only.
	places = regexp.MustCompile(`(^|[^\w.:/-])/(work|tmp|root|home|Users)/\w`)
)

// texts are the files that people wrote.
func texts(t *testing.T) []string {
	t.Helper()
	list := files(t, ".go", ".md", ".yaml", ".yml", ".json", ".html", ".css", ".js", ".txtar", "Makefile", "Dockerfile", ".ci/run")
	return slices.DeleteFunc(list, func(path string) bool { return path == "internal/archtest/words_test.go" || path == ".golangci.yml" })
}

func TestPhrases(t *testing.T) {
	for _, path := range texts(t) {
		for i, line := range strings.Split(read(t, path), "\n") {
			kept := chinese.ReplaceAllString(owned.ReplaceAllString(line, ""), "")
			if m := phrases.FindString(kept); m != "" {
				t.Errorf("%s:%d: %q: say what is, or leave the thing out", path, i+1, m)
			}
			if m := places.FindString(line); m != "" {
				t.Errorf("%s:%d: %q is a place on one machine", path, i+1, strings.TrimSpace(m))
			}
		}
	}
}

var (
	quoted = regexp.MustCompile("`([^`\n]+)`")
	link   = regexp.MustCompile(`\]\(([^)#\s]+)(#[^)]*)?\)`)
	pathy  = regexp.MustCompile(`^\.?[\w.-]+(/[\w.*-]+)*/?$`)
	// own are file names that a reader writes himself.
	own = []string{"config.yaml", "compose.yaml", ".env"}
)

// TestDocPaths: every path that a document names exists.
func TestDocPaths(t *testing.T) {
	top := root(t)
	docs := slices.DeleteFunc(files(t, ".md"), func(p string) bool { return strings.Contains(p, "testdata/") })
	for _, doc := range docs {
		text := read(t, doc)
		for _, m := range quoted.FindAllStringSubmatch(text, -1) {
			if names, ok := namesPath(top, m[1]); ok && !names {
				t.Errorf("%s names %s, which does not exist", doc, m[1])
			}
		}
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			target := filepath.Join(top, filepath.Dir(doc), m[1])
			if _, err := os.Stat(target); err != nil && !strings.Contains(m[1], "://") && !strings.HasPrefix(m[1], "mailto:") {
				t.Errorf("%s links to %s, which does not exist", doc, m[1])
			}
		}
	}
}

// namesPath tells whether a quoted text is meant as a path of the repository,
// and whether that exists. Stars match as in the shell.
func namesPath(top, text string) (exists, meant bool) {
	text = strings.TrimPrefix(strings.TrimPrefix(text, "./"), module+"/")
	if !pathy.MatchString(text) || slices.Contains(own, text) {
		return false, false
	}
	first, _, nested := strings.Cut(text, "/")
	if _, err := os.Stat(filepath.Join(top, first)); nested && err != nil {
		return false, false // data/shopwatch.db, digest/morning/C123
	}
	ext := filepath.Ext(text)
	if !nested && !slices.Contains([]string{".go", ".yaml", ".md", ".mod", ".yml"}, ext) {
		return false, false
	}
	found, _ := filepath.Glob(filepath.Join(top, text))
	if !nested && len(found) == 0 {
		found, _ = walk(top, "/"+text) // doc.go: one in many folders
	}
	return len(found) > 0, true
}
