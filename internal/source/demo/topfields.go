package demo

import "strings"

// field writes one member of an object; it returns false to leave it out.
type field[T any] struct {
	name string
	put  func(b []byte, v *T) ([]byte, bool)
}

// wanted picks the fields named in a fields parameter, in the order of the
// table. Unknown names are passed over, as the platform does. "prefix.name"
// asks for a member of a nested object and, alone, for the object.
func wanted[T any](all []field[T], names, prefix string) []field[T] {
	set := map[string]bool{}
	for n := range strings.SplitSeq(names, ",") {
		n = strings.TrimSpace(n)
		if prefix == "" {
			n, _, _ = strings.Cut(n, ".")
			set[n] = true
			continue
		}
		if rest, ok := strings.CutPrefix(n, prefix+"."); ok {
			set[rest] = true
		} else if n == prefix {
			return all
		}
	}
	var out []field[T]
	for _, f := range all {
		if set[f.name] {
			out = append(out, f)
		}
	}
	return out
}

// appendObject writes the chosen fields of v.
func appendObject[T any](b []byte, fields []field[T], v *T) []byte {
	b = append(b, '{')
	first := true
	for i := range fields {
		mark := len(b)
		if !first {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), fields[i].name...), `":`...)
		var ok bool
		if b, ok = fields[i].put(b, v); !ok {
			b = b[:mark]
			continue
		}
		first = false
	}
	return append(b, '}')
}

// fieldNames lists the names of a table.
func fieldNames[T any](all []field[T]) []string {
	names := make([]string, len(all))
	for i := range all {
		names[i] = all[i].name
	}
	return names
}
