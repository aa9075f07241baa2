package source

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"
)

// ruling is what an answer means; the zero ruling is success.
type ruling struct {
	class   Class
	message string
	wait    time.Duration
}

// rule judges an answer: the source's own rules first, then the preset, then
// the status. broken says why the body is not what was asked for; without a doc it
// is not even JSON.
func (p *pull) rule(ctx context.Context, res *resty.Response, doc any, broken error) (any, ruling) {
	h := p.spec.http
	for i := range h.rules {
		r := &h.rules[i]
		if (r.status == 0 || r.status == res.StatusCode()) && matches(ctx, r.when, doc, broken) {
			return p.apply(ctx, r, res, doc)
		}
	}
	if h.top && doc != nil {
		if v := p.ruleTOP(doc, res.Header()); v.class != "" {
			return nil, v
		}
	}
	if v := ruleStatus(res); v.class != "" {
		return nil, v
	}
	if broken != nil {
		return nil, ruling{class: Service, message: broken.Error()}
	}
	return doc, ruling{}
}

func matches(ctx context.Context, when *program, doc any, broken error) bool {
	if when == nil {
		return true
	}
	if broken != nil && doc == nil {
		return false
	}
	v, err := when.one(ctx, doc)
	return err == nil && v != nil && v != false
}

// apply does what a rule says.
func (p *pull) apply(ctx context.Context, r *rule, res *resty.Response, doc any) (any, ruling) {
	out := ruling{message: fmt.Sprintf("HTTP %d, by rule %q", res.StatusCode(), r.do), wait: retryAfter(res.Header(), time.Now())}
	if r.wait != nil {
		if v, err := r.wait.one(ctx, doc); err == nil {
			out.wait = waitOf(reduce(v), out.wait)
		}
	}
	if r.says != nil {
		if v, err := r.says.one(ctx, doc); err == nil && reduce(v).s != "" {
			out.message += ": " + cut(reduce(v).s, 200)
		}
	}
	switch r.do {
	case "retry":
		out.class = Service
	case "ban":
		out.class = Banned
		if out.wait == 0 {
			out.wait = patience
		}
	case "auth":
		out.class = Auth
	case "skip":
		return nil, ruling{}
	default:
		out.class = Caller
	}
	return nil, out
}

// waitOf reads a number of seconds; otherwise when it is none, or over a month.
func waitOf(v value, otherwise time.Duration) time.Duration {
	const longest = 30 * 24 * time.Hour
	v.form = isNumber // a computed float is good enough to wait by
	d, known, err := number(v, nil)
	if err != nil || !known {
		return otherwise
	}
	ms, err := d.whole(3, true)
	if err != nil || ms < 0 || ms >= longest.Milliseconds() {
		return otherwise
	}
	return time.Duration(ms) * time.Millisecond
}

// ruleStatus judges by the HTTP status alone.
func ruleStatus(res *resty.Response) ruling {
	code := res.StatusCode()
	v := ruling{message: fmt.Sprintf("HTTP %d", code)}
	switch {
	case code >= 200 && code < 300:
		return ruling{}
	case code == http.StatusTooManyRequests:
		v.class, v.wait = Banned, retryAfter(res.Header(), time.Now())
		if v.wait == 0 {
			v.wait = time.Second
		}
	case code >= 500:
		v.class, v.wait = Service, min(patience, retryAfter(res.Header(), time.Now()))
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		v.class = Auth
	case code >= 300 && code < 400:
		v.class, v.message = Setup, v.message+": a redirect, which is not followed; configure the final address"
	default:
		v.class = Caller
	}
	return v
}

// banWords finds the length of a ban in TOP's text.
var banWords = regexp.MustCompile(`(?i)ban will last for ([0-9]{1,9}) more second`)

// banCodes are sub codes of the frequency ban.
var banCodes = []string{
	"accesscontrol.limited-by-api-access-count", "accesscontrol.limited-by-app-api-access-count",
	"accesscontrol.limited-by-app-access-count", "isp.call-limited",
}

// ruleTOP judges an answer of the Taobao Open Platform, which reports errors in
// the body of an HTTP 200.
func (p *pull) ruleTOP(doc any, header http.Header) ruling {
	top, ok := doc.(map[string]any)
	if !ok {
		return ruling{}
	}
	e, ok := top["error_response"].(map[string]any)
	if !ok {
		return ruling{}
	}
	text := func(key string) string { return reduce(e[key]).s }
	code, err := strconv.Atoi(text("code"))
	if err != nil {
		code = -1
	}
	sub := text("sub_code")
	v := ruling{message: strings.TrimSpace(fmt.Sprintf("code %s %s %s %s", text("code"), text("msg"), sub, text("sub_msg")))}
	v.message = cut(v.message, 300)
	m := banWords.FindStringSubmatch(text("sub_msg"))
	switch {
	case code >= 4 && code <= 8 || m != nil || slices.Contains(banCodes, sub):
		v.class, v.wait = Banned, patience
		if m != nil {
			if n, err := strconv.Atoi(m[1]); err == nil {
				v.wait = time.Duration(n) * time.Second
			}
		}
		if v.wait < patience { // the ban ends within the second that was named
			v.wait += time.Second
		}
	case code == 26 || code == 27 || code == 44:
		v.class = Auth
	case code == 24 || code == 25 || code == 30 || code == 31:
		v.class = Setup
		v.message += fmt.Sprintf("; the request was stamped %s GMT+8, the server says %q", p.stamp().In(topZone).Format(time.DateTime), header.Get("Date"))
	case code >= 11 && code <= 13 || code == 42:
		v.class = Permission
	case code == 10 || strings.HasPrefix(sub, "isp."):
		v.class = Service
	default:
		v.class = Caller
	}
	return v
}
