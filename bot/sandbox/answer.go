package sandbox

import (
	"fmt"
	"strconv"
	"strings"
)

// answerOf is what an element reports when these values are chosen or typed,
// in actions and in the state of a view. No value is null there.
func answerOf(elem object, values []string) (object, error) {
	kind := str(elem, "type")
	o := object{"type": kind}
	first := any(nil)
	if len(values) > 0 && values[0] != "" {
		first = values[0]
	}
	list := []string{}
	for _, v := range values {
		if v != "" {
			list = append(list, v)
		}
	}
	subject := strings.TrimSuffix(strings.TrimPrefix(kind, "multi_"), "s_select")
	switch kind {
	case "overflow", "static_select", "radio_buttons":
		o["selected_option"] = nil
		if first != nil {
			option, err := optionOf(elem, values[0])
			if err != nil {
				return nil, err
			}
			o["selected_option"] = option
		}
	case "multi_static_select", "checkboxes":
		options := []object{}
		for _, v := range list {
			option, err := optionOf(elem, v)
			if err != nil {
				return nil, err
			}
			options = append(options, option)
		}
		o["selected_options"] = options
	case "users_select", "channels_select", "conversations_select":
		o["selected_"+subject] = first
	case "multi_users_select", "multi_channels_select", "multi_conversations_select":
		o["selected_"+subject+"s"] = list
	case "datepicker":
		o["selected_date"] = first
	case "timepicker":
		o["selected_time"] = first
	case "datetimepicker":
		o["selected_date_time"] = nil
		if first != nil {
			at, err := strconv.ParseInt(values[0], 10, 64)
			if err != nil {
				return nil, fmt.Errorf("moment %q: %w", values[0], ErrNoSuch)
			}
			o["selected_date_time"] = at
		}
	default:
		o["value"] = first
	}
	return o, nil
}

// optionOf finds an option of an element by its value.
func optionOf(elem object, value string) (object, error) {
	lists := []any{elem["options"]}
	groups, _ := elem["option_groups"].([]any)
	for _, g := range groups {
		if group, ok := g.(object); ok {
			lists = append(lists, group["options"])
		}
	}
	for _, l := range lists {
		options, _ := l.([]any)
		for _, it := range options {
			if o, ok := it.(object); ok && str(o, "value") == value {
				return o, nil
			}
		}
	}
	return nil, fmt.Errorf("option %q: %w", value, ErrNoSuch)
}
