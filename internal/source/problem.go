package source

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one mistake in a declaration, with the place and what to do.
type Problem struct {
	File      string
	Line, Col int    // from 1; 0 when the place is not known
	Path      string // "sources[2].fields.paid.unit"
	Cause     string
	Remedy    string // may be empty
}

// String writes "file:line:col: path: cause; remedy".
func (p Problem) String() string {
	s := fmt.Sprintf("%s:%d:%d: ", p.File, p.Line, p.Col)
	if p.Path != "" {
		s += p.Path + ": "
	}
	s += p.Cause
	if p.Remedy != "" {
		s += "; " + p.Remedy
	}
	return s
}

// Problems is every mistake found, in the order of the file.
type Problems []Problem

// Error lists the problems, one a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

// err returns p sorted by place, or nil when there is none.
func (p Problems) err() error {
	if len(p) == 0 {
		return nil
	}
	slices.SortStableFunc(p, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	return p
}

// nearest returns the word of list that looks most like s, or "" when none is
// close enough to be what was meant.
func nearest(s string, list []string) string {
	best, at := "", 1+len([]rune(s))/2
	for _, w := range list {
		if len(s) > 3 && strings.Contains(w, s) {
			return w
		}
		if d := distance(strings.ToLower(s), strings.ToLower(w)); d < at {
			best, at = w, d
		}
	}
	return best
}

// didYouMean is the remedy for a word that is not in list.
func didYouMean(s string, list []string) string {
	if w := nearest(s, list); w != "" {
		return fmt.Sprintf("did you mean %q? Known: %s", w, strings.Join(list, ", "))
	}
	return "known: " + strings.Join(list, ", ")
}

// distance is the number of edits between a and b, where swapping two
// neighbours counts as one.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range y {
		rows[0][j+1] = j + 1
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			change := 1
			if x[i-1] == y[j-1] {
				change = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+change)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(x)][len(y)]
}
