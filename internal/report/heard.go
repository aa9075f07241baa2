package report

import (
	"fmt"
	"strings"
	"sync"

	"shopwatch/internal/analysis/voice"
)

// heard is what a lexicon finds in texts. Both questions and rules read the same
// complaints again and again, and a text says what it says.
type heard struct {
	lexicon *voice.Lexicon // nil is the built-in one

	mu   sync.Mutex
	hits map[string][]voice.Hit
}

const (
	mostHeard  = 8192 // texts that are kept
	heardBytes = 700  // about what one of them takes
	heardRoom  = heardBytes * mostHeard
)

// heard is shared by all who read with the same lexicon.
func (l *loader) heard() (*heard, error) {
	// What is kept holds the lexicon, so its address is given to no other meanwhile.
	kept, err := l.tx.Decoded(fmt.Sprintf("heard/%p", l.lexicon), func() (any, int64, error) {
		return &heard{lexicon: l.lexicon, hits: map[string][]voice.Hit{}}, heardRoom, nil
	})
	if err != nil {
		return nil, err
	}
	return kept.(*heard), nil
}

// find names the causes in a text; nobody may change them.
func (h *heard) find(text string) []voice.Hit {
	h.mu.Lock()
	hits, found := h.hits[text]
	h.mu.Unlock()
	if found {
		return hits
	}
	text = strings.Clone(text) // a part of something larger
	hits = h.lexicon.Find(text)
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.hits) >= mostHeard {
		clear(h.hits)
	}
	h.hits[text] = hits
	return hits
}
