package config

// nearest returns the word of words with the smallest edit distance to word,
// and false when none is close enough to be what was meant: at most 2 edits,
// and no more than one in three letters.
func nearest(word string, words []string) (string, bool) {
	if len(word) > 64 {
		return "", false
	}
	best, found := 3, ""
	for _, w := range words {
		if d := distance([]rune(word), []rune(w)); d < best && 3*d <= len([]rune(word)) {
			best, found = d, w
		}
	}
	return found, found != ""
}

// distance is the Levenshtein distance with a swap of neighbours as one edit.
func distance(a, b []rune) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range b {
		rows[0][j+1] = j + 1
	}
	for i := range a {
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			d := min(rows[i][j+1]+1, rows[i+1][j]+1, rows[i][j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				d = min(d, rows[i-1][j-1]+1)
			}
			rows[i+1][j+1] = d
		}
	}
	return rows[len(a)][len(b)]
}
