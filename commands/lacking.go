package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"shopwatch/internal/card"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/report"
)

// NoAnswer says why a question has no numbers, in the asker's language.
type NoAnswer struct {
	Text string `json:"no_answer"`
	Try  string `json:"try,omitempty"` // the nearest question that has some
	// Missing are the fact tables, or their columns, that no source brings.
	Missing []string `json:"missing,omitempty"`
}

func (n *NoAnswer) Error() string { return n.Text }

// needs are the fact tables, or columns of theirs, without which a command has
// nothing to say.
func (c *Command) needs() []string {
	if c.Needs == nil {
		return []string{"order_line"}
	}
	return c.Needs
}

// errSilent says that rows came in and none of them says what is asked.
var errSilent = fmt.Errorf("%w: no row says it", report.ErrNoData)

// lacking says why there is no data for a question: which tables no source
// brings, or where the data ends. nil when it is neither.
func (env *Env) lacking(ctx context.Context, c *Command, r Request, why error) (*Trouble, error) {
	reach, err := report.Reach(ctx, env.DB, env.Shop, r.Query.AsOf)
	if err != nil || len(reach) == 0 {
		return nil, err // nothing has come in at all
	}
	if missing := absent(c.needs(), reach, errors.Is(why, errSilent)); len(missing) > 0 {
		names := make([]string, len(missing))
		for i, table := range missing {
			names[i] = r.Pen.TableName(table)
		}
		return &Trouble{Key: "command.no_source", Args: []any{"word", c.Name, "tables", r.Pen.L.Join(names)}, Fix: "status", Missing: missing}, nil
	}
	first, _, _ := strings.Cut(c.needs()[0], ".")
	last := env.Shop.Day(reach[first].Add(-time.Millisecond))
	if today := env.Shop.Day(r.Now); r.Query.Period.Set && r.Query.Period.From > last || !r.Query.Period.Set && today > last {
		return &Trouble{Key: "command.data_ends", Args: []any{"table", r.Pen.TableName(first), "date", last.String()}, Fix: onDay(c, r.Query, last)}, nil
	}
	return nil, nil
}

// absent are the needed tables that never came in, and with silent the needed
// columns of those that did.
func absent(needs []string, reach map[string]time.Time, silent bool) (missing []string) {
	for _, n := range needs {
		table, _, column := strings.Cut(n, ".")
		if _, ok := reach[table]; !ok && !slices.Contains(missing, table) {
			missing = append(missing, table)
		} else if ok && column && silent {
			missing = append(missing, n)
		}
	}
	return missing
}

// onDay is the question about one day, with the filters of q; "" for commands
// that are not about days.
func onDay(c *Command, q Query, day market.Day) string {
	if c.Needs != nil && c.needs()[0] != "order_line" && !strings.HasSuffix(c.needs()[0], "_day") && c.needs()[0] != "traffic" {
		return ""
	}
	out := []string{c.Name, day.String()}
	for _, kv := range [][2]string{
		{"unit", string(q.Unit)},
		{"channel", string(q.Channel)},
		{"band", q.Band},
		{"region", string(q.Region)},
		{"by", string(q.By)},
	} {
		if kv[1] != "" {
			out = append(out, kv[0]+"="+kv[1])
		}
	}
	return strings.Join(out, " ")
}

// noAnswer is a trouble for programs.
func (r Request) noAnswer(t *Trouble) *NoAnswer {
	return &NoAnswer{Text: r.Pen.L.T(t.Key, t.Args...), Try: t.Fix, Missing: t.Missing}
}

// noNumbers is the error of a question whose numbers could not be loaded.
func (env *Env) noNumbers(ctx context.Context, c *Command, r Request, err error) error {
	var s *several
	t, ok := trouble(err)
	switch {
	case ok:
		return r.noAnswer(t)
	case errors.As(err, &s):
		no := &NoAnswer{Text: r.Pen.L.T("card.which_item", "text", s.asked)}
		no.Try = join(c.Name, "sku="+string(s.items[0].SKU))
		return no
	case errors.Is(err, report.ErrNoData):
		t, lackErr := env.lacking(ctx, c, r, err)
		switch {
		case lackErr != nil:
			return lackErr
		case t != nil:
			return r.noAnswer(t)
		}
		return &NoAnswer{Text: r.Pen.L.T("card.empty", "shop", r.Pen.Shop.Name.In(r.Pen.L.Tag())), Try: "status"}
	}
	return err
}

// firstQuestion is what the first button of an answer asks; "" without one.
func firstQuestion(m chat.Message) string {
	for _, s := range m.Sections {
		for _, b := range s.Buttons {
			if b.Verb == card.VerbRun && b.Style == chat.Primary {
				return b.Value
			}
		}
	}
	return ""
}
