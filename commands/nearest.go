package commands

// nearest returns the candidate with the smallest edit distance to s, if it is
// small against the length of s; the first of equals wins.
func nearest(s string, candidates []string) string {
	limit := 1
	if n := len([]rune(s)); n > 4 {
		limit = 2
	} else if n < 3 {
		return ""
	}
	best, at := "", limit+1
	for _, c := range candidates {
		if d := distance([]rune(s), []rune(c)); d < at {
			best, at = c, d
		}
	}
	return best
}

// distance is the Damerau-Levenshtein distance (adjacent swaps count once).
func distance(a, b []rune) int {
	prev2, prev, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(b)]
}

// looksLikeID tells article numbers from words: they hold a digit.
func looksLikeID(s string) bool {
	for _, r := range s {
		if r >= '0' && r <= '9' {
			return true
		}
	}
	return false
}
