package sandbox

import (
	"fmt"
	"maps"
	"regexp"
)

// anyElement accepts what may stand beside a section.
func anyElement() rule {
	rules := actionRules()
	rules["image"] = imageRule()
	return byType(rules)
}

// actionRules says which elements an actions block takes.
func actionRules() map[string]rule {
	rules := map[string]rule{}
	for kind, r := range inputRules() {
		switch kind {
		case "plain_text_input", "number_input", "email_text_input", "url_text_input":
		default:
			rules[kind] = r
		}
	}
	rules["button"] = acting(spec{
		"text": need(plain(1, 75)), "value": may(text(0, 2000)), "url": may(webLink),
		"style": may(among("primary", "danger")), "confirm": may(confirm()), "accessibility_label": may(text(1, 75)),
	})
	rules["overflow"] = acting(spec{"options": need(each(1, 5, option(plain, true))), "confirm": may(confirm())})
	return rules
}

// acting adds the fields that every interactive element has.
func acting(s spec) rule {
	s["type"], s["action_id"] = need(text(1, 50)), may(text(1, 255))
	return fields(s)
}

func confirm() rule {
	return fields(spec{
		"title": need(plain(1, 100)), "text": need(words(1, 300)), "confirm": need(plain(1, 30)),
		"deny": need(plain(1, 30)), "style": may(among("primary", "danger")),
	})
}

func option(label func(least, most int) rule, links bool) rule {
	s := spec{"text": need(label(1, 75)), "value": need(text(1, 150)), "description": may(label(1, 75))}
	if links {
		s["url"] = may(webLink)
	}
	return fields(s)
}

// inputRules says which elements an input block takes.
func inputRules() map[string]rule {
	rules := map[string]rule{}
	hint, focus := may(plain(1, 150)), may(boolean)
	for _, kind := range []string{"users", "channels", "conversations"} {
		one, item := acting(spec{
			"placeholder": hint, "focus_on_load": focus, "confirm": may(confirm()),
			"initial_" + kind[:len(kind)-1]: may(text(1, 100)), "response_url_enabled": may(boolean),
			"default_to_current_conversation": may(boolean), "filter": may(anything),
		}), text(1, 100)
		rules[kind+"_select"] = one
		rules["multi_"+kind+"_select"] = acting(spec{
			"placeholder": hint, "focus_on_load": focus, "confirm": may(confirm()),
			"initial_" + kind: may(each(0, 100, item)), "max_selected_items": may(number(1, 100)),
			"default_to_current_conversation": may(boolean), "filter": may(anything),
		})
	}
	maps.Copy(rules, optionRules(hint, focus))
	maps.Copy(rules, typedRules(hint, focus))
	return rules
}

func anything(*checker, string, any) {}

// optionRules are the elements with a fixed list to choose from.
func optionRules(hint, focus prop) map[string]rule {
	menu := option(plain, false)
	group := fields(spec{"label": need(plain(1, 75)), "options": need(each(1, 100, menu))})
	lists := func(s spec) rule {
		maps.Copy(s, spec{
			"options": may(each(1, 100, menu)), "option_groups": may(each(1, 100, group)),
			"placeholder": hint, "focus_on_load": focus, "confirm": may(confirm()),
			"": may(exactlyOne("options", "option_groups")),
		})
		return acting(s)
	}
	choice := option(words, false)
	return map[string]rule{
		"static_select": lists(spec{"initial_option": may(menu)}),
		"multi_static_select": lists(spec{
			"initial_options": may(each(1, 100, menu)), "max_selected_items": may(number(1, 100)),
		}),
		"checkboxes": acting(spec{
			"options": need(each(1, 10, choice)), "initial_options": may(each(1, 10, choice)),
			"confirm": may(confirm()), "focus_on_load": focus,
		}),
		"radio_buttons": acting(spec{
			"options": need(each(1, 10, choice)), "initial_option": may(choice), "confirm": may(confirm()), "focus_on_load": focus,
		}),
	}
}

// typedRules are the elements that take a typed value or a moment.
func typedRules(hint, focus prop) map[string]rule {
	typed := func(s spec) rule {
		maps.Copy(s, spec{
			"placeholder": hint, "focus_on_load": focus,
			"dispatch_action_config": may(fields(spec{"trigger_actions_on": may(each(1, 2, among("on_enter_pressed", "on_character_entered")))})),
		})
		return acting(s)
	}
	moment := func(key string, r rule) rule {
		return acting(spec{key: may(r), "placeholder": hint, "focus_on_load": focus, "confirm": may(confirm()), "timezone": may(text(1, 100))})
	}
	return map[string]rule{
		"plain_text_input": typed(spec{
			"initial_value": may(text(0, 3000)), "multiline": may(boolean),
			"min_length": may(number(0, 3000)), "max_length": may(number(1, 3000)),
		}),
		"number_input": typed(spec{
			"is_decimal_allowed": need(boolean), "initial_value": may(text(1, 30)), "min_value": may(text(1, 30)), "max_value": may(text(1, 30)),
		}),
		"email_text_input": typed(spec{"initial_value": may(text(1, 255))}),
		"url_text_input":   typed(spec{"initial_value": may(webLink)}),
		"datepicker":       moment("initial_date", shaped(`^\d{4}-\d\d-\d\d$`, "must be a date as YYYY-MM-DD")),
		"timepicker":       moment("initial_time", shaped(`^\d\d:\d\d$`, "must be a time as HH:mm")),
		"datetimepicker":   moment("initial_date_time", number(1e9, 1e10)),
	}
}

func shaped(pattern, reason string) rule {
	form := regexp.MustCompile(pattern)
	return func(c *checker, at string, v any) {
		if s, ok := v.(string); !ok || !form.MatchString(s) {
			c.bad(at, "%s", reason)
		}
	}
}

func inputSpec() spec {
	return spec{
		"label": need(plain(1, 2000)), "element": need(byType(inputRules())), "hint": may(plain(1, 2000)),
		"optional": may(boolean), "dispatch_action": may(boolean),
	}
}

// distinctActions: within one block an action id names one element.
func distinctActions(c *checker, at string, v any) {
	list, _ := v.([]any)
	seen := map[string]bool{}
	for i, e := range list {
		o, _ := e.(object)
		id := str(o, "action_id")
		if id != "" && seen[id] {
			c.bad(fmt.Sprintf("%s/%d/action_id", at, i), "action_id %s already exists", id)
		}
		seen[id] = true
	}
}
