package storage

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"
)

// Run is one run of a job, or the note that it was skipped or missed.
type Run struct {
	Job                    string
	Due, Started, Finished time.Time
	Outcome                string // ok, failed, skipped, missed
	Detail                 string
	Skipped                int // due times before or during this run that it stands for
}

// storedRun is the record behind a Run; its key holds job, due and start.
type storedRun struct {
	Due      int64  `json:"due"`
	Started  int64  `json:"started"`
	Finished int64  `json:"finished"`
	Outcome  string `json:"outcome"`
	Detail   string `json:"detail,omitempty"`
	Skipped  int    `json:"skipped,omitempty"`
}

func runKey(r *Run) []byte {
	return keyTime(keyTime(keyText(nil, r.Job), r.Due), r.Started)
}

// PutRun stores a run under its job, due time and start, replacing what was
// there, so that a run can be noted when it begins and again when it ends.
func (tx *Tx) PutRun(r Run) error {
	if r.Job == "" {
		return errors.New("run without a job")
	}
	b, err := json.Marshal(storedRun{
		Due: nanos(r.Due), Started: nanos(r.Started), Finished: nanos(r.Finished),
		Outcome: r.Outcome, Detail: r.Detail, Skipped: r.Skipped,
	})
	if err != nil {
		return err
	}
	job, key := keyText(nil, r.Job), runKey(&r)
	last, err := tx.get(spaceRunLast, job)
	if err != nil {
		return err
	}
	if bytes.Compare(key, last) > 0 {
		if err := tx.put(spaceRunLast, job, key); err != nil {
			return err
		}
	}
	return tx.list(spaceRun, job, key, b, 1)
}

// LastRun returns the run of a job with the latest due time; of several for
// one due time the one started last.
func (tx *Tx) LastRun(job string) (Run, bool, error) {
	runs, err := tx.Runs(job, 1)
	if err != nil || len(runs) == 0 {
		return Run{}, false, err
	}
	return runs[0], true, nil
}

// Runs returns the last n runs of a job, newest first. Times are in UTC.
func (tx *Tx) Runs(job string, n int) ([]Run, error) {
	var runs []Run
	if n <= 0 {
		return nil, nil
	}
	prefix := keyText(nil, job)
	last, err := tx.get(spaceRunLast, prefix)
	if err != nil {
		return nil, err
	}
	err = tx.scan(spaceRun, Range{From: prefix, To: after(prefix), Reverse: true}, func(key, payload []byte) (bool, error) {
		if len(runs) == 0 && !bytes.Equal(key, last) {
			return false, damaged(spaceRun, key, "a later run is missing")
		}
		var s storedRun
		if err := decodeJSON(spaceRun, key, payload, &s); err != nil {
			return false, err
		}
		runs = append(runs, Run{
			Job: job, Due: instant(s.Due), Started: instant(s.Started), Finished: instant(s.Finished),
			Outcome: s.Outcome, Detail: s.Detail, Skipped: s.Skipped,
		})
		return len(runs) < n, nil
	})
	if err == nil && len(runs) < n { // all of them
		err = tx.checkCount(spaceRun, prefix, len(runs))
	}
	return runs, err
}

// PutDue sets when a job is due next.
func (tx *Tx) PutDue(job string, due time.Time) error {
	return tx.putJSON(spaceDue, keyText(nil, job), nanos(due))
}

// Due returns when a job is due next, in UTC.
func (tx *Tx) Due(job string) (time.Time, bool, error) {
	var n int64
	found, err := tx.getJSON(spaceDue, keyText(nil, job), &n)
	if err != nil || !found {
		return time.Time{}, false, err
	}
	return instant(n), true, nil
}
