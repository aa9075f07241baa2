package source

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"
)

// step is a further call that an asynchronous report needs: is it ready, where
// is it, give it to me. Each takes a value out of the answer before it.
type step struct {
	take   *program // of the answer before: the id, or an address
	url    string   // with {} where the value goes; "" takes the value as the address
	until  *program // true when the answer is the one that was waited for; nil does not wait
	fails  *program // true when it will never come
	every  time.Duration
	within time.Duration
	bare   bool // without credentials: the address has its own
}

// How long a report is waited for: a run of the collector has ten minutes.
const (
	stepEvery  = 15 * time.Second
	stepWithin = 5 * time.Minute
	stepMost   = 9 * time.Minute
)

func (h *httpSpec) readSteps(o *object) {
	for i, n := range o.list("steps") {
		e := o.r.object(n, fmt.Sprintf("%s[%d]", o.at("steps"), i))
		if e == nil {
			continue
		}
		e.need("take")
		s := step{
			take: pageProgram(e, "take"), url: e.str("url", ""), until: pageProgram(e, "until"), fails: pageProgram(e, "fails"),
			every: e.span("every", stepEvery), within: e.span("within", stepWithin),
			bare: e.oneOf("auth", "same", "same", "none") == "none",
		}
		if s.url != "" {
			if u := h.address(e, "url"); u != nil && u.Host != "" {
				h.hosts = append(h.hosts, u.Host)
			}
			if strings.Count(s.url, "{}") > 1 {
				e.fail("url", "one value goes into the address", "write {} once")
			}
		}
		if s.until == nil && (s.fails != nil || e.has("every") || e.has("within")) {
			e.fail("until", "it is not said what is waited for", `write until: '.status == "DONE"'`)
		}
		if s.every < time.Second || s.within > stepMost {
			e.fail("within", "a report is asked after every second at most, and for nine minutes at most", "a run of the source has ten minutes")
		}
		e.close()
		h.steps = append(h.steps, s)
	}
	switch {
	case len(h.steps) == 0:
	case h.page.kind != "none":
		o.fail("page", "a report comes whole", "leave page or steps out")
	case h.auth.kind == "top" || h.auth.kind == "sorted_md5":
		o.fail("steps", "the steps of a report are not signed", "this platform has no such reports")
	}
}

// follow goes the steps of a report, from the answer that created it to the
// document itself.
func (p *pull) follow(ctx context.Context, doc any) (any, error) {
	defer func() { p.step = nil }()
	for i := range p.spec.http.steps {
		s := &p.spec.http.steps[i]
		u, err := p.stepTo(ctx, s, doc)
		if err != nil {
			return nil, &Error{Class: Incomplete, Message: fmt.Sprintf("step %d: %v", i+1, err), Err: ctx.Err()}
		}
		if doc, err = p.await(ctx, s, u); err != nil {
			return nil, err
		}
	}
	return doc, nil
}

// stepTo is the address of a step.
func (p *pull) stepTo(ctx context.Context, s *step, doc any) (*url.URL, error) {
	v, err := s.take.one(ctx, doc)
	if err != nil {
		return nil, err
	}
	text := reduce(v)
	if text.s == "" || text.form == isCompound {
		return nil, fmt.Errorf("the answer has no %s", s.take.src)
	}
	address := text.s
	if s.url != "" {
		address = strings.Replace(s.url, "{}", url.PathEscape(text.s), 1)
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && !p.spec.http.private {
		return nil, fmt.Errorf("%s is not an address that may be called", s.take.src)
	}
	return u, nil
}

// await calls a step until its answer is the one that is waited for.
func (p *pull) await(ctx context.Context, s *step, u *url.URL) (any, error) {
	for waited := time.Duration(0); ; waited += s.every {
		p.step = &stepCall{u, s.bare}
		doc, err := p.call(ctx, nil)
		if err != nil || s.until == nil {
			return doc, err
		}
		if matches(ctx, s.fails, doc, nil) && s.fails != nil {
			return nil, &Error{Class: Incomplete, Message: "the upstream has given the report up"}
		}
		if matches(ctx, s.until, doc, nil) {
			return doc, nil
		}
		if waited+s.every > s.within {
			return nil, &Error{Class: Incomplete, Message: fmt.Sprintf("the report was not ready within %s", s.within)}
		}
		if err := p.sleep(ctx, s.every); err != nil {
			return nil, &Error{Class: Service, Message: "stopped: " + err.Error(), Err: err}
		}
	}
}

// stepCall is the step that is being called.
type stepCall struct {
	url  *url.URL
	bare bool
}

// unpacked is body, or what is packed in it: reports come as files that say
// nothing of their packing in a header.
func unpacked(body []byte, most int64) ([]byte, error) {
	if !bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		return body, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	out, err := io.ReadAll(io.LimitReader(z, most+1))
	if err == nil && int64(len(out)) > most {
		err = fmt.Errorf("more than %d bytes are packed in it; raise max_body", most)
	}
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	return out, nil
}
