package config

import (
	"shopwatch/internal/market"
)

// The tags of the structs below are the whole schema. yaml names the key,
// default its default as it would be written in the file, and rule its limits:
//
//	required       must be written
//	one=a|b        one of these words
//	min=, max=     smallest and largest number
//	id             letters, digits, - and _
//	cron           five cron fields

// Config is a configuration file with defaults filled in and checked.
type Config struct {
	// Language is the language of messages where a post or a person has none.
	Language string `yaml:"language" default:"zh-CN" rule:"one=zh-CN|en"`
	Shops    []Shop `yaml:"shops" rule:"required"`
	Slack    Slack  `yaml:"slack"`
	Post     []Post `yaml:"post"`
	// Alerts are trees beside what Post takes; every one is tried.
	Alerts   []AlertRoute `yaml:"alerts"`
	Schedule Schedule     `yaml:"schedule"`
	Rules    Rules        `yaml:"rules"`
	Storage  Storage      `yaml:"storage"`
	Web      Web          `yaml:"web"`
	Logs     Logs         `yaml:"logs"`
	Access   Access       `yaml:"access"`
	// Sources and Limits are read by the source engine, from Raw.
	Sources Section `yaml:"sources"`
	Limits  Section `yaml:"limits"`

	// File is the path as it was given, Raw the file's bytes without a byte
	// order mark. HasSources says that the file has a sources section.
	File       string `yaml:"-"`
	Raw        []byte `yaml:"-"`
	HasSources bool   `yaml:"-"`

	markets []*market.Shop
	named   []Named
}

// Markets returns the shops in the words of the trade, in file order. The
// caller must not change them.
func (c *Config) Markets() []*market.Shop { return c.markets }

// Section is a part of the file that another package reads. Line is 0 when the
// file does not have it.
type Section struct{ Line int }

// Shop is one shop and the dimensions its questions are asked in.
type Shop struct {
	ID       string      `yaml:"id" rule:"required;id"`
	Name     market.Name `yaml:"name"`
	Currency string      `yaml:"currency" default:"CNY"`
	Zone     Zone        `yaml:"zone" default:"Asia/Shanghai"`
	// DayStart is when the business day begins, after local midnight.
	DayStart Duration `yaml:"day_start" default:"0h"`
	Units    []Label  `yaml:"units"`
	Channels []Label  `yaml:"channels"`
	Regions  []Label  `yaml:"regions"`
	Bands    []Band   `yaml:"bands"`
	Targets  []Target `yaml:"targets"`
	Calendar Calendar `yaml:"calendar"`
	// Industry is what slow movers are held against.
	Industry []Industry `yaml:"industry"`
}

// Industry is the usual days of stock of a unit, or of one of its categories.
type Industry struct {
	Unit         string  `yaml:"unit" rule:"required"`
	Category     string  `yaml:"category"`
	TurnoverDays float64 `yaml:"turnover_days" rule:"required;min=1;max=720"`
}

// Label is an id with a name and further words under which people ask for it.
type Label struct {
	ID    string      `yaml:"id" rule:"required;id"`
	Name  market.Name `yaml:"name"`
	Words []string    `yaml:"words"`
}

// Band is a price band [From, To); no To means no upper end.
type Band struct {
	Label `yaml:",inline"`
	From  Amount `yaml:"from" default:"0"`
	To    Amount `yaml:"to"`
}

// Target is an amount of paid GMV to reach in From..To (both included) in three
// tiers, of the shop, of one unit or of one category. With Each it holds for
// every day, week or month that begins in From..To rather than for the stretch as
// a whole. Days and Hours plan how it is reached.
type Target struct {
	Unit      string `yaml:"unit"`
	Category  string `yaml:"category"`
	From      Date   `yaml:"from" rule:"required"`
	To        Date   `yaml:"to" rule:"required"`
	Each      string `yaml:"each" rule:"one=day|week|month"`
	Base      Amount `yaml:"base" rule:"required"`
	Sprint    Amount `yaml:"sprint"`
	Challenge Amount `yaml:"challenge"`

	Days  []PlannedDay `yaml:"days"`
	Hours []float64    `yaml:"hours"`
}

// PlannedDay is what a day of a target weighs, an ordinary one 1.
type PlannedDay struct {
	Day    Date    `yaml:"day" rule:"required"`
	Weight float64 `yaml:"weight" rule:"required;min=0.01;max=100"`
}

// Calendar names days off, worked weekends and campaigns.
type Calendar struct {
	Holidays  []Date     `yaml:"holidays"`
	Makeup    []Date     `yaml:"makeup"`
	Campaigns []Campaign `yaml:"campaigns"`
}

// Campaign is a promotion. Peak is the day that comparisons count from.
type Campaign struct {
	ID     string      `yaml:"id" rule:"required;id"`
	Name   market.Name `yaml:"name"`
	Peak   Date        `yaml:"peak" rule:"required"`
	Phases []Phase     `yaml:"phases" rule:"required"`
}

// Phase is a stretch of a campaign; Uplift is the expected factor on sales of
// an ordinary day.
type Phase struct {
	ID     string  `yaml:"id" rule:"required;one=warmup|deposit|final_payment|live|returns"`
	From   Date    `yaml:"from" rule:"required"`
	To     Date    `yaml:"to" rule:"required"`
	Uplift float64 `yaml:"uplift" default:"1" rule:"min=0.01;max=100"`
	// Units are those that take part; none means all.
	Units []string `yaml:"units"`
}

// Slack is the chat platform. Without a slack section nothing is posted and
// Mode is empty.
type Slack struct {
	Mode          string `yaml:"mode" default:"socket" rule:"one=socket|http"`
	BotToken      Secret `yaml:"bot_token" rule:"required"`
	AppToken      Secret `yaml:"app_token"`
	SigningSecret Secret `yaml:"signing_secret"`
	APIURL        string `yaml:"api_url" default:"https://slack.com/api/"`
	// Teams are the workspaces that are answered; none means the token's own.
	Teams []string `yaml:"teams"`
	// Listen is where signed requests arrive in http mode.
	Listen string `yaml:"listen"`
	// Ping is the silence after which a socket counts as dead.
	Ping Duration `yaml:"ping" default:"30s"`
	// Unreadable is what becomes of a message of which nobody can tell whether it
	// has arrived, since the channel's history cannot be read.
	Unreadable string `yaml:"unreadable" default:"hold" rule:"one=hold|repeat_marked"`
	// PerMinute is how many messages the whole workspace is given in a minute.
	PerMinute int `yaml:"posts_per_minute" default:"40" rule:"min=8;max=600"`
}

// Post says what one chat channel receives.
type Post struct {
	Channel  string `yaml:"channel" rule:"required"`
	Language string `yaml:"language" rule:"one=zh-CN|en"`
	// Shop may be left out when there is only one; Load fills it in.
	Shop string `yaml:"shop"`
	// Unit narrows the digests to what one team looks after.
	Unit    string   `yaml:"unit"`
	Digests []string `yaml:"digests" rule:"one=morning|intraday|weekly|monthly|campaign"`
	// Alerts are all, or ids of rules, those of rules.watch included.
	Alerts []string `yaml:"alerts"`
}

// Schedule holds the cron lines of the jobs that are not a source's own.
// They run in the zone of the shop.
type Schedule struct {
	Morning  string `yaml:"morning" default:"30 8 * * *" rule:"cron"`
	Intraday string `yaml:"intraday" default:"5 9-23 * * *" rule:"cron"`
	Weekly   string `yaml:"weekly" default:"0 9 * * 1" rule:"cron"`
	Monthly  string `yaml:"monthly" default:"0 9 1 * *" rule:"cron"`
	Campaign string `yaml:"campaign" default:"45 8 * * *" rule:"cron"`
	// Deadline is how long a digest waits for late data.
	Deadline Duration `yaml:"deadline" default:"2h"`
	Watch    string   `yaml:"watch" default:"*/10 * * * *" rule:"cron"`
}

// Rules are the limits below which nobody is disturbed, with the analysis' own
// defaults. Shares are 0..1.
type Rules struct {
	// Material is the share of a usual day's paid GMV that must be at risk.
	Material float64 `yaml:"material" default:"0.002" rule:"min=0;max=1"`
	// Lexicon is the text of a lexicon of complaint causes, as a rule read from
	// a file; empty means the built-in one.
	Lexicon string `yaml:"lexicon"`
	GMVDrop struct {
		MinDrop float64 `yaml:"min_drop" default:"0.3" rule:"min=0.01;max=0.9"`
	} `yaml:"gmv_drop"`
	RivalMove struct {
		MinCut float64 `yaml:"min_cut" default:"0.05" rule:"min=0.01;max=0.9"`
	} `yaml:"rival_move"`
	StockOut struct {
		CoverDays float64 `yaml:"cover_days" default:"1" rule:"min=0;max=60"`
		Top       int     `yaml:"top" default:"50" rule:"min=1;max=10000"`
	} `yaml:"stock_out"`
	ComplaintSpike struct {
		MinCount int `yaml:"min_count" default:"4" rule:"min=2;max=1000"`
	} `yaml:"complaint_spike"`
	// Watch tunes rules by their ids and adds further ones.
	Watch []Watch `yaml:"watch"`
}

// Watch is one rule: of an id that comes with the program what it names is
// changed; of any other id a new rule of that kind begins.
type Watch struct {
	ID     string  `yaml:"id" rule:"required;id"`
	Kind   string  `yaml:"kind" rule:"one=threshold|ratio|seasonal|spike"`
	Metric string  `yaml:"metric"` // a key of the dictionary
	By     string  `yaml:"by" rule:"one=unit|channel|category|region|band|entry|reason|sku"`
	Match  string  `yaml:"match"` // unit=beauty channel=tmall
	Limit  float64 `yaml:"limit"`
	Change float64 `yaml:"change" rule:"min=0;max=10"`
	Volume int     `yaml:"volume" rule:"min=0;max=1000000000"`
	Days   int     `yaml:"days" rule:"min=1;max=28"`
	// Floor is the least money at risk, in the shop's currency.
	Floor    Amount `yaml:"floor"`
	Severity string `yaml:"severity" rule:"one=critical|warning|info"`
	Off      bool   `yaml:"off" default:"false"`

	// Has says which keys the file has.
	Has map[string]bool `yaml:"-"`
}

// Storage says where data is kept. Mmap is address space set aside for it.
type Storage struct {
	Path string `yaml:"path" default:"data/shopwatch.db"`
	Mmap Size   `yaml:"mmap" default:"16GiB"`
	// MaxSize bounds the file, 0MiB does not; WarnSize is from where on it is
	// said to be large.
	MaxSize  Size   `yaml:"max_size" default:"0MiB"`
	WarnSize Size   `yaml:"warn_size" default:"8GiB"`
	Keep     Keep   `yaml:"keep"`
	Backup   Backup `yaml:"backup"`
}

// Keep is how long things are kept. What live evidence reads is kept as long as
// the evidence.
type Keep struct {
	Raw      Duration `yaml:"raw" default:"90d"`     // every picture of stock, prices and offers
	Events   Duration `yaml:"events" default:"800d"` // orders, refunds, reviews
	Hours    Duration `yaml:"hours" default:"90d"`   // of every item on every channel
	Days     Duration `yaml:"days" default:"400d"`   // what is summed up from the hours
	Runs     Duration `yaml:"runs" default:"90d"`
	Messages Duration `yaml:"messages" default:"180d"` // that were sent
	Audit    Duration `yaml:"audit" default:"800d"`
	Evidence Duration `yaml:"evidence" default:"100d"`
}

// Backup says when a copy of the store is made, where, and how many are kept.
// Without a folder they are in "backup" beside the store.
type Backup struct {
	Dir      string `yaml:"dir"`
	Schedule string `yaml:"schedule" default:"40 3 * * *" rule:"cron"`
	Keep     int    `yaml:"keep" default:"7" rule:"min=1;max=1000"`
}

// Web is the status page. Beyond this computer it needs a token.
type Web struct {
	Listen string `yaml:"listen" default:"127.0.0.1:8788"`
	Token  Secret `yaml:"token"`
}

// Logs says how much is logged and how. Format auto is text on a terminal and
// JSON elsewhere.
type Logs struct {
	Level  string `yaml:"level" default:"info" rule:"one=debug|info|warn|error"`
	Format string `yaml:"format" default:"auto" rule:"one=auto|text|json"`
}

// Access lists chat users by id. Everyone else may only ask.
type Access struct {
	Operators []string `yaml:"operators"`
	Admins    []string `yaml:"admins"`
}
