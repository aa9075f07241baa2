package bench

import (
	"fmt"
	"slices"
)

// notMeasured is why an aim has no figure.
const notMeasured = "not measured"

// aim declares what is judged: a figure of a workload, or one to another.
type aim struct {
	id, what       string
	workload, name string
	unit           string
	most, least    float64
	over           [2]string // the figure is divided by this one
	hot            bool      // also judged on hot data
	million        bool      // only for a catalogue of a million series or more
}

// aims are those of a run, in order. Goals that compare with other databases
// are judged by bench/peers, where these run beside.
var aims = []aim{
	{id: "G1", what: "weeks, bytes a sample", workload: "W1", name: "weeks bytes a sample", unit: "B", most: 0.10, million: true},
	{id: "G1", what: "weeks, to the entropy of the values", workload: "W1", name: "weeks bytes a sample", over: [2]string{"W1", "entropy bytes a sample"}, unit: "x", most: 1.5, million: true, hot: true},
	{id: "G2", what: "rows a second of one core, columns to durable", workload: "W1", name: "rows a second of one core", unit: "M/s", least: 8, million: true},
	{id: "G2", what: "commit, to a plain append and sync of its bytes", workload: "W1", name: "commit to plain append", unit: "x", most: 10, million: true, hot: true},
	{id: "G3", what: "pages to columns, to SetResult", workload: "W7", name: "scanner to SetResult x1", unit: "x", least: 5, hot: true},
	{id: "G3", what: "pages to columns, to a discarded body", workload: "W7", name: "scanner to discard x1", unit: "x", least: 0.35, hot: true},
	{id: "G3", what: "a million rows from pages", workload: "W7", name: "1 M rows by scanner x1", unit: "s", most: 1, hot: true},
	{id: "G4", what: "one series, 7 days, warm p99", workload: "W3", name: "7 days x 10 columns warm p99", unit: "ms", most: 50, hot: true},
	{id: "G4", what: "one series, 84 days, warm p99", workload: "W3", name: "84 days x 10 columns warm p99", unit: "ms", most: 50, hot: true},
	{id: "G4", what: "one series, 84 days, cold p99", workload: "W3", name: "84 days x 10 columns cold p99", unit: "ms", most: 100, hot: true},
	{id: "G4", what: "question to memory, p99", workload: "W4", name: "filter and top 50, memory p99", unit: "ms", most: 10, hot: true},
	{id: "G4", what: "any command during a collection, p99", workload: "W6", name: "slowest command, during a collection p99", unit: "ms", most: 50, hot: true},
	{id: "G5", what: "changes of the catalogue", workload: "W4", name: "changes between two pulls, memory p50", unit: "ms", most: 10, hot: true},
	{id: "G5", what: "changes, to the memory's bandwidth", workload: "W4", name: "changes, memory bandwidth", over: [2]string{"C0", "memory read, one thread"}, unit: "x", least: 0.3, million: true},
	{id: "G6", what: "morning digest, warm", workload: "W5", name: "warm p50", unit: "ms", most: 300, hot: true},
	{id: "G6", what: "morning digest, cold", workload: "W5", name: "cold", unit: "ms", most: 1500, hot: true},
	{id: "G7", what: "memory a row", workload: "W1", name: "memory a row", unit: "B", most: 400, million: true, hot: true},
	{id: "G7", what: "memory growth from day 2 on", workload: "W1", name: "memory growth from day 2", unit: "%", most: 5, million: true, hot: true},
	{id: "G8", what: "restart to ready, cold", workload: "W3", name: "restart to ready, cold", unit: "s", most: 2, hot: true},
	{id: "G9", what: "confirmed slots lost to kill -9", workload: "W8", name: "slots lost that had been confirmed", most: none, hot: true},
	{id: "G9", what: "faults after kill -9", workload: "W8", name: "faults found after a kill", most: none, hot: true},
	{id: "G9", what: "wrong answers from damaged files", workload: "W8", name: "wrong answers", most: none, hot: true},
	{id: "G9", what: "crashes on damaged files", workload: "W8", name: "crashes", most: none, hot: true},
	{id: "G11", what: "CPU a row, large catalogue to small", workload: "G11", name: "CPU a row, large to small", unit: "x", most: 1.3, hot: true},
	{id: "G11", what: "file growth with fixed retention", workload: "G11", name: "file growth with fixed retention", unit: "%", most: 10, hot: true},
	{id: "G12", what: "written to the file's size", workload: "W1", name: "written to file size", unit: "x", most: 5, million: true, hot: true},
}

// none is an aim of nothing at all; 0 would mean no bound.
const none = 1e-9

// hotSample is what a sample may take on data of which nearly everything moves.
var hotSample = aim{id: "G1", what: "weeks, bytes a sample (hot)", workload: "W1", name: "weeks bytes a sample", unit: "B", most: 0.40, million: true}

// judge compares the figures with the aims.
func (b *run) judge() {
	list := aims
	if b.o.Hot != 1 {
		list = slices.Concat([]aim{hotSample}, slices.DeleteFunc(slices.Clone(aims), func(a aim) bool { return !a.hot }))
	}
	for _, a := range list {
		b.out.Aims = append(b.out.Aims, b.verdict(&a))
	}
}

func (b *run) verdict(a *aim) Aim {
	out := Aim{ID: a.id, What: a.what, Most: a.most, Least: a.least, Unit: a.unit, Verdict: NotJudged}
	got, ok := b.out.Figure(a.workload, a.name)
	if ok && a.over[0] != "" {
		var by float64
		if by, ok = b.out.Figure(a.over[0], a.over[1]); ok {
			got /= by
		}
	}
	out.Got = got
	switch most := max(b.out.Before, b.out.After); {
	case !ok:
		out.Why = notMeasured
	case most > busy:
		out.Why = fmt.Sprintf("the machine was busy, load %.1f", most)
	case a.million && b.out.SKUs < 1_000_000:
		out.Why = "meant for a million series"
	case a.most != 0 && got > a.most || a.least != 0 && got < a.least:
		out.Verdict = Miss
	default:
		out.Verdict = Pass
	}
	return out
}
