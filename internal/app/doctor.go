package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"shopwatch/bot/slack"
	"shopwatch/internal/chart"
	"shopwatch/internal/config"
	"shopwatch/internal/market"
	"shopwatch/internal/source"
	"shopwatch/storage"
)

// DoctorOptions are what a live check needs.
type DoctorOptions struct {
	Config *config.Config
	Env    func(string) (string, bool)
	JSON   bool
	Out    io.Writer
	Logger *slog.Logger
}

// ErrUnwell says that a live check found something that keeps the bot from
// working; what it is has been printed.
var ErrUnwell = errors.New("not everything is in place")

// sourceWait is how long one source may take to answer a live check.
const sourceWait = 30 * time.Second

// Doctor looks at everything that a configuration relies on (the store and its
// disk, each source, the chat, the fonts, the port) and says of each what is
// fine or what to do. It posts nothing and stores nothing.
func Doctor(ctx context.Context, o DoctorOptions) error {
	d := doctor{DoctorOptions: o}
	d.fine("config", "%s has no problems", o.Config.File)
	running := d.store(ctx)
	d.fonts()
	d.port(ctx, running)
	d.sources(ctx)
	d.chat(ctx)
	if err := d.print(); err != nil {
		return err
	}
	if slices.ContainsFunc(d.found, func(f slack.Finding) bool { return !f.OK }) {
		return ErrUnwell
	}
	return nil
}

type doctor struct {
	DoctorOptions
	found []slack.Finding
}

func (d *doctor) fine(name, format string, args ...any) {
	d.found = append(d.found, slack.Finding{Name: name, OK: true, Detail: fmt.Sprintf(format, args...)})
}

func (d *doctor) bad(name, fix, format string, args ...any) {
	d.found = append(d.found, slack.Finding{Name: name, Detail: fmt.Sprintf(format, args...), Fix: fix})
}

// store looks at the store without changing it, so that an old layout is not
// migrated by a check. It reports whether a running bot holds it.
func (d *doctor) store(ctx context.Context) (running bool) {
	path := d.Config.Storage.Path
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		d.newStore(path)
		return false
	}
	db, err := lookAtStore(ctx, path, d.Logger)
	if errors.Is(err, storage.ErrLocked) {
		d.fine("store", "%v: a running bot, asked nothing more", err)
		return true
	}
	if err != nil {
		d.bad("store", "restore the newest backup, or move the file away to begin anew", "%v", err)
		return false
	}
	defer func() { _ = db.Close() }() // only read
	var feeds []storage.Feed
	err = db.View(ctx, func(tx *storage.Tx) error {
		for _, shop := range d.Config.Markets() {
			all, err := tx.Feeds(shop.ID)
			if err != nil {
				return err
			}
			feeds = append(feeds, all...)
		}
		return nil
	})
	if err != nil {
		d.bad("store", "restore the newest backup", "%v", err)
		return false
	}
	d.fine("store", "opens; %d feeds have delivered", len(feeds))
	return false
}

// newStore checks that the folder of a store that is not there yet can be
// written to.
func (d *doctor) newStore(path string) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		d.bad("store", "create the folder and give it to the user who runs the bot", "%v", err)
		return
	}
	f, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		d.bad("store", "give the folder to the user who runs the bot", "%v", err)
		return
	}
	_ = f.Close()           // empty
	_ = os.Remove(f.Name()) // of no use to anybody
	d.fine("store", "%s does not exist yet and can be created", path)
}

// fonts looks for names that charts could not draw.
func (d *doctor) fonts() {
	var names []string
	for _, s := range d.Config.Markets() {
		names = append(names, s.Name.Zh, s.Name.En)
		labels := slices.Concat(s.Units, s.Channels, s.Regions)
		for _, b := range s.Bands {
			labels = append(labels, b.Label)
		}
		for _, l := range labels {
			names = append(names, l.Name.Zh, l.Name.En)
		}
	}
	missing, err := chart.Missing(nil, names...)
	switch {
	case err != nil:
		d.bad("charts.fonts", "rebuild the program", "%v", err)
	case len(missing) > 0:
		d.bad("charts.fonts", "use other characters in the names of shops, units, channels, regions and bands", "charts cannot draw %s", string(missing))
	default:
		d.fine("charts.fonts", "all configured names can be drawn")
	}
}

// port checks that the pages can be served.
func (d *doctor) port(ctx context.Context, running bool) {
	addr := d.Config.Web.Listen
	if running {
		d.fine("web", "%s belongs to the running bot", addr)
		return
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		d.bad("web", "free the port or set web.listen", "%v", err)
		return
	}
	_ = l.Close() // was only tried
	d.fine("web", "%s is free", addr)
}

// sources pulls a little from each source and throws it away.
func (d *doctor) sources(ctx context.Context) {
	specs, err := configSpecs(d.Config, d.Env)
	if err != nil {
		d.bad("sources", "shopwatch check -c "+d.Config.File, "%v", err)
		return
	}
	for _, shop := range d.Config.Markets() {
		feeds, err := buildFeeds(specs, shop, source.Deps{Logger: d.Logger, Limits: source.NewLimits(), Now: time.Now})
		if err != nil {
			d.bad("sources", "shopwatch check -c "+d.Config.File, "%v", err)
			return
		}
		for _, f := range feeds {
			d.source(ctx, shop, f)
		}
	}
}

func (d *doctor) source(ctx context.Context, shop *market.Shop, f Feed) {
	name := "source." + f.Spec.ID
	switch {
	case f.Spec.Driver == "file":
		d.fine(name, "reads files when they are imported")
		return
	case f.Spec.Driver == "push":
		d.fine(name, "is sent its facts")
		return
	case f.Spec.Parent() != "":
		d.fine(name, "asks for what source %s has brought, once the bot runs", f.Spec.Parent())
		return
	}
	ctx, cancel := context.WithTimeout(ctx, sourceWait)
	defer cancel()
	now := time.Now()
	began := now
	p, err := f.Source.Pull(ctx, source.Request{Shop: shop, Window: market.Window{Start: now.Add(-time.Hour), End: now}, Now: now})
	took := time.Since(began).Round(time.Millisecond)
	switch s := p.Snapshot; {
	case err != nil:
		d.bad(name, "shopwatch source check, then look at address, sign-in and permissions", "%v", err)
	case s.State != market.Complete:
		d.bad(name, "look at the reasons; the mapping may not fit what comes back", "%s: %s", s.State, strings.Join(s.Manifest.Reasons, "; "))
	default:
		d.fine(name, "%d rows of the last hour in %s", s.Manifest.Rows, took)
	}
}

// chat asks Slack for everything that posting needs.
func (d *doctor) chat(ctx context.Context) {
	if d.Config.Slack.Mode == "" {
		d.fine("slack", "no slack section; shopwatch demo needs none, shopwatch serve does")
		return
	}
	talk, _, err := slackOf(d.Config, d.Logger, heard{})
	if err != nil {
		d.bad("slack", "check the slack section", "%v", err)
		return
	}
	d.found = append(d.found, placed(d.Config, talk.Check(ctx, namedIDs(d.Config)))...)
}

func (d *doctor) print() error {
	if d.JSON {
		return writeJSON(d.Out, d.found)
	}
	bad := 0
	for _, f := range d.found {
		mark := "✓"
		if !f.OK {
			mark = "×"
			bad++
		}
		fmt.Fprintf(d.Out, "%s %s  %s\n", mark, f.Name, f.Detail)
		if f.Fix != "" {
			fmt.Fprintf(d.Out, "    %s\n", f.Fix)
		}
	}
	if bad == 0 {
		_, err := fmt.Fprintf(d.Out, "all is in place; next: shopwatch serve -c %s\n", d.Config.File)
		return err
	}
	_, err := fmt.Fprintf(d.Out, "%d of %d checks found something to do\n", bad, len(d.found))
	return err
}
