package sandbox

import (
	"encoding/json"
	"maps"
	"unicode/utf8"
)

// Surface is where blocks are shown; it decides which are allowed.
type Surface string

// Surfaces.
const (
	Message Surface = "message"
	Modal   Surface = "modal"
	Home    Surface = "home"
)

// Limits over a whole message, in code points.
const (
	maxBlockChars    = 13_000 // Slack does not document it: refusals were seen from 11,341 to 13,297
	maxMarkdownChars = 12_000
	maxTableChars    = 10_000
)

// Problem is one reason why blocks are refused. Pointer is a JSON pointer from
// the list of blocks, such as /0/text/text.
type Problem struct {
	Pointer string
	Reason  string
}

// CheckBlocks tests a JSON list of blocks against the published limits of
// Block Kit. No problem is nil. Text that is not a JSON list is one problem.
func CheckBlocks(raw json.RawMessage, surface Surface) []Problem {
	var list []any
	if err := json.Unmarshal(raw, &list); err != nil {
		return []Problem{{Reason: "must be a list of blocks"}}
	}
	c := newChecker(surface)
	most := 50
	if surface != Message {
		most = 100
	}
	each(0, most, (*checker).block)(c, "", list)
	if c.markdown > maxMarkdownChars {
		c.bad("", "markdown text must be less than %d characters in all", maxMarkdownChars+1)
	}
	if c.tables > 1 {
		c.bad("", "only_one_table_allowed")
	}
	return c.problems
}

// CheckView tests a modal or home view. Pointers start at the view.
func CheckView(raw json.RawMessage) []Problem {
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return []Problem{{Reason: "must be a view"}}
	}
	fields, _ := v.(object)
	c := newChecker(Modal)
	if str(fields, "type") == "home" {
		c = newChecker(Home)
	}
	viewRule()(c, "", v)
	c.submitForInputs(fields)
	return c.problems
}

func viewRule() rule {
	shared := spec{
		"type": need(text(1, 5)), "blocks": need(each(0, 100, (*checker).block)),
		"private_metadata": may(text(0, 3000)), "callback_id": may(text(0, 255)), "external_id": may(text(0, 255)),
	}
	modal := maps.Clone(shared)
	maps.Copy(modal, spec{
		"title": need(plain(1, 24)), "submit": may(plain(1, 24)), "close": may(plain(1, 24)),
		"clear_on_close": may(boolean), "notify_on_close": may(boolean), "submit_disabled": may(boolean),
	})
	return byType(map[string]rule{"modal": fields(modal), "home": fields(shared)})
}

// submitForInputs: a modal that asks for input needs a way to send it.
func (c *checker) submitForInputs(view object) {
	if c.surface != Modal || view["submit"] != nil {
		return
	}
	blocks, _ := view["blocks"].([]any)
	for _, b := range blocks {
		if o, ok := b.(object); ok && str(o, "type") == "input" {
			c.bad("", "missing required field: submit")
			return
		}
	}
}

// block checks one block and that its id is not used twice.
func (c *checker) block(at string, v any) {
	byType(c.known)(c, at, v)
	if o, ok := v.(object); ok {
		if id := str(o, "block_id"); id != "" {
			if c.ids[id] {
				c.bad(at+"/block_id", "block_id %s already exists", id)
			}
			c.ids[id] = true
		}
	}
}

// blockRules says for each type of block which fields it has.
func blockRules() map[string]rule {
	with := func(s spec) rule {
		s["type"], s["block_id"] = need(text(1, 100)), may(text(0, 255))
		return fields(s)
	}
	return map[string]rule{
		"divider": with(spec{}),
		"header":  with(spec{"text": need(plain(1, 150)), "level": may(number(1, 6))}),
		"section": all(with(spec{
			"text": may(words(1, 3000)), "fields": may(each(1, 10, words(1, 2000))),
			"accessory": may(anyElement()), "expand": may(boolean),
		}), oneOf("text", "fields")),
		"context":   with(spec{"elements": need(each(1, 10, byType(contextRules())))}),
		"actions":   with(spec{"elements": need(all(each(1, 25, byType(actionRules())), distinctActions))}),
		"image":     with(imageSpec(spec{"title": may(plain(1, 2000))})),
		"input":     with(inputSpec()),
		"markdown":  with(spec{"text": need(markdownText)}),
		"rich_text": with(spec{"elements": need(each(0, 1000, byType(richTextRules())))}),
		"table":     with(tableSpec()),
	}
}

func markdownText(c *checker, at string, v any) {
	text(1, maxMarkdownChars)(c, at, v)
	if s, ok := v.(string); ok {
		c.markdown += utf8.RuneCountInString(s)
	}
}

func contextRules() map[string]rule {
	rules := textRules(1, 3000)
	rules["image"] = imageRule()
	return rules
}

// imageSpec adds what a picture needs: exactly one origin and words for it.
func imageSpec(s spec) spec {
	maps.Copy(s, spec{
		"type": need(text(1, 10)), "alt_text": need(text(1, 2000)),
		"image_url": may(webLink), "slack_file": may(all(fields(spec{"id": may(text(1, 100)), "url": may(webLink)}), exactlyOne("id", "url"))),
		"": may(exactlyOne("image_url", "slack_file")),
	})
	return s
}

func imageRule() rule { return fields(imageSpec(spec{})) }

// BlockChars counts the characters of a message's blocks: every text, cell,
// label, value and address.
func BlockChars(raw json.RawMessage) int {
	var v any
	if len(raw) == 0 || json.Unmarshal(raw, &v) != nil {
		return 0
	}
	return countChars(v)
}

func countChars(v any) int {
	n := 0
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			n += countChars(e)
		}
	case object:
		for key, e := range v {
			s, isText := e.(string)
			switch {
			case !isText:
				n += countChars(e)
			case key != "type" && key != "block_id" && key != "action_id" && key != "style":
				n += utf8.RuneCountInString(s)
			}
		}
	}
	return n
}
