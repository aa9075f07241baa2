package app

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/config"
	"shopwatch/internal/market"
)

// TraceOptions describe an alert that does not exist.
type TraceOptions struct {
	Labels string // rule=stock_out severity=critical unit=beauty
	At     time.Time
	JSON   bool
	Out    io.Writer
}

// Errors of TraceAlert: nobody would be told, and labels that no alert has.
var (
	ErrNowhere = errors.New("nobody would be told")
	ErrLabels  = errors.New("no alert has these labels")
)

// told is one place that an alert would go to.
type told struct {
	Node     string   `json:"node"`
	To       []string `json:"to"`
	Language string   `json:"language"`
	GroupBy  []string `json:"group_by"`
	// Wait, Interval and Repeat are durations as the file writes them.
	Wait      string     `json:"group_wait"`
	Interval  string     `json:"group_interval"`
	Repeat    string     `json:"repeat_interval"`
	HeldUntil *time.Time `json:"held_until"` // null outside quiet hours
	Escalate  []string   `json:"escalate"`
	Mention   []string   `json:"mention"`
}

// visited is one node that was looked at.
type visited struct {
	Node    string `json:"node"`
	Match   string `json:"match"`
	Matched bool   `json:"matched"`
	depth   int
}

// TraceAlert shows where an alert with the given labels would go at a moment,
// and why. Nobody told is ErrNowhere.
func TraceAlert(c *config.Config, o TraceOptions) error {
	labels, shop, err := traceLabels(c, o.Labels)
	if err != nil {
		return err
	}
	var path []visited
	var to []told
	for _, v := range alertRoutes(c, string(shop.ID)).Trace(labels) {
		if v.Route.Name == "root" {
			continue // not in the file
		}
		path = append(path, visited{Node: v.Route.Name, Match: v.Route.Match.String(), Matched: v.Matched, depth: v.Depth - 1})
		if v.Takes {
			to = append(to, tellOf(v.Route, shop, o.At))
		}
	}
	if o.JSON {
		err = writeJSON(o.Out, map[string]any{"labels": labels, "nodes": path, "told": to})
	} else {
		_, err = io.WriteString(o.Out, traceText(labels, path, to))
	}
	if err == nil && len(to) == 0 {
		err = ErrNowhere
	}
	return err
}

// traceLabels reads labels and finds the shop that they name, the first one
// without a name.
func traceLabels(c *config.Config, text string) (alert.Labels, *market.Shop, error) {
	matchers, err := alert.ParseMatchers(text)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w; write rule=stock_out severity=critical", ErrLabels, err)
	}
	labels := alert.Labels{}
	for _, m := range matchers {
		if m.Op != "=" {
			return nil, nil, fmt.Errorf("%w: %q is a condition: use =", ErrLabels, m)
		}
		labels[m.Name] = m.Value
	}
	shops := c.Markets()
	if labels[alert.LabelShop] == "" {
		labels[alert.LabelShop] = string(shops[0].ID)
	}
	for _, s := range shops {
		if string(s.ID) == labels[alert.LabelShop] {
			return labels, s, nil
		}
	}
	return nil, nil, fmt.Errorf("%w: there is no shop %q in %s", ErrLabels, labels[alert.LabelShop], c.File)
}

func tellOf(r *alert.Route, shop *market.Shop, at time.Time) told {
	t := told{
		Node: r.Name, Language: r.Lang, GroupBy: r.GroupBy,
		Wait: config.Duration(r.Wait).String(), Interval: config.Duration(r.Interval).String(), Repeat: config.Duration(r.Repeat).String(),
		To: names(r.To), Mention: names(r.Mentions),
	}
	for _, rung := range r.Ladder {
		t.Escalate = append(t.Escalate, config.Duration(rung.After).String()+" "+place(rung.To))
	}
	if end := alert.EndOf(r.Quiet, shop, at); end.After(at) {
		end = shop.Local(end)
		t.HeldUntil = &end
	}
	return t
}

func names(list []alert.Contact) []string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = place(c)
	}
	return out
}

// place is a contact as the file writes it.
func place(c alert.Contact) string { return c.Channel + c.User + c.Group }

func traceText(labels alert.Labels, path []visited, to []told) string {
	var b strings.Builder
	fmt.Fprintf(&b, "alert  %s\n\n", labels)
	for _, v := range path {
		word := "no "
		if v.Matched {
			word = "yes"
		}
		match := v.Match
		if match == "" {
			match = "every alert"
		}
		fmt.Fprintf(&b, "%s  %s%s  %s\n", word, strings.Repeat("  ", v.depth), v.Node, match)
	}
	for _, t := range to {
		fmt.Fprintf(&b, "\n%s\n", t.Node)
		line := func(name, text string) {
			if text != "" {
				fmt.Fprintf(&b, "  %-9s %s\n", name, text)
			}
		}
		line("to", strings.Join(t.To, ", "))
		line("language", t.Language)
		line("group by", strings.Join(t.GroupBy, ", ")+"; wait "+t.Wait+", interval "+t.Interval+", repeat "+t.Repeat)
		line("mention", strings.Join(t.Mention, ", "))
		line("escalate", strings.Join(t.Escalate, ", then "))
		if t.HeldUntil != nil {
			line("held", "until "+t.HeldUntil.Format("2006-01-02 15:04"))
		}
	}
	if len(to) == 0 {
		b.WriteString("\nno node takes it\n")
	}
	return b.String()
}
