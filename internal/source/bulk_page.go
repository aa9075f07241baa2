package source

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// read turns the pages by the source's way of paging.
func (l *listing) read(ctx context.Context) error {
	g := &l.api.spec.http.page
	f := l.fetcher(0)
	var base []param
	if g.size != "" {
		base = append(base, number64(g.size, int64(g.rows)))
	}
	if g.kind == "cursor" {
		return l.follow(ctx, f, base)
	}
	for n := 0; ; n++ {
		if n >= g.max {
			return l.ceiling(n)
		}
		doc, err := f.call(ctx, l.params(base, n))
		if err != nil {
			return atPage(n+1, err)
		}
		items := f.rows.Len() + f.rows.Refused
		if err := l.count(ctx, f, doc); err != nil {
			return err
		}
		if err := l.deliver(f, n+1); err != nil {
			return err
		}
		if total := l.out.Manifest.Total; g.kind != "none" && total != nil && g.rows > 0 && g.more == nil {
			l.last = max(1, (*total+g.rows-1)/g.rows)
			if l.last > g.max || g.maxRows > 0 && *total > g.maxRows {
				return l.ceiling(n + 1)
			}
			return l.rest(ctx, base, n+1)
		}
		if g.kind == "none" {
			return nil
		}
		more, err := f.more(ctx, doc, tally{total: l.out.Manifest.Total}, items, n)
		if err != nil || !more {
			return err
		}
	}
}

func (l *listing) ceiling(pages int) error {
	return &Error{Class: Incomplete, Message: (&ceiling{fmt.Sprintf("%d pages read and more to come", pages)}).Error()}
}

// params are those of page n, from 0.
func (l *listing) params(base []param, n int) []param {
	g := &l.api.spec.http.page
	switch g.kind {
	case "number":
		return append(slices.Clip(base), number64(g.param, int64(g.first+n)))
	case "offset":
		return append(slices.Clip(base), number64(g.param, int64(n*g.rows)))
	}
	return base
}

// count reads the upstream's count; when it grows meanwhile the larger holds.
func (l *listing) count(ctx context.Context, f *fetcher, doc any) error {
	var t tally
	if err := f.total(ctx, doc, &t); err != nil || t.total == nil {
		return err
	}
	if m := &l.out.Manifest; m.Total == nil || *m.Total < *t.total {
		m.Total = t.total
	}
	return nil
}

// follow reads pages that name the next one.
func (l *listing) follow(ctx context.Context, f *fetcher, base []param) error {
	g := &l.api.spec.http.page
	seen := map[string]bool{}
	params := base
	for n := 0; ; n++ {
		if n >= g.max {
			return l.ceiling(n)
		}
		l.last = n + 1
		doc, err := f.call(ctx, params)
		if err != nil {
			return atPage(n+1, err)
		}
		if err := l.count(ctx, f, doc); err != nil {
			return err
		}
		if err := l.deliver(f, n+1); err != nil {
			return err
		}
		v, err := g.next.one(ctx, doc)
		if err != nil {
			return &Error{Class: Incomplete, Message: "next: " + err.Error()}
		}
		if v == nil || v == false || v == "" {
			return nil
		}
		next := reduce(v)
		if next.form == isCompound || seen[next.s] {
			return &Error{Class: Incomplete, Message: "the cursor does not move on"}
		}
		seen[next.s] = true
		_, isNumber := v.(json.Number)
		params = append(slices.Clip(base), param{g.param, next.s, isNumber})
	}
}

// fetched is a page that came, or why it did not.
type fetched struct {
	f   *fetcher
	doc any
	err error
}

// rest reads the pages from n to the last, several beside each other. Fetchers
// go round: one is given a page only after its last one was delivered. There is
// one more of them than calls may be under way, so that a page is fetched while
// the one before is decoded.
func (l *listing) rest(ctx context.Context, base []param, n int) error {
	ctx, stop := context.WithCancel(ctx)
	workers := min(l.api.spec.bulk.parallel+1, l.last-n)
	places := make(chan struct{}, l.api.spec.bulk.parallel)
	free := make(chan *fetcher, max(1, workers))
	for i := range workers {
		f := l.fetcher(i + 1)
		f.places = places
		free <- f
	}
	pages := make(chan chan fetched, max(1, workers)) // in their order
	var wait sync.WaitGroup
	defer wait.Wait()
	defer stop()
	wait.Go(func() {
		defer close(pages)
		for at := n; at < l.last; at++ {
			var f *fetcher
			select {
			case f = <-free:
			case <-ctx.Done():
				return
			}
			came := make(chan fetched, 1)
			wait.Go(func() {
				doc, err := f.call(ctx, l.params(base, at))
				came <- fetched{f, doc, err}
			})
			pages <- came
		}
	})
	for at := n; at < l.last; at++ {
		came, ok := <-pages
		if !ok {
			return ctx.Err()
		}
		if err := l.settle(ctx, <-came, at+1, free); err != nil {
			stop()
			for range pages { // what is under way is let go
			}
			return err
		}
	}
	return nil
}

// settle delivers a page, or decides whether its failure ends the reading.
func (l *listing) settle(ctx context.Context, p fetched, number int, free chan<- *fetcher) error {
	defer func() { free <- p.f }()
	if p.err != nil {
		err := atPage(number, p.err)
		if known, ok := errors.AsType[*Error](err); !ok || ctx.Err() != nil || known.Class != Service && known.Class != Incomplete {
			return err
		}
		if l.missed == nil {
			l.missed = err
		}
		return nil
	}
	if err := l.count(ctx, p.f, p.doc); err != nil {
		return err
	}
	return l.deliver(p.f, number)
}

// atPage says on which page a call failed.
func atPage(number int, err error) error {
	known, ok := errors.AsType[*Error](err)
	if !ok {
		return fmt.Errorf("page %d: %w", number, err)
	}
	told := *known
	told.Message = fmt.Sprintf("page %d: %s", number, known.Message)
	return &told
}
