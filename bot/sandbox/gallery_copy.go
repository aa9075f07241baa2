package sandbox

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// CopyGallery writes the gallery into a folder, which is made, or must be empty:
// one page with its style sheet and its pictures. It opens from disk and from any
// file server. A copy that fails is taken away again.
func (s *Sandbox) CopyGallery(dir string) (err error) {
	if err := emptyFolder(dir); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("copy of the gallery: %w", err)
	}
	files, err := s.galleryFiles()
	for _, f := range files {
		if err != nil {
			break
		}
		if err = root.MkdirAll(path.Dir(f.name), 0o755); err == nil {
			err = root.WriteFile(f.name, f.body, 0o644)
		}
	}
	if err != nil {
		for _, f := range files {
			name, _, _ := strings.Cut(f.name, "/")
			_ = root.RemoveAll(name) // what is left over is said by the error
		}
		err = fmt.Errorf("copy of the gallery into %s: %w", dir, err)
	}
	return errors.Join(err, root.Close())
}

// emptyFolder makes a folder, or refuses one that holds something.
func emptyFolder(dir string) error {
	if err := os.MkdirAll(filepath.Clean(dir), 0o755); err != nil {
		return fmt.Errorf("copy of the gallery: %w", err)
	}
	held, err := os.ReadDir(dir)
	if err == nil && len(held) > 0 {
		err = fmt.Errorf("%s is not empty; name a new folder: %w", dir, fs.ErrExist)
	}
	return err
}

// copied is a file of the copy.
type copied struct {
	name string
	body []byte
}

func (s *Sandbox) galleryFiles() ([]copied, error) {
	page, err := s.galleryStill()
	if err != nil {
		return nil, err
	}
	out := []copied{{"index.html", page}}
	for _, name := range []string{"style.css", "icon.svg"} {
		body, err := pageFiles.ReadFile("page/" + name)
		if err != nil {
			return nil, err
		}
		out = append(out, copied{"assets/" + name, body})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, f := range s.space.files {
		if f.ready() {
			out = append(out, copied{"files/" + id + "/" + path.Base(f.name), f.bytes})
		}
		if f.ready() && f.picture() {
			out = append(out, copied{"files/" + id + "/picture.png", f.bytes})
		}
	}
	return out, nil
}

// galleryStill is the page with all that it loads from a server inside it: a page on
// disk may load no module and ask nobody for what it shows.
func (s *Sandbox) galleryStill() ([]byte, error) {
	page, err := template.ParseFS(pageFiles, "page/gallery.html")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := page.Execute(&b, s.galleryPage(true)); err != nil {
		return nil, err
	}
	modules, err := moduleMap()
	if err != nil {
		return nil, err
	}
	const script = `<script type="module" src="/assets/gallery.js"></script>`
	inside := `<script type="importmap">` + string(mustJSON(object{"imports": modules})) + "</script>\n" +
		`<script type="application/json" id="state">` + string(mustJSON(s.galleryState())) + "</script>\n" +
		`<script type="module">import "page/gallery.js";</script>`
	before, after, found := strings.Cut(b.String(), script)
	if !found {
		return nil, errors.New("the page of the gallery does not load its script where it did")
	}
	near := func(html string) string { return strings.ReplaceAll(html, `href="/assets/`, `href="assets/`) }
	return []byte(near(before) + inside + near(after)), nil
}

// moduleMap are the scripts of the page by the names under which they import each
// other.
func moduleMap() (map[string]string, error) {
	names, err := fs.Glob(pageFiles, "page/*.js")
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, name := range names {
		body, err := pageFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		text := strings.ReplaceAll(string(body), `from "./`, `from "page/`)
		out[name] = "data:text/javascript;charset=utf-8;base64," + base64.StdEncoding.EncodeToString([]byte(text))
	}
	return out, nil
}
