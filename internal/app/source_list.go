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
	"path/filepath"
	"text/tabwriter"
	"time"

	"shopwatch/internal/config"
	"shopwatch/internal/report"
	"shopwatch/internal/source"
	"shopwatch/storage"
)

// ListOptions ask for the sources of a configuration.
type ListOptions struct {
	Config *config.Config
	Dir    string // data folder; empty takes the configuration's
	Out    io.Writer
	Logger *slog.Logger
	Env    func(string) (string, bool)
	JSON   bool
}

// sourceLine is one line of the list.
type sourceLine struct {
	ID       string             `json:"id"`
	Shop     string             `json:"shop"`
	Table    string             `json:"table"`
	Driver   string             `json:"driver"`
	Schedule string             `json:"schedule,omitempty"`
	Fresh    string             `json:"freshness,omitempty"` // how old the data may be
	Status   *report.FeedStatus `json:"status,omitempty"`    // nil when nothing was ever read
}

// ListSources prints the sources of a configuration and how their data stands:
// as the running bot says, else as the store does.
func ListSources(ctx context.Context, o ListOptions) (err error) {
	specs, err := configSpecs(o.Config, o.Env)
	if err != nil {
		return err
	}
	path := o.Config.Storage.Path
	if o.Dir != "" {
		path = filepath.Join(o.Dir, storeFile)
	}
	feeds, err := feedStatuses(ctx, o, path, specs)
	if err != nil {
		return err
	}
	lines := make([]sourceLine, len(specs))
	for i := range specs {
		s := &specs[i]
		lines[i] = sourceLine{ID: s.ID, Shop: string(s.Shop), Table: s.Fact, Driver: s.Driver, Schedule: s.Schedule}
		if s.Freshness > 0 {
			lines[i].Fresh = s.Freshness.String()
		}
		if f, ok := feeds[s.ID]; ok {
			lines[i].Status = &f
		}
	}
	if o.JSON {
		return writeJSON(o.Out, lines)
	}
	return printSources(o.Out, lines, time.Now())
}

func printSources(out io.Writer, lines []sourceLine, now time.Time) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tSHOP\tTABLE\tDRIVER\tSCHEDULE\tFRESHNESS\tSTATE\tCOMPLETE UP TO\tROWS\tREFUSED")
	for _, l := range lines {
		state, until, rows, refused := "never read", "—", "—", "—"
		if f := l.Status; f != nil {
			state, rows, refused = string(f.State), fmt.Sprint(f.Rows), fmt.Sprint(f.Rejected)
			if f.Late {
				state += ", late"
			}
			if !f.Watermark.IsZero() {
				until = fmt.Sprintf("%s (%s ago)", f.Watermark.Local().Format("2006-01-02 15:04"), now.Sub(f.Watermark).Round(time.Minute))
			}
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n",
			l.ID, l.Shop, l.Table, l.Driver, orDash(l.Schedule), orDash(l.Fresh), state, until, rows, refused)
	}
	return w.Flush()
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// feedStatuses is how the feeds stand, by source. No store yet is no status.
func feedStatuses(ctx context.Context, o ListOptions, path string, specs []source.Spec) (out map[string]report.FeedStatus, err error) {
	resp, err := dialRunning(ctx, path, http.MethodGet, "/sources", nil)
	if err != nil {
		return nil, err
	}
	if resp != nil {
		defer resp.Body.Close() //nolint:errcheck // only read
		if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
			return nil, fmt.Errorf("answer of the running bot: %w", err)
		}
		return out, nil
	}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	db, err := openStore(ctx, path, storeOptions(o.Config), o.Logger)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	fresh := report.Freshness{}
	for i := range specs {
		if f := specs[i].Freshness; f > 0 {
			fresh[specs[i].ID] = f
		}
	}
	out = map[string]report.FeedStatus{}
	for _, m := range o.Config.Markets() {
		if err := addFeeds(ctx, db, &Shop{Shop: m, Rules: report.Rules{Fresh: fresh}}, time.Now(), out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func addFeeds(ctx context.Context, db *storage.DB, s *Shop, now time.Time, into map[string]report.FeedStatus) error {
	st, err := report.LoadStatus(ctx, db, s.Shop, now, s.Rules.Fresh)
	if err != nil {
		return err
	}
	for _, f := range st.Feeds {
		into[f.Source] = f
	}
	return nil
}

// localSources answers how the feeds stand.
func (a *App) localSources(w http.ResponseWriter, r *http.Request) {
	out := map[string]report.FeedStatus{}
	for i := range a.set.Shops {
		if err := addFeeds(r.Context(), a.set.DB, &a.set.Shops[i], a.set.Clock.Now(), out); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(out) // the asker may be gone
}
