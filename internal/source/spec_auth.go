package source

import "net"

var authKeys = map[string][]string{
	"none": nil, "top": {"app_key", "secret", "session"}, "bearer": {"token"},
	"basic": {"user", "password"}, "api_key": {"value"},
}

func (h *httpSpec) authorise(o *object, s *Spec) {
	h.auth.kind = "none"
	a := o.object("auth")
	if a == nil {
		return
	}
	h.auth.kind = a.oneOf("type", "", "none", "top", "bearer", "basic", "api_key")
	a.need("type")
	for _, k := range authKeys[h.auth.kind] {
		if k != "session" {
			a.need(k)
		}
	}
	hidden := func(key string) secret {
		n := a.get(key)
		if n == nil {
			return ""
		}
		v, named := o.r.scalar(n, a.at(key))
		if !named && !h.loopback() {
			a.fail(key, "a secret stands in the file", "put it into an environment variable and write "+key+`: "${NAME}"`)
		}
		if len(v) > 3 {
			s.secrets = append(s.secrets, v)
		}
		return secret(v)
	}
	switch h.auth.kind {
	case "top":
		h.auth.user = a.str("app_key", "")
		h.auth.secret, h.auth.session = hidden("secret"), hidden("session")
		h.auth.signMethod = a.oneOf("sign_method", "hmac-sha256", "md5", "hmac", "hmac-sha256")
		if h.body != "form" {
			o.fail("auth", "TOP takes its parameters in a form", "write them under request.form")
		}
	case "bearer":
		h.auth.secret = hidden("token")
	case "basic":
		h.auth.user, h.auth.secret = a.str("user", ""), hidden("password")
	case "api_key":
		h.auth.secret = hidden("value")
		h.auth.header, h.auth.queryKey = a.str("header", ""), a.str("query", "")
		if (h.auth.header == "") == (h.auth.queryKey == "") {
			a.fail("", "an api_key goes into a header or into the query", "give header: X-Api-Key or query: key")
		}
	}
	a.close()
}

// loopback reports whether the API is on this computer, where a literal secret
// protects nothing.
func (h *httpSpec) loopback() bool {
	if h.url == nil || !h.private {
		return false
	}
	ip := net.ParseIP(h.url.Hostname())
	return h.url.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}
