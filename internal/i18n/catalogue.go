package i18n

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed catalogue/*.json
var embedded embed.FS

// builtin parses the embedded catalogues once per process. Parsing cannot be
// wrong for one user and right for another, so the error is kept beside the
// result and told by Check.
var builtin = sync.OnceValues(func() (*tongues, error) { return load(embedded) })

// tongues is one set of catalogues and the locales that speak from it.
type tongues struct{ zh, en *Locale }

// Check reports what is wrong with the embedded catalogues: files that cannot
// be read or have a wrong name. nil means all are loaded. A file with an error
// is left out, so its keys come back as faults.
func Check() error {
	_, err := builtin()
	return err
}

// load reads catalogue/*.json of files. The locales are usable even when an
// error is returned; they lack the files named in it.
func load(files fs.FS) (*tongues, error) {
	bundle := goi18n.NewBundle(language.English)
	names, err := fs.Glob(files, "catalogue/*.json")
	problems := []error{err}
	for _, name := range names {
		problems = append(problems, add(bundle, files, name))
	}
	return &tongues{
		zh: &Locale{tag: zhTag, words: goi18n.NewLocalizer(bundle, zhTag)},
		en: &Locale{tag: enTag, words: goi18n.NewLocalizer(bundle, enTag)},
	}, errors.Join(problems...)
}

func add(bundle *goi18n.Bundle, files fs.FS, name string) error {
	if _, _, ok := areaAndTag(name); !ok {
		return fmt.Errorf("%s: the name must be <area>.%s.json or <area>.%s.json", name, zhTag, enTag)
	}
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	if _, err := bundle.ParseMessageFileBytes(text, path.Base(name)); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// areaAndTag splits "catalogue/card.zh-CN.json" into "card" and "zh-CN".
func areaAndTag(name string) (area, tag string, ok bool) {
	stem, found := strings.CutSuffix(path.Base(name), ".json")
	area, tag, cut := strings.Cut(stem, ".")
	return area, tag, found && cut && area != "" && (tag == zhTag || tag == enTag)
}
