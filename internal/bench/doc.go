// Package bench measures the store and the paths into and out of it: the
// workloads that docs/benchmarks.md describes, on data that is the same on every
// machine, as ratios to what this machine can do at all.
//
// A run first measures the machine itself (C0: writes that are synced, memory,
// encoding/json), then each workload, and divides. Absolute times say little on
// another machine and nothing on a busy one; the ratios carry over. The load of
// the machine is part of the result, and when it was busy the aims are not
// judged.
//
// The workloads call what the product calls: the scanner, the panel store, the
// engine. Nothing here may be faster by a way that a job or a command could not
// take. It must not know peers (other databases): they live in a module of
// their own, bench/peers, so that the product does not depend on them.
package bench
