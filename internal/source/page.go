package source

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"shopwatch/internal/market"
)

// param is one value that changes from call to call.
type param struct {
	name, text string
	whole      bool // a number, where the body has types
}

func number64(name string, n int64) param { return param{name, strconv.FormatInt(n, 10), true} }

// windowParams writes w into a request.
func (h *httpSpec) windowParams(w market.Window) []param {
	if h.window.start == "" {
		return nil
	}
	write := func(name string, t time.Time) param {
		switch unixFormats[h.window.format] {
		case time.Second:
			return number64(name, t.Unix())
		case time.Millisecond:
			return number64(name, t.UnixMilli())
		}
		return param{name: name, text: t.In(h.window.zone).Format(h.window.format)}
	}
	if t := h.window.template; t != "" {
		text := strings.NewReplacer("{start}", write("", w.Start).text, "{end}", write("", w.End).text).Replace(t)
		return []param{{name: h.window.start, text: text}}
	}
	if h.window.end == "" {
		return []param{write(h.window.start, w.Start)}
	}
	return []param{write(h.window.start, w.Start), write(h.window.end, w.End)}
}

// read reads one slice by the source's way of paging.
func (p *pull) read(ctx context.Context, w market.Window) (tally, error) {
	base := p.spec.http.windowParams(w)
	g := &p.spec.http.page
	if g.size != "" {
		base = append(base, number64(g.size, int64(g.rows)))
	}
	mark := p.mapper.mark()
	switch {
	case g.kind == "number" && g.reverse:
		return p.backward(ctx, base, mark)
	case g.kind == "number" || g.kind == "offset":
		return p.forward(ctx, base, mark)
	case g.kind == "cursor":
		return p.cursor(ctx, base, mark)
	case g.kind == "link":
		return p.links(ctx, base, mark)
	}
	t := tally{want: 1}
	doc, err := p.page(ctx, base, &t)
	if err != nil {
		return t, err
	}
	if err := p.total(ctx, doc, &t); err != nil {
		return t, err
	}
	p.judge(&t, mark)
	return t, nil
}

// page makes one call and takes its records.
func (p *pull) page(ctx context.Context, params []param, t *tally) (any, error) {
	doc, err := p.call(ctx, params)
	if err == nil && len(p.spec.http.steps) > 0 {
		doc, err = p.follow(ctx, doc)
	}
	if err != nil {
		return nil, err
	}
	t.pages++
	if err := p.noteAsOf(ctx, doc); err != nil {
		return doc, err
	}
	items, err := p.take(ctx, doc, p.tally.pages+t.pages)
	t.items += items
	return doc, err
}

// take maps the records of a document; n numbers it for people.
func (p *pull) take(ctx context.Context, doc any, n int) (int, error) {
	limited, stop := context.WithTimeout(ctx, jqTime)
	defer stop()
	row := 0
	place := func() string { return fmt.Sprintf("page %d row %d", n, row) }
	items, err := p.spec.mapping.records.each(limited, doc, func(rec *record) error {
		row++
		if e := p.spec.http.each; e != nil && e.as != "" {
			rec = rec.with(e.as, p.parent)
		}
		return p.mapper.add(limited, rec, place)
	})
	p.mapper.settle(fmt.Sprintf("page %d", n))
	if err != nil {
		return items, &Error{Class: Incomplete, Message: fmt.Sprintf("page %d: %v", n, err), Err: ctx.Err()}
	}
	if counted := p.spec.http.page.items; counted != nil {
		items = 0
		err = counted.all(limited, doc, func(any) error { items++; return nil })
	}
	return items, err
}

// total reads the upstream's count into t.
func (p *pull) total(ctx context.Context, doc any, t *tally) error {
	prog := p.spec.http.page.total
	if prog == nil {
		return nil
	}
	v, err := prog.one(ctx, doc)
	if err != nil {
		return &Error{Class: Incomplete, Message: "total: " + err.Error()}
	}
	d, known, err := number(reduce(v), nil)
	if err != nil || !known {
		return &Error{Class: Incomplete, Message: "the answer holds no total, so its rows cannot be counted"}
	}
	n, err := d.whole(0, false)
	if err != nil || n < 0 || n > 1e12 {
		return &Error{Class: Incomplete, Message: "the total is not a count"}
	}
	total := int(n)
	t.total = &total
	return nil
}

// errGrown says that there are more pages than were counted.
var errGrown = errors.New("there are more pages than were counted")

// backward counts, then reads the pages from the last to the first: a row that
// changes meanwhile moves rows towards the front, into pages not read yet. When
// the last page counted is not the last one, as where the count is answered by a
// server that lags, it counts again.
func (p *pull) backward(ctx context.Context, base []param, mark mark) (tally, error) {
	const counts = 3
	var t tally
	err := errGrown
	for try := 0; try < counts && errors.Is(err, errGrown); try++ {
		p.mapper.rewind(mark)
		t, err = p.downward(ctx, base)
	}
	switch {
	case errors.Is(err, errGrown):
		return t, &Error{Class: Incomplete, Message: err.Error() + fmt.Sprintf(", %d times", counts)}
	case err != nil:
		return t, err
	}
	if p.mapper.got(mark, t.items) < *t.total {
		// Rows that changed since the count have left the window; ask again
		// before calling the rest missing.
		if err := p.count(ctx, base, &t); err != nil {
			return t, err
		}
	}
	p.judge(&t, mark)
	return t, nil
}

// downward counts and reads every page once.
func (p *pull) downward(ctx context.Context, base []param) (tally, error) {
	g := &p.spec.http.page
	var t tally
	if err := p.count(ctx, base, &t); err != nil {
		return t, err
	}
	pages := (*t.total + g.rows - 1) / g.rows
	t.want = pages
	if pages > g.max || g.maxRows > 0 && *t.total >= g.maxRows {
		return t, &ceiling{fmt.Sprintf("%d rows on %d pages", *t.total, pages)}
	}
	for n := pages - 1; n >= 0; n-- {
		doc, err := p.page(ctx, append(slices.Clip(base), number64(g.param, int64(g.first+n))), &t)
		if err != nil {
			return t, missing(err, 1, n+1, pages)
		}
		if n < pages-1 || g.more == nil {
			continue
		}
		v, err := g.more.one(ctx, doc)
		if err != nil {
			return t, &Error{Class: Incomplete, Message: "has_next: " + err.Error()}
		}
		if v == true {
			return t, errGrown
		}
	}
	return t, nil
}

// missing says which pages a failure leaves out, counted from 1 in the order of
// the upstream. A last page of 0 or less than from says that nobody knows how
// many there are.
func missing(err error, from, to, of int) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	out := *e
	switch {
	case from > to:
		out.Message = fmt.Sprintf("page %d and any after it are missing: %s", from, e.Message)
	case from == to:
		out.Message = fmt.Sprintf("page %d of %d is missing: %s", from, of, e.Message)
	default:
		out.Message = fmt.Sprintf("pages %d to %d of %d are missing: %s", from, to, of, e.Message)
	}
	return &out
}

// count makes the counting call.
func (p *pull) count(ctx context.Context, base []param, t *tally) error {
	g := &p.spec.http.page
	params := append(slices.Clip(base), number64(g.param, int64(g.first)))
	for _, k := range g.countKeys {
		params = append(params, param{name: k, text: g.count[k]})
	}
	doc, err := p.call(ctx, params)
	if err != nil {
		return err
	}
	return p.total(ctx, doc, t)
}

// errMoved says that rows moved between pages while they were read.
var errMoved = errors.New("the total changed while the pages were read")

// forward reads pages from the first. When the total changes meanwhile, rows
// have moved over page borders: it reads once more, and then gives up.
func (p *pull) forward(ctx context.Context, base []param, mark mark) (tally, error) {
	return p.steady(mark, func() (tally, error) { return p.onward(ctx, base) })
}

// steady reads once more when the total changed while read was at work: servers
// that lag by different amounts hide rows that way. If it changes again the pull
// is not complete.
func (p *pull) steady(mark mark, read func() (tally, error)) (tally, error) {
	t, err := read()
	if errors.Is(err, errMoved) {
		p.mapper.rewind(mark)
		t, err = read()
	}
	if errors.Is(err, errMoved) {
		p.reasons = append(p.reasons, err.Error())
		err = nil
	}
	if err == nil {
		p.judge(&t, mark)
	}
	return t, err
}

func (p *pull) onward(ctx context.Context, base []param) (tally, error) {
	g := &p.spec.http.page
	var t tally
	moved := false
	for n := 0; ; n++ {
		if n >= g.max || g.maxRows > 0 && t.total != nil && *t.total >= g.maxRows {
			return t, &ceiling{fmt.Sprintf("%d pages read and more to come", n)}
		}
		at := number64(g.param, int64(g.first+n))
		if g.kind == "offset" {
			at = number64(g.param, int64(n*g.rows))
		}
		before, items := t.total, t.items
		doc, err := p.page(ctx, append(slices.Clip(base), at), &t)
		if err != nil {
			w := p.wanted(t)
			return w, missing(err, n+1, w.want, w.want)
		}
		if err := p.total(ctx, doc, &t); err != nil {
			return p.wanted(t), err
		}
		moved = moved || before != nil && *before != *t.total
		more, err := p.more(ctx, doc, t, t.items-items, n)
		if err != nil {
			return p.wanted(t), err
		}
		if !more {
			break
		}
	}
	if moved {
		return p.wanted(t), errMoved
	}
	return p.wanted(t), nil
}

// wanted fills in how many pages there should have been.
func (p *pull) wanted(t tally) tally {
	t.want = t.pages
	if g := &p.spec.http.page; t.total != nil && g.rows > 0 {
		t.want = max(1, (*t.total+g.rows-1)/g.rows)
	}
	return t
}

// more reports whether another page follows page n that brought items.
func (p *pull) more(ctx context.Context, doc any, t tally, items, n int) (bool, error) {
	g := &p.spec.http.page
	switch {
	case g.more != nil:
		v, err := g.more.one(ctx, doc)
		if err != nil {
			return false, &Error{Class: Incomplete, Message: "has_next: " + err.Error()}
		}
		return v != nil && v != false, nil
	case t.total != nil:
		return items > 0 && (n+1)*g.rows < *t.total, nil
	}
	return items >= g.rows, nil
}

// cursor follows the cursors until there is none.
func (p *pull) cursor(ctx context.Context, base []param, mark mark) (tally, error) {
	return p.steady(mark, func() (tally, error) { return p.chain(ctx, base) })
}

func (p *pull) chain(ctx context.Context, base []param) (tally, error) {
	g := &p.spec.http.page
	var t tally
	moved := false
	seen := map[string]bool{}
	params := base
	for {
		if t.pages >= g.max {
			return t, &ceiling{fmt.Sprintf("%d pages read and more to come", t.pages)}
		}
		t.want = t.pages + 1
		before := t.total
		doc, err := p.page(ctx, params, &t)
		if err != nil {
			return t, err
		}
		if err := p.total(ctx, doc, &t); err != nil {
			return t, err
		}
		// A list that grows behind the cursor hides nothing; a server that counts
		// fewer than the one before knows of fewer.
		moved = moved || before != nil && *before > *t.total
		v, err := g.next.one(ctx, doc)
		if err != nil {
			return t, &Error{Class: Incomplete, Message: "next: " + err.Error()}
		}
		if v == nil || v == false || v == "" {
			if moved {
				return t, errMoved
			}
			return t, nil
		}
		next := reduce(v)
		if next.form == isCompound || seen[next.s] {
			return t, &Error{Class: Incomplete, Message: "the cursor does not move on"}
		}
		seen[next.s] = true
		_, isNumber := v.(json.Number)
		params = append(slices.Clip(base), param{g.param, next.s, isNumber})
	}
}

// judge compares what came with what the upstream counted.
func (p *pull) judge(t *tally, mark mark) {
	if t.total == nil {
		return
	}
	if got := p.mapper.got(mark, t.items); got < *t.total {
		text := fmt.Sprintf("%d of %d rows came, on %d of %d pages", got, *t.total, t.pages, t.want)
		if g := &p.spec.http.page; !g.reverse && (g.kind == "number" || g.kind == "offset") && t.pages < t.want {
			text += fmt.Sprintf("; pages %d to %d brought nothing", t.pages, t.want)
		}
		p.reasons = append(p.reasons, text)
	}
}
