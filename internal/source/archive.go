package source

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// archiveFolder is where files go that are in the store.
const archiveFolder = "archive"

// noFiles says that a path finds nothing.
type noFiles struct{}

func (*noFiles) Error() string { return "no file" }

// note remembers files of this Pull as they are now.
func (f *File) note(names []string) {
	if !f.spec.file.archive {
		return
	}
	for _, name := range names {
		if info, err := os.Stat(name); err == nil {
			f.read = append(f.read, readFileInfo{name, info.Size(), info.ModTime()})
		}
	}
}

// Stored is to be called when the last Pull is in the store: the files it read
// move into the folder "archive" beside them, where the source says done:
// archive. A file that has changed since stays and is read again.
func (f *File) Stored() error {
	var errs []error
	for _, one := range f.read {
		info, err := os.Stat(one.path)
		if err != nil || info.Size() != one.size || !info.ModTime().Equal(one.at) {
			continue
		}
		if err := putAway(one.path); err != nil {
			errs = append(errs, fmt.Errorf("source %s: put %s away: %w", f.spec.ID, filepath.Base(one.path), err))
		}
	}
	f.read = nil
	return errors.Join(errs...)
}

// putAway moves a file into the archive without replacing one of that name.
func putAway(path string) error {
	dir := filepath.Join(filepath.Dir(path), archiveFolder)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	base := filepath.Base(path)
	ext := filepath.Ext(base)
	for n := 1; ; n++ {
		to := filepath.Join(dir, base)
		if n > 1 {
			to = filepath.Join(dir, strings.TrimSuffix(base, ext)+"-"+strconv.Itoa(n)+ext)
		}
		if _, err := os.Lstat(to); errors.Is(err, os.ErrNotExist) {
			return os.Rename(path, to)
		} else if err != nil {
			return err
		}
	}
}
