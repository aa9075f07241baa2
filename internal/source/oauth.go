package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"
)

// tokens is the access token of one grant. It is fetched when it is needed and
// kept until shortly before its end. Of a refresh token that the platform has
// replaced, the new one is kept in memory as well, sealed with the secrets of
// the configuration: with other secrets there it is not to be read any more, and
// the configured one is used.
type tokens struct {
	memory Memory
	key    string // of the sealed refresh token in memory

	mu       sync.Mutex
	recalled bool
	value    string
	until    time.Time
	refresh  secret // newer than the configuration's, where the platform replaces them
}

func newTokens(a *authSpec, m Memory) *tokens {
	return &tokens{memory: m, key: memoryKey("token", fmt.Sprintf("%s\x00%s\x00%s", a.tokenURL, a.user, a.scope))}
}

// sealing are the secrets that a refresh token is sealed with.
func (a *authSpec) sealing() string { return string(a.secret) + "\x00" + string(a.session) }

// tokenMargin is how long before its end a token is no longer used.
const tokenMargin = 60 * time.Second

// maxToken bounds the answer of a token endpoint.
const maxToken = 1 << 20

// token is an access token that is good now.
func (k *tokens) token(ctx context.Context, p *pull) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.value != "" && p.stamp().Before(k.until) {
		p.know(k.value, string(k.refresh))
		p.token, p.issued = k.value, false
		return k.value, nil
	}
	a := &p.spec.http.auth
	form := map[string]string{"grant_type": a.grant, "client_id": a.user, "client_secret": string(a.secret)}
	if a.grant == "refresh_token" {
		if err := k.recall(ctx, p); err != nil {
			return "", &Error{Class: Service, Message: "no refresh token: " + err.Error()}
		}
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
	return k.take(ctx, p, res.StatusCode(), body)
}

// recall looks once for a refresh token that an earlier process was given.
func (k *tokens) recall(ctx context.Context, p *pull) error {
	if k.recalled {
		return nil
	}
	sealed, err := k.memory.load(ctx, k.key)
	if err != nil {
		return err
	}
	k.recalled = true
	if sealed == nil {
		return nil
	}
	text, err := unseal(p.spec.http.auth.sealing(), k.key, sealed)
	if errors.Is(err, errSeal) {
		p.log.InfoContext(ctx, "the kept refresh token was sealed with other secrets; the configured one is used", slog.String("source", p.spec.ID))
		return nil
	}
	k.refresh = secret(text)
	p.know(text)
	return err
}

// know adds secrets that were not in the configuration to those that are never
// shown.
func (p *pull) know(secrets ...string) {
	all := slices.Clip(p.spec.secrets)
	for _, s := range secrets {
		if s != "" {
			all = append(all, s)
		}
	}
	p.hide = newHider(all)
}

// renew keeps a refresh token that replaces the one before. It is on the disk
// before the first call with the new access token: the old one is worth nothing
// any more.
func (k *tokens) renew(ctx context.Context, p *pull, next string) {
	k.refresh = secret(next)
	sealed, err := seal(p.spec.http.auth.sealing(), k.key, next)
	if err == nil {
		err = k.memory.save(ctx, k.key, sealed)
	}
	if err != nil {
		p.log.WarnContext(ctx, "the new refresh token will not outlive the process", slog.String("source", p.spec.ID), slog.Any("err", err))
	}
}

// take reads the answer of a token endpoint.
func (k *tokens) take(ctx context.Context, p *pull, status int, body []byte) (string, error) {
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
	if next, _ := answer["refresh_token"].(string); next != "" && next != string(p.spec.http.auth.session) && next != string(k.refresh) {
		k.renew(ctx, p, next)
	}
	p.know(value, string(k.refresh))
	k.value, k.until = value, p.stamp().Add(max(life-tokenMargin, life/2))
	p.token, p.issued = value, true
	return value, nil
}

// drop forgets the token of the pull's last call, which was refused, and reports
// whether another one may help: not when it has only just been fetched.
func (k *tokens) drop(p *pull) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.value == p.token {
		k.value = ""
	}
	return p.token != "" && !p.issued
}

// verdictOf is the ruling on a call that could not be made.
func verdictOf(err error) ruling {
	if e, ok := err.(*Error); ok { //nolint:errorlint // made by this package, never wrapped
		return ruling{class: e.Class, message: e.Message}
	}
	return ruling{class: Service, message: err.Error()}
}
