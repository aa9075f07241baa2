package demo

import (
	"crypto/subtle"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// topMethod answers one method of the open platform. The form is checked and
// signed already; now bounds what may be seen.
type topMethod func(m *Mall, c *topCall)

// topCall is one call. A method either sets problem or appends the members of
// its response object to body.
type topCall struct {
	form    url.Values
	now     second
	body    []byte
	problem *topError
}

// topError is an error of the open platform; it travels with HTTP 200.
type topError struct {
	code            int
	msg, sub, words string
}

const topTime = "2006-01-02 15:04:05"

func topMethods() map[string]topMethod {
	return map[string]topMethod{
		"taobao.trades.sold.get":           (*Mall).tradesSold,
		"taobao.trades.sold.increment.get": (*Mall).tradesIncrement,
		"taobao.refunds.receive.get":       (*Mall).refundsReceive,
		"taobao.traderates.get":            (*Mall).tradeRates,
		"taobao.items.onsale.get":          (*Mall).itemsOnSale,
		"taobao.items.inventory.get":       (*Mall).itemsInventory,
		"taobao.item.skus.get":             (*Mall).itemSKUs,
	}
}

// bodyLimit bounds a request.
const bodyLimit = 1 << 20

// serveTOP is /router/rest.
func (m *Mall) serveTOP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, bodyLimit)
	c := &topCall{now: m.nowFor(r)}
	method := ""
	if err := r.ParseForm(); err != nil {
		c.problem = &topError{code: 41, msg: "Invalid Arguments", sub: "isv.invalid-parameter", words: "the form cannot be read"}
	} else {
		c.form = r.Form
		method = c.form.Get("method")
		c.problem = m.refuse(c.form)
	}
	if c.problem == nil {
		c.body = make([]byte, 0, 96<<10)
		c.body = append(append(append(c.body, `{"`...), responseKey(method)...), `":{`...)
		m.tops[method](m, c)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(c.envelope()) // a reader that has gone needs no answer
}

// refuse checks the system parameters in the order in which the platform does.
func (m *Mall) refuse(form url.Values) *topError {
	method := form.Get("method")
	if method == "" {
		return &topError{code: 21, msg: "Missing Method"}
	}
	if _, ok := m.tops[method]; !ok {
		return &topError{code: 22, msg: "Invalid Method", sub: "isv.invalid-method", words: "不存在的方法名"}
	}
	for _, p := range []struct {
		name     string
		missing  int
		label    string
		sameAs   string
		wrongOne int
	}{
		{"app_key", 28, "App Key", m.opt.AppKey, 29},
		{"format", 0, "Format", "json", 23},
		{"v", 32, "Version", "2.0", 33},
		{"timestamp", 30, "Timestamp", "", 31},
		{"sign", 24, "Signature", "", 25},
		{"session", 26, "Session", m.opt.Session, 27},
	} {
		v := form.Get(p.name)
		switch {
		case v == "" && p.missing != 0:
			return &topError{code: p.missing, msg: "Missing " + p.label}
		case p.sameAs != "" && subtle.ConstantTimeCompare([]byte(v), []byte(p.sameAs)) != 1,
			p.name == "timestamp" && !m.punctual(v),
			p.name == "sign" && !signed(m.opt.Secret, form):
			return &topError{code: p.wrongOne, msg: "Invalid " + p.label}
		}
	}
	return nil
}

// punctual reports whether a timestamp in GMT+8 is near enough to now.
func (m *Mall) punctual(text string) bool {
	t, err := time.ParseInLocation(topTime, text, zone)
	return err == nil && t.Sub(m.opt.Now()).Abs() <= m.opt.Skew
}

// envelope closes the answer, or replaces it by the problem.
func (c *topCall) envelope() []byte {
	id := strconv.FormatUint(mix(uint64(c.now), uint64(len(c.body))), 36)
	if c.problem == nil {
		if c.body[len(c.body)-1] != '{' {
			c.body = append(c.body, ',')
		}
		return append(append(append(c.body, `"request_id":"`...), id...), `"}}`...)
	}
	e := c.problem
	out := append([]byte(`{"error_response":{"code":`), strconv.Itoa(e.code)...)
	out = appendString(append(out, `,"msg":`...), e.msg)
	if e.sub != "" {
		out = appendString(append(out, `,"sub_code":`...), e.sub)
		out = appendString(append(out, `,"sub_msg":`...), e.words)
	}
	return append(append(append(out, `,"request_id":"`...), id...), `"}}`...)
}

// responseKey is the name of a method's response object.
func responseKey(method string) string {
	const prefix = "taobao."
	if len(method) > len(prefix) && method[:len(prefix)] == prefix {
		method = method[len(prefix):]
	}
	b := []byte(method + "_response")
	for i := range b {
		if b[i] == '.' {
			b[i] = '_'
		}
	}
	return string(b)
}

// bad notes a parameter that the platform would not take.
func (c *topCall) bad(param, why string) {
	if c.problem == nil {
		c.problem = &topError{code: 41, msg: "Invalid Arguments", sub: "isv.invalid-parameter:" + param, words: why}
	}
}

// missing notes a parameter that must be given.
func (c *topCall) missing(param string) {
	if c.problem == nil {
		c.problem = &topError{code: 40, msg: "Missing Required Arguments", sub: "isv.missing-parameter:" + param, words: "缺少必选参数 " + param}
	}
}

// moment reads a time parameter; ok is false when it is absent or wrong.
func (m *Mall) moment(c *topCall, param string, required bool) (t time.Time, ok bool) {
	text := c.form.Get(param)
	if text == "" {
		if required {
			c.missing(param)
		}
		return t, false
	}
	t, err := time.ParseInLocation(topTime, text, zone)
	if err != nil {
		c.bad(param, "时间格式应为 yyyy-MM-dd HH:mm:ss")
		return t, false
	}
	return t, true
}

// number reads an integer parameter within bounds.
func (c *topCall) number(param string, def, lo, hi int) int {
	text := c.form.Get(param)
	if text == "" {
		return def
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < lo || n > hi {
		c.bad(param, "取值范围 "+strconv.Itoa(lo)+" - "+strconv.Itoa(hi))
	}
	return n
}

// paged is the paging of a call.
type paged struct {
	no, size int
	hasNext  bool // asks for has_next instead of total_results
}

// paging reads the page asked for; the platform serves 40 rows when no size is named.
func (c *topCall) paging(most int) paged {
	return paged{
		no: c.number("page_no", 1, 1, 1<<30), size: c.number("page_size", 40, 1, most),
		hasNext: c.form.Get("use_has_next") == "true",
	}
}

// cut returns the bounds of the page in a list of n.
func (p paged) cut(n int) (from, to int) {
	from = min((p.no-1)*p.size, n)
	return from, min(from+p.size, n)
}

// total writes has_next or total_results, whichever was asked for.
func (c *topCall) total(p paged, n int) {
	if p.hasNext {
		c.body = strconv.AppendBool(append(c.body, `"has_next":`...), p.no*p.size < n)
		return
	}
	c.body = strconv.AppendInt(append(c.body, `"total_results":`...), int64(n), 10)
}
