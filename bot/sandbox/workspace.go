package sandbox

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// workspace is the state of the chat. It has no lock of its own: Sandbox.mu is
// held by every caller.
type workspace struct {
	opt      Options
	base     string // URL under which we are reached
	bot      User   // the bot's own member entry
	botID    string
	appID    string
	users    []User
	channels []*channel
	groups   []Group
	scopes   []string
	revoked  bool

	files   map[string]*file
	pending []*share // channel shares of files that are not processed yet
	// filePolls is how often files.info still finds a new file unprocessed;
	// negative is for ever.
	filePolls int
	views     map[string]*view
	homes     map[string]*view // by user id
	triggers  map[string]*trigger
	replies   map[string]*replyURL // by path
	read      map[string]int64     // "user channel" to the newest read ts in µs
	seq       map[string]int       // counters of ids, by kind
	events    []Event
	recent    []time.Time // when the messages of the last minute were taken
}

type channel struct {
	id, name, topic string
	private, im     bool
	archived        bool
	user            string // the person of a direct message
	members         map[string]bool
	messages        []*message // by ts, ephemerals and deleted ones included
	last            int64      // newest ts in µs
	lane            lane
}

// lane is the posting allowance of a channel, refilled by one a second.
type lane struct {
	left float64
	at   time.Time
}

func newWorkspace(opt Options) (*workspace, error) {
	w := &workspace{
		opt: opt, appID: "A0SANDBOX", botID: "B0SANDBOX", scopes: slices.Clone(opt.Scopes),
		bot:   User{ID: "U0" + idPart(opt.BotName), Name: opt.BotName, Real: opt.BotName, Locale: "en-US"},
		files: map[string]*file{}, views: map[string]*view{}, homes: map[string]*view{},
		triggers: map[string]*trigger{}, replies: map[string]*replyURL{}, read: map[string]int64{}, seq: map[string]int{},
		filePolls: max(opt.FilePolls, 0),
	}
	for _, u := range opt.Users {
		if u.Name == "" {
			return nil, fmt.Errorf("sandbox user %q has no name", u.ID)
		}
		if u.ID == "" {
			u.ID = "U0" + idPart(u.Name)
		}
		if u.Real == "" {
			u.Real = u.Name
		}
		if u.Locale == "" {
			u.Locale = localeOf(opt.Lang)
		}
		if _, taken := w.user(u.ID); taken {
			return nil, fmt.Errorf("sandbox user id %s is used twice", u.ID)
		}
		w.users = append(w.users, u)
	}
	for _, c := range opt.Channels {
		if err := w.addChannel(c); err != nil {
			return nil, err
		}
	}
	for _, u := range w.users {
		w.direct(u)
	}
	for i, g := range opt.Groups {
		if g.ID == "" {
			g.ID = fmt.Sprintf("S0GROUP%02d", i+1)
		}
		w.groups = append(w.groups, g)
	}
	return w, nil
}

func (w *workspace) addChannel(c Channel) error {
	if c.ID == "" {
		c.ID = "C0" + idPart(c.Name)
	}
	if _, taken := w.channel(c.ID); taken || c.Name == "" {
		return fmt.Errorf("sandbox channel %q (%s) has no name or is there twice", c.Name, c.ID)
	}
	n := &channel{id: c.ID, name: c.Name, topic: c.Topic, private: c.Private, members: map[string]bool{}}
	if c.Members == nil {
		n.members[w.bot.ID] = true
		for _, u := range w.users {
			n.members[u.ID] = true
		}
	}
	for _, name := range c.Members {
		u, ok := w.user(name)
		if !ok {
			return fmt.Errorf("sandbox channel %s: no user %q", c.Name, name)
		}
		n.members[u.ID] = true
	}
	w.channels = append(w.channels, n)
	return nil
}

// user finds a person by id, name or @name. The bot counts as one.
func (w *workspace) user(who string) (User, bool) {
	who = strings.TrimPrefix(who, "@")
	for _, u := range w.users {
		if u.ID == who || u.Name == who {
			return u, true
		}
	}
	if who == w.bot.ID || who == w.bot.Name {
		return w.bot, true
	}
	return User{}, false
}

// channel finds a channel or direct message by id, name or #name.
func (w *workspace) channel(where string) (*channel, bool) {
	where = strings.TrimPrefix(where, "#")
	for _, c := range w.channels {
		if c.id == where || c.name == where {
			return c, true
		}
	}
	return nil, false
}

// direct opens the conversation between a person and the bot.
func (w *workspace) direct(u User) *channel {
	id := "D0" + idPart(strings.TrimPrefix(u.ID, "U0"))
	if c, ok := w.channel(id); ok {
		return c
	}
	c := &channel{id: id, name: "@" + u.Name, im: true, private: true, user: u.ID, members: map[string]bool{u.ID: true, w.bot.ID: true}}
	w.channels = append(w.channels, c)
	return c
}

// stamp takes the next ts of a channel: the clock in µs, moved on by one where
// two messages fall on the same instant.
func (w *workspace) stamp(c *channel) string {
	c.last = max(w.opt.Now().UnixMicro(), c.last+1)
	return formatTS(c.last)
}

// next counts the ids of one kind from 1.
func (w *workspace) next(kind string) int {
	w.seq[kind]++
	return w.seq[kind]
}

// admit takes one message from the allowance of a channel. When there is none
// it returns how long to wait.
func (w *workspace) admit(c *channel) time.Duration {
	now := w.opt.Now()
	if n := w.opt.PerMinute; n > 0 {
		w.recent = slices.DeleteFunc(w.recent, func(t time.Time) bool { return now.Sub(t) >= time.Minute })
		if len(w.recent) >= n {
			return w.recent[len(w.recent)-n].Add(time.Minute).Sub(now)
		}
	}
	if wait := w.pace(c, now); wait > 0 {
		return wait
	}
	if w.opt.PerMinute > 0 {
		w.recent = append(w.recent, now)
	}
	return 0
}

// pace is how long channel c takes nothing; 0 counts one message.
func (w *workspace) pace(c *channel, now time.Time) time.Duration {
	if w.opt.PostBurst < 0 {
		return 0
	}
	burst := float64(w.opt.PostBurst)
	if c.lane.at.IsZero() {
		c.lane = lane{left: burst, at: now}
	}
	if gone := now.Sub(c.lane.at); gone > 0 {
		c.lane = lane{left: min(burst, c.lane.left+gone.Seconds()), at: now}
	}
	// The refill is a sum of fractions: a hair under one whole is one whole.
	if c.lane.left < 1-1e-6 {
		return time.Duration((1 - c.lane.left) * float64(time.Second))
	}
	c.lane.left--
	return 0
}

func formatTS(us int64) string { return fmt.Sprintf("%d.%06d", us/1e6, us%1e6) }

// parseTS reads a ts, which may lack its fraction.
func parseTS(ts string) (int64, bool) {
	whole, part, _ := strings.Cut(ts, ".")
	part = (part + "000000")[:6]
	var sec, us int64
	for _, d := range []struct {
		s string
		n *int64
	}{{whole, &sec}, {part, &us}} {
		if d.s == "" || len(d.s) > 12 {
			return 0, false
		}
		for _, r := range d.s {
			if r < '0' || r > '9' {
				return 0, false
			}
			*d.n = *d.n*10 + int64(r-'0')
		}
	}
	return sec*1e6 + us, true
}

// idPart turns a name into the letters and digits of an id. Names in other
// scripts become the hexadecimal form of their code points.
func idPart(name string) string {
	var b strings.Builder
	for _, r := range strings.ToUpper(name) {
		switch {
		case r >= 'A' && r <= 'Z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case r > 127:
			fmt.Fprintf(&b, "%X", r)
		}
	}
	return b.String()
}

func localeOf(lang string) string {
	if lang == "zh-CN" {
		return "zh-CN"
	}
	return "en-US"
}

// object is a JSON object in the making; keys come out sorted.
type object = map[string]any

func mustJSON(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		// Only values made here are encoded: strings, numbers and raw JSON
		// that was parsed before.
		return json.RawMessage(`null`)
	}
	return b
}
