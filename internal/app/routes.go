package app

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/config"
)

// alertRoutes is the routing tree of a shop: a branch for each entry of post
// that asks for alerts and one for each tree of alerts, all of which are tried.
func alertRoutes(c *config.Config, shop string) *alert.Route {
	root := &alert.Route{Name: "root"}
	for i, p := range c.Post {
		if p.Shop != shop || len(p.Alerts) == 0 {
			continue
		}
		r := alert.Route{Name: fmt.Sprintf("post[%d]", i), Continue: true, Match: ofRules(p.Alerts), Receiver: alert.DefaultReceiver()}
		r.To, r.Lang = []alert.Contact{{Channel: p.Channel}}, p.Language
		if r.Lang == "" {
			r.Lang = c.Language
		}
		root.Routes = append(root.Routes, r)
	}
	base := alert.DefaultReceiver()
	base.Lang = c.Language
	for i := range c.Alerts {
		r := treeOf(&c.Alerts[i], base)
		r.Continue = true
		root.Routes = append(root.Routes, r)
	}
	return root
}

// treeOf makes a node and those below it. What the node leaves out is above's;
// escalation and mentions go down the tree like the rest.
func treeOf(n *config.AlertRoute, above alert.Receiver) alert.Route {
	r := alert.Route{Name: n.Key, Continue: n.Continue, Match: mustMatch(n.Match), Receiver: above}
	if len(n.To) > 0 {
		r.To = contacts(n.To)
	}
	if n.Language != "" {
		r.Lang = n.Language
	}
	if len(n.GroupBy) > 0 {
		r.GroupBy = slices.Clone(n.GroupBy)
	}
	if n.HasWait {
		r.Wait = time.Duration(n.GroupWait)
	}
	if n.HasInterval {
		r.Interval = time.Duration(n.GroupInterval)
	}
	if n.HasRepeat {
		r.Repeat = time.Duration(n.RepeatInterval)
	}
	if len(n.Quiet) > 0 {
		r.Quiet = nil
		for _, text := range n.Quiet {
			r.Quiet = append(r.Quiet, mustInterval(text))
		}
	}
	if len(n.Escalate) > 0 {
		r.Ladder = nil
		for _, text := range n.Escalate {
			after, to, _ := n.Step(text)
			r.Ladder = append(r.Ladder, alert.Rung{After: time.Duration(after), To: contact(to)})
		}
	}
	if len(n.Mention) > 0 {
		r.Mentions = contacts(n.Mention)
	}
	for i := range n.Routes {
		r.Routes = append(r.Routes, treeOf(&n.Routes[i], r.Receiver))
	}
	return r
}

// mustMatch and mustInterval read what was checked with the configuration.
func mustMatch(text string) alert.Matchers {
	m, err := alert.ParseMatchers(text)
	if err != nil {
		panic(fmt.Sprintf("configuration was not checked: %v", err))
	}
	return m
}

func mustInterval(text string) alert.Interval {
	v, err := alert.ParseInterval(text)
	if err != nil {
		panic(fmt.Sprintf("configuration was not checked: %v", err))
	}
	return v
}

func contacts(list []string) []alert.Contact {
	out := make([]alert.Contact, len(list))
	for i, s := range list {
		out[i] = contact(s)
	}
	return out
}

// contact reads an id by its first letter, as the configuration has checked it.
func contact(s string) alert.Contact {
	switch s[0] {
	case 'U', 'W':
		return alert.Contact{User: s}
	case 'S':
		return alert.Contact{Group: s}
	}
	return alert.Contact{Channel: s}
}

// ofRules matches alerts of the named rules; all matches every one.
func ofRules(names []string) alert.Matchers {
	if slices.Contains(names, "all") {
		return nil
	}
	return mustMatch(alert.LabelRule + `=~"` + strings.Join(names, "|") + `"`)
}

// CheckMatch says why matchers of a route cannot be read.
func CheckMatch(text string) error {
	_, err := alert.ParseMatchers(text)
	return err
}

// CheckInterval says why a recurring stretch cannot be read.
func CheckInterval(text string) error {
	_, err := alert.ParseInterval(text)
	return err
}
