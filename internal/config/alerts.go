package config

import (
	"fmt"
	"regexp"
	"strings"
)

// AlertRoute is a node of the tree that decides where alerts are told and how.
// What a node leaves out it has from the node above it.
type AlertRoute struct {
	// Match are matchers on the labels of an alert; empty matches every one.
	Match    string   `yaml:"match"`
	To       []string `yaml:"to"` // channels, and ids of persons
	Language string   `yaml:"language" rule:"one=zh-CN|en"`
	GroupBy  []string `yaml:"group_by" rule:"one=shop|rule|severity|unit|sku|channel|rival|member"`
	// GroupWait, GroupInterval and RepeatInterval are Alertmanager's.
	GroupWait      Duration `yaml:"group_wait" default:"30s"`
	GroupInterval  Duration `yaml:"group_interval" default:"5m"`
	RepeatInterval Duration `yaml:"repeat_interval" default:"24h"`
	// Quiet are stretches in which nothing is opened.
	Quiet []string `yaml:"quiet"`
	// Escalate are steps: how long nobody may have it, and who is told then.
	Escalate []string `yaml:"escalate"`
	Mention  []string `yaml:"mention"` // persons and groups, by id
	// Continue lets an alert that this node took go on to the next one.
	Continue bool         `yaml:"continue" default:"false"`
	Routes   []AlertRoute `yaml:"routes"`

	// HasWait, HasInterval and HasRepeat say that the file has the key.
	HasWait, HasInterval, HasRepeat bool `yaml:"-"`
	// Key is where the node stands in the file: alerts[0].routes[1].
	Key string `yaml:"-"`
}

// groupID is the id of a group of persons in Slack.
var groupID = regexp.MustCompile(`^S[A-Z0-9]{7,}$`)

// checkAlerts checks the tree; o has the readers of what package alert writes.
func (d *decoder) checkAlerts(o Options) {
	if len(d.root.Alerts) > 0 && d.keyAt["slack"] == (place{}) {
		d.report(d.keyAt["alerts"], "alerts", bad("post_no_slack"))
	}
	for i := range d.root.Alerts {
		d.alertRoute(o, fmt.Sprintf("alerts[%d]", i), &d.root.Alerts[i], false)
	}
}

// alertRoute checks a node and those below it. told says that a node above it
// names a place.
func (d *decoder) alertRoute(o Options, key string, r *AlertRoute, told bool) {
	r.Key = key
	r.HasInterval = d.keyAt[key+".group_interval"] != (place{})
	r.HasWait, r.HasRepeat = d.keyAt[key+".group_wait"] != (place{}), d.keyAt[key+".repeat_interval"] != (place{})
	if err := o.checkWith(o.CheckMatch, r.Match); err != nil {
		d.reportKey(key+".match", bad("matchers", "got", d.asWritten(key+".match", r.Match)))
	}
	d.each(key+".to", r.To, "alert_place", func(s string) bool { return channelName.MatchString(s) || userID.MatchString(s) })
	d.each(key+".mention", r.Mention, "alert_person", func(s string) bool { return userID.MatchString(s) || groupID.MatchString(s) })
	d.each(key+".quiet", r.Quiet, "interval", func(s string) bool { return o.checkWith(o.CheckInterval, s) == nil })
	d.each(key+".escalate", r.Escalate, "escalate", func(s string) bool { _, _, ok := r.Step(s); return ok })
	told = told || len(r.To) > 0
	if !told && len(r.Routes) == 0 {
		d.report(d.keyAt[key], key, bad("alert_nowhere"))
	}
	for i := range r.Routes {
		d.alertRoute(o, fmt.Sprintf("%s.routes[%d]", key, i), &r.Routes[i], told)
	}
}

// each reports the items of a list that are not as they should be.
func (d *decoder) each(key string, list []string, code Code, ok func(string) bool) {
	for i, s := range list {
		if path := fmt.Sprintf("%s[%d]", key, i); s != "" && !ok(s) {
			d.reportKey(path, bad(code, "got", d.asWritten(path, s)))
		}
	}
}

func (o Options) checkWith(check func(string) error, text string) error {
	if check == nil {
		return nil
	}
	return check(text)
}

// Step reads a step of an escalation, "30m U0123ABCD": how long, and the id of
// a person or a group, or a channel.
func (AlertRoute) Step(text string) (after Duration, to string, ok bool) {
	words := strings.Fields(text)
	if len(words) != 2 {
		return 0, "", false
	}
	after, err := ParseDuration(words[0])
	to = words[1]
	known := userID.MatchString(to) || groupID.MatchString(to) || channelName.MatchString(to)
	return after, to, err == nil && after > 0 && known
}
