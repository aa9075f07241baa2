package source

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// hostRefused says that an address leads to a host that the source does not name.
type hostRefused struct{ host string }

func (e *hostRefused) Error() string {
	return fmt.Sprintf("host %q is not one of the source's; name it under request.hosts if it may be called", e.host)
}

// allowedHosts lets requests through to the hosts of a source only, whatever an
// answer's link says.
type allowedHosts struct {
	hosts []string
	next  http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (a *allowedHosts) RoundTrip(r *http.Request) (*http.Response, error) {
	if !slices.Contains(a.hosts, r.URL.Host) {
		return nil, &hostRefused{r.URL.Host}
	}
	return a.next.RoundTrip(r)
}

// links follows the link to the next page until there is none: the address that
// next: finds in the answer, or the Link header with rel="next" (RFC 8288).
func (p *pull) links(ctx context.Context, base []param, mark mark) (tally, error) {
	g := &p.spec.http.page
	var t tally
	seen := map[string]bool{}
	defer func() { p.target = nil }()
	for {
		if t.pages >= g.max {
			return t, &ceiling{fmt.Sprintf("%d pages read and more to come", t.pages)}
		}
		t.want = t.pages + 1
		doc, err := p.page(ctx, base, &t)
		if err != nil {
			return t, err
		}
		if err := p.total(ctx, doc, &t); err != nil {
			return t, err
		}
		next, err := p.nextLink(ctx, doc)
		if err != nil {
			return t, err
		}
		if next == nil {
			p.judge(&t, mark)
			return t, nil
		}
		if seen[next.String()] {
			return t, &Error{Class: Incomplete, Message: "the link to the next page leads back"}
		}
		seen[next.String()] = true
		p.target, base = next, nil
	}
}

// nextLink is where the next page is; nil when this was the last.
func (p *pull) nextLink(ctx context.Context, doc any) (*url.URL, error) {
	text := linkNext(p.header.Values("Link"))
	if next := p.spec.http.page.next; next != nil {
		v, err := next.one(ctx, doc)
		if err != nil {
			return nil, &Error{Class: Incomplete, Message: "next: " + err.Error()}
		}
		text = reduce(v).s
	}
	if text == "" {
		return nil, nil
	}
	from := p.spec.http.url
	if p.target != nil {
		from = p.target
	}
	u, err := from.Parse(text)
	if err != nil || u.User != nil || u.Scheme != from.Scheme {
		return nil, &Error{Class: Setup, Message: "the link to the next page is not an address of this API"}
	}
	return u, nil
}

// linkPart is one link of a Link header and its parameters.
var linkPart = regexp.MustCompile(`<([^>]*)>((?:\s*;\s*[\w!#$&+.^|~*-]+\s*(?:=\s*(?:"[^"]*"|[^",;\s]+))?)*)`)

// linkNext returns the address of the link whose relation is next, or "".
func linkNext(headers []string) string {
	for _, h := range headers {
		for _, m := range linkPart.FindAllStringSubmatch(h, -1) {
			for part := range strings.SplitSeq(m[2], ";") {
				k, v, ok := strings.Cut(part, "=")
				if !ok || !strings.EqualFold(strings.TrimSpace(k), "rel") {
					continue
				}
				if slices.ContainsFunc(strings.Fields(strings.Trim(strings.TrimSpace(v), `"`)), func(r string) bool { return strings.EqualFold(r, "next") }) {
					return m[1]
				}
			}
		}
	}
	return ""
}
