package slack

import (
	"errors"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	slackgo "github.com/slack-go/slack"

	"shopwatch/internal/chat"
)

// pause is how long a limited call waits when Slack does not say.
const pause = 30 * time.Second

// Slack's words for the cases that need an own treatment; every other word
// means that the call was refused for good.
var (
	wordsOfSignIn = []string{
		"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired",
		"org_login_required", "ekm_access_denied", "two_factor_setup_required", "team_access_not_granted",
	}
	wordsOfLimit = []string{"ratelimited", "rate_limited", "message_limit_exceeded"}
	// Slack documents these as "some aspect of the operation may have succeeded".
	wordsOfDoubt  = []string{"internal_error", "fatal_error", "service_unavailable"}
	wordsNotTaken = []string{"request_timeout", "team_added_to_org"}
	wordsOfRoot   = []string{"thread_not_found", "message_not_found", "cannot_reply_to_message"}
	wordsOfBlocks = []string{
		"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long",
		"invalid_attachments", "attachment_payload_limit_exceeded", "too_many_attachments",
	}
	// The platform will never let us in with this app token.
	wordsOfGoodbye = []string{
		"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired",
		"not_allowed_token_type", "missing_scope", "no_permission",
	}
	wordsUnreadable = []string{
		"missing_scope", "not_in_channel", "channel_not_found", "no_permission",
		"access_denied", "not_allowed_token_type", "method_not_supported_for_channel_type",
	}
)

// classify says what a call's outcome means for the one who wanted to send:
// nil when ts proves that the message is there, else a *chat.SendError free of
// secrets. It is the only place that reads the library's errors.
func (s *Slack) classify(err error, ts string) error {
	if err == nil {
		if ts != "" {
			return nil
		}
		// An answer without ok or without ts is decoded without an error.
		return &chat.SendError{Failure: chat.Doubt, Reason: "no_ts"}
	}
	fail := func(f chat.Failure, reason string) *chat.SendError {
		return &chat.SendError{Failure: f, Reason: reason, Err: s.scrub.err(err)}
	}
	if ours, ok := errors.AsType[*chat.SendError](err); ok {
		return ours
	}
	if limit, ok := errors.AsType[*slackgo.RateLimitedError](err); ok {
		return limitedFor(limit.RetryAfter)
	}
	if _, ok := errors.AsType[*strconv.NumError](err); ok { // Retry-After that is not a number
		return limitedFor(0)
	}
	if refused, ok := errors.AsType[slackgo.SlackErrorResponse](err); ok {
		return s.ofWord(refused)
	}
	if status, ok := errors.AsType[slackgo.StatusCodeError](err); ok {
		return ofStatus(status.Code)
	}
	if neverLeft(err) {
		return fail(chat.Down, "unreachable")
	}
	return fail(chat.Doubt, "no_answer")
}

func limitedFor(d time.Duration) error {
	if d <= 0 {
		d = pause
	}
	return &chat.SendError{Failure: chat.Limited, After: d, Reason: "ratelimited"}
}

// ofWord classifies Slack's own error word. Details are Slack's pointers into
// the blocks, not the blocks themselves.
func (s *Slack) ofWord(r slackgo.SlackErrorResponse) error {
	e := &chat.SendError{Failure: chat.Refused, Reason: s.said(r.Err)}
	switch {
	case slices.Contains(wordsOfLimit, r.Err):
		e.Failure, e.After = chat.Limited, pause
	case slices.Contains(wordsOfSignIn, r.Err):
		e.Failure = chat.Locked
	case slices.Contains(wordsNotTaken, r.Err):
		e.Failure = chat.Down
	case slices.Contains(wordsOfDoubt, r.Err):
		e.Failure = chat.Doubt
	case slices.Contains(wordsOfRoot, r.Err):
		e.Failure = chat.Orphan
	}
	detail := r.ResponseMetadata.Messages
	if r.Needed != "" {
		detail = append(slices.Clone(detail), "needs scope "+r.Needed)
	}
	if len(detail) > 0 {
		e.Err = errors.New(s.said(detail[0]))
	}
	return e
}

// said makes what a server said fit to be passed on: it may repeat anything.
func (s *Slack) said(text string) string { return clamp(s.scrub.text(clean(text)), 300) }

func ofStatus(code int) error {
	reason := "http_" + strconv.Itoa(code)
	switch {
	case code == http.StatusTooManyRequests:
		return limitedFor(0)
	case code >= 500, code == http.StatusRequestTimeout, code < 400:
		return &chat.SendError{Failure: chat.Doubt, Reason: reason}
	default: // a proxy or a wrong address: the method was not run
		return &chat.SendError{Failure: chat.Down, Reason: reason}
	}
}

// neverLeft reports whether the request certainly did not reach the server.
func neverLeft(err error) bool {
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return true
	}
	op, ok := errors.AsType[*net.OpError](err)
	return ok && (op.Op == "dial" || op.Op == "proxyconnect" || op.Op == "socks connect")
}

// failureOf returns the class of a failed send and Slack's word for it.
func failureOf(err error) (chat.Failure, string) {
	if e, ok := errors.AsType[*chat.SendError](err); ok {
		return e.Failure, e.Reason
	}
	return chat.Doubt, ""
}

// badBlocks reports whether Slack refused the look of a message, so that a
// plainer one may be tried: nothing was sent.
func badBlocks(err error) bool {
	_, word := failureOf(err)
	return slices.Contains(wordsOfBlocks, word)
}

// asked turns the failure of a call that only asks, or may be repeated, into
// one that leaves no doubt about the message: it was not sent.
func asked(err error) error {
	if e, ok := errors.AsType[*chat.SendError](err); ok && e.Failure == chat.Doubt {
		plain := *e
		plain.Failure = chat.Down
		return &plain
	}
	return err
}
