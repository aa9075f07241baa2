package gate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"shopwatch/internal/market"
)

// Thresholds of the judgement.
const (
	fewRows     = 0.90 // of the median of the last complete pulls: fewer is a loss
	historyMin  = 3    // pulls that a median needs
	massShare   = 0.05 // of the keys in both pictures: more turning bad is a mass change
	massMin     = 50   // and at least so many
	massGap     = 3 * time.Hour
	driftRows   = 20   // rows that a ratio needs
	driftNear   = 0.02 // how near to 100 or 1/100 the median ratio of a picture is
	driftFactor = 50.0 // events: how far a median must move
	secondLook  = 5 * time.Minute
	goneBelow   = 0.02           // known in fewer rows: a column is gone
	goneFrom    = 0.90           // that was never known in fewer rows than these
	acceptAfter = 24 * time.Hour // a loss, a drift or a gap that stays this long is the new normal
	agreement   = 0.10           // how far the counts of two pulls may differ
)

// Kind says what a doubt is about.
type Kind string

// Kinds of doubt.
const (
	Loss  Kind = "loss"  // a picture has far fewer rows than usual
	Mass  Kind = "mass"  // many rows turned bad in one pull
	Drift Kind = "drift" // amounts moved by about a hundred: yuan read as fen, or the other way
	Older Kind = "older" // the data is older than that of the pull before
	Gone  Kind = "gone"  // a column that was always known is not any more: it was renamed, say
)

// Doubt is a judgement that waits for later pulls.
type Doubt struct {
	Kind Kind `json:"kind"`
	// Table is whose figure it is, of a bulk listing; the pulls of a source are of
	// one table.
	Table string    `json:"table,omitempty"`
	What  string    `json:"what"` // the column, or the state that rows turned into
	Count int       `json:"count"`
	Of    int       `json:"of"`
	Since time.Time `json:"since"` // of the pull that raised it
	// Names are some of the keys that are missing, or that turned bad.
	Names []string `json:"names,omitempty"`
}

// named is how many keys a doubt names.
const named = 5

// Past is what is known of a source's earlier pulls.
type Past struct {
	Rows    []int         // of complete pulls, any order; the last seven or so
	Picture *market.Batch // of the newest complete picture; nil when there is none
	At      time.Time     // when Picture was taken
	Mark    time.Time     // up to when the data of Picture is complete; zero when not known
	// Medians are typical amounts of the money columns of events.
	Medians map[string]int64
	// Known is the least share of rows in which each column was known in any
	// complete pull, and Pulls how many pulls that is of.
	Known map[string]float64
	Pulls int
	Doubt *Doubt // of the pull before this one; nil when there was none
	// Again says that this is the doubted pull once more, as a file that still
	// lies in its folder: that is no second witness.
	Again bool
}

// Verdict is what a complete pull is worth.
type Verdict struct {
	State  market.Condition // Complete, Partial or Suspect
	Reason string           // why it is not complete, or what a second pull has confirmed; may be empty
	Doubt  *Doubt           // to be remembered for the next pull; nil when there is none
	// Soon asks for the second pull after a few minutes instead of at the
	// source's next time.
	Soon bool
	// Confirmed is a doubt that this pull has settled: what it doubted is so.
	Confirmed *Doubt
}

// Judge judges a complete pull; any other is returned as it is.
func Judge(p market.Pull, past Past, now time.Time) Verdict {
	if p.Snapshot.State != market.Complete || p.Rows == nil {
		return Verdict{State: p.Snapshot.State, Doubt: past.Doubt}
	}
	d := older(p.Snapshot, past)
	if d == nil {
		d = find(p.Rows, past, now)
	}
	if d == nil {
		return Verdict{State: market.Complete}
	}
	return weigh(d, past.Doubt, past.Again, now)
}

// weigh holds a doubt against that of the pull before, and believes what has
// stood for long enough. again says that this is the doubted pull once more.
func weigh(d, old *Doubt, again bool, now time.Time) Verdict {
	d.Since = now
	if old != nil && old.Kind == d.Kind && old.Table == d.Table && old.What == d.What && near(old.Count, d.Count) {
		d.Since = old.Since
	}
	waited := now.Sub(d.Since)
	agrees := d.Kind == Mass && waited >= secondLook || waited >= acceptAfter
	switch {
	case agrees && !again:
		return Verdict{State: market.Complete, Reason: d.text() + "; a second pull agrees", Confirmed: d}
	case d.Kind == Loss:
		return Verdict{State: market.Partial, Reason: d.text(), Doubt: d}
	}
	return Verdict{State: market.Suspect, Reason: d.text(), Doubt: d, Soon: d.Kind == Mass}
}

// older finds a picture that an upstream has gone back to.
func older(s market.Snapshot, past Past) *Doubt {
	if s.Watermark.IsZero() || past.Picture == nil || !s.Watermark.Before(past.Mark) {
		return nil
	}
	return &Doubt{Kind: Older, What: s.Watermark.UTC().Format(time.RFC3339), Count: 1, Of: 1}
}

// find returns the gravest doubt: columns first, then amounts, rows and states.
func find(rows *market.Batch, past Past, now time.Time) *Doubt {
	if d := gone(rows, past); d != nil {
		return d
	}
	if rows.Table.Shape == market.Events {
		return eventDrift(rows, past.Medians)
	}
	if past.Picture == nil {
		return loss(rows, past)
	}
	both := pair(rows, past.Picture)
	if d := pictureDrift(rows, past.Picture, both); d != nil {
		return d
	}
	if d := loss(rows, past); d != nil {
		return d
	}
	if now.Sub(past.At) > massGap {
		return nil // much may happen in so long a time
	}
	return mass(rows, past.Picture, both)
}

// near reports whether two pulls tell of about the same number.
func near(a, b int) bool {
	return float64(max(a, b)-min(a, b)) <= agreement*float64(max(a, b))
}

func (d *Doubt) text() string {
	switch d.Kind {
	case Loss:
		return fmt.Sprintf("%d rows, usually there are %d", d.Count, d.Of) + d.names("missing")
	case Older:
		return "the data is of " + d.What + ", older than that of a pull before"
	case Gone:
		return fmt.Sprintf("%s is unknown in %d of %d rows, where it was always known", d.What, d.Count, d.Of)
	case Drift:
		return fmt.Sprintf("amounts of %s moved by a factor of about %s in %d rows; is the unit right?", d.column(), factor(d), d.Of) + d.names("among them")
	}
	return fmt.Sprintf("%d of %d rows are %s at once", d.Count, d.Of, d.What) + d.names("among them")
}

// column is the column in doubt, with its table where a source brings several.
func (d *Doubt) column() string {
	if d.Table == "" {
		return d.What
	}
	return d.What + " (" + d.Table + ")"
}

// names lists the keys that are known, after what they are.
func (d *Doubt) names(what string) string {
	if len(d.Names) == 0 {
		return ""
	}
	return "; " + what + ": " + strings.Join(d.Names, ", ")
}

// factor writes the ratio, which Count holds in hundredths.
func factor(d *Doubt) string {
	if d.Count < 100 {
		return fmt.Sprintf("1/%d", 100/max(1, d.Count))
	}
	return fmt.Sprint(d.Count / 100)
}

// loss finds a picture with far fewer rows than the pictures before.
func loss(rows *market.Batch, past Past) *Doubt {
	if len(past.Rows) < historyMin {
		return nil
	}
	usual := int(median(intsOf(past.Rows)))
	if float64(rows.Len()) >= fewRows*float64(usual) {
		return nil
	}
	return &Doubt{Kind: Loss, Count: rows.Len(), Of: usual, Names: absent(rows, past.Picture)}
}

// absent names keys of the picture before that rows lack, in the picture's order.
func absent(rows, before *market.Batch) []string {
	if before == nil {
		return nil
	}
	var out []string
	for j, i := range pair(before, rows) {
		if i < 0 {
			out = addName(out, before, j)
		}
	}
	return out
}

// addName adds the SKU of row i, while there is room for it.
func addName(names []string, b *market.Batch, i int) []string {
	if len(names) >= named || b.Table.Col("sku") < 0 {
		return names
	}
	v := b.Column("sku")
	if !v.Known(i) || slices.Contains(names, v.Texts[i]) {
		return names
	}
	return append(names, v.Texts[i])
}

func intsOf(all []int) []int64 {
	out := make([]int64, len(all))
	for i, n := range all {
		out[i] = int64(n)
	}
	return out
}

// median is the lower median of values, which it sorts.
func median(values []int64) int64 {
	slices.Sort(values)
	return values[(len(values)-1)/2]
}

// pair finds for each row the row of the same key before, -1 when there is none.
func pair(rows, before *market.Batch) []int {
	index := make(map[string]int, before.Len())
	for i := range before.Len() {
		index[key(before, i)] = i
	}
	out := make([]int, rows.Len())
	for i := range rows.Len() {
		out[i] = -1
		if j, ok := index[key(rows, i)]; ok {
			out[i] = j
		}
	}
	return out
}

func key(b *market.Batch, i int) string {
	var out []byte
	for _, name := range b.Table.Key {
		v := b.Column(name)
		if v.Texts != nil {
			out = append(append(out, v.Texts[i]...), 0x1f)
		} else {
			out = fmt.Appendf(out, "%d\x1f", v.Ints[i])
		}
	}
	return string(out)
}
