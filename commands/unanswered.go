package commands

import (
	"cmp"
	"strings"
)

// Unanswered tells somebody that the bot was started anew before it answered ask.
// A question can be asked again by a button; what an act has done is for the
// person to look at.
func (env *Env) Unanswered(ask Ask, act bool) Reply {
	question := strings.TrimSpace(ask.Text)
	for _, c := range all() {
		if c.Short != "" && c.Short == ask.Short {
			question = strings.TrimSpace(c.Name + " " + question)
		}
	}
	return Reply{Message: ask.pen(env).Unanswered(cmp.Or(question, help.Name), act)}
}
