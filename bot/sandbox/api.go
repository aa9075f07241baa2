package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// bodyLimit bounds what the Web API reads.
const bodyLimit = 4 << 20

// call is one request to the Web API. Parameters that were JSON values in the
// body are kept as their JSON text.
type call struct {
	*Sandbox

	name   string
	params map[string]string
	base   string
}

// method is one entry of the Web API. It runs with Sandbox.mu held.
type method struct {
	scope string // needed whatever the parameters are
	app   bool   // wants the app-level token
	run   func(c *call) (object, error)
}

// refusal is an answer with ok:false.
type refusal struct {
	code   string
	extra  object
	status int // 0 is 200
	after  time.Duration
}

func (r *refusal) Error() string { return r.code }

func refuse(code string) error { return &refusal{code: code} }

func refuseBlocks(code, prefix string, problems []Problem) error {
	var messages, plain []string
	for _, p := range problems {
		line := fmt.Sprintf("%s [json-pointer:%s%s]", p.Reason, prefix, p.Pointer)
		plain, messages = append(plain, line), append(messages, "[ERROR] "+line)
	}
	return &refusal{code: code, extra: object{"errors": plain, "response_metadata": object{"messages": messages}}}
}

func apiMethods() map[string]method {
	all := map[string]method{}
	for _, part := range []map[string]method{
		chatMethods(), conversationMethods(), memberMethods(), viewMethods(), fileMethods(),
	} {
		maps.Copy(all, part)
	}
	return all
}

func (s *Sandbox) serveAPI(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("method")
	params, err := readParams(w, r)
	if err != nil {
		writeAPI(w, nil, refuse("invalid_post_type"))
		return
	}
	fault, hit := s.pen.take(name)
	if hit && !fault.After {
		if fault.strike(w, r) {
			return
		}
	}
	s.mu.Lock()
	w.Header().Set("X-OAuth-Scopes", strings.Join(s.space.scopes, ","))
	answer, err := s.answer(&call{Sandbox: s, name: name, params: params, base: s.space.base}, w.Header())
	s.mu.Unlock()
	if hit && fault.After && fault.strike(w, r) {
		return
	}
	writeAPI(w, answer, err)
}

// answer checks token and scope and runs the method.
func (s *Sandbox) answer(c *call, h http.Header) (object, error) {
	m, known := s.methods[c.name]
	if !known {
		return nil, refuse("unknown_method")
	}
	switch token := c.params["token"]; {
	case token == "":
		return nil, refuse("not_authed")
	case token != s.opt.BotToken && token != s.opt.AppToken:
		return nil, refuse("invalid_auth")
	case s.space.revoked:
		return nil, refuse("token_revoked")
	case m.app != (token == s.opt.AppToken):
		return nil, refuse("not_allowed_token_type")
	}
	if m.scope != "" {
		h.Set("X-Accepted-OAuth-Scopes", m.scope)
		if err := c.need(m.scope); err != nil && !m.app {
			return nil, err
		}
	}
	return m.run(c)
}

// need checks one scope of the bot token.
func (c *call) need(scope string) error {
	if slices.Contains(c.space.scopes, scope) {
		return nil
	}
	return &refusal{code: "missing_scope", extra: object{"needed": scope, "provided": strings.Join(c.space.scopes, ",")}}
}

func readParams(w http.ResponseWriter, r *http.Request) (map[string]string, error) {
	params := map[string]string{}
	for k, v := range r.URL.Query() {
		params[k] = v[0]
	}
	delete(params, "token") // Slack no longer takes tokens from the query
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyLimit))
	if err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/json" {
		var fields map[string]json.RawMessage
		if len(body) > 0 && json.Unmarshal(body, &fields) != nil {
			return nil, errors.New("body is not a JSON object")
		}
		for k, v := range fields {
			var text string
			if json.Unmarshal(v, &text) != nil {
				text = string(v)
			}
			if text != "null" {
				params[k] = text
			}
		}
	} else {
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		if err := r.ParseMultipartForm(bodyLimit); err != nil && !errors.Is(err, http.ErrNotMultipart) {
			return nil, fmt.Errorf("read form: %w", err)
		}
		for k, v := range r.PostForm {
			params[k] = v[0]
		}
	}
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		params["token"] = bearer
	}
	return params, nil
}

func writeAPI(w http.ResponseWriter, answer object, err error) {
	status := http.StatusOK
	if err != nil {
		answer = object{"ok": false, "error": "internal_error"}
		if no, ok := errors.AsType[*refusal](err); ok {
			answer["error"] = no.code
			maps.Copy(answer, no.extra)
			if no.status != 0 {
				status = no.status
			}
			if no.after > 0 {
				w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(no.after.Seconds()))))
			}
		}
	} else {
		if answer == nil {
			answer = object{}
		}
		answer["ok"] = true
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // the client is gone: nobody to tell
}

func (c *call) text(key string) string { return c.params[key] }

func (c *call) flag(key string) bool {
	return c.params[key] == "true" || c.params[key] == "1"
}

// number reads a count between 1 and most.
func (c *call) number(key string, fallback, most int) (int, error) {
	text := c.params[key]
	if text == "" || text == "0" {
		return fallback, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, refuse("invalid_limit")
	}
	return min(n, most), nil
}

// blocks reads and checks the blocks parameter. nil means that there is none,
// an empty list clears.
func (c *call) blocks(surface Surface) (json.RawMessage, error) {
	text := c.params["blocks"]
	if text == "" {
		return nil, nil
	}
	return c.checkBlocks(json.RawMessage(text), surface)
}

func (c *call) checkBlocks(raw json.RawMessage, surface Surface) (json.RawMessage, error) {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return nil, refuse("invalid_blocks_format")
	}
	problems := CheckBlocks(raw, surface)
	if len(problems) == 0 {
		problems = c.space.checkFiles(raw, c.base)
	}
	if len(problems) > 0 {
		return nil, refuseBlocks("invalid_blocks", "/blocks", problems)
	}
	return raw, nil
}
