package report

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"shopwatch/internal/analysis/voice"
	"shopwatch/internal/market"
)

// Kinds of complaint.
const (
	badReview = iota
	neutralReview
	refundRequest
)

// usualDays is the stretch that the usual number of complaints is taken from.
const usualDays = 28

// maxQuote is how many characters of what a buyer wrote are shown.
const maxQuote = 160

// complaint is one bad or neutral review or one refund request that complains.
type complaint struct {
	at      int64 // milliseconds
	kind    int
	sku     string
	channel string
	text    string
	heard   *heard
	causes  []voice.Hit // filled by read
}

// read names the causes once.
func (c *complaint) read() []voice.Hit {
	if c.causes == nil {
		c.causes = c.heard.find(c.text)
	}
	return c.causes
}

// named returns the hit of a cause, and false when the complaint lacks it.
func (c *complaint) named(cause string) (voice.Hit, bool) {
	i := slices.IndexFunc(c.read(), func(h voice.Hit) bool { return h.Cause == cause })
	if i < 0 {
		return voice.Hit{}, false
	}
	return c.causes[i], true
}

func (c *complaint) quote(l *loader, hit voice.Hit) Quote {
	return Quote{
		At: time.UnixMilli(c.at).UTC(), SKU: market.SKU(c.sku), Title: l.items.Title(market.SKU(c.sku)), Channel: market.Channel(c.channel),
		Text: cutText(c.text, maxQuote), Cause: hit.Cause, Matched: hit.Matched,
	}
}

// cutText keeps the first n characters.
func cutText(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)
	return strings.TrimSpace(string(r[:n-1])) + "…"
}

// voices is what buyers said in a stretch.
type voices struct {
	complaints []complaint // oldest first
	reviews    int64       // how many reviews are kept, good ones too
	first      int64       // milliseconds of the first review of any item; 0 without
}

// voices reads reviews and refund requests created in a window about items that
// keep accepts (nil accepts all).
func (l *loader) voices(w market.Window, keep func(sku, channel string) bool) (voices, error) {
	var v voices
	heard, err := l.heard()
	if err != nil {
		return v, err
	}
	start, end := w.Millis()
	batches, err := l.events(market.Reviews, "created", w, []string{"sku", "channel", "result", "text", "append_text", "tags"})
	if err != nil {
		return v, err
	}
	for _, b := range batches {
		at, sku, channel, result := b.Column("created"), b.Column("sku"), b.Column("channel"), b.Column("result")
		text, more, tags := b.Column("text"), b.Column("append_text"), b.Column("tags")
		for i := range b.Len() {
			ms := at.Ints[i]
			if ms < start || ms >= end {
				continue
			}
			if v.first == 0 || ms < v.first {
				v.first = ms
			}
			if keep != nil && !keep(sku.Text(i), channel.Text(i)) {
				continue
			}
			v.reviews++
			if kind, ok := reviewKind(result.Text(i)); ok {
				words := joinTexts(text.Text(i), more.Text(i))
				if words == "" {
					words = tags.Text(i)
				}
				v.complaints = append(v.complaints, complaint{at: ms, kind: kind, sku: sku.Text(i), channel: channel.Text(i), text: words, heard: heard})
			}
		}
	}
	if err := l.refundVoice(&v, heard, w, keep); err != nil {
		return v, err
	}
	slices.SortStableFunc(v.complaints, func(a, b complaint) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.sku, b.sku), cmp.Compare(a.text, b.text),
			cmp.Compare(a.channel, b.channel), cmp.Compare(a.kind, b.kind))
	})
	return v, nil
}

func reviewKind(result string) (kind int, ok bool) {
	switch result {
	case "bad":
		return badReview, true
	case "neutral":
		return neutralReview, true
	}
	return 0, false
}

func joinTexts(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}

// refundVoice adds refund requests after the sale whose reason complains: of
// the goods, of how they came or of how the buyer was treated. Changes of mind
// and cancellations before shipping are none.
func (l *loader) refundVoice(v *voices, heard *heard, w market.Window, keep func(sku, channel string) bool) error {
	start, end := w.Millis()
	batches, err := l.events(market.Refunds, "created", w, []string{"sku", "channel", "reason", "phase"})
	if err != nil {
		return err
	}
	known := map[string][]voice.Hit{} // reasons are few and repeat
	for _, b := range batches {
		at, sku, channel, reason, phase := b.Column("created"), b.Column("sku"), b.Column("channel"), b.Column("reason"), b.Column("phase")
		for i := range b.Len() {
			ms := at.Ints[i]
			if ms < start || ms >= end || phase.Text(i) == "onsale" || reason.Text(i) == "" || keep != nil && !keep(sku.Text(i), channel.Text(i)) {
				continue
			}
			c := complaint{at: ms, kind: refundRequest, sku: sku.Text(i), channel: channel.Text(i), text: reason.Text(i), heard: heard, causes: known[reason.Text(i)]}
			known[c.text] = c.read()
			if complains(c.causes) {
				v.complaints = append(v.complaints, c)
			}
		}
	}
	return nil
}

// complains reports whether a refund's reason is more than wanting the money
// back.
func complains(hits []voice.Hit) bool {
	return slices.ContainsFunc(hits, func(h voice.Hit) bool {
		switch h.Cause {
		case voice.Other, voice.Refund, voice.Price:
			return false
		}
		return true
	})
}
