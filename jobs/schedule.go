package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"shopwatch/internal/card"
	"shopwatch/internal/i18n"
	"shopwatch/internal/market"
	"shopwatch/internal/outbox"
	"shopwatch/storage"
)

// Job is one scheduled duty.
type Job struct {
	Name     string
	Schedule Schedule
	// Timeout bounds a run.
	Timeout time.Duration
	// Catchup is how late a missed run is still worth making; the latest missed
	// one is made once, older ones are not. 0 makes it whenever it is noticed.
	Catchup time.Duration
	// Run does the work that was due at due. ErrLater asks for another try at
	// the next tick (data that has not come yet); everything else ends the run.
	Run func(ctx context.Context, due time.Time) error
	// Missed says what is told about a run that is not worth making any more, in
	// the transaction that notes it as missed; nil tells nobody.
	Missed func(tx *storage.Tx, due, now time.Time) error
}

// ErrLater says that a run has not been done and must be tried again soon.
var ErrLater = errors.New("not yet")

// Scheduler runs jobs when they are due. Tick is called from one goroutine.
type Scheduler struct {
	DB     *storage.DB
	Jobs   []Job
	Logger *slog.Logger
	Now    func() time.Time
	// Inline makes Tick wait for every run, in the order of Jobs: the stepped
	// clock of tests and of the demo's transcript needs that.
	Inline bool
	// Operators are told when a job breaks, in the name of Shop.
	Operators []outbox.Route
	Shop      *market.Shop

	mu      sync.Mutex
	running map[string]bool
	wait    sync.WaitGroup
}

// retryLater is how soon a job that answered ErrLater is tried again.
const retryLater = 5 * time.Minute

// Tick starts what is due at now and returns when it should be called next.
func (s *Scheduler) Tick(ctx context.Context, now time.Time) (time.Time, error) {
	var next time.Time
	for i := range s.Jobs {
		due, err := s.tick(ctx, &s.Jobs[i], now)
		if err != nil {
			return next, fmt.Errorf("schedule %s: %w", s.Jobs[i].Name, err)
		}
		if next.IsZero() || due.Before(next) {
			next = due
		}
	}
	return next, nil
}

// tick starts j if it is due and returns its next due time.
func (s *Scheduler) tick(ctx context.Context, j *Job, now time.Time) (time.Time, error) {
	due, err := s.due(ctx, j, now)
	if err != nil || due.After(now) {
		return due, err
	}
	if !s.claim(j.Name) {
		return now.Add(time.Second), nil // the run before is still under way
	}
	latest, skipped := j.Schedule.last(due, now)
	if j.Catchup > 0 && now.Sub(latest) > j.Catchup {
		defer s.release(j.Name)
		next := j.Schedule.Next(now)
		missed := storage.Run{Job: j.Name, Due: latest, Started: now, Finished: now, Outcome: "missed", Skipped: skipped}
		return next, s.record(ctx, missed, next, func(tx *storage.Tx) error {
			if j.Missed == nil {
				return nil
			}
			return j.Missed(tx, latest, now)
		})
	}
	run := storage.Run{Job: j.Name, Due: latest, Skipped: skipped}
	if s.Inline {
		s.run(ctx, j, run)
		return s.due(ctx, j, now)
	}
	s.wait.Go(func() { s.run(ctx, j, run) })
	return now.Add(time.Second), nil
}

// due is the stored due time of j; a job seen for the first time is due at its
// next regular time.
func (s *Scheduler) due(ctx context.Context, j *Job, now time.Time) (due time.Time, err error) {
	var known bool
	err = s.DB.View(ctx, func(tx *storage.Tx) error {
		due, known, err = tx.Due(j.Name)
		return err
	})
	if err != nil || known {
		return due, err
	}
	due = j.Schedule.Next(now)
	return due, s.DB.Update(ctx, func(tx *storage.Tx) error { return tx.PutDue(j.Name, due) })
}

// run makes one run and notes it, together with the due times that passed
// meanwhile: they are not made up for, the next regular one is.
func (s *Scheduler) run(ctx context.Context, j *Job, run storage.Run) {
	defer s.release(j.Name)
	run.Started = s.Now()
	began := time.Now() // how long a run takes is real time, whatever clock drives it
	err := s.guard(ctx, j, run.Due)
	if err != nil && ctx.Err() != nil && !errors.Is(err, errBroke) {
		// Told to stop halfway. Nothing is noted: the run stays due and is made
		// again when the schedule goes on.
		s.Logger.LogAttrs(ctx, slog.LevelInfo, "job interrupted", slog.String("job", run.Job), slog.Time("due", run.Due))
		return
	}
	run.Finished, run.Outcome = s.Now(), "ok"
	latest, passed := j.Schedule.last(run.Due, run.Finished)
	run.Skipped += passed
	next := j.Schedule.Next(later(latest, run.Finished))
	switch {
	case errors.Is(err, ErrLater):
		run.Outcome, run.Detail = "waiting", err.Error()
		next = s.Now().Add(retryLater)
	case err != nil:
		run.Outcome, run.Detail = "failed", err.Error()
	}
	s.log(ctx, run, time.Since(began), err)
	err = s.record(context.WithoutCancel(ctx), run, next, func(tx *storage.Tx) error {
		if !errors.Is(err, errBroke) {
			return nil
		}
		return s.tell(tx, run)
	})
	if err != nil {
		s.Logger.LogAttrs(ctx, slog.LevelError, "job not recorded", slog.String("job", j.Name), slog.Any("err", err))
	}
}

// errBroke is a panic of a job.
var errBroke = errors.New("panic")

// tell puts a note about a job that broke into the outbox, once a day for each.
func (s *Scheduler) tell(tx *storage.Tx, run storage.Run) error {
	key := "note/job/" + run.Job + "/" + run.Finished.UTC().Format(time.DateOnly)
	for _, r := range s.Operators {
		note := card.New(i18n.For(r.Lang), s.Shop).JobBroke(run.Job)
		if _, err := tx.Enqueue(r.Root(key, note, run.Finished)); err != nil {
			return err
		}
	}
	return nil
}

// guard runs j within its time and turns a panic into an error: one job must
// not take the others down.
func (s *Scheduler) guard(ctx context.Context, j *Job, due time.Time) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", errBroke, p)
			s.Logger.LogAttrs(ctx, slog.LevelError, "job broke", slog.String("job", j.Name), slog.String("stack", string(debug.Stack())))
		}
	}()
	if j.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, j.Timeout)
		defer cancel()
	}
	return j.Run(ctx, due)
}

// record notes a run, when the job is due next, and what follows, in one.
func (s *Scheduler) record(ctx context.Context, run storage.Run, next time.Time, follows func(*storage.Tx) error) error {
	return s.DB.Update(ctx, func(tx *storage.Tx) error {
		return errors.Join(tx.PutRun(run), tx.PutDue(run.Job, next), follows(tx))
	})
}

func (s *Scheduler) log(ctx context.Context, run storage.Run, took time.Duration, err error) {
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("job", run.Job), slog.Time("due", run.Due), slog.String("outcome", run.Outcome),
		slog.Duration("took", took.Round(time.Millisecond)),
	}
	if run.Skipped > 0 {
		attrs = append(attrs, slog.Int("skipped", run.Skipped))
	}
	if err != nil && run.Outcome == "failed" {
		level = slog.LevelError
		attrs = append(attrs, slog.Any("err", err))
	}
	s.Logger.LogAttrs(ctx, level, "job finished", attrs...)
}

// Wait blocks until no job runs.
func (s *Scheduler) Wait() { s.wait.Wait() }

func (s *Scheduler) claim(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running[name] {
		return false
	}
	if s.running == nil {
		s.running = map[string]bool{}
	}
	s.running[name] = true
	return true
}

func (s *Scheduler) release(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.running, name)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
