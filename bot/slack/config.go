package slack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	slackgo "github.com/slack-go/slack"

	"shopwatch/internal/chat"
)

// Mode is how events reach the bot.
type Mode string

// Modes.
const (
	SocketMode Mode = "socket" // the bot opens WebSockets to Slack; works behind NAT
	HTTPMode   Mode = "http"   // Slack calls the bot, each request signed
)

// Config says how to reach Slack. Durations are real time, whatever Now says.
type Config struct {
	Mode     Mode   // "" is SocketMode
	BotToken Secret // xoxb-...
	AppToken Secret // xapp-..., for SocketMode
	// SigningSecret checks requests in HTTPMode. During rotation requests that
	// PreviousSigningSecret signed are taken as well.
	SigningSecret         Secret
	PreviousSigningSecret Secret
	// Skewed hears of each request that is signed well and refused only because
	// its time is off, more than five minutes after ours or, negative, before it.
	// It may be called at any time and must return soon; nil hears nothing.
	Skewed func(ctx context.Context, off time.Duration)

	// Spoke hears of each message that is posted for a person who waits, past the
	// outbox. pause is how long Slack wants nothing more, 0 when it took the
	// message. It may be called at any time; nil hears nothing.
	Spoke func(pause time.Duration)

	APIURL string   // "" is Slack itself; another value must end in /api/
	Teams  []string // workspace ids that are served; empty serves the token's own
	// Members has each person looked up, so that Event.Guest is known. It needs
	// the scope users:read.
	Members bool

	Timeout      time.Duration // of one HTTP call; 0 is 10 s
	AckDeadline  time.Duration // Slack hears from us by then, come what may; 0 is 2 s
	PingInterval time.Duration // silence after which a socket counts as dead; 0 is 30 s
	Connections  int           // sockets kept open at the same time; 0 is 2
	// OpenEvery paces the opening of sockets, all together: 3 at once, then one
	// per OpenEvery; 0 is 5 s. Back-off after a failure grows from a fifth of
	// it to twelve times as much.
	OpenEvery time.Duration
	// PictureWait bounds how long a post waits for its picture to be ready;
	// 0 is 30 s. Private answers wait a quarter of it.
	PictureWait time.Duration

	Now    func() time.Time // nil is time.Now
	Logger *slog.Logger     // nil is silent
	// Draw writes a chart as PNG. Nil leaves pictures out; their words stay.
	Draw func(io.Writer, chat.Chart) error
	// Transport carries the HTTP calls; nil is a copy of the default one.
	Transport http.RoundTripper
}

// Slack is the adapter. It implements chat.Sender and is safe for concurrent use.
type Slack struct {
	cfg    Config
	api    *slackgo.Client
	http   *http.Client // without token: response and upload addresses
	log    *slog.Logger
	scrub  scrubber
	hosts  map[string]bool // hosts, with scheme, that response and upload addresses may have
	intake intake
	web    *HTTP

	handles  handles
	members  members
	pictures pictureCache

	mu    sync.Mutex
	me    identity
	rooms map[string]string // user id to direct-message channel id

	count counters
}

// counters are what Status reports.
type counters struct {
	links, opens, events, unknown, late, replays, forged atomic.Int64
}

// Status is how the inbound side is doing.
type Status struct {
	Links   int64 `json:"links"`   // sockets open now
	Opens   int64 `json:"opens"`   // sockets opened since the start
	Events  int64 `json:"events"`  // events handed on
	Unknown int64 `json:"unknown"` // well-formed items of a kind that is not used
	Late    int64 `json:"late"`    // acknowledged before they were accepted, or turned away: too busy
	Replays int64 `json:"replays"` // requests seen before
	Forged  int64 `json:"forged"`  // requests with a bad signature or time
}

// Status returns the counters.
func (s *Slack) Status() Status {
	return Status{
		Links: s.count.links.Load(), Opens: s.count.opens.Load(), Events: s.count.events.Load(),
		Unknown: s.count.unknown.Load(), Late: s.count.late.Load(),
		Replays: s.count.replays.Load(), Forged: s.count.forged.Load(),
	}
}

// Rest closes the connections that are kept for later calls. The adapter can be
// used after that, and opens others.
func (s *Slack) Rest() { s.http.CloseIdleConnections() }

// Format keeps the tokens inside out of anything printed.
func (s *Slack) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "slack") }

// New checks c and returns the adapter; it opens no connection.
func New(c Config) (*Slack, error) {
	c = withDefaults(c)
	if err := validate(c); err != nil {
		return nil, fmt.Errorf("slack configuration: %w", err)
	}
	base, err := url.Parse(c.APIURL)
	if err != nil {
		return nil, errors.New("slack configuration: APIURL is not an address")
	}
	s := &Slack{
		cfg: c, log: c.Logger,
		scrub: newScrubber(c.BotToken, c.AppToken, c.SigningSecret, c.PreviousSigningSecret),
		hosts: map[string]bool{
			base.Scheme + "://" + base.Host: true,
			"https://hooks.slack.com":       true,
			"https://files.slack.com":       true,
		},
		rooms: map[string]string{},
	}
	s.http = &http.Client{
		Timeout:       c.Timeout,
		Transport:     limited{c.Transport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	s.api = slackgo.New(string(c.BotToken), slackgo.OptionAppLevelToken(string(c.AppToken)),
		slackgo.OptionAPIURL(c.APIURL), slackgo.OptionHTTPClient(s.http))
	s.intake = newIntake(s)
	s.web = newHTTP(s)
	return s, nil
}

func withDefaults(c Config) Config {
	if c.Mode == "" {
		c.Mode = SocketMode
	}
	if c.APIURL == "" {
		c.APIURL = slackgo.APIURL
	}
	for _, d := range []struct {
		at *time.Duration
		to time.Duration
	}{
		{&c.Timeout, 10 * time.Second},
		{&c.AckDeadline, 2 * time.Second},
		{&c.PingInterval, 30 * time.Second},
		{&c.OpenEvery, 5 * time.Second},
		{&c.PictureWait, 30 * time.Second},
	} {
		if *d.at == 0 {
			*d.at = d.to
		}
	}
	if c.Connections == 0 {
		c.Connections = 2
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Transport == nil {
		c.Transport = http.DefaultTransport
		if t, ok := http.DefaultTransport.(*http.Transport); ok {
			c.Transport = t.Clone()
		}
	}
	return c
}

// validate returns every problem of c at once.
func validate(c Config) error {
	var bad []error
	check := func(ok bool, text string) {
		if !ok {
			bad = append(bad, errors.New(text))
		}
	}
	check(c.BotToken != "", "BotToken is empty")
	check(!strings.HasPrefix(string(c.BotToken), "xapp-"), "BotToken is an app token (xapp-); the bot token begins with xoxb-")
	check(!strings.HasPrefix(string(c.AppToken), "xoxb-"), "AppToken is a bot token (xoxb-); the app token begins with xapp-")
	switch c.Mode {
	case SocketMode:
		check(c.AppToken != "", "AppToken is empty; socket mode needs it")
	case HTTPMode:
		check(strings.TrimSpace(string(c.SigningSecret)) != "", "SigningSecret is empty; http mode needs it")
	default:
		check(false, `Mode must be "socket" or "http"`)
	}
	check(strings.HasSuffix(c.APIURL, "/api/"), "APIURL must end in /api/")
	u, err := url.Parse(c.APIURL)
	check(err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http"), "APIURL must be an http or https address")
	check(c.Connections >= 1 && c.Connections <= 10, "Connections must be 1 to 10")
	check(c.AckDeadline > 0 && c.AckDeadline < 3*time.Second, "AckDeadline must be under 3 s")
	check(c.Timeout > 0 && c.PingInterval > 0 && c.OpenEvery > 0 && c.PictureWait > 0, "durations must not be negative")
	return errors.Join(bad...)
}

// limited bounds how much of an answer is read, so that a broken or hostile
// server cannot fill the memory.
type limited struct{ next http.RoundTripper }

const maxAnswer = 16 << 20

func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.next.RoundTrip(r)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	}
	return resp, err
}

// CloseIdleConnections lets http.Client reach the transport behind.
func (l limited) CloseIdleConnections() {
	if c, ok := l.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// identity is who the bot is, as Slack knows it.
type identity struct{ user, bot, team string }

// learnSelf finds out who the bot is, asking once.
func (s *Slack) learnSelf(ctx context.Context) error {
	if s.known().user != "" {
		return nil
	}
	a, err := s.api.AuthTestContext(ctx)
	if err != nil {
		return s.classify(err, "")
	}
	if a.UserID == "" {
		return &chat.SendError{Failure: chat.Down, Reason: "auth.test gave no user id"}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.me = identity{user: a.UserID, bot: a.BotID, team: a.TeamID}
	return nil
}

// known returns the bot's identity when it has been learned, and asks nothing.
func (s *Slack) known() identity {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.me
}
