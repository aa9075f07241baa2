package config

import (
	"encoding/json"
	"io"
	"reflect"
	"strconv"
)

// WriteSchema writes the JSON schema of the file for editors. It says what an
// editor can use: keys, kinds, accepted words and defaults; Load checks more.
func WriteSchema(w io.Writer) error {
	root := schemaOf(reflect.TypeFor[Config](), nil)
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "shopwatch configuration"
	root["$defs"] = schema{"alert_route": sectionSchema(reflect.TypeFor[AlertRoute]())}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(root)
}

type schema = map[string]any

func schemaOf(t reflect.Type, f *field) schema {
	switch {
	case t == reflect.TypeFor[Section]():
		return schema{"type": []string{"array", "object"}}
	case t == reflect.TypeFor[Amount]():
		return schema{"type": []string{"number", "string"}}
	case t == reflect.TypeFor[Date]():
		return schema{"type": "string", "pattern": `^(\d{4}-\d{2}-\d{2}|.*\$\{.*)$`}
	case t == reflect.TypeFor[Secret]():
		return schema{"type": "string", "pattern": `^file:|\$\{`}
	case t == reflect.TypeFor[[]AlertRoute](): // holds itself
		return schema{"type": "array", "items": schema{"$ref": "#/$defs/alert_route"}}
	case t.Kind() == reflect.Slice && section(t.Elem()):
		return schema{"type": "array", "items": schemaOf(t.Elem(), nil)}
	case t.Kind() == reflect.Slice:
		return schema{"type": "array", "items": schemaOf(t.Elem(), f)}
	case section(t):
		return sectionSchema(t)
	case t.Kind() == reflect.Float64:
		return bounds(schema{"type": "number"}, f)
	case t.Kind() == reflect.Bool:
		return schema{"type": "boolean"}
	case t.Kind() == reflect.Int:
		return bounds(schema{"type": "integer"}, f)
	}
	out := schema{"type": "string"}
	if f != nil && len(f.one) > 0 {
		out["enum"] = f.one
	}
	return out
}

func bounds(s schema, f *field) schema {
	if f != nil && f.bounded {
		s["minimum"], s["maximum"] = f.min, f.max
	}
	return s
}

func sectionSchema(t reflect.Type) schema {
	properties, required := schema{}, []string{}
	for _, f := range fieldsOf(t) {
		s := schemaOf(f.Type, &f)
		if text, ok := f.Tag.Lookup("default"); ok {
			s["default"] = defaultValue(f.Type, text)
		}
		properties[f.name] = s
		if f.required {
			required = append(required, f.name)
		}
	}
	out := schema{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

func defaultValue(t reflect.Type, text string) any {
	if t.Kind() == reflect.Bool {
		return text == "true"
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil && t.Kind() != reflect.String {
		return n
	}
	return text
}
