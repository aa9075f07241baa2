package sandbox

import (
	"cmp"
	"log/slog"
	"slices"
	"strings"
	"time"
)

// Credentials used when Options leaves them empty. They open nothing but a
// sandbox.
const (
	DefaultBotToken      = "xoxb-sandbox"
	DefaultAppToken      = "xapp-sandbox"
	DefaultSigningSecret = "sandbox-signing-secret"
)

// User is a person of the workspace. Name is unique and is what others type
// after @; ID is made from the name when empty.
type User struct {
	ID, Name, Real string
	Locale         string // BCP 47 tag; empty means that of Options.Lang
	Guest          bool
}

// Channel is a place of the workspace. Members are user names; nil means
// everybody and the bot, and the bot is named like a person.
type Channel struct {
	ID, Name, Topic string
	Private         bool
	Members         []string
}

// Group is a user group. Members are user names.
type Group struct {
	ID, Handle, Name string
	Members          []string
}

// Command is a slash command that belongs to the bot.
type Command struct {
	Name        string `json:"name"` // with the slash
	Description string `json:"description"`
	Usage       string `json:"usage"`
}

// Options says what the workspace looks like. The zero value is a small shop
// team with one channel for each purpose.
type Options struct {
	Now    func() time.Time // clock of the workspace; nil is the real one
	Logger *slog.Logger     // nil discards

	Team     string // id
	TeamName string
	BotName  string
	Users    []User
	Channels []Channel
	Groups   []Group
	Commands []Command
	// Shortcuts are the bot's acts in the menu of a message; the page shows them.
	Shortcuts []Shortcut
	Events    []string // subscribed bot events
	Scopes    []string // granted to the bot token
	BotToken  string
	AppToken  string

	// HTTPURL switches from Socket Mode to signed HTTP: the base URL of the
	// bot, to which /slack/commands, /slack/interactions and /slack/events
	// are added.
	HTTPURL       string
	SigningSecret string

	Lang  string         // of the page: "zh-CN" or "en"
	Title string         // of the page; empty takes TeamName
	Zone  *time.Location // of the timestamps on the page; nil is UTC

	PingEvery time.Duration // WebSocket pings, real time; 0 is 15 s
	AckWithin time.Duration // an acknowledgement, real time; 0 is 3 s

	// PostBurst is how many messages a channel takes at once before one a
	// second is the rule. 0 means 3, a negative number lifts the limit.
	PostBurst int
	// PerMinute is how many messages the whole workspace takes in any minute. 0
	// is no limit: Slack has one and does not say which.
	PerMinute int
	// FilePolls is how many calls of files.info still find a new file
	// unprocessed. 0 means 1, a negative number means none.
	FilePolls int
	// Session makes envelope, trigger and event ids differ from those of an
	// earlier workspace that the same bot has seen. Empty is a random one;
	// these ids are not part of the transcript.
	Session string
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	o.Team = cmp.Or(o.Team, "T0SANDBOX")
	o.TeamName = cmp.Or(o.TeamName, "Sandbox")
	o.BotName = cmp.Or(o.BotName, "shopwatch")
	o.BotToken = cmp.Or(o.BotToken, DefaultBotToken)
	o.AppToken = cmp.Or(o.AppToken, DefaultAppToken)
	o.SigningSecret = cmp.Or(o.SigningSecret, DefaultSigningSecret)
	o.Title = cmp.Or(o.Title, o.TeamName)
	o.PingEvery = cmp.Or(o.PingEvery, 15*time.Second)
	o.AckWithin = cmp.Or(o.AckWithin, 3*time.Second)
	o.PostBurst = cmp.Or(o.PostBurst, 3)
	o.FilePolls = cmp.Or(o.FilePolls, 1)
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if strings.HasPrefix(strings.ToLower(o.Lang), "zh") {
		o.Lang = "zh-CN"
	} else {
		o.Lang = "en"
	}
	if o.Users == nil {
		o.Users = defaultUsers(o.Lang)
	}
	if o.Channels == nil {
		o.Channels = defaultChannels(o.Lang)
	}
	if o.Commands == nil {
		o.Commands = []Command{{Name: "/shop", Description: "Everything the bot can do", Usage: "help"}}
	}
	if o.Events == nil {
		o.Events = []string{
			"app_mention", "app_home_opened", "message.im", "reaction_added",
			"member_joined_channel", "app_uninstalled", "tokens_revoked",
		}
	}
	if o.Scopes == nil {
		o.Scopes = defaultScopes()
	}
	o.Users, o.Channels = slices.Clone(o.Users), slices.Clone(o.Channels)
	return o
}

func defaultScopes() []string {
	return []string{
		"commands", "chat:write", "channels:join", "app_mentions:read", "channels:read", "channels:history",
		"groups:read", "groups:history", "im:history", "im:write", "reactions:read", "reactions:write",
		"files:write", "files:read", "users:read", "usergroups:read",
	}
}

func defaultUsers(lang string) []User {
	names := []User{
		{Name: "lin", Real: "Lin Hua"},
		{Name: "lilei", Real: "Li Lei"},
		{Name: "mei", Real: "Han Mei"},
	}
	if lang == "zh-CN" {
		for i, real := range []string{"林华", "李雷", "韩梅"} {
			names[i].Real = real
		}
	}
	return names
}

func defaultChannels(lang string) []Channel {
	reports, alerts := "Morning and weekly reports", "Alerts and who takes them"
	if lang == "zh-CN" {
		reports, alerts = "早报与周报", "告警与认领"
	}
	return []Channel{
		{Name: "shop-digest", Topic: reports},
		{Name: "shop-alerts", Topic: alerts},
		{Name: "general"},
	}
}

// Shortcut is an act of the bot in the menu of a message.
type Shortcut struct {
	Callback string `json:"callback"`
	Name     string `json:"name"`
}
