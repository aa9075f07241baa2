package app

import (
	"fmt"
	"slices"
	"strings"

	"shopwatch/internal/alert"
	"shopwatch/internal/config"
)

// alertRoutes is the routing tree of a shop: one branch for each entry of post
// that asks for alerts, all of which are tried.
func alertRoutes(c *config.Config, shop string) *alert.Route {
	root := &alert.Route{Name: "alerts"}
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
	return root
}

// ofRules matches alerts of the named rules; all matches every one.
func ofRules(names []string) alert.Matchers {
	if slices.Contains(names, "all") {
		return nil
	}
	m, err := alert.ParseMatchers(alert.LabelRule + `=~"` + strings.Join(names, "|") + `"`)
	if err != nil {
		panic(err) // the names were checked with the configuration
	}
	return m
}
