package cli

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"shopwatch/internal/app"
	"shopwatch/internal/config"
)

// server serves a file, and serves it anew when it was told that it has changed.
// The app then ends and another starts in the same process; nothing that runs
// is changed, so that there is one way in and one way out, those of a restart.
// Only the ports stay open, and who comes in between waits.
type server struct {
	*terminal
	file       string
	fixedLevel bool // the level of the log was given on the command line
}

// trial is how long a new configuration must have been served for its end to be
// the program's: one that fails before that gives way to the one before it.
const trial = time.Minute

// run serves conf, and what the file says after each SIGHUP, until ctx ends.
func (s *server) run(ctx context.Context, conf *config.Config) (err error) {
	hangup := make(chan os.Signal, 1) // several in a row are one
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	doors := app.NewDoors()
	defer func() { err = errors.Join(err, doors.Close(ctx)) }()
	defer context.AfterFunc(ctx, func() { _ = doors.Close(ctx) })() // told by the one above
	var before *config.Config
	for {
		log, err := s.loggerOf(conf)
		if err != nil {
			return err
		}
		began := time.Now()
		next, err := s.until(ctx, conf, log, hangup, doors)
		switch {
		case ctx.Err() != nil:
			return err
		case next != nil:
			before, conf = conf, next
		case before != nil && time.Since(began) < trial:
			log.LogAttrs(ctx, slog.LevelError, "configuration not served, the one before goes on", slog.String("file", s.file), slog.Any("err", err))
			before, conf = nil, before
		default:
			return err
		}
	}
}

// until serves conf until ctx ends, it fails, or hangup brings another
// configuration. That one is returned once everything that was begun with conf
// is finished and the store is closed.
func (s *server) until(ctx context.Context, conf *config.Config, log *slog.Logger, hangup <-chan os.Signal, doors *app.Doors) (*config.Config, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	done := app.Start(ctx, conf, s.env, log, doors)
	for {
		select {
		case err := <-done:
			return nil, err
		case <-hangup:
		}
		next := s.reread(ctx, conf, log)
		if next == nil {
			continue
		}
		stop()
		err := <-done
		if err != nil && !errors.Is(err, context.Canceled) {
			log.LogAttrs(ctx, slog.LevelWarn, "not everything was finished with the configuration before", slog.Any("err", err))
		}
		log.LogAttrs(ctx, slog.LevelInfo, "configuration taken", slog.String("file", s.file))
		return next, err
	}
}

// notTaken is what the log says of each problem of a file that was read again.
const notTaken = "configuration not taken, the one before goes on"

// reread is what the file says now; nil, with every problem logged, when that
// cannot take the place of now.
func (s *server) reread(ctx context.Context, now *config.Config, log *slog.Logger) *config.Config {
	next, problems, err := readConfig(s.file, s.env)
	for _, p := range problems {
		logProblem(ctx, log, app.Problem{File: p.File, Line: p.Line, Col: p.Col, Path: p.Key, Cause: p.Cause("en"), Remedy: p.Remedy("en")})
	}
	switch {
	case len(problems) > 0:
		return nil
	case err == nil && next.Storage.Path != now.Storage.Path:
		// What waits to be sent, and when jobs are due, is in the store that is open.
		err = errors.New("storage.path cannot change while the bot runs: stop it and start it again")
	case err == nil:
		err = app.CheckServe(next, s.env, log)
	}
	if bad := app.ProblemsIn(err); len(bad) > 0 {
		for _, p := range bad {
			logProblem(ctx, log, p)
		}
		return nil
	}
	if err != nil {
		log.LogAttrs(ctx, slog.LevelError, notTaken, slog.String("file", s.file), slog.Any("err", err))
		return nil
	}
	return next
}

func logProblem(ctx context.Context, log *slog.Logger, p app.Problem) {
	log.LogAttrs(ctx, slog.LevelError, notTaken, slog.String("file", p.File), slog.Int("line", p.Line), slog.Int("col", p.Col),
		slog.String("key", p.Path), slog.String("err", p.Cause), slog.String("remedy", p.Remedy))
}

// loggerOf is the log as a configuration wants it.
func (s *server) loggerOf(conf *config.Config) (*slog.Logger, error) {
	if !s.fixedLevel {
		s.logLevel = conf.Logs.Level
	}
	s.logFormat = conf.Logs.Format
	return s.logger()
}
