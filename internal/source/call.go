package source

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"
)

// How often a call is tried, and how long one waits.
const (
	maxTries    = 4
	firstWait   = 500 * time.Millisecond
	longestWait = 30 * time.Second
	patience    = 60 * time.Second // bans up to this are waited for
)

// call makes one call, again where that helps, and returns the document.
func (p *pull) call(ctx context.Context, params []param) (any, error) {
	for try := 1; ; try++ {
		if err := p.gate.enter(ctx, p.stamp()); err != nil {
			return nil, err
		}
		if p.limiter != nil {
			if err := p.limiter.Wait(ctx); err != nil {
				return nil, fmt.Errorf("wait for the rate limit: %w", err)
			}
		}
		doc, v := p.once(ctx, params)
		if err := ctx.Err(); err != nil {
			return nil, &Error{Class: Service, Message: "stopped: " + err.Error(), Err: err}
		}
		p.gate.done(p.stamp(), v.class == Service)
		if v.class == "" {
			return doc, nil
		}
		err := &Error{Class: v.class, Message: v.message}
		wait := v.wait
		switch {
		case v.class == Banned:
			if wait > patience || try >= maxTries {
				err.Until = p.stamp().Add(wait)
				p.banned(ctx, err.Until, v.message)
				return nil, err
			}
		case v.class != Service || try >= maxTries || !p.gate.mayRetry():
			return nil, err
		case wait == 0:
			ceiling := min(longestWait, firstWait<<try)
			wait = time.Duration(p.rand.Int64N(int64(ceiling)))
		}
		if err := p.sleep(ctx, wait); err != nil {
			return nil, &Error{Class: Service, Message: "stopped: " + err.Error(), Err: err}
		}
	}
}

// banned closes the gate for everybody who shares it.
func (p *pull) banned(ctx context.Context, until time.Time, why string) {
	if err := p.gate.ban(ctx, p.stamp(), until, p.hide.text(why)); err != nil {
		p.log.WarnContext(ctx, "the ban will not outlive the process", slog.String("source", p.spec.ID), slog.Any("err", err))
	}
}

// once makes one call and judges the answer. The zero verdict is success.
func (p *pull) once(ctx context.Context, params []param) (any, ruling) {
	h := p.spec.http
	req, err := p.request(ctx, params)
	if err != nil {
		return nil, verdictOf(err)
	}
	method, target := h.method, p.place(h.url)
	switch {
	case p.step != nil:
		method, target = http.MethodGet, p.step.url
	case p.target != nil:
		target = p.target
	}
	res, v := p.exchange(ctx, req, method, target)
	if v.class != "" {
		return nil, v
	}
	body, err := p.body.Bytes(), error(nil)
	if p.step != nil {
		if body, err = unpacked(body, h.maxBody); err != nil {
			return nil, ruling{class: Caller, message: err.Error()}
		}
	}
	doc, broken := p.decode(body)
	doc, v = p.rule(ctx, res, doc, broken)
	if v.class == Auth && p.tokens != nil && p.tokens.drop(p) {
		v.class = Service // an expired token: the next try fetches another
	}
	return doc, v
}

// exchange sends a request and reads the answer into p.body. Only so long does it
// hold one of the places at the upstream: while an answer is decoded, the next
// call may be under way.
func (p *pull) exchange(ctx context.Context, req *resty.Request, method string, target *url.URL) (*resty.Response, ruling) {
	if p.places != nil {
		select {
		case p.places <- struct{}{}:
			defer func() { <-p.places }()
		case <-ctx.Done():
			return nil, ruling{class: Service, message: "stopped: " + ctx.Err().Error()}
		}
	}
	res, err := req.Execute(method, target.String())
	if refused := (*hostRefused)(nil); errors.As(err, &refused) {
		return nil, ruling{class: Setup, message: refused.Error()}
	}
	if err != nil {
		return nil, ruling{class: Service, message: "no answer from " + target.Host + ": " + cause(err)}
	}
	p.header = res.Header()
	p.learn(ctx, p.header)
	raw := res.RawBody()
	defer func() { _ = raw.Close() }() // everything wanted was read
	h := p.spec.http
	size, err := readBody(p.body, raw, h.maxBody+1)
	if err != nil {
		return nil, ruling{class: Service, message: "the answer of " + h.url.Host + " broke off: " + cause(err)}
	}
	if size > h.maxBody {
		return nil, ruling{class: Caller, message: fmt.Sprintf("the answer has more than %d bytes; ask for smaller pages or raise max_body", h.maxBody)}
	}
	return res, ruling{}
}

// readBody reads up to most bytes of r into b and returns how many they were. It
// lets b grow to about most and no further, whatever is sent.
func readBody(b *bytes.Buffer, r io.Reader, most int64) (int64, error) {
	const first = 64 << 10
	b.Reset()
	for limit := min(first, most); ; limit = min(2*limit, most) {
		b.Grow(int(limit) - b.Len() + bytes.MinRead)
		if _, err := b.ReadFrom(io.LimitReader(r, limit-int64(b.Len()))); err != nil {
			return int64(b.Len()), err
		}
		if n := int64(b.Len()); n < limit || n == most {
			return n, nil
		}
	}
}

// cause is the text of an error of the network without the address that was
// called, which may hold a token.
func cause(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			break
		}
		err = inner
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "time-out"
	}
	return err.Error()
}

// request writes the parameters where the API wants them, and signs.
func (p *pull) request(ctx context.Context, params []param) (*resty.Request, error) {
	h := p.spec.http
	if p.step != nil {
		return p.stepRequest(ctx)
	}
	if !p.inPath(h.url) {
		params = append(slices.Clip(params), p.extra...)
	}
	r := p.client.R().SetContext(ctx).SetHeader("Accept", "application/json").SetHeader("User-Agent", "shopwatch")
	r.SetHeaders(h.headers)
	query := maps.Clone(h.query)
	if query == nil {
		query = map[string]string{}
	}
	switch h.body {
	case "form":
		form := maps.Clone(h.form)
		for _, v := range params {
			form[v.name] = v.text
		}
		if h.auth.kind == "top" {
			completeTOP(form, h.auth, p.stamp())
		}
		if h.auth.kind == "sorted_md5" {
			completeSorted(form, h.auth, p.stamp())
		}
		r.SetFormData(form)
	case "json":
		body := copyTree(h.json).(map[string]any) //nolint:forcetypeassert // checked when it was parsed
		for _, v := range params {
			plant(body, strings.Split(v.name, "."), v)
		}
		r.SetHeader("Content-Type", "application/json").SetBody(body)
	default:
		for _, v := range params {
			query[v.name] = v.text
		}
	}
	if err := p.identify(ctx, r, query); err != nil {
		return nil, err
	}
	if p.target != nil {
		return r, nil // a link holds its parameters
	}
	return r.SetQueryParams(query), nil
}

// stepRequest asks for a step of a report. An address that has its own
// credentials is sent none of ours.
func (p *pull) stepRequest(ctx context.Context) (*resty.Request, error) {
	r := p.client.R().SetContext(ctx).SetHeader("Accept", "application/json").SetHeader("User-Agent", "shopwatch")
	if p.step.bare {
		return r, nil
	}
	r.SetHeaders(p.spec.http.headers)
	query := map[string]string{}
	if err := p.identify(ctx, r, query); err != nil {
		return nil, err
	}
	if len(query) > 0 {
		r.SetQueryParams(query)
	}
	return r, nil
}

// identify adds credentials that are no part of a form.
func (p *pull) identify(ctx context.Context, r *resty.Request, query map[string]string) error {
	auth := &p.spec.http.auth
	switch auth.kind {
	case "bearer":
		r.SetAuthToken(string(auth.secret))
	case "basic":
		r.SetBasicAuth(auth.user, string(auth.secret))
	case "api_key":
		if auth.header != "" {
			r.SetHeader(auth.header, string(auth.secret))
		} else {
			query[auth.queryKey] = string(auth.secret)
		}
	case "oauth2":
		token, err := p.tokens.token(ctx, p)
		if err != nil {
			return err
		}
		if auth.header != "" {
			r.SetHeader(auth.header, token)
		} else {
			r.SetAuthToken(token)
		}
	}
	return nil
}

// stamp is the time that requests carry.
func (p *pull) stamp() time.Time {
	if p.now != nil {
		return p.now()
	}
	return p.req.Now.Add(time.Since(p.began))
}

// plant sets a value at a dotted path of a JSON body.
func plant(m map[string]any, keys []string, v param) {
	for _, k := range keys[:len(keys)-1] {
		inner, ok := m[k].(map[string]any)
		if !ok {
			inner = map[string]any{}
			m[k] = inner
		}
		m = inner
	}
	if v.whole {
		m[keys[len(keys)-1]] = json.Number(v.text)
		return
	}
	m[keys[len(keys)-1]] = v.text
}

// copyTree copies decoded JSON.
func copyTree(v any) any {
	switch x := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(x))
		for k, v := range x {
			out[k] = copyTree(v)
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i, v := range x {
			out[i] = copyTree(v)
		}
		return out
	}
	return v
}

// retryAfter reads the header: seconds, or a date. 0 when there is none.
func retryAfter(h http.Header, now time.Time) time.Duration {
	const longest = 15 * time.Minute
	text := strings.TrimSpace(h.Get("Retry-After"))
	if d, known, err := parseDecimal(text, nil); err == nil && known {
		ms, err := d.whole(3, true)
		if err != nil || ms > longest.Milliseconds() {
			return longest
		}
		return max(0, time.Duration(ms)*time.Millisecond)
	}
	if t, err := http.ParseTime(text); err == nil {
		return min(longest, max(0, t.Sub(now)))
	}
	return 0
}
