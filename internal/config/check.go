package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	channelName = regexp.MustCompile(`^(#[\pL\pN_-]{1,80}|[CG][A-Z0-9]{7,})$`)
	userID      = regexp.MustCompile(`^[UW][A-Z0-9]{7,}$`)
	teamID      = regexp.MustCompile(`^[TE][A-Z0-9]{7,}$`)
)

func (d *decoder) checkSlack() {
	s := &d.root.Slack
	where, given := d.keyAt["slack"]
	if !given {
		return
	}
	if s.Mode == "" && d.keyAt["slack.mode"] == (place{}) {
		s.Mode = "socket"
	}
	missing := func(code Code, name, example string) {
		if d.keyAt["slack."+name] == (place{}) {
			d.report(where, "slack", bad(code, "missing", name, "name", suggestedName("slack."+name), "example", example))
		}
	}
	switch s.Mode {
	case "socket":
		missing("socket_needs", "app_token", "")
	case "http":
		missing("http_needs", "signing_secret", "${SLACK_SIGNING_SECRET}")
		missing("http_needs", "listen", "127.0.0.1:8789")
	}
	u, err := url.Parse(s.APIURL)
	loopback := err == nil && isLoopback(u.Hostname())
	if err != nil || u.Host == "" || u.User != nil || !strings.HasSuffix(u.Path, "/") || u.Scheme != "https" && (u.Scheme != "http" || !loopback) {
		d.reportKey("slack.api_url", bad("url", "got", d.asWritten("slack.api_url", s.APIURL)))
	}
	if s.Listen != "" && !isListen(s.Listen) {
		d.reportKey("slack.listen", bad("listen", "got", d.asWritten("slack.listen", s.Listen)))
	}
	d.idsLike("slack.teams", s.Teams, teamID, "team")
}

func (d *decoder) idsLike(key string, list []string, shape *regexp.Regexp, code Code) {
	for i, id := range list {
		if path := fmt.Sprintf("%s[%d]", key, i); id != "" && !shape.MatchString(id) {
			d.reportKey(path, bad(code, "got", d.asWritten(path, id)))
		}
	}
}

func (d *decoder) checkPosts() {
	c := d.root
	if len(c.Post) > 0 && d.keyAt["slack"] == (place{}) {
		d.report(d.keyAt["post"], "post", bad("post_no_slack"))
	}
	var ids []string
	for _, s := range c.Shops {
		ids = append(ids, s.ID)
	}
	seen := map[[2]string]int{}
	for i := range c.Post {
		p, key := &c.Post[i], fmt.Sprintf("post[%d]", i)
		if p.Channel != "" && !channelName.MatchString(p.Channel) {
			d.reportKey(key+".channel", bad("channel", "got", d.asWritten(key+".channel", p.Channel)))
		}
		if p.Language == "" {
			p.Language = c.Language
		}
		d.postShop(key, p, ids)
		d.postUnit(key, p)
		d.postRules(key+".alerts", p.Alerts)
		if len(p.Digests)+len(p.Alerts) == 0 && d.at[key+".digests"] == (place{}) && d.at[key+".alerts"] == (place{}) {
			d.report(d.keyAt[key], key, bad("post_nothing"))
		}
		if line, twice := seen[[2]string{p.Channel, p.Shop}]; twice && p.Channel != "" {
			d.report(d.keyAt[key], key, bad("post_twice", "line", strconv.Itoa(line)))
			continue
		}
		seen[[2]string{p.Channel, p.Shop}] = d.keyAt[key].line
	}
}

func (d *decoder) postShop(key string, p *Post, ids []string) {
	switch {
	case p.Shop == "" && len(ids) == 1:
		p.Shop = ids[0]
	case p.Shop == "" && len(ids) > 1:
		d.report(d.keyAt[key], key, bad("shop_needed", "example", ids[0], "known", strings.Join(ids, ", ")))
	case p.Shop != "" && !slices.Contains(ids, p.Shop):
		d.reportKey(key+".shop", bad("shop_unknown", "got", d.asWritten(key+".shop", p.Shop), "known", strings.Join(ids, ", ")))
	}
}

// postUnit refuses a unit that the post's shop does not have.
func (d *decoder) postUnit(key string, p *Post) {
	if p.Unit == "" {
		return
	}
	var known []string
	for _, s := range d.root.Shops {
		if s.ID == p.Shop {
			for _, u := range s.Units {
				known = append(known, u.ID)
			}
		}
	}
	if !slices.Contains(known, p.Unit) {
		d.reportKey(key+".unit", bad("unit_unknown", "got", d.asWritten(key+".unit", p.Unit), "known", strings.Join(known, ", ")))
	}
}

func (d *decoder) checkRest(o Options) {
	c := d.root
	d.schedules(o)
	d.checkKeep()
	d.idsLike("access.operators", c.Access.Operators, userID, "user")
	d.idsLike("access.admins", c.Access.Admins, userID, "user")
	host, _, _ := net.SplitHostPort(c.Web.Listen)
	switch {
	case !isListen(c.Web.Listen):
		d.reportKey("web.listen", bad("listen", "got", d.asWritten("web.listen", c.Web.Listen)))
	case !isLoopback(host) && d.keyAt["web.token"] == (place{}):
		d.reportKey("web.listen", bad("open_listen", "got", d.asWritten("web.listen", c.Web.Listen)))
	}
}

// checkKeep refuses to forget what answers and rules look back to.
func (d *decoder) checkKeep() {
	const day = Duration(24 * time.Hour)
	k := &d.root.Storage.Keep
	for _, c := range []struct {
		name       string
		got, least Duration
	}{
		{"raw", k.Raw, 14 * day},
		{"events", k.Events, 60 * day},
		{"hours", k.Hours, 14 * day},
		{"days", k.Days, 60 * day},
		{"runs", k.Runs, day},
		{"messages", k.Messages, 30 * day},
		{"audit", k.Audit, day},
		{"evidence", k.Evidence, day},
	} {
		if key := "storage.keep." + c.name; c.got < c.least {
			d.reportKey(key, bad("kept_too_short", "got", d.asWritten(key, c.got.String()), "least", c.least.String()))
		}
	}
}

// schedules asks the scheduler about every cron line whose fields are valid.
func (d *decoder) schedules(o Options) {
	for _, part := range []struct {
		prefix string
		keys   any
	}{{"schedule.", d.root.Schedule}, {"storage.backup.", d.root.Storage.Backup}} {
		v := reflect.ValueOf(part.keys)
		for _, f := range fieldsOf(v.Type()) {
			line := v.FieldByIndex(f.index)
			if !f.cron || o.CheckCron == nil || checkCron(line.String()) != nil {
				continue
			}
			if err := o.CheckCron(line.String()); err != nil {
				d.reportKey(part.prefix+f.name, bad("cron_never", "why", maskText(err.Error())))
			}
		}
	}
}

// asWritten quotes a value as the file has it: what a variable holds is not
// for messages. value is for keys that the file does not have.
func (d *decoder) asWritten(key, value string) string {
	if text, ok := d.raw[key]; ok {
		value = text
	}
	return quote(value)
}

// isListen tells host:port with a port; the host may be empty.
func isListen(s string) bool {
	_, port, err := net.SplitHostPort(s)
	n, bad := strconv.Atoi(port)
	return err == nil && bad == nil && n >= 0 && n <= 65535
}

// isLoopback tells whether only this computer reaches host.
func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
