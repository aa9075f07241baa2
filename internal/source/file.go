package source

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"shopwatch/internal/market"
)

// File is a source that reads CSV files and workbooks. Build returns one for
// driver: file.
type File struct {
	spec *Spec
	dir  string
	read []readFileInfo // files of the last Pull
}

// readFileInfo is a file as it was when it was read.
type readFileInfo struct {
	path string
	size int64
	at   time.Time
}

// maxFile bounds one file; a year of a large shop's lines has 100 MB.
const maxFile = 256 << 20

// settleTime is how long a file must have been left alone before it is read.
const settleTime = 2 * time.Second

func newFile(s *Spec, d Deps) *File {
	return &File{spec: s, dir: d.Dir}
}

// ID implements Source.
func (f *File) ID() string { return f.spec.ID }

// Table implements Source.
func (f *File) Table() *market.Table { return f.spec.mapping.table }

// Files lists the files of the source's path in natural order: part 2 before
// part 10. It is an error when there is no path or no file.
func (f *File) Files() ([]string, error) {
	if f.spec.file.path == "" {
		return nil, &Error{Source: f.spec.ID, Class: Setup, Message: "the source has no path; name the files to import"}
	}
	pattern := f.spec.file.path
	if !filepath.IsAbs(pattern) {
		pattern = filepath.Join(f.dir, pattern)
	}
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		return nil, &Error{Source: f.spec.ID, Class: Incomplete, Message: fmt.Sprintf("no file matches %s", f.spec.file.path), Err: &noFiles{}}
	}
	slices.SortFunc(names, natural)
	return names, nil
}

// Pull implements Source. Of a table of Events it reads every file of the path
// (files read before bring the same versions again, which changes nothing); of
// a table of State only the last one, which is the whole picture. Where files
// are put away when they are done, an empty folder is nothing new: the Pull is
// then the zero Pull.
func (f *File) Pull(ctx context.Context, r Request) (market.Pull, error) {
	f.read = nil
	names, err := f.Files()
	if none := (*noFiles)(nil); errors.As(err, &none) && f.spec.file.archive {
		return market.Pull{}, ctx.Err()
	}
	if err != nil {
		return failed(newSnapshot(f.spec, r), nil, err.Error()), err
	}
	if f.Table().Shape == market.State {
		f.note(names[:len(names)-1]) // older pictures: done with, unread
		names = names[len(names)-1:]
	}
	var pulls []market.Pull
	for _, name := range names {
		p, err := f.open(ctx, name, r)
		if err != nil {
			return p, err
		}
		pulls = append(pulls, p)
		f.note([]string{name})
	}
	if len(pulls) == 1 {
		return pulls[0], nil
	}
	return f.join(pulls), nil
}

// open reads one file that nobody is writing.
func (f *File) open(ctx context.Context, name string, r Request) (market.Pull, error) {
	no := func(class Class, message string, err error) (market.Pull, error) {
		e := &Error{Source: f.spec.ID, Class: class, Message: filepath.Base(name) + ": " + message, Err: err}
		return failed(newSnapshot(f.spec, r), nil, e.Error()), e
	}
	file, err := os.Open(name)
	if err != nil {
		return no(Setup, "cannot be opened", errors.Unwrap(err))
	}
	defer func() { _ = file.Close() }() // it was only read
	before, err := file.Stat()
	if err != nil || time.Since(before.ModTime()) < settleTime {
		return no(Incomplete, "is still being written", err)
	}
	p, err := f.PullFile(ctx, filepath.Base(name), file, r)
	if after, stat := os.Stat(name); stat != nil || after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
		return no(Incomplete, "changed while it was read", stat)
	}
	return p, err
}

// PullFile reads one file. Its name is for people: it stands in the place of
// every refused row. The digest of the manifest names the file's bytes and the
// mapping, so that a file that is dropped twice can be recognised. The window is the span of the
// business days found. More refused rows than MaxReject make the pull Failed,
// with the refusals and without rows.
func (f *File) PullFile(ctx context.Context, name string, in io.Reader, r Request) (market.Pull, error) {
	snap := newSnapshot(f.spec, r)
	no := func(class Class, rejects []market.Reject, message string, err error) (market.Pull, error) {
		e := &Error{Source: f.spec.ID, Class: class, Message: name + ": " + message, Err: err}
		return failed(snap, rejects, e.Message), e
	}
	if p := f.spec.CheckShop(r.Shop); len(p) > 0 {
		return no(Setup, nil, p[0].String(), nil)
	}
	if err := ctx.Err(); err != nil {
		return no(Service, nil, "stopped: "+err.Error(), err)
	}
	raw, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	if err != nil {
		return no(Service, nil, "cannot be read: "+err.Error(), err)
	}
	if len(raw) > maxFile {
		return no(Caller, nil, fmt.Sprintf("has more than %d bytes", maxFile), nil)
	}
	snap.Manifest.Digest = f.digest(raw)
	sheet, err := f.rows(ctx, name, raw)
	if sheet == nil {
		return no(Setup, nil, err.Error(), nil)
	}
	m := &snap.Manifest
	m.Rejected, m.Skipped, m.SchemaHash = sheet.mapper.rejected, sheet.mapper.skipped, sheet.hash
	if err != nil {
		return no(Incomplete, sheet.mapper.rejects, err.Error(), ctx.Err())
	}
	rows := sheet.mapper.finish()
	if over := sheet.mapper.verdict(rows.Len(), f.spec.MaxReject); len(over) > 0 {
		return no(Incomplete, sheet.mapper.rejects, strings.Join(over, "; "), nil)
	}
	m.Rows, m.Keys, m.Pages, m.PagesWant = rows.Len(), rows.Len(), 1, 1
	snap.State = market.Complete
	f.span(&snap, rows, r)
	return market.Pull{Snapshot: snap, Rows: rows, Rejects: sheet.mapper.rejects}, nil
}

// rows reads the rows of a file. The sheet is nil when the file is none.
func (f *File) rows(ctx context.Context, name string, raw []byte) (*sheet, error) {
	if f.spec.file.workbook {
		return f.book(ctx, name, raw)
	}
	text, err := f.decode(raw)
	if err != nil {
		return nil, err
	}
	return f.sheet(ctx, name, text)
}

// digest names the bytes of a file as this source reads them: with another
// mapping the same file gives other rows and has another digest.
func (f *File) digest(raw []byte) string {
	h := sha256.New()
	h.Write(raw)
	for _, key := range []string{"where", "file"} {
		if n := f.spec.places[key]; n != nil {
			_, _ = io.WriteString(h, "\x00"+n.String()) // a hash never fails
		}
	}
	for i := range f.spec.mapping.fields {
		one := &f.spec.mapping.fields[i]
		_, _ = io.WriteString(h, "\x00"+one.name+" "+one.place.String())
	}
	return hex.EncodeToString(h.Sum(nil))
}

// decode makes UTF-8 of the file's bytes.
func (f *File) decode(raw []byte) ([]byte, error) {
	if f.spec.file.encoding == "gb18030" {
		text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(raw)
		if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
			return nil, errors.New("not GB18030; is it UTF-8?")
		}
		return text, nil
	}
	if bytes.HasPrefix(raw, []byte("PK\x03\x04")) {
		return nil, errors.New("a workbook; give the source a path that ends in .xlsx, or format: xlsx")
	}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	if !utf8.Valid(raw) {
		return nil, errors.New("not UTF-8; files of Chinese spreadsheets often need encoding: gb18030")
	}
	return raw, nil
}

// span sets the window of a file of Events to the business days it has, and the
// watermark to the instant up to which the file is complete: the end of the
// last day where it holds whole days, else its newest row.
func (f *File) span(snap *market.Snapshot, rows *market.Batch, r Request) {
	t := rows.Table
	if t.Shape == market.State {
		snap.Watermark = snap.Window.End
		return
	}
	if rows.Len() == 0 {
		snap.Window = market.Window{}
		return
	}
	day := rows.Column(t.Day)
	low, high := slices.Min(day.Ints), slices.Max(day.Ints)
	if t.Columns[t.MustCol(t.Day)].Kind == market.Date {
		snap.Window = r.Shop.Window(market.Day(low), market.Day(high))
		snap.Watermark = snap.Window.End
	} else {
		last := time.UnixMilli(high).UTC()
		snap.Window = r.Shop.Window(r.Shop.Day(time.UnixMilli(low)), r.Shop.Day(last))
		snap.Watermark = last
		if f.spec.file.wholeDays {
			snap.Watermark = snap.Window.End
		}
	}
	if !r.Now.IsZero() && snap.Watermark.After(r.Now) {
		snap.Watermark = r.Now
	}
}

// join makes one pull of the pulls of several files of Events.
func (f *File) join(pulls []market.Pull) market.Pull {
	all := newMapper(f.spec.mapping)
	out := pulls[0]
	digests := sha256.New()
	m := market.Manifest{SchemaHash: out.Snapshot.Manifest.SchemaHash}
	out.Rejects = nil
	for _, p := range pulls {
		for i := range p.Rows.Len() {
			all.rows.AppendRow(p.Rows, i)
		}
		s := p.Snapshot
		m.Pages, m.PagesWant = m.Pages+1, m.PagesWant+1
		m.Rejected, m.Skipped = m.Rejected+s.Manifest.Rejected, m.Skipped+s.Manifest.Skipped
		_, _ = io.WriteString(digests, s.Manifest.Digest) // a hash never fails
		out.Rejects = append(out.Rejects, p.Rejects...)
		w := &out.Snapshot.Window
		if w.Start.IsZero() || !s.Window.Start.IsZero() && s.Window.Start.Before(w.Start) {
			w.Start = s.Window.Start
		}
		if s.Window.End.After(w.End) {
			w.End = s.Window.End
		}
		if s.Watermark.After(out.Snapshot.Watermark) {
			out.Snapshot.Watermark = s.Watermark
		}
	}
	out.Rows = all.finish()
	out.Rejects = out.Rejects[:min(len(out.Rejects), maxSamples)]
	m.Rows, m.Keys = out.Rows.Len(), out.Rows.Len()
	m.Digest = hex.EncodeToString(digests.Sum(nil))
	out.Snapshot.Manifest = m
	return out
}

// natural orders names so that numbers inside them count as numbers.
func natural(a, b string) int {
	for a != "" && b != "" {
		x, y := digits(a), digits(b)
		if x > 0 && y > 0 {
			p, q := strings.TrimLeft(a[:x], "0"), strings.TrimLeft(b[:y], "0")
			if len(p) != len(q) {
				return len(p) - len(q)
			}
			if c := strings.Compare(p, q); c != 0 {
				return c
			}
			a, b = a[x:], b[y:]
			continue
		}
		if a[0] != b[0] {
			return int(a[0]) - int(b[0])
		}
		a, b = a[1:], b[1:]
	}
	return len(a) - len(b)
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}
