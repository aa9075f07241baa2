package source

import "net"

var authKeys = map[string][]string{
	"none": nil, "top": {"app_key", "secret", "session"}, "bearer": {"token"},
	"basic": {"user", "password"}, "api_key": {"value"},
	"sorted_md5": {"platform", "app_key", "secret", "session"},
	"oauth2":     {"token_url", "client_id", "client_secret"},
}

func (h *httpSpec) authorise(o *object, s *Spec) {
	h.auth.kind = "none"
	a := o.object("auth")
	if a == nil {
		return
	}
	h.auth.kind = a.oneOf("type", "", "none", "top", "sorted_md5", "bearer", "basic", "api_key", "oauth2")
	a.need("type")
	for _, k := range authKeys[h.auth.kind] {
		if k != "session" {
			a.need(k)
		}
	}
	hidden := func(key string) secret { return a.hidden(key, s, h.loopback()) }
	switch h.auth.kind {
	case "top":
		h.auth.user = a.str("app_key", "")
		h.auth.secret, h.auth.session = hidden("secret"), hidden("session")
		h.auth.signMethod = a.oneOf("sign_method", "hmac-sha256", "md5", "hmac", "hmac-sha256")
		if h.body != "form" {
			o.fail("auth", "TOP takes its parameters in a form", "write them under request.form")
		}
	case "sorted_md5":
		h.auth.user = a.str("app_key", "")
		h.auth.secret, h.auth.session = hidden("secret"), hidden("session")
		h.auth.platform = a.oneOf("platform", "", platformNames()...)
		if h.body != "form" {
			o.fail("auth", "a sorted signature is made over the parameters of a form", "write them under request.form")
		}
	case "oauth2":
		h.oauth2(a, hidden)
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

// hidden reads a secret, which belongs into the environment unless the API is on
// this computer.
func (o *object) hidden(key string, s *Spec, literal bool) secret {
	n := o.get(key)
	if n == nil {
		return ""
	}
	v, named := o.r.scalar(n, o.at(key))
	if !named && !literal {
		o.fail(key, "a secret stands in the file", "put it into an environment variable and write "+key+`: "${NAME}"`)
	}
	if len(v) > 3 {
		s.secrets = append(s.secrets, v)
	}
	return secret(v)
}

// oauth2 reads where tokens are fetched and with what.
func (h *httpSpec) oauth2(a *object, hidden func(string) secret) {
	h.auth.user, h.auth.secret = a.str("client_id", ""), hidden("client_secret")
	h.auth.session = hidden("refresh_token")
	h.auth.grant, h.auth.scope = "client_credentials", a.str("scope", "")
	if a.has("refresh_token") {
		h.auth.grant = "refresh_token"
	}
	h.auth.header = a.str("header", "")
	h.auth.tokenURL = h.address(a, "token_url")
	if u := h.auth.tokenURL; u != nil {
		h.hosts = append(h.hosts, u.Host)
	}
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
