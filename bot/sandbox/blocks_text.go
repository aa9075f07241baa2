package sandbox

import (
	"unicode/utf8"
)

// richTextRules says what a rich_text block is made of.
func richTextRules() map[string]rule {
	run := each(0, 1000, byType(runRules()))
	part := func(s spec) rule {
		s["type"] = need(text(1, 30))
		s["elements"] = need(run)
		return fields(s)
	}
	section := part(spec{})
	return map[string]rule{
		"rich_text_section":      section,
		"rich_text_quote":        part(spec{"border": may(number(0, 1))}),
		"rich_text_preformatted": part(spec{"border": may(number(0, 1)), "language": may(text(1, 50))}),
		"rich_text_list": fields(spec{
			"type": need(text(1, 30)), "style": need(among("bullet", "ordered")),
			"elements": need(each(1, 1000, byType(map[string]rule{"rich_text_section": section}))),
			"indent":   may(number(0, 8)), "offset": may(number(0, 10000)), "border": may(number(0, 1)),
		}),
	}
}

// runRules says what a line of rich text is made of.
func runRules() map[string]rule {
	style := may(fields(spec{
		"bold": may(boolean), "italic": may(boolean), "strike": may(boolean), "code": may(boolean), "underline": may(boolean),
		"highlight": may(boolean), "client_highlight": may(boolean), "unlink": may(boolean),
	}))
	run := func(s spec) rule {
		s["type"], s["style"] = need(text(1, 30)), style
		return fields(s)
	}
	return map[string]rule{
		"text":      run(spec{"text": need(text(1, maxBlockChars))}),
		"link":      run(spec{"url": need(webLink), "text": may(text(1, 3000)), "unsafe": may(boolean)}),
		"user":      run(spec{"user_id": need(text(1, 50))}),
		"usergroup": run(spec{"usergroup_id": need(text(1, 50))}),
		"channel":   run(spec{"channel_id": need(text(1, 50))}),
		"emoji":     run(spec{"name": need(text(1, 100)), "unicode": may(text(1, 50)), "skin_tone": may(number(1, 6))}),
		"broadcast": run(spec{"range": need(among("here", "channel", "everyone"))}),
		"color":     run(spec{"value": need(text(1, 10))}),
		"date": run(spec{
			"timestamp": need(number(0, 1e11)), "format": need(text(1, 255)), "url": may(webLink), "fallback": may(text(1, 255)),
		}),
	}
}

func tableSpec() spec {
	cells := each(1, 20, byType(map[string]rule{
		"raw_text": fields(spec{"type": need(text(1, 30)), "text": need(cellText)}),
		"rich_text": all(fields(spec{
			"type": need(text(1, 30)), "elements": need(each(1, 100, byType(richTextRules()))), "block_id": may(text(0, 255)),
		}), richCell),
	}))
	return spec{
		"rows": need(func(c *checker, at string, v any) {
			c.tables++
			c.cells = 0
			each(1, 100, cells)(c, at, v)
			if c.cells > maxTableChars {
				c.bad(at, "table cells must be less than %d characters in all", maxTableChars+1)
			}
		}),
		"column_settings": may(each(0, 20, nullable(fields(spec{
			"align": may(among("left", "center", "right")), "is_wrapped": may(boolean),
		})))),
	}
}

// nullable passes null: a column without settings of its own.
func nullable(r rule) rule {
	return func(c *checker, at string, v any) {
		if v != nil {
			r(c, at, v)
		}
	}
}

func cellText(c *checker, at string, v any) {
	text(1, maxTableChars)(c, at, v)
	if s, ok := v.(string); ok {
		c.cells += utf8.RuneCountInString(s)
	}
}

// richCell counts the characters of a rich cell, which must have one.
func richCell(c *checker, at string, v any) {
	o, _ := v.(object)
	n := countChars(o["elements"])
	c.cells += n
	if n == 0 {
		c.bad(at, "must be more than 0 characters")
	}
}
