package anomaly

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"shopwatch/internal/analysis/analysistest"
)

// The scorer of the Numenta Anomaly Benchmark (github.com/numenta/NAB, Lavin and
// Ahmad 2015): early detections inside a labelled window earn up to 1, every
// detected row outside costs, a window without a detection costs.

// profile is the weights of a true positive, a false positive and a miss.
type profile struct{ tp, fp, fn float64 }

var (
	standard = profile{1, .11, 1}
	lowFP    = profile{1, .22, 1}
	lowFN    = profile{1, .11, 2}
)

// span is the rows of a labelled window, both ends included.
type span struct{ from, to int }

// series is a labelled file.
type series struct {
	name    string
	at      []time.Time
	values  []float64
	windows []span
}

// probation is how many first rows do not count.
func (s *series) probation() int { return min(len(s.values)*15/100, 750) }

// in is the window that row i lies in, or -1, and the last one that it has
// passed, or -1.
func (s *series) in(i int) (inside, passed int) {
	inside, passed = -1, -1
	for w, x := range s.windows {
		switch {
		case i > x.to:
			passed = w
		case i >= x.from:
			inside = w
		}
	}
	return inside, passed
}

func sigmoid(p float64) float64 {
	if p > 3 {
		return -1
	}
	return 2/(1+math.Exp(5*p)) - 1
}

// worth is what a detection of row i earns: in a window, with its number, or
// outside of any (window -1).
func (s *series) worth(p profile, i int) (worth float64, window int) {
	inside, passed := s.in(i)
	if inside >= 0 {
		x := s.windows[inside]
		return p.tp * sigmoid(-float64(x.to-i+1)/float64(x.to-x.from+1)) / sigmoid(-1), inside
	}
	if passed < 0 {
		return -p.fp, -1
	}
	x := s.windows[passed]
	return p.fp * sigmoid(float64(i-x.to)/float64(x.to-x.from)), -1
}

// sweeper adds detections one by one and knows the score of those so far.
type sweeper struct {
	p       profile
	raw     float64
	windows float64
	best    map[[2]int]float64
}

func newSweeper(p profile, all []series) *sweeper {
	w := &sweeper{p: p, best: map[[2]int]float64{}}
	for i := range all {
		w.windows += float64(len(all[i].windows))
	}
	w.raw = -p.fn * w.windows
	return w
}

func (w *sweeper) detect(s *series, file, row int) {
	worth, window := s.worth(w.p, row)
	if window < 0 {
		w.raw += worth
		return
	}
	key := [2]int{file, window}
	if old, hit := w.best[key]; !hit {
		w.raw += w.p.fn + worth
		w.best[key] = worth
	} else if worth > old {
		w.raw += worth - old
		w.best[key] = worth
	}
}

// normalised is 0 without any detection and 100 for the first row of every
// window and nothing else.
func (w *sweeper) normalised() float64 {
	return 100 * (w.raw + w.p.fn*w.windows) / (w.windows * (w.p.tp + w.p.fn))
}

// scoreAt is the score of all files at a fixed threshold.
func scoreAt(p profile, all []series, scores [][]float64, threshold float64) float64 {
	w := newSweeper(p, all)
	for f := range all {
		for i := all[f].probation(); i < len(scores[f]); i++ {
			if scores[f][i] >= threshold {
				w.detect(&all[f], f, i)
			}
		}
	}
	return w.normalised()
}

// bestScore is the score at the threshold that suits it best, as published
// numbers are.
func bestScore(p profile, all []series, scores [][]float64) (best, threshold float64) {
	type row struct {
		score     float64
		file, row int
	}
	var rows []row
	for f := range all {
		for i := all[f].probation(); i < len(scores[f]); i++ {
			rows = append(rows, row{scores[f][i], f, i})
		}
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(b.score, a.score) })
	w := newSweeper(p, all)
	threshold = math.Inf(1)
	for k, r := range rows {
		w.detect(&all[r.file], r.file, r.row)
		if k+1 == len(rows) || rows[k+1].score < r.score {
			if n := w.normalised(); n > best {
				best, threshold = n, r.score
			}
		}
	}
	return best, threshold
}

// alarms sums up what a channel would see at a threshold: false-alarm episodes
// (detections outside windows, at most 12 rows apart) a series-month of 30 days,
// and the share of windows with a detection.
func alarms(all []series, scores [][]float64, threshold float64) (perMonth, hit float64) {
	episodes, windows, hits, days := 0, 0, 0, 0.0
	for f := range all {
		s, last, seen := &all[f], math.MinInt32, map[int]bool{}
		days += s.at[len(s.at)-1].Sub(s.at[s.probation()]).Hours() / 24
		windows += len(s.windows)
		for i := s.probation(); i < len(s.values); i++ {
			if scores[f][i] < threshold {
				continue
			}
			if inside, _ := s.in(i); inside >= 0 {
				seen[inside] = true
				continue
			}
			if i-last > 12 {
				episodes++
			}
			last = i
		}
		hits += len(seen)
	}
	return float64(episodes) / (days / 30), float64(hits) / float64(windows)
}

// nab is the labelled files at hand, in order of their names, read once.
func nab(t testing.TB) []series {
	t.Helper()
	dir := analysistest.Data(t, "analytics", "nab")
	once.Do(func() { files = readFiles(t, dir) })
	if len(files) == 0 {
		t.Fatal("the labelled files could not be read")
	}
	return slices.Clone(files)
}

var (
	once  sync.Once
	files []series
)

func readFiles(t testing.TB, dir string) []series {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "windows.json"))
	if err != nil {
		t.Fatal(err)
	}
	var windows map[string][][2]string
	if err := json.Unmarshal(text, &windows); err != nil {
		t.Fatal(err)
	}
	var all []series
	for name, limits := range windows {
		s := readSeries(t, filepath.Join(dir, filepath.FromSlash(name)))
		s.name = name
		for _, w := range limits {
			s.windows = append(s.windows, span{s.row(t, w[0]), s.row(t, w[1])})
		}
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b series) int { return strings.Compare(a.name, b.name) })
	return all
}

// row is the first with a timestamp.
func (s *series) row(t testing.TB, stamp string) int {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04:05.000000", stamp)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(s.at, at.Equal)
	if i < 0 {
		t.Fatalf("%s has no row at %s", s.name, stamp)
	}
	return i
}

func readSeries(t testing.TB, path string) series {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var s series
	for _, row := range rows[1:] {
		at, err := time.Parse(time.DateTime, row[0])
		if err != nil {
			t.Fatal(err)
		}
		v, err := strconv.ParseFloat(row[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		s.at, s.values = append(s.at, at), append(s.values, v)
	}
	return s
}

// TestScorer holds the scorer against a detector whose scores two independent
// implementations agree on: distance from the running mean in deviations.
func TestScorer(t *testing.T) {
	all := nab(t)
	scores := make([][]float64, len(all))
	for f := range all {
		mean, sum := 0.0, 0.0
		for i, x := range all[f].values {
			score, sd := 0.0, math.Sqrt(sum/float64(max(1, i)))
			if i >= 10 && sd > 0 {
				score = min(1, math.Abs(x-mean)/(10*sd))
			}
			scores[f] = append(scores[f], score)
			d := x - mean
			mean += d / float64(i+1)
			sum += d * (x - mean)
		}
	}
	for _, c := range []struct {
		p                   profile
		best, at, halfScore float64
	}{
		{standard, 36.469, .77743, 29.412},
		{lowFP, 23.623, .95210, -8.031},
		{lowFN, 44.787, .54815, 43.584},
	} {
		best, at := bestScore(c.p, all, scores)
		half := scoreAt(c.p, all, scores, .5)
		if math.Abs(best-c.best) > 1e-3 || math.Abs(at-c.at) > 1e-5 || math.Abs(half-c.halfScore) > 1e-3 {
			t.Errorf("%v: best %.3f at %.5f, %.3f at 0.5; want %.3f at %.5f, %.3f", c.p, best, at, half, c.best, c.at, c.halfScore)
		}
		if same := scoreAt(c.p, all, scores, at); math.Abs(same-best) > 1e-9 {
			t.Errorf("%v: the sweep says %v at %v, counting says %v", c.p, best, at, same)
		}
	}
}

// TestScorerLimits: nothing detected is 0, the first row of each window 100.
func TestScorerLimits(t *testing.T) {
	s := series{values: make([]float64, 1000), windows: []span{{300, 399}, {700, 799}}}
	scores := [][]float64{make([]float64, 1000)}
	if got := scoreAt(standard, []series{s}, scores, .5); got != 0 {
		t.Errorf("nothing detected: %v", got)
	}
	scores[0][300], scores[0][700] = 1, 1
	if got := scoreAt(standard, []series{s}, scores, .5); math.Abs(got-100) > 1e-9 {
		t.Errorf("first rows: %v", got)
	}
	scores[0][200] = 1
	if got := scoreAt(standard, []series{s}, scores, .5); math.Abs(got-(100-100*.11/4)) > 1e-9 {
		t.Errorf("and a false alarm before: %v", got)
	}
}
