package source

import (
	"net/url"
	"regexp"
	"strings"
)

// hider takes secrets out of texts that leave the package.
type hider struct{ known *strings.Replacer }

// named are parameters whose value is never shown, whatever it is.
var named = regexp.MustCompile(`(?i)\b(sign|session|secret|token|access_token|app_secret|password|authorization|api_?key|refresh_token|client_secret|access_?key|x-amz-access-token)(["']?\s*[=:]\s*["']?)(?:bearer\s+|basic\s+)?[^\s"'&,;}]+`)

func newHider(secrets []string) hider {
	var pairs []string
	for _, s := range secrets {
		pairs = append(pairs, s, "[secret]")
		if q := url.QueryEscape(s); q != s {
			pairs = append(pairs, q, "[secret]")
		}
	}
	return hider{strings.NewReplacer(pairs...)}
}

func (h hider) text(s string) string {
	return named.ReplaceAllString(h.known.Replace(s), "${1}${2}[secret]")
}
