// Package jobs holds the scheduled duties, one file each, and the scheduler
// that runs them. Next due times are in the store, so that a restart, a
// suspended machine or a clock that steps neither loses nor doubles a run.
// robfig/cron lives only here, as a parser of cron lines.
//
// A job returns its error; the scheduler alone logs, times and records.
package jobs
