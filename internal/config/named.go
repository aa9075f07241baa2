package config

import "fmt"

// Named is a channel, a person or a group of persons that the file names, by id
// or #name, with its place in the file.
type Named struct {
	ID, Key string
	Line    int
}

// Named lists what the file names in the chat, in the order of the sections
// post, alerts and access. Whether it is there only the chat knows.
func (c *Config) Named() []Named { return c.named }

// collectNamed notes every id that the file names.
func (d *decoder) collectNamed() {
	add := func(key, id string) {
		if id != "" {
			d.root.named = append(d.root.named, Named{ID: id, Key: key, Line: d.at[key].line})
		}
	}
	list := func(key string, ids []string) {
		for i, id := range ids {
			add(fmt.Sprintf("%s[%d]", key, i), id)
		}
	}
	for i := range d.root.Post {
		add(fmt.Sprintf("post[%d].channel", i), d.root.Post[i].Channel)
	}
	var tree func(r *AlertRoute)
	tree = func(r *AlertRoute) {
		list(r.Key+".to", r.To)
		for i, text := range r.Escalate {
			if _, to, ok := r.Step(text); ok {
				add(fmt.Sprintf("%s.escalate[%d]", r.Key, i), to)
			}
		}
		list(r.Key+".mention", r.Mention)
		for i := range r.Routes {
			tree(&r.Routes[i])
		}
	}
	for i := range d.root.Alerts {
		tree(&d.root.Alerts[i])
	}
	list("access.operators", d.root.Access.Operators)
	list("access.admins", d.root.Access.Admins)
}
