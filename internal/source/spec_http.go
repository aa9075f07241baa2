package source

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// httpSpec declares a web API.
type httpSpec struct {
	url     *url.URL
	hosts   []string // that may be called: of url, of token_url, and hosts:
	method  string
	body    string // where parameters go: form, query or json
	form    map[string]string
	query   map[string]string
	headers map[string]string
	json    map[string]any
	timeout time.Duration
	maxBody int64
	private bool // loopback and private addresses, and http without TLS

	auth   authSpec
	each   *fanOut // nil asks once
	window windowSpec
	page   pageSpec
	steps  []step // of an asynchronous report
	asOf   *asOf  // nil when answers do not say how new they are
	top    bool   // errors: {preset: top}
	rules  []rule
}

type authSpec struct {
	kind                         string
	user                         string
	secret, session              secret
	signMethod, header, queryKey string
	platform                     string   // of a sorted_md5 signature
	grant, scope                 string   // of oauth2
	tokenURL                     *url.URL // of oauth2
}

// windowSpec says how a window is written into a request.
type windowSpec struct {
	template   string // of one parameter with both bounds; "" writes two
	start, end string // parameter names; "" when the query has no window
	format     string
	zone       *time.Location
}

// pageSpec says how pages are turned.
type pageSpec struct {
	kind    string // none, number, offset, cursor
	param   string
	size    string // parameter name of the page size
	rows    int    // rows a page, 0 when not known
	first   int
	reverse bool
	max     int
	maxRows int
	split   bool // on_ceiling: split_window
	total   *program
	more    *program
	next    *program
	items   *program // what the total counts; nil: the items of records
	// count holds parameters of the counting call, countKeys their order.
	count     map[string]string
	countKeys []string
}

// rule judges an answer.
type rule struct {
	status int      // 0 any
	when   *program // nil any
	do     string
	wait   *program
	says   *program // what a person should read
}

func readHTTP(o *object, s *Spec) {
	h := &httpSpec{private: o.flag("allow_private")}
	s.http = h
	o.need("request")
	if q := o.object("request"); q != nil {
		from := len(o.r.expanded)
		h.request(q)
		for _, v := range o.r.expanded[from:] {
			if len(v) > 3 && !strings.HasPrefix(v, "http") { // an address is no secret
				s.secrets = append(s.secrets, v)
			}
		}
	}
	h.authorise(o, s)
	h.each = readFanOut(o)
	h.readWindow(o, s)
	h.paging(o)
	h.readSteps(o)
	h.readRules(o)
	h.asOf = readAsOf(o, s.mapping)
}

const (
	defaultTimeout = 30 * time.Second
	defaultBody    = 16 << 20
)

func (h *httpSpec) request(o *object) {
	o.need("url")
	h.url = h.address(o, "url")
	if h.url == nil {
		h.url = &url.URL{}
	}
	h.hosts = append(append(h.hosts, h.url.Host), o.strings("hosts")...)
	h.form, h.query, h.headers = texts(o, "form"), texts(o, "query"), texts(o, "headers")
	if n := o.get("json"); n != nil {
		v, ok := o.r.tree(n, o.at("json")).(map[string]any)
		if !ok {
			o.fail("json", "must be a mapping of keys to values", "")
		}
		h.json = v
	}
	if h.form != nil && h.json != nil {
		o.fail("json", "a request has one body: form or json", "")
	}
	switch {
	case h.json != nil:
		h.body = "json"
	case h.form != nil:
		h.body = "form"
	default:
		h.body = "query"
	}
	def := http.MethodPost
	if h.body == "query" {
		def = http.MethodGet
	}
	h.method = o.oneOf("method", def, http.MethodGet, http.MethodPost)
	h.timeout = o.span("timeout", defaultTimeout)
	h.maxBody = int64(o.int("max_body", defaultBody, 1024, 256<<20))
	o.close()
}

// address reads the address of a web API; nil when it is none.
func (h *httpSpec) address(o *object, key string) *url.URL {
	raw := o.str(key, "")
	u, err := url.Parse(raw)
	switch {
	case raw == "" || o.r.env == nil && strings.Contains(raw, "${"):
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		o.fail(key, "not the address of a web API", "write it like https://host/path")
	case u.User != nil:
		o.fail(key, "an address must not hold a user or password", "use auth")
	case u.Scheme == "http" && !h.private:
		o.fail(key, "http sends the data and the token in the clear", "write https, or allow_private: true for a host of your own network")
	case !h.private && privateHost(u.Hostname()):
		o.fail(key, "this address lies in a private network", "allow_private: true allows it")
	}
	return u
}

// privateHost reports whether a host is written as a refused address.
func privateHost(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && !public(a) || strings.EqualFold(host, "localhost")
}

// texts reads a mapping of texts.
func texts(o *object, key string) map[string]string {
	m := o.object(key)
	if m == nil {
		return nil
	}
	out := map[string]string{}
	for _, k := range m.order {
		if out[k] = m.str(k, ""); out[k] == "" {
			m.fail(k, "a parameter without a value is signed differently by different servers", "leave it out")
		}
	}
	return out
}

// tree reads any YAML value as decoded JSON has it.
func (r *reader) tree(n ast.Node, path string) any {
	switch v := r.plain(n).(type) {
	case *ast.MappingNode:
		o := r.object(v, path)
		out := map[string]any{}
		for _, k := range o.order {
			out[k] = r.tree(o.vals[k], o.at(k))
		}
		return out
	case *ast.SequenceNode:
		out := make([]any, len(v.Values))
		for i, n := range v.Values {
			out[i] = r.tree(n, fmt.Sprintf("%s[%d]", path, i))
		}
		return out
	case *ast.NullNode:
		return nil
	case *ast.BoolNode:
		return v.Value
	case *ast.IntegerNode:
		return v.Value
	case *ast.FloatNode:
		return v.Value
	}
	s, _ := r.scalar(n, path)
	return s
}

func (h *httpSpec) readWindow(o *object, s *Spec) {
	w := o.object("window")
	if w == nil {
		return
	}
	readSpans(w, s)
	h.window.start, h.window.end = w.str("start", ""), w.str("end", "")
	h.window.format, h.window.template = w.str("format", ""), w.str("template", "")
	if t := h.window.template; t != "" && (h.window.end != "" || !strings.Contains(t, "{start}") || !strings.Contains(t, "{end}")) {
		w.fail("template", "a template writes both bounds into one parameter", `write start: filter and template: "from {start} to {end}", and no end`)
	}
	if h.window.format == "rfc3339" {
		h.window.format = time.RFC3339
	}
	h.window.zone = cmp.Or(w.zone(), o.zone())
	if h.window.start != "" || h.window.end != "" {
		w.need("start", "format")
	}
	if h.window.zone == nil {
		if _, epoch := unixFormats[h.window.format]; h.window.start != "" && !epoch && h.window.format != time.RFC3339 && !w.has("tz") {
			w.fail("tz", "the times of a window need a zone", "write tz: Asia/Shanghai")
		}
		h.window.zone = time.UTC
	}
	w.close()
}

// readSpans reads the keys of window: that every driver has.
func readSpans(w *object, s *Spec) {
	s.Window = Window{Step: w.span("step", 0), Lag: w.span("lag", 0), Lookback: w.span("lookback", 0), Backfill: w.span("backfill", 0)}
}

func (h *httpSpec) paging(o *object) {
	h.page = pageSpec{kind: "none", max: 1}
	p := o.object("page")
	if p == nil {
		return
	}
	g := &h.page
	g.kind = p.oneOf("type", "none", "none", "number", "offset", "cursor", "link")
	g.param = p.str("param", p.str("var", ""))
	g.max = p.int("max", 1000, 1, 1_000_000)
	g.maxRows = p.int("max_rows", 0, 0, 1_000_000_000)
	g.first = p.int("first", 1, 0, 1)
	g.reverse = p.oneOf("order", "forward", "forward", "reverse") == "reverse"
	g.split = p.oneOf("on_ceiling", "stop", "stop", "split_window") == "split_window"
	if z := p.object("size"); z != nil {
		g.size, g.rows = z.str("param", ""), z.int("value", 0, 1, 100_000)
		z.need("value")
		z.close()
	}
	g.total, g.more, g.next = pageProgram(p, "total"), pageProgram(p, "has_next"), pageProgram(p, "next")
	g.items = pageProgram(p, "items")
	if c := p.object("count"); c != nil {
		c.need("total")
		g.count = map[string]string{}
		for _, key := range []string{"form", "query"} {
			maps.Copy(g.count, texts(c, key))
		}
		g.countKeys = slices.Sorted(maps.Keys(g.count))
		g.total = pageProgram(c, "total")
		c.close()
	}
	h.checkPaging(p)
	p.close()
}

func pageProgram(o *object, key string) *program {
	if !o.has(key) {
		return nil
	}
	return o.r.program(o.get(key), o.at(key), o.str(key, ""))
}

func (h *httpSpec) checkPaging(p *object) {
	g := &h.page
	if g.kind != "none" && g.kind != "link" {
		if g.param == "" {
			p.fail("", "the parameter that names the page is missing", "write param: page_no")
		}
	}
	if g.kind == "cursor" && g.next == nil {
		p.fail("", "a cursor needs to know where the next one stands", "write next: .next_cursor")
	}
	if (g.kind == "number" || g.kind == "offset") && g.rows == 0 {
		p.fail("", "pages by "+g.kind+" need their size", "write size: {param: page_size, value: 50}")
	}
	if g.reverse && (g.kind != "number" || g.count == nil) {
		p.fail("order", "only numbered pages with a count can be read from the last one", "add count: {total: .total_results}")
	}
	if g.count != nil && !g.reverse {
		p.fail("count", "the counting call is made for order: reverse", "write total: for a total that stands in every page")
	}
	if g.split && h.window.start == "" {
		p.fail("on_ceiling", "only a query with a window can be split", "give window.start and window.end")
	}
}

// Verbs of a rule.
var ruleVerbs = []string{"retry", "ban", "auth", "fatal", "skip"}

func (h *httpSpec) readRules(o *object) {
	n := o.get("errors")
	if n == nil {
		return
	}
	if _, ok := n.(*ast.MappingNode); ok {
		p := o.object("errors")
		h.top = p.oneOf("preset", "", "top") == "top"
		p.need("preset")
		h.rules = readRuleList(p, "also")
		p.close()
		return
	}
	h.rules = readRuleList(o, "errors")
}

func readRuleList(o *object, key string) []rule {
	var out []rule
	for i, n := range o.list(key) {
		e := o.r.object(n, fmt.Sprintf("%s[%d]", o.at(key), i))
		if e == nil {
			continue
		}
		e.need("when", "do")
		r := rule{do: e.str("do", "")}
		if r.do != "" && !slices.Contains(ruleVerbs, r.do) {
			e.fail("do", fmt.Sprintf("%q is nothing that can be done", r.do), didYouMean(r.do, ruleVerbs))
		}
		if w := e.object("when"); w != nil {
			r.status, r.when = w.int("status", 0, 100, 599), pageProgram(w, "jq")
			if r.status == 0 && r.when == nil {
				w.fail("", "an empty condition matches every answer", "give status, jq or both")
			}
			w.close()
		}
		r.wait, r.says = pageProgram(e, "wait"), pageProgram(e, "message")
		e.close()
		out = append(out, r)
	}
	return out
}
