package commands

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"shopwatch/internal/access"
	"shopwatch/internal/card"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
	"shopwatch/storage"
)

// suggest thinks about prices: of one item with all options, of the best sellers
// with the best one each. It changes none.
var suggest = &Command{
	Name: "suggest", Needs: []string{"own_price"}, Words: []string{"定价", "调价建议", "价格建议", "suggestions", "reprice"}, Example: "suggest", Right: access.View,
	Run: func(ctx context.Context, env *Env, r Request) (chat.Message, error) {
		s, err := loadSuggestions(ctx, env, r)
		return answered(r, err, func() chat.Message {
			return r.Pen.Suggestions(s, r.Question, r.Query.Item != "", true)
		})
	},
	Data: numbers(loadSuggestions),
}

func loadSuggestions(ctx context.Context, env *Env, r Request) (report.Suggestions, error) {
	q := r.Query
	filter, err := env.filter(ctx, q)
	if err != nil {
		return report.Suggestions{}, err
	}
	if filter != (metric.Filter{Unit: filter.Unit, SKU: filter.SKU}) {
		return report.Suggestions{}, &Trouble{Key: "command.no_filter", Args: []any{"word", "suggest"}, Fix: "suggest"}
	}
	s, err := report.LoadSuggestions(ctx, env.DB, env.Shop, report.SuggestQuery{
		Now: r.Now, Unit: filter.Unit, SKU: filter.SKU, Top: topOr(q, 10), AsOf: q.AsOf, Fresh: env.Rules.Fresh, Cache: env.Rules.Cache,
	})
	r.saw(s, s.Data, nil, err)
	return s, err
}

// sameDecision is how long the same price for the same item is one decision.
const sameDecision = 24 * time.Hour

// takePrice keeps the decision for one of the shown options. Its button carries
// the item, the option and the price, so that a decision is about what was shown.
var takePrice = &Act{Verb: card.VerbTakePrice, Right: access.Operate, Run: func(ctx context.Context, env *Env, ask Ask) (Reply, error) {
	pen := ask.pen(env)
	option, price, sku, err := readPrice(ask.Value)
	if err != nil {
		return Reply{Message: pen.Said(pen.L.T("command.old_button"))}, nil
	}
	s, err := report.LoadSuggestions(ctx, env.DB, env.Shop, report.SuggestQuery{Now: ask.Now, SKU: sku, Fresh: env.Rules.Fresh, Cache: env.Rules.Cache})
	if err != nil && !errors.Is(err, report.ErrNoData) {
		return Reply{}, err
	}
	d := storage.Decision{
		PriceDecision: market.PriceDecision{Shop: env.Shop.ID, At: ask.Now, By: ask.User, SKU: sku, Option: option, Price: price},
		Place:         ask.Channel, Lang: ask.Lang,
	}
	if len(s.Items) == 0 || !fill(&d, s.Items[0]) {
		return Reply{Message: pen.Trouble(pen.L.T("suggest.changed"), "suggest sku="+string(sku))}, nil
	}
	return env.keepPrice(ctx, ask, d)
}}

// readPrice reads what a button carries: option price sku.
func readPrice(value string) (option string, price market.Fen, sku market.SKU, err error) {
	option, rest, _ := strings.Cut(value, " ")
	amount, id, _ := strings.Cut(rest, " ")
	n, err := strconv.ParseInt(amount, 10, 64)
	if err != nil || id == "" {
		return "", 0, "", errors.New("not a price of ours")
	}
	return option, market.Fen(n), market.SKU(id), nil
}

// fill completes a decision by what is expected of it, and reports false when the
// option is no longer there at that price.
func fill(d *storage.Decision, s report.Suggestion) bool {
	for _, o := range s.Options {
		if o.ID == d.Option && o.Price == d.Price {
			d.Title, d.Channel, d.Was = s.Title, s.Channel, s.Price
			d.Units, d.Low, d.High, d.Held = o.Units, o.Low, o.High, s.Options[0].Units
			return true
		}
	}
	return false
}

// keepPrice stores a decision with its audit entry and tells the channel, in one
// transaction. The same one twice is one.
func (env *Env) keepPrice(ctx context.Context, ask Ask, d storage.Decision) (Reply, error) {
	pen := ask.pen(env)
	var first *storage.Decision
	var told chat.Message
	err := env.DB.Update(ctx, func(tx *storage.Tx) error {
		all, err := tx.Decisions(env.Shop.ID)
		if err != nil {
			return err
		}
		for i := range all {
			if o := &all[i]; o.SKU == d.SKU && o.Channel == d.Channel && o.Price == d.Price && ask.Now.Sub(o.At) < sameDecision {
				first = o
				return nil
			}
		}
		if d.Number, err = tx.PutDecision(d); err != nil {
			return err
		}
		id := strconv.FormatUint(d.Number, 10)
		if err := tx.Audit(access.Entry{
			At: ask.Now, Actor: ask.User, Act: "price.decide", Subject: id, Channel: ask.Channel,
			Detail: string(d.SKU) + " " + d.Was.Decimal(env.Shop.Currency) + " -> " + d.Price.Decimal(env.Shop.Currency),
		}); err != nil {
			return err
		}
		told = pen.PriceDecided(d.PriceDecision)
		if ask.Channel == "" {
			return nil
		}
		_, err = tx.Enqueue(env.inChannel(ask, d.Key(), told))
		return err
	})
	switch {
	case err != nil:
		return Reply{}, err
	case first != nil:
		return Reply{Message: pen.Said(pen.L.T("suggest.twice", "n", strconv.FormatUint(first.Number, 10)))}, nil
	case ask.Channel == "":
		return Reply{Message: told}, nil
	}
	return Reply{Silent: true}, nil
}
