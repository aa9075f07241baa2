package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"shopwatch/internal/config"
	"shopwatch/storage"
	"shopwatch/storage/bolt"
	"shopwatch/storage/series"
)

// StoreOptions name a store for the verbs that look after it.
type StoreOptions struct {
	Config *config.Config // nil takes Dir
	Dir    string         // data folder
	File   string         // a copy to look at or to restore; empty takes the store, or the newest copy
	JSON   bool
	Out    io.Writer
	Logger *slog.Logger
}

func (o StoreOptions) path() string { return storePath(o.Config, o.Dir) }

func (o StoreOptions) vault() bolt.Vault {
	if o.Config != nil && o.Dir == "" {
		return vaultOf(o.Config)
	}
	return bolt.Vault{Dir: defaultVault(o.path()), Keep: config.Default().Storage.Backup.Keep}
}

// ErrFaults says that a check has found something; the list has been printed.
var ErrFaults = errors.New("the store is not sound")

// BackupStore makes a copy of the store: by the running bot that holds it, else
// by itself.
func BackupStore(ctx context.Context, o StoreOptions) (err error) {
	var c bolt.Copy
	made, err := callRunning(ctx, o.path(), "backup", struct{}{}, func(body io.Reader) error {
		return json.NewDecoder(body).Decode(&c)
	})
	if err != nil {
		return err
	}
	if !made {
		if _, err := os.Stat(o.path()); err != nil {
			return fmt.Errorf("%w: %w", ErrRefused, err)
		}
		db, err := openStore(ctx, o.path(), storeOptions(o.Config), o.Logger)
		if err != nil {
			return err
		}
		c, err = o.vault().Save(ctx, db, time.Now())
		if err := errors.Join(err, db.Close()); err != nil {
			return err
		}
	}
	fmt.Fprintf(o.Out, "%s  %s\n", c.Path, sizeText(c.Bytes))
	return nil
}

func (a *App) localBackup(w http.ResponseWriter, r *http.Request) {
	if a.set.Upkeep.Vault.Dir == "" {
		http.Error(w, "this bot makes no copies", http.StatusUnprocessableEntity)
		return
	}
	path, bytes, err := a.saveCopy(r.Context(), time.Time{})
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	_ = json.NewEncoder(w).Encode(bolt.Copy{Path: path, Bytes: bytes}) // the asker may be gone
}

// RestoreStore puts a copy in the place of the store: File, else the newest one.
// A store that is in use is refused; the file that was there is kept.
func RestoreStore(ctx context.Context, o StoreOptions) error {
	from := o.File
	if from == "" {
		all, err := o.vault().List()
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return fmt.Errorf("%w: there are no copies in %s; name a file", ErrRefused, o.vault().Dir)
		}
		from = all[0].Path
	}
	old, err := bolt.Restore(ctx, from, o.path(), time.Now())
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	fmt.Fprintf(o.Out, "%s is now the copy %s\n", o.path(), from)
	if old != "" {
		fmt.Fprintf(o.Out, "the file that was there is kept as %s\n", old)
	}
	return nil
}

// Checked is what a check has found.
type Checked struct {
	Path     string   `json:"path"`
	Dropped  []string `json:"dropped,omitempty"` // by a repair
	Findings []string `json:"findings"`
}

// CheckStore reads everything in the store, or in File, and lists what is wrong.
// With repair it first drops blocks that cannot be read. Findings that are left
// give ErrFaults.
func CheckStore(ctx context.Context, o StoreOptions, repair bool) error {
	c := Checked{Path: o.File}
	if c.Path == "" {
		c.Path = o.path()
	}
	var err error
	if repair {
		c.Dropped, err = repairStore(ctx, c.Path, o.Logger)
	}
	if err == nil {
		c.Findings, err = findings(ctx, o, c.Path)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if err := c.write(o.Out, o.JSON); err != nil {
		return err
	}
	if len(c.Findings) > 0 {
		return fmt.Errorf("%s: %w: %d findings; restore the newest copy (shopwatch db restore), or keep the rest with shopwatch db check --repair", c.Path, ErrFaults, len(c.Findings))
	}
	return nil
}

// findings checks a file, or lets the running bot check the store that it holds.
func findings(ctx context.Context, o StoreOptions, path string) (list []string, err error) {
	if o.File == "" {
		done, err := callRunning(ctx, path, "check", struct{}{}, func(body io.Reader) error { return json.NewDecoder(body).Decode(&list) })
		if done || err != nil {
			return list, err
		}
	}
	list, err = bolt.Verify(ctx, path)
	if err != nil || len(list) > 0 {
		return list, err
	}
	db, err := lookAtStore(ctx, path, o.Logger)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return series.Check(ctx, db)
}

func (a *App) localCheck(w http.ResponseWriter, r *http.Request) {
	list, err := a.set.DB.Check(r.Context())
	if err == nil {
		var more []string
		more, err = series.Check(r.Context(), a.set.DB)
		list = append(list, more...)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	_ = json.NewEncoder(w).Encode(list) // the asker may be gone
}

func repairStore(ctx context.Context, path string, log *slog.Logger) (dropped []string, err error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	db, err := openStore(ctx, path, bolt.Options{}, log)
	if broken, ok := errors.AsType[*bolt.PagesError](err); ok {
		return nil, fmt.Errorf("%w: a repair drops blocks, it cannot mend pages", broken)
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return db.Repair(ctx)
}

func (c Checked) write(out io.Writer, asJSON bool) error {
	if asJSON {
		if c.Findings == nil {
			c.Findings = []string{}
		}
		return writeJSON(out, c)
	}
	for _, d := range c.Dropped {
		fmt.Fprintf(out, "dropped: %s\n", d)
	}
	for _, f := range c.Findings {
		fmt.Fprintln(out, f)
	}
	if len(c.Findings) == 0 {
		fmt.Fprintf(out, "%s: sound\n", c.Path)
	}
	return nil
}

// CompactStore gives back the space that is free in the store, which must not be
// in use.
func CompactStore(ctx context.Context, o StoreOptions) error {
	before, after, err := bolt.Compact(ctx, o.path())
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	fmt.Fprintf(o.Out, "%s: %s, was %s\n", o.path(), sizeText(after), sizeText(before))
	return nil
}

// StoreStats prints what the store holds: of the running bot, else of the file.
func StoreStats(ctx context.Context, o StoreOptions) error {
	var s storage.Stats
	done, err := callRunning(ctx, o.path(), "stats", struct{}{}, func(body io.Reader) error { return json.NewDecoder(body).Decode(&s) })
	if err != nil {
		return err
	}
	if !done {
		if s, err = bolt.Figures(ctx, o.path()); err != nil {
			return fmt.Errorf("%w: %w", ErrRefused, err)
		}
	}
	if o.JSON {
		return writeJSON(o.Out, s)
	}
	return writeStats(o.Out, s)
}

func (a *App) localStats(w http.ResponseWriter, r *http.Request) {
	s, err := a.set.DB.Stats(r.Context())
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	_ = json.NewEncoder(w).Encode(s) // the asker may be gone
}

func writeStats(out io.Writer, s storage.Stats) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "SHOP\tTABLE\tLEVEL\tDAYS\tROWS\tBLOCKS\tSIZE\t\n")
	for _, t := range s.Tables {
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%d\t%s\t\n", t.Shop, t.Table, t.Level, t.Days, t.Rows, t.Blocks, sizeText(t.Bytes))
	}
	fmt.Fprintf(w, "\nRECORDS\t\t\t\tKEYS\t\tSIZE\t\n")
	for _, p := range s.Spaces {
		fmt.Fprintf(w, "%s\t\t\t\t%d\t\t%s\t\n", p.Space, p.Keys, sizeText(p.Bytes))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "\nlayout %d, revision %d, file %s, free %s\n", s.Layout, s.Revision, sizeText(s.Bytes), sizeText(s.Free))
	if (storage.Size{Bytes: s.Bytes, Free: s.Free}).Advice(0) == storage.SizeCompact {
		fmt.Fprintln(out, "more than a quarter is free: shopwatch db compact gives it back while the bot is stopped")
	}
	return nil
}

// sizeText writes bytes for reading: 3.4 MiB.
func sizeText(n int64) string {
	unit, v := "B", float64(n)
	for _, next := range []string{"KiB", "MiB", "GiB"} {
		if v < 1024 {
			break
		}
		unit, v = next, v/1024
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0") + " " + unit
}
