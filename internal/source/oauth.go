package source

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// tokens is the access token of one source. It is fetched when it is needed and
// kept until shortly before its end; nothing of it is written down.
type tokens struct {
	value   string
	until   time.Time
	refresh secret // a newer refresh token than the configuration's, where the platform rotates them
	fresh   bool   // fetched for the call under way
}

// tokenMargin is how long before its end a token is no longer used.
const tokenMargin = 60 * time.Second

// maxToken bounds the answer of a token endpoint.
const maxToken = 1 << 20

// token is an access token that is good now.
func (k *tokens) token(ctx context.Context, p *pull) (string, error) {
	if k.value != "" && p.stamp().Before(k.until) {
		k.fresh = false
		return k.value, nil
	}
	a := p.spec.http.auth
	form := map[string]string{"grant_type": a.grant, "client_id": a.user, "client_secret": string(a.secret)}
	if a.grant == "refresh_token" {
		form["refresh_token"] = string(a.session)
		if k.refresh != "" {
			form["refresh_token"] = string(k.refresh)
		}
	}
	if a.scope != "" {
		form["scope"] = a.scope
	}
	res, err := p.client.R().SetContext(ctx).SetHeader("Accept", "application/json").SetHeader("User-Agent", "shopwatch").
		SetFormData(form).Execute(http.MethodPost, a.tokenURL.String())
	if err != nil {
		return "", &Error{Class: Service, Message: "no token from " + a.tokenURL.Host + ": " + cause(err)}
	}
	raw := res.RawBody()
	defer func() { _ = raw.Close() }() // everything wanted was read
	body, err := io.ReadAll(io.LimitReader(raw, maxToken))
	if err != nil {
		return "", &Error{Class: Service, Message: "no token from " + a.tokenURL.Host + ": " + cause(err)}
	}
	return k.take(p, res.StatusCode(), body)
}

// take reads the answer of a token endpoint.
func (k *tokens) take(p *pull, status int, body []byte) (string, error) {
	doc, err := decodeJSON(string(body))
	answer, _ := doc.(map[string]any)
	value, _ := answer["access_token"].(string)
	switch {
	case status == http.StatusTooManyRequests || status >= 500:
		return "", &Error{Class: Service, Message: fmt.Sprintf("no token: HTTP %d", status)}
	case status != http.StatusOK || err != nil || value == "":
		// The reason that RFC 6749 names; the rest may repeat the secrets.
		return "", &Error{Class: Auth, Message: cut(fmt.Sprintf("no token: HTTP %d %s", status, reduce(answer["error"]).s), 200)}
	}
	life := time.Hour
	if d, known, err := number(reduce(answer["expires_in"]), nil); err == nil && known {
		if s, err := d.whole(0, true); err == nil && s > 0 && s < 1e7 {
			life = time.Duration(s) * time.Second
		}
	}
	if next, _ := answer["refresh_token"].(string); next != "" && next != string(p.spec.http.auth.session) {
		k.refresh = secret(next)
		p.hide = newHider(append(p.spec.secrets, next, value))
	} else {
		p.hide = newHider(append(p.spec.secrets, value))
	}
	k.value, k.until, k.fresh = value, p.stamp().Add(max(life-tokenMargin, life/2)), true
	return value, nil
}

// drop forgets a token that was refused, and reports whether another one may
// help: not when the refused one has only just been fetched.
func (k *tokens) drop() bool {
	stale := k.value != "" && !k.fresh
	k.value = ""
	return stale
}

// verdictOf is the ruling on a call that could not be made.
func verdictOf(err error) ruling {
	if e, ok := err.(*Error); ok { //nolint:errorlint // made by this package, never wrapped
		return ruling{class: e.Class, message: e.Message}
	}
	return ruling{class: Service, message: err.Error()}
}
