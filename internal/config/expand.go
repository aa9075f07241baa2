package config

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

var variable = regexp.MustCompile(`^\{([A-Za-z_][A-Za-z0-9_]*)(:-([^{}]*))?\}`)

const maxSecretFile = 64 << 10

// expand replaces ${NAME}, ${NAME:-default} and $$ in a text once, and reads
// the file that a text with the prefix file: names. A secret must come from
// one of the two and must not be empty.
func expand(text string, env func(string) (string, bool), secret bool) (string, *fault) {
	path, fromFile := strings.CutPrefix(text, "file:")
	if fromFile {
		text = path
	}
	var out strings.Builder
	referred := false
	for {
		before, after, found := strings.Cut(text, "$")
		out.WriteString(before)
		if !found {
			break
		}
		text = after
		if rest, ok := strings.CutPrefix(text, "$"); ok {
			out.WriteByte('$')
			text = rest
			continue
		}
		if !strings.HasPrefix(text, "{") {
			out.WriteByte('$')
			continue
		}
		m := variable.FindStringSubmatch(text)
		if m == nil {
			return "", bad("reference")
		}
		value, fault := lookup(m, env, secret && !fromFile)
		if fault != nil {
			return "", fault
		}
		out.WriteString(value)
		text, referred = text[len(m[0]):], true
	}
	switch {
	case fromFile:
		return readFile(out.String())
	case secret && !referred:
		return "", bad("literal_secret")
	}
	return out.String(), nil
}

// lookup answers a match of variable. A default does not make a secret: it
// would stand in the file.
func lookup(m []string, env func(string) (string, bool), secret bool) (string, *fault) {
	value, set := env(m[1])
	switch {
	case secret && m[2] != "":
		return "", bad("literal_secret", "name", m[1])
	case value == "" && m[2] != "":
		return m[3], nil
	case secret && value == "":
		return "", bad("unset_secret", "name", m[1])
	case !set:
		return "", bad("unset", "name", m[1])
	}
	return value, nil
}

// readFile returns the content of a secret file without its trailing newline.
func readFile(path string) (string, *fault) {
	if !filepath.IsAbs(path) {
		return "", bad("file_path")
	}
	f, err := os.Open(path)
	if err != nil {
		return "", unreadable(err)
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, maxSecretFile))
	if err != nil {
		return "", unreadable(err)
	}
	text := strings.TrimRight(string(content), "\r\n")
	if text == "" {
		return "", bad("file_empty")
	}
	return text, nil
}

// unreadable says why a file cannot be read, without its path.
func unreadable(err error) *fault {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return bad("file_missing")
	case errors.Is(err, fs.ErrPermission):
		return bad("file_denied")
	}
	return bad("file_read")
}
