// Package npmtest is support for tests: it runs Slack's own Node packages, as
// package-lock.json pins them, and checks values against Slack's own types. It
// needs node and, the first time, npm and its registry; where they are absent a
// test is skipped and says so, or fails with SHOPWATCH_CI=1.
package npmtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// absent skips a test for want of something, or fails it where nothing may be
// wanting.
func absent(tb testing.TB, format string, args ...any) {
	tb.Helper()
	if os.Getenv("SHOPWATCH_CI") == "1" {
		tb.Fatalf(format, args...)
	}
	tb.Skipf(format, args...)
}

// Dir is the folder of this package with its node_modules in it, and the path
// of node.
func Dir(tb testing.TB) (dir, node string) {
	tb.Helper()
	if testing.Short() && os.Getenv("SHOPWATCH_CI") != "1" {
		tb.Skip("starts node: not with -short")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		absent(tb, "no node here: Slack's own packages are not run")
	}
	_, file, _, _ := runtime.Caller(0)
	dir = filepath.Dir(file)
	if !installed(dir) {
		install(tb, dir)
	}
	return dir, node
}

func installed(dir string) bool {
	for _, name := range []string{"@slack/socket-mode", "@slack/types", "typescript"} {
		if _, err := os.Stat(filepath.Join(dir, "node_modules", name, "package.json")); err != nil {
			return false
		}
	}
	return true
}

// install puts the packages into a folder of its own first: tests of several
// packages may come here at the same time, and the first to finish wins.
func install(tb testing.TB, dir string) {
	tb.Helper()
	npm, err := exec.LookPath("npm")
	if err != nil {
		absent(tb, "no npm here: Slack's own packages cannot be installed")
	}
	work, err := os.MkdirTemp(dir, "node_modules.") //nolint:usetesting // beside its goal, so that a rename moves it
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(work) }()
	for _, name := range []string{"package.json", "package-lock.json"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(work, name), text, 0o600)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	run := exec.CommandContext(tb.Context(), npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	run.Dir = work
	if out, err := run.CombinedOutput(); err != nil {
		absent(tb, "Slack's own packages cannot be installed: %v\n%s", err, out)
	}
	if installed(dir) {
		return // somebody else was quicker
	}
	_ = os.Rename(filepath.Join(dir, "node_modules"), filepath.Join(work, "old"))
	if err := os.Rename(filepath.Join(work, "node_modules"), filepath.Join(dir, "node_modules")); err != nil && !installed(dir) {
		tb.Fatal(err)
	}
}

// TypeCheck compiles TypeScript that may import "@slack/types" and
// "@slack/web-api", strictly, and fails the test with what the compiler says.
func TypeCheck(tb testing.TB, source string) {
	tb.Helper()
	dir, node := Dir(tb)
	work := tb.TempDir()
	modules := filepath.ToSlash(filepath.Join(dir, "node_modules"))
	settings := `{"compilerOptions": {"noEmit": true, "strict": true, "skipLibCheck": true, "module": "nodenext", "moduleResolution": "nodenext",
		"types": ["node"], "typeRoots": ["` + modules + `/@types"], "baseUrl": ".", "paths": {
			"@slack/types": ["` + modules + `/@slack/types/dist/index.d.ts"],
			"@slack/web-api": ["` + modules + `/@slack/web-api/dist/types/request/manifest.d.ts"]}}, "files": ["check.ts"]}`
	for name, text := range map[string]string{"check.ts": source, "tsconfig.json": settings} {
		if err := os.WriteFile(filepath.Join(work, name), []byte(text), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	run := exec.CommandContext(tb.Context(), node, filepath.Join(dir, "node_modules", "typescript", "bin", "tsc"), "-p", work)
	if out, err := run.CombinedOutput(); err != nil {
		const most = 4000
		tb.Errorf("%v\n%s", err, out[:min(len(out), most)])
	}
}
