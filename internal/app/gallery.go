package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"shopwatch/bot/sandbox"
	"shopwatch/commands"
	"shopwatch/internal/chat"
	"shopwatch/internal/i18n"
	"shopwatch/internal/outbox"
	"shopwatch/internal/report"
	"shopwatch/storage"
)

// galleryAfter is how long the demo is played before it is shown: a morning in
// which alerts of several kinds have come.
const galleryAfter = 4 * time.Hour

// OpenGallery plays a morning of the demo and asks, in Chinese and in English,
// everything that can be asked; what was said is on the page of the chat, at
// /gallery. Nothing runs any more; Close ends the page.
func OpenGallery(ctx context.Context, o DemoOptions) (*Demo, error) {
	o.admins = []string{"U0LIN", "U0SAM"}
	d, err := OpenDemo(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := d.furnish(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// furnish fills the gallery.
func (d *Demo) furnish(ctx context.Context) error {
	if !d.stocked(ctx) {
		if err := d.Backfill(ctx); err != nil {
			return err
		}
	}
	d.Clock.Set(d.opt.Start)
	hangUp, err := d.Listen(ctx)
	if err != nil {
		return err
	}
	list, err := newHall(d).fill(ctx)
	if err = errors.Join(err, hangUp()); err != nil {
		return err
	}
	d.Sandbox.Exhibit(list)
	return nil
}

// stocked reports whether the store already holds the shop's history.
func (d *Demo) stocked(ctx context.Context) bool {
	at, err := lastPull(ctx, d.db, d.shop.ID)
	return err == nil && !at.IsZero()
}

// visitor is somebody who asks, with the channels where that is in their
// language.
type visitor struct{ lang, user, digests, alerts string }

// hall collects what the gallery shows.
type hall struct {
	demo     *Demo
	words    *i18n.Locale
	visitors []visitor
	list     []sandbox.Exhibit
	turn     int // whose it is to act
}

func newHall(d *Demo) *hall {
	own, other := i18n.For(d.opt.Lang).Tag(), otherLang(d.opt.Lang)
	h := &hall{demo: d, words: i18n.For(d.opt.Lang), visitors: []visitor{
		{own, "lin", digestChannel, alertsChannel}, {other, "sam", abroadChannel, abroadChannel},
	}}
	slices.SortFunc(h.visitors, func(a, b visitor) int { return -strings.Compare(a.lang, b.lang) }) // Chinese first
	return h
}

// fill goes through the rooms in the order of the page.
func (h *hall) fill(ctx context.Context) ([]sandbox.Exhibit, error) {
	h.demo.opt.Tell("playing a morning")
	if err := h.play(ctx); err != nil {
		return nil, err
	}
	h.demo.opt.Tell("asking everything that can be asked")
	for _, room := range []func(context.Context) error{h.digests, h.home, h.answers, h.alerts, h.forms, h.judged} {
		if err := room(ctx); err != nil {
			return nil, err
		}
	}
	place := map[string]int{} // groups stand in the order in which they began
	for _, e := range h.list {
		if _, ok := place[e.Group]; !ok {
			place[e.Group] = len(place)
		}
	}
	slices.SortStableFunc(h.list, func(a, b sandbox.Exhibit) int { return place[a.Group] - place[b.Group] })
	return h.list, nil
}

// play lets the shop run for a morning, and on where too little has gone wrong.
func (h *hall) play(ctx context.Context) error {
	start := h.demo.opt.Start
	for after := galleryAfter; after <= 36*time.Hour; after += time.Hour {
		if err := h.until(ctx, start.Add(after)); err != nil {
			return err
		}
		list, err := h.told(ctx)
		if err != nil || len(list) >= leastAlerts {
			return err
		}
	}
	return nil // alerts says what is missing
}

func (h *hall) until(ctx context.Context, t time.Time) error {
	return h.demo.App.Step(ctx, t, func(context.Context) (time.Time, error) { return time.Time{}, nil })
}

// longestWait is how long what is said may wait for the workspace to take it.
const longestWait = 5 * time.Minute

// settle waits for the answer and lets what it put into the outbox go out, which
// takes the longer the more has been said just before.
func (h *hall) settle(ctx context.Context) error {
	h.demo.App.Settle()
	for end := h.demo.Clock.Now().Add(longestWait); ; {
		if err := h.until(ctx, h.demo.Clock.Now().Add(10*time.Second)); err != nil {
			return err
		}
		if waits, err := h.waits(ctx); err != nil || !waits || !h.demo.Clock.Now().Before(end) {
			return err
		}
	}
}

// waits reports whether something is to go out that is not held for later.
func (h *hall) waits(ctx context.Context) (waits bool, err error) {
	now := h.demo.Clock.Now()
	err = h.demo.db.View(ctx, func(tx *storage.Tx) error {
		list, err := tx.Undone()
		waits = slices.ContainsFunc(list, func(e outbox.Entry) bool { return !e.Hold.After(now) })
		return err
	})
	return waits, err
}

// hang adds an exhibit; sides are of the visitors, in order.
func (h *hall) hang(group, id, title string, sides []sandbox.Side) {
	h.list = append(h.list, sandbox.Exhibit{ID: id, Group: h.words.T("gallery." + group), Title: title, Sides: sides})
}

// each collects what every visitor sees of the same thing.
func (h *hall) each(see func(v visitor) (sandbox.Side, error)) ([]sandbox.Side, error) {
	var out []sandbox.Side
	for _, v := range h.visitors {
		s, err := see(v)
		if err != nil {
			return nil, err
		}
		s.Lang = v.lang
		out = append(out, s)
	}
	return out, nil
}

// digests sends every kind of report.
func (h *hall) digests(ctx context.Context) error {
	for _, kind := range report.DigestKinds() {
		sides, err := h.each(func(v visitor) (s sandbox.Side, err error) {
			mark := h.demo.Sandbox.Newest(v.digests)
			to := outbox.Route{Target: chat.Target{Channel: v.digests}, Lang: v.lang}
			if _, err := h.demo.App.sendDigest(ctx, h.demo.shop, localDigest{Kind: kind, Channel: v.digests, Lang: v.lang}, to); err != nil {
				return s, fmt.Errorf("%s digest: %w", kind, err)
			}
			if err := h.settle(ctx); err != nil {
				return s, err
			}
			s.Messages, err = h.demo.Sandbox.Since(v.user, v.digests, mark)
			return s, err
		})
		if err != nil {
			return err
		}
		h.hang("digests", "digest-"+string(kind), "digest "+string(kind), sides)
	}
	return nil
}

// home opens everybody's page.
func (h *hall) home(ctx context.Context) error {
	sides, err := h.each(func(v visitor) (s sandbox.Side, err error) {
		if _, err := h.demo.Sandbox.OpenHome(ctx, v.user); err != nil {
			return s, err
		}
		h.demo.App.Settle()
		_, s.View, _ = h.demo.Sandbox.HomeView(v.user)
		return s, nil
	})
	if err == nil {
		h.hang("home", "home", h.words.T("gallery.home"), sides)
	}
	return err
}

// moreQuestions are asked besides the examples of help, for the sake of their
// pictures. An item stands for the best seller that rivals sell too.
var moreQuestions = []string{"gmv this month", "gmv 28d by hour", "gmv 7d by hour", "price sku=ITEM", "sku sku=ITEM", "forecast"}

// answers asks the examples of help. What is typed about an alert is typed in
// the thread of one.
func (h *hall) answers(ctx context.Context) error {
	item, err := h.item(ctx)
	if err != nil {
		return err
	}
	for _, q := range append(commands.Examples(), moreQuestions...) {
		q = strings.ReplaceAll(q, "ITEM", item)
		verb, _, _ := strings.Cut(q, " ")
		if slices.Contains(commands.OnAlerts(), verb) {
			continue
		}
		sides, err := h.each(func(v visitor) (s sandbox.Side, err error) {
			s.Messages, err = h.ask(ctx, v, v.digests, "", "/shop "+q)
			if err == nil && verb == "language" { // the others are asked in one's own
				_, err = h.ask(ctx, v, v.digests, "", "/shop language auto")
			}
			return s, err
		})
		if err != nil {
			return err
		}
		h.hang("answers", anchor("ask-"+q), "/shop "+q, sides)
	}
	return nil
}

// anchor makes a name for an address of what is typed.
func anchor(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" =@:.,", r) }), "-")
}

// ask types a line and returns what came of it. A form that opened is put away.
func (h *hall) ask(ctx context.Context, v visitor, channel, thread, line string) ([]json.RawMessage, error) {
	box := h.demo.Sandbox
	mark := box.Newest(channel)
	if _, err := box.Reply(ctx, v.user, channel, thread, line); err != nil {
		return nil, fmt.Errorf("%s types %q: %w", v.user, line, err)
	}
	h.demo.App.Settle()
	if thread != "" { // what an act puts into the outbox goes out a moment later
		if err := h.settle(ctx); err != nil {
			return nil, err
		}
	}
	if id, _, ok := box.OpenView(v.user); ok {
		if _, err := box.Dismiss(ctx, v.user, id); err != nil {
			return nil, err
		}
	}
	seen, err := box.Since(v.user, channel, mark)
	if err == nil && len(seen) == 0 {
		err = fmt.Errorf("%s typed %q and nothing was said", v.user, line)
	}
	return seen, err
}

// item is the best seller that rivals sell too.
func (h *hall) item(ctx context.Context) (string, error) {
	p, err := report.LoadPrice(ctx, h.demo.db, h.demo.shop.Shop, report.PriceQuery{Now: h.demo.Clock.Now(), Top: 1})
	if err != nil || len(p.Items) == 0 {
		return "", errors.Join(err, fmt.Errorf("%d items are matched", len(p.Items)))
	}
	return string(p.Items[0].SKU), nil
}
