package slack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
)

// hidden is what a secret looks like wherever it is printed.
const hidden = "[secret]"

// Secret is a token or key. It prints as [secret] in every form; string(s)
// gives the real value.
type Secret string

// Format implements fmt.Formatter, so that no verb shows the value.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// String implements fmt.Stringer.
func (Secret) String() string { return hidden }

// GoString implements fmt.GoStringer.
func (Secret) GoString() string { return hidden }

// LogValue implements slog.LogValuer.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText implements encoding.TextMarshaler.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// scrubber takes secrets out of error texts.
type scrubber struct {
	known  []string
	shapes *regexp.Regexp
}

// newScrubber knows the given secrets, and the shapes of Slack tokens and of
// the addresses that are secrets themselves.
func newScrubber(secrets ...Secret) scrubber {
	s := scrubber{shapes: regexp.MustCompile(
		`xox[a-z]-[A-Za-z0-9.-]+|xapp-[A-Za-z0-9.-]+|(?:https?|wss?)://[^\s"']+[/?][^\s"']+`)}
	for _, v := range secrets {
		if len(v) >= 4 {
			s.known = append(s.known, string(v))
		}
	}
	return s
}

// text returns t without secrets.
func (s scrubber) text(t string) string {
	for _, v := range s.known {
		t = strings.ReplaceAll(t, v, hidden)
	}
	return s.shapes.ReplaceAllString(t, hidden)
}

// scrubbed is an error whose text is clean and whose chain ends at a context
// error, if there was one: the original is not kept, since anybody could print it.
type scrubbed struct {
	text  string
	cause error
}

func (e *scrubbed) Error() string { return e.text }
func (e *scrubbed) Unwrap() error { return e.cause }

// err returns a clean copy of e; nil stays nil. The URL of a *url.Error is left
// out: it may be a response address, an upload address or a socket ticket.
func (s scrubber) err(e error) error {
	if e == nil {
		return nil
	}
	out := &scrubbed{}
	for _, known := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(e, known) {
			out.cause = known
		}
	}
	text := e.Error()
	if u, ok := errors.AsType[*url.Error](e); ok {
		text = strings.ReplaceAll(text, u.URL, "")
		text = strings.ReplaceAll(text, ` ""`, "")
	}
	out.text = s.text(text)
	return out
}
