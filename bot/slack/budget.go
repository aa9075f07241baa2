package slack

import (
	"slices"
	"strconv"

	slackgo "github.com/slack-go/slack"

	"shopwatch/internal/chat"
)

// Our limits, each at or under Slack's own. Slack counts code points.
const (
	maxBlocks   = 45     // a message may have 50
	maxChars    = 10_000 // of all blocks together; refusals were seen from 11,341 on
	maxFallback = 3_000  // of the top-level text
	maxHeading  = 150
	maxSection  = 2_900 // 3,000
	maxFields   = 10
	maxField    = 2_000
	maxNote     = 2_000
	maxLabel    = 75 // of a button, also read aloud
	maxValue    = 2_000
	maxButtons  = 5 // a row may have 25
	maxAlt      = 1_000
	maxPictures = 2
	maxRows     = 99 // and a header
	maxColumns  = 20
	maxGrid     = 9_000 // characters of a table; 10,000
	maxCell     = 300
	roomForMore = 40 // what a "12 more" line costs at most
)

// fit makes the pieces keep the budget of a message: tables give rows first,
// then whole pieces go, small print before words and buttons last. What was
// left out is said.
func (r *renderer) fit(pieces []piece) []piece {
	fixed := 0
	for _, p := range pieces {
		fixed += p.cost
	}
	left := max(0, maxChars-fixed-roomForMore)
	var out []piece
	for _, p := range pieces {
		if p.table == nil {
			out = append(out, p)
			continue
		}
		made := r.table(*p.table, left)
		for _, m := range made {
			left -= m.cost
		}
		out = append(out, made...)
	}
	return r.trim(out)
}

// trim drops whole pieces, the last ones first, until count and characters fit.
func (r *renderer) trim(pieces []piece) []piece {
	dropped := 0
	over := func() bool {
		chars := 0
		for _, p := range pieces {
			chars += p.cost
		}
		spare := 0
		if dropped > 0 {
			spare = 1
		}
		return len(pieces)+spare > maxBlocks || chars+spare*roomForMore > maxChars
	}
	drop := func(kinds ...part) bool {
		for i, p := range slices.Backward(pieces) {
			if slices.Contains(kinds, p.part) {
				pieces = slices.Delete(pieces, i, i+1)
				return true
			}
		}
		return false
	}
	for over() && drop(partDivider) {
	}
	for _, kinds := range [][]part{{partNote}, {partHeading, partWords, partTable, partPicture}, {partActions}} {
		for over() && drop(kinds...) {
			dropped++
		}
	}
	if dropped > 0 {
		pieces = append(pieces, note([]chat.Rich{chat.Line("… +" + strconv.Itoa(dropped) + r.more)})...)
	}
	return pieces
}

// table renders t within room characters: as Slack's table when it is the
// first of the message, else as fixed-width text. Rows that do not fit are
// counted with t.More.
func (r *renderer) table(t chat.Table, room int) []piece {
	t = tidy(t)
	native := r.look == lookFull && !r.grid
	var block slackgo.Block
	var cost, shown int
	if native {
		block, cost, shown = grid(t, min(room, maxGrid))
	} else {
		block, cost, shown = mono(t, min(room, maxSection))
	}
	var out []piece
	if block != nil {
		r.grid = r.grid || native
		out = append(out, piece{partTable, block, cost, nil})
	}
	if more := t.More + len(t.Rows) - shown; more > 0 {
		out = append(out, note([]chat.Rich{chat.Line("… +" + strconv.Itoa(more) + r.more)})...)
	}
	return out
}
