package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"

	"shopwatch/commands"
	"shopwatch/internal/config"
	"shopwatch/storage/series"
)

// ReplayOptions ask for something that was said to be computed again.
type ReplayOptions struct {
	Config *config.Config
	Dir    string // data folder; empty takes the configuration's
	ID     string
	Lang   string // one that it was said in; empty takes the first
	JSON   bool   // the numbers instead of the text
	Out    io.Writer
	Logger *slog.Logger
}

// ErrDiffers says that what was computed again is not what was said.
var ErrDiffers = errors.New("not what was said")

// replayed is an answer to a replay as it crosses the socket.
type replayed struct {
	Text    string   `json:"text"`
	Numbers []byte   `json:"numbers"`
	Differs []string `json:"differs,omitempty"`
}

// Replay computes again what was said under an evidence id and prints it, by
// the running bot that holds the store, else over the store itself. When it is
// not byte for byte the same it is printed all the same and the error is
// ErrDiffers with what differs.
func Replay(ctx context.Context, o ReplayOptions) (err error) {
	path := storePath(o.Config, o.Dir)
	var r replayed
	answered, err := callRunning(ctx, path, "replay", localReplay{ID: o.ID, Lang: o.Lang}, func(body io.Reader) error {
		return json.NewDecoder(body).Decode(&r)
	})
	if err != nil {
		return err
	}
	if !answered {
		db, err := openStore(ctx, path, storeOptions(o.Config), o.Logger)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, db.Close()) }()
		panels, err := openSeries(ctx, db, series.Ages{})
		if err != nil {
			return err
		}
		defer panels.Close()
		again, err := commands.Replay(ctx, db, panels, o.ID, o.Lang)
		if err != nil {
			return err
		}
		r = replayed{Text: again.Text, Numbers: again.Numbers, Differs: again.Differs}
	}
	out := []byte(r.Text)
	if o.JSON {
		out = r.Numbers
	}
	if _, err := o.Out.Write(out); err != nil {
		return err
	}
	if len(r.Differs) > 0 {
		return fmt.Errorf("#%s: %w:\n  %s", strings.TrimPrefix(o.ID, "#"), ErrDiffers, strings.Join(r.Differs, "\n  "))
	}
	return nil
}

// localReplay is a replay as it crosses the socket.
type localReplay struct {
	ID   string `json:"id"`
	Lang string `json:"lang,omitempty"`
}

func (a *App) replayHere(ctx context.Context, q localReplay) (replayed, error) {
	again, err := commands.Replay(ctx, a.set.DB, a.set.Series, q.ID, q.Lang)
	return replayed{Text: again.Text, Numbers: again.Numbers, Differs: again.Differs}, err
}

// storePath is the store that a configuration or a folder means.
func storePath(c *config.Config, dir string) string {
	if dir == "" && c != nil {
		return c.Storage.Path
	}
	return filepath.Join(dir, storeFile)
}
