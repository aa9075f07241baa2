package archtest

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestDockerfile: two stages, an empty last one, another user, a health check
// without a shell, and nothing fetched by ADD.
func TestDockerfile(t *testing.T) {
	var stages [][]string
	for _, line := range instructions(read(t, "Dockerfile")) {
		word, _, _ := strings.Cut(line, " ")
		if word == "ADD" {
			t.Errorf("%q: use COPY", line)
		}
		if word == "FROM" {
			stages = append(stages, nil)
		}
		if len(stages) == 0 {
			if word != "ARG" {
				t.Errorf("%q before FROM", line)
			}
			continue
		}
		stages[len(stages)-1] = append(stages[len(stages)-1], line)
	}
	if len(stages) != 2 {
		t.Fatalf("%d stages, want a build stage and the image", len(stages))
	}
	goVersion := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(read(t, "go.mod"))[1]
	want(t, stages[0], `^FROM golang:`+regexp.QuoteMeta(goVersion)+`(\.\d+)?(-\w+)? AS build$`)
	want(t, stages[0], `CGO_ENABLED=0 .*go build .*-trimpath`)
	want(t, stages[1], `^FROM scratch$`)
	want(t, stages[1], `^COPY --from=build `)
	want(t, stages[1], `^USER 65532:65532$`)
	want(t, stages[1], `^VOLUME \["?/data"?\]$`)
	want(t, stages[1], `^HEALTHCHECK .*CMD \["/shopwatch", "healthcheck"\]$`)
	want(t, stages[1], `^STOPSIGNAL SIGTERM$`)
	want(t, stages[1], `^ENTRYPOINT \["/shopwatch"\]$`)
	for _, line := range stages[1] {
		if strings.HasPrefix(line, "RUN ") {
			t.Errorf("%q: the image has no shell", line)
		}
	}
}

// instructions joins continued lines and drops comments.
func instructions(text string) []string {
	var list []string
	for line := range strings.Lines(strings.ReplaceAll(text, "\\\n", " ")) {
		if line = strings.Join(strings.Fields(line), " "); line != "" && !strings.HasPrefix(line, "#") {
			list = append(list, line)
		}
	}
	return list
}

func want(t *testing.T, stage []string, pattern string) {
	t.Helper()
	for _, line := range stage {
		if regexp.MustCompile(pattern).MatchString(line) {
			return
		}
	}
	t.Errorf("no line like %s in\n%s", pattern, strings.Join(stage, "\n"))
}

// TestEmptyRoot runs the static binary where there is nothing else: no shell,
// no time zones, no CA roots, and as a user without a name.
func TestEmptyRoot(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the binary: not with -short")
	}
	if os.Getuid() != 0 {
		t.Skip("only root can change the root folder")
	}
	if len(files(t, "internal/cli/doc.go")) == 0 {
		t.Skip("there is no command line to run")
	}
	dir := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(dir, "shopwatch"), ".")
	build.Dir = root(t)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	allow(t, dir)
	config := "shops: [{id: a, zone: Asia/Shanghai}]\n"
	if err := os.WriteFile(filepath.Join(dir, "config.yaml"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code []int
		says string
	}{
		{[]string{"version"}, []int{0}, "shopwatch"},
		{[]string{"check", "-c", "/config.yaml"}, []int{0}, ""}, // loads the zone
		{[]string{"healthcheck"}, []int{1, 3}, ""},              // nothing runs
	} {
		out, code := jailed(t, dir, c.args)
		ok := false
		for _, want := range c.code {
			ok = ok || code == want
		}
		if !ok || !strings.Contains(out, c.says) || strings.Contains(out, "panic") || strings.Contains(out, "goroutine ") {
			t.Errorf("%v in an empty root: exit %d, want %v and %q in:\n%s", c.args, code, c.code, c.says, out)
		}
	}
}

// allow lets any user into dir.
func allow(t *testing.T, dir string) {
	t.Helper()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
}

func jailed(t *testing.T, dir string, args []string) (string, int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/shopwatch", args...)
	cmd.Dir, cmd.Env, cmd.WaitDelay = "/", []string{}, 10*time.Second
	cmd.SysProcAttr = jail(dir)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return out.String(), 0
	case errors.As(err, &exit):
		return out.String(), exit.ExitCode()
	}
	t.Fatalf("run in an empty root: %v", err)
	return "", 0
}
